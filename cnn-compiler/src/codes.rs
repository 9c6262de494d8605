//! Every kind of fault, once: its code, what it means, a net that has it and the same net mended.
//!
//! The error index (`docs/errors.md`) is written from this list, and the tests compile both nets of each entry.

/// A kind of fault.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Its stable name.
    pub name: &'static str,
    /// One line: what is wrong.
    pub summary: &'static str,
    /// Why it is wrong, and what to know about it.
    pub explanation: &'static str,
    /// A net with this fault and no other.
    pub wrong: &'static str,
    /// The net without it.
    pub mended: &'static str,
}

macro_rules! codes {
    ($($ident:ident $name:literal $summary:literal $explanation:literal $wrong:literal $mended:literal)*) => {
        $(
            #[doc = $summary]
            pub static $ident: Code =
                Code { name: $name, summary: $summary, explanation: $explanation, wrong: $wrong, mended: $mended };
        )*

        /// All kinds of fault, in alphabetical order.
        pub static ALL: &[&Code] = &[$(&$ident),*];
    };
}

codes! {
    AMBIGUOUS_INPUT "ambiguous-input"
        "the input is left out and more than one image fits"
        "Where the input is left out, it is inferred from the first `fc` or `view`: the square images whose values end up as that number are tried. Strides and pools round down, so that several sizes may lead to one number; then the input has to be written."
        "pub Net -> 10 { conv(1 -> 4, k3) maxpool(k2); flatten; fc(16 -> 10) }"
        "pub Net(1x6x6) -> 10 { conv(1 -> 4, k3) maxpool(k2); flatten; fc(16 -> 10) }"
    ARITHMETIC "arithmetic"
        "a number cannot be computed, or is negative"
        "Sizes and arguments are whole numbers from 0 up. A division by zero, a negative result and an overflow have no value."
        "block wide(c, n) { conv(_ -> c / n, k3) }\npub Net(3x7x7) { wide(8, 0) }"
        "block wide(c, n) { conv(_ -> c / n, k3) }\npub Net(3x7x7) { wide(8, 2) }"
    BLOCK_ARGUMENTS "block-arguments"
        "a block is used with too many or too few numbers"
        "A block's parameters are filled in order, one number for each."
        "block basic(c, s) { conv(_ -> c, k3, s = s) relu }\npub Net(3x7x7) { basic(8) }"
        "block basic(c, s) { conv(_ -> c, k3, s = s) relu }\npub Net(3x7x7) { basic(8, 1) }"
    BRANCHES "branches"
        "the branches of a combinator do not fit together"
        "`residual` adds its body to what stands beside it, which needs one shape; `scale` multiplies by one factor for each channel; the branches of `concat` and `split` have one height and width; `split` needs a number of channels that its branches divide."
        "pub Net(8x16x16) { residual { conv(8 -> 16, k3, p1) } }"
        "pub Net(8x16x16) { residual { conv(8 -> 16, k3, p1) } else { conv(8 -> 16, k1) } }"
    BUDGET "budget"
        "a net outgrows its budget"
        "`#[budget(params <= 10K, macs <= 1M, arena <= 16K)]` limits a net's parameters, the multiply-adds of one image, and the bytes in which an engine keeps intermediate values. `K`, `M` and `G` are powers of 1000, and of 1024 for bytes. The error names the layer that contributes most."
        "#[budget(params <= 2K)]\npub Net(3x7x7) { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) }"
        "#[budget(params <= 2K)]\npub Net(3x7x7) { conv(3 -> 9, k3) relu maxpool(k2); flatten; fc(36 -> 10) }"
    CHANNEL_GROUPS "channel-groups"
        "the groups of a shuffle or a normalisation do not divide the channels"
        "`shuffle(g2)` takes channels in turn from equal groups, and `groupnorm(g2)` normalises each group, so that `g` has to divide their number."
        "pub Net(6x7x7) { shuffle(g4) }"
        "pub Net(6x7x7) { shuffle(g3) }"
    CONV_CHANNELS "conv-channels"
        "a convolution's input channels are not the channels that arrive"
        "`conv(in -> out, …)` states how many channels come in. `_` infers them."
        "pub Net(3x7x7) { conv(1 -> 9, k3) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) }"
    CONV_GROUPS "conv-groups"
        "the groups of a convolution do not divide its channels"
        "A grouped convolution splits both its input and its output channels into equal parts, so that `g` has to divide both numbers."
        "pub Net(4x7x7) { conv(4 -> 6, k3, g4) }"
        "pub Net(4x7x7) { conv(4 -> 8, k3, g4) }"
    DUPLICATE_ARGUMENT "duplicate-argument"
        "an argument is given twice"
        "Every argument is given once, by its short or its long name."
        "pub Net(3x7x7) { conv(3 -> 9, k3, kernel = 5) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) }"
    DUPLICATE_LABEL "duplicate-label"
        "two layers have one name"
        "A label names the layer's parameters, in the struct and in weight files. Names that differ only in `.`, `-` and `_` are the same field."
        "pub Net(3x7x7) { a: conv(3 -> 9, k3) relu; a: conv(9 -> 9, k3) }"
        "pub Net(3x7x7) { a: conv(3 -> 9, k3) relu; b: conv(9 -> 9, k3) }"
    DUPLICATE_NAME "duplicate-name"
        "a net, a block or a parameter is defined twice"
        "Nets and blocks of one macro call or file, and the parameters of one block, each have a name of their own. A block cannot take the name of a layer."
        "block a(c) { conv(_ -> c, k3) }\nblock a(c) { conv(_ -> c, k5) }\npub Net(3x7x7) { a(8) }"
        "block a(c) { conv(_ -> c, k3) }\nblock b(c) { conv(_ -> c, k5) }\npub Net(3x7x7) { a(8) b(8) }"
    EMPTY_NET "empty-net"
        "a net has no layer"
        "A net has at least one layer."
        "pub Net(3x7x7) { }"
        "pub Net(3x7x7) { flatten }"
    FC_INPUTS "fc-inputs"
        "a fully connected layer's inputs are not the values that arrive"
        "`fc(in -> out)` states how many values come in. `_` infers them. The numbers above the help show how the shape came about."
        "pub Net(3x8x8) { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) }"
        "pub Net(3x8x8) { conv(3 -> 9, k3) relu; flatten; fc(324 -> 10) }"
    FC_NEEDS_VECTOR "fc-needs-vector"
        "a fully connected layer receives feature maps"
        "`fc` takes a vector; `flatten` makes one of feature maps. Only where `in` is their width, it is applied to each row, as PyTorch's Linear. `fc(in -> out, channels)` takes feature maps and is computed at each pixel, over its channels."
        "pub Net(3x7x7) { conv(3 -> 9, k3); fc(_ -> 10) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3); flatten; fc(_ -> 10) }"
    INCLUDE "include"
        "a file cannot be included"
        r#"`include "nets/lenet5.cnn"` reads a file, relative to the crate in Rust source and relative to the including file in `.cnn` files. A file cannot include itself."#
        r#"include "nets/missing.cnn""#
        "pub Net(3x7x7) { flatten }"
    KERNEL_TOO_LARGE "kernel-too-large"
        "a kernel is larger than the padded image"
        "A window has to fit into the image with its padding: O = ⌊(I + 2P − D(F−1) − 1)/S⌋ + 1 has to be at least 1."
        "pub Net(1x4x4) { conv(1 -> 8, k5) }"
        "pub Net(1x4x4) { conv(1 -> 8, k5, p1) }"
    MISSING_ARGUMENT "missing-argument"
        "a layer lacks an argument that it needs"
        "The error names the argument and shows how it is written."
        "pub Net(3x7x7) { conv(3 -> 9) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) }"
    MISSING_INPUT "missing-input"
        "the input is left out and cannot be inferred"
        "The input is inferred where the first convolution names its input channels and the first `fc` or `view` behind it names the number of values, or where the net starts with `fc`. Otherwise, and where no square image leads to that number, it has to be written."
        "pub Net -> 9x5x5 { conv(3 -> 9, k3) }"
        "pub Net(3x7x7) -> 9x5x5 { conv(3 -> 9, k3) }"
    NEEDS_MAPS "needs-maps"
        "a layer of feature maps receives a vector"
        "Convolutions, pools and all that knows height and width work on feature maps, C×H×W. After `flatten` there is no height and width left."
        "pub Net(3x7x7) { flatten; conv(3 -> 9, k3) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3); flatten }"
    OUTPUT_MISMATCH "output-mismatch"
        "the output is not the one that was declared"
        "`-> 10` behind a net's input states the shape of its output, so that a later change cannot alter it unseen."
        "pub Net(3x7x7) -> 10 { flatten; fc(147 -> 100) }"
        "pub Net(3x7x7) -> 10 { flatten; fc(147 -> 10) }"
    POOL_PADDING "pool-padding"
        "a pool's padding is more than half its kernel"
        "PyTorch's rule: with more padding, some windows would see nothing of the image."
        "pub Net(3x7x7) { maxpool(k2, p2) }"
        "pub Net(3x7x7) { maxpool(k2, p1) }"
    RECURSIVE_BLOCK "recursive-block"
        "a block uses itself"
        "A block is written out where it is used, so that it cannot contain itself, directly or through another block. `* n` repeats one."
        "block a(c) { conv(_ -> c, k3) a(c) }\npub Net(3x7x7) { a(8) }"
        "block a(c) { conv(_ -> c, k3) }\npub Net(3x7x7) { a(8) * 2 }"
    SAME "same"
        "`same` stands beside a stride or a padding"
        "`same` chooses the padding so that the image keeps its size. That is possible for stride 1 alone, and leaves nothing for `p` to say."
        "pub Net(3x8x8) { conv(3 -> 9, k3, s2, same) }"
        "pub Net(3x8x8) { conv(3 -> 9, k3, s2, p1) }"
    SYNTAX "syntax"
        "this is not how the language is written"
        "The grammar stands in `docs/language.md`."
        "pub Net(3x7x7) { conv(3 -> 9, k3), relu }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) relu }"
    TOO_DEEP "too-deep"
        "groups, blocks or numbers are nested too deep"
        "Groups, parentheses and blocks within blocks nest at most 64 deep, and a number has at most 256 operators."
        "pub Net(3x7x7) { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { flatten } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } }"
        "pub Net(3x7x7) { { flatten } }"
    TOO_LARGE "too-large"
        "a size is beyond what can be counted, or a net has too many layers"
        "Shapes hold at most 2^40 values, nets at most 2^40 parameters, 2^62 multiply-adds and 4096 layers."
        "pub Net(3x7x7) { flatten; fc(147 -> 9_000_000_000_000) }"
        "pub Net(3x7x7) { flatten; fc(147 -> 9_000) }"
    TRANSPOSED_PADDING "transposed-padding"
        "a transposed convolution's padding leaves no pixel, or its output padding is too large"
        "O = (I − 1)·S − 2P + D(F−1) + OP + 1 has to be at least 1: the padding is cut off the output. PyTorch's rule for the output padding `op`: it is less than the stride or the dilation."
        "pub Net(3x7x7) { convtranspose(3 -> 9, k3, s2, op2) }"
        "pub Net(3x7x7) { convtranspose(3 -> 9, k3, s2, op1) }"
    UNEXPECTED_ARGUMENT "unexpected-argument"
        "a layer takes no such argument here"
        "The error says what the layer takes."
        "pub Net(3x7x7) { relu(3) flatten }"
        "pub Net(3x7x7) { relu flatten }"
    UNKNOWN_ARGUMENT "unknown-argument"
        "a layer has no argument of that name"
        "The error lists the layer's arguments. Short names stand before their number (`k3`), long ones take `=` (`kernel = 3`)."
        "pub Net(3x7x7) { conv(3 -> 9, k3, pad1) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3, p1) }"
    UNKNOWN_LAYER "unknown-layer"
        "there is no layer or block of that name"
        "Layers are named in lowercase. Blocks have to be defined in the same macro call or file, or in one that it includes."
        "pub Net(3x7x7) { cnov(3 -> 9, k3) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) }"
    UNKNOWN_NAME "unknown-name"
        "a number has a name that is no parameter of the block"
        "Numbers may name the parameters of the block around them."
        "block basic(c) { conv(_ -> d, k3) }\npub Net(3x7x7) { basic(8) }"
        "block basic(c) { conv(_ -> c, k3) }\npub Net(3x7x7) { basic(8) }"
    VIEW_BATCH "view-batch"
        "a view's numbers do not have the form of one"
        "`view(-1, n)` makes a vector, `view(-1, c, h, w)` feature maps. The batch comes first and is always -1: a view never moves values from one image to another. `reshape(n)` and `reshape(c, h, w)` are the same without the batch."
        "pub Net(3x7x7) { conv(3 -> 9, k3) view(1, 225) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3) view(-1, 225) }"
    VIEW_SIZE "view-size"
        "a view asks for another number of values than there are"
        "A view keeps all values of each image. PyTorch's `view(-1, n)` takes the values of the whole batch together: where n fits the batch but not the image, it returns another number of rows, without a word."
        "pub Net(3x8x8) { conv(3 -> 9, k3) relu; view(-1, 225); fc(225 -> 10) }"
        "pub Net(3x8x8) { conv(3 -> 9, k3) relu; view(-1, 324); fc(324 -> 10) }"
    WEIGHTS "weights"
        "a file of weights cannot be read, or its tensors are not those of the net"
        "`#[weights(\"net.safetensors\")]` compares the names, shapes and types in the header of a safetensors file with the net's; the path is relative to the crate in Rust source, and to the file that names it in `.cnn` files. Each tensor that is missing or that differs is an error at its layer, and so is one that the net does not have. `num_batches_tracked` is ignored, and so are sizes of 1 at the end of a shape. Labels give layers the names that the file has."
        "#[weights(\"missing.safetensors\")]\npub Net(3x7x7) { conv1: conv(3 -> 9, k3) }"
        "pub Net(3x7x7) { conv1: conv(3 -> 9, k3) }"
    ZERO "zero"
        "a size, kernel, stride, dilation or group is zero"
        "Images, kernels, strides, dilations, groups and channels are at least 1."
        "pub Net(3x7x7) { conv(3 -> 9, k3, s0) }"
        "pub Net(3x7x7) { conv(3 -> 9, k3, s1) }"
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_sorted() {
        assert!(super::ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
