//! `convtranspose`: transposed convolution.

use std::fmt;

use super::conv::Conv;
use super::convolution::Convolution;
use super::window::{Window, expect_maps, on_both_axes};
use super::{Branching, Fixes, Kind, Layer, Opt, Positional, hole, pair};
use crate::codes;
use crate::graph::{Args, Dim, Init, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, LANES, Layout, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "convtranspose",
    doc: "Transposed convolution, as `torch.nn.ConvTranspose2d`: `convtranspose(in -> out, k3)`.

Each value adds its `in` channels times a window of weights to the output, windows `s` apart, so that a stride enlarges the image.
Height and width become O = (I − 1)·S − 2P + D(F−1) + OP + 1 each.
Parameters: weight `[in][out/groups][kernel height][kernel width]` and bias `[out]`.",
    positional: Positional::Flow("channels"),
    options: &[
        Opt::pair("kernel", "k", 1, "The window's height and width: `k3`, `k3x5`.").required(),
        Opt::pair("stride", "s", 1, "How far windows are apart; 1 unless written."),
        Opt::pair("padding", "p", 0, "What is cut off the output, on each side; 0 unless written."),
        Opt::pair("output_padding", "op", 0, "Rows and columns more, below and on the right; 0 unless written."),
        Opt::pair("dilation", "d", 1, "The distance between a window's pixels; 1 unless written."),
        Opt::number("groups", "g", 1, "Channels are split into so many groups, convolved apart; 1 unless written."),
        Opt::flag("nobias", "No bias."),
    ],
    branching: Branching::None,
    build,
    kernel: "convtranspose",
};

/// A frame of zeros holds at most this many values.
const MAX_FRAME: u64 = 1 << 40;

#[derive(Debug)]
struct ConvTranspose {
    /// Its numbers, which stand for a convolution from the output to the input.
    conv: Conv,
    output_padding: [u64; 2],
    output_padding_span: Span,
    padding_span: Span,
    kernel_span: Span,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(ConvTranspose {
        conv: Conv::new(args),
        output_padding: args.pair("output_padding", 0),
        output_padding_span: args.span_of("output_padding"),
        padding_span: args.span_of("padding"),
        kernel_span: args.span_of("kernel"),
    })
}

impl ConvTranspose {
    /// D(F−1): how far a window reaches beyond its first pixel.
    fn reach(&self, axis: usize) -> Dim {
        self.conv.window.dilation[axis].checked_mul(self.conv.window.kernel[axis] - 1)
    }

    /// The output's size before the padding is cut off; None on overflow.
    fn uncut(&self, size: u64, axis: usize) -> Dim {
        let spread = (size - 1).checked_mul(self.conv.window.stride[axis])?;
        spread.checked_add(self.reach(axis)?)?.checked_add(self.output_padding[axis])?.checked_add(1)
    }

    /// PyTorch's rule: output padding is less than one of stride and dilation.
    fn check_output_padding(&self, cx: &mut Inference<'_>) {
        let Window { stride, dilation, .. } = self.conv.window;
        for axis in 0..2 {
            let (limit, found) = (stride[axis].max(dilation[axis]), self.output_padding[axis]);
            if found >= limit {
                let message = format!(
                    "output padding is less than the stride or the dilation: at most {} for s{} and d{}, not {found}",
                    limit - 1,
                    stride[axis],
                    dilation[axis],
                );
                let most = pair("op", [0, 1].map(|axis| stride[axis].max(dilation[axis]) - 1));
                cx.error(&codes::TRANSPOSED_PADDING, self.output_padding_span, message)
                    .note("it tells apart the image sizes that a strided convolution makes one of")
                    .help(format!("write `{most}` or less"));
                return;
            }
        }
    }

    /// One side of the output. Reports one that has no pixel, or cannot be counted.
    fn out(&self, size: Dim, axis: usize, cx: &mut Inference<'_>) -> Dim {
        let padding = self.conv.window.padding[axis];
        let (Some(uncut), Some(cut)) = (self.uncut(size?, axis), padding.checked_mul(2)) else {
            cx.error(&codes::TOO_LARGE, self.kernel_span, "these numbers are too large to count with");
            return None;
        };
        if uncut <= cut {
            let side = ["height", "width"][axis];
            let message = format!("a padding of {padding} leaves nothing of an output of {side} {uncut}");
            let most = pair(
                "p",
                [0, 1].map(|other| if other == axis { (uncut - 1) / 2 } else { self.conv.window.padding[other] }),
            );
            cx.mismatch(&codes::TRANSPOSED_PADDING, self.padding_span, message)
                .note("a transposed convolution's padding is cut off its output, on each side")
                .help(format!("write `{most}` or less"));
            return None;
        }
        Some(uncut - cut)
    }

    /// The frame that is convolved with stride 1: the output and the window's reach. None where it cannot be counted.
    fn frame(&self, channels: u64, out: [u64; 2]) -> Option<[u64; 2]> {
        let [height, width] = [out[0].checked_add(self.reach(0)?)?, out[1].checked_add(self.reach(1)?)?];
        let values = channels.checked_next_multiple_of(LANES)?.checked_mul(height)?.checked_mul(width)?;
        (values <= MAX_FRAME).then_some([height, width])
    }

    /// Spreads the current values over a frame of zeros, as far apart as the stride says.
    fn spread(&self, plan: &mut Planner<'_>, [height, width]: [u64; 2]) {
        let image = plan.input_maps();
        let (blocks, lanes) = match plan.value().layout {
            Layout::Planar => (image.channels, 1),
            Layout::Blocked => (image.channels.div_ceil(LANES), LANES),
        };
        let reach = [0, 1].map(|axis| self.reach(axis).unwrap_or(0));
        let padding = self.conv.window.padding;
        let fields = vec![
            Field::size("blocks", blocks),
            Field::pair("image", [image.height, image.width]),
            Field::pair("stride", self.conv.window.stride),
            // Where the window reaches less far than the padding, the image itself is cut.
            Field::pair("before", [0, 1].map(|axis| reach[axis].saturating_sub(padding[axis]))),
            Field::pair("cut", [0, 1].map(|axis| padding[axis].saturating_sub(reach[axis]))),
            Field::pair("frame", [height, width]),
        ];
        plan.reframe("Spread", vec![lanes], fields, height * width);
    }
}

impl fmt::Display for ConvTranspose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut args = vec![format!("{} -> {}", hole(self.conv.in_channels), hole(self.conv.out_channels))];
        args.extend(self.conv.window.spelled([1, 1]));
        if self.output_padding != [0, 0] {
            args.push(pair("op", self.output_padding));
        }
        args.extend(self.conv.spelled_rest());
        f.pad(&format!("convtranspose({})", args.join(", ")))
    }
}

impl Layer for ConvTranspose {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        self.check_output_padding(cx);
        let sizes = expect_maps(input, cx);
        let [channels, height, width] = sizes.unwrap_or([None; 3]);
        self.conv.check_channels(channels, cx);
        self.conv.check_groups(self.conv.in_channels.or(channels), cx);
        let out_height = self.out(height, 0, cx);
        // One fault is enough.
        let out_width = if height.is_some() && out_height.is_none() { None } else { self.out(width, 1, cx) };
        if let (Some(channels), Some(height), Some(width)) = (channels, out_height, out_width)
            && self.frame(channels, [height, width]).is_none()
        {
            cx.error(&codes::TOO_LARGE, self.kernel_span, "these numbers are too large to count with");
            return Shape::Maps([self.conv.out_channels, None, None]);
        }
        Shape::Maps([self.conv.out_channels, out_height, out_width])
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        let Window { kernel, stride, padding, dilation, .. } = self.conv.window;
        on_both_axes(input, output, |axis, size, out| {
            let mut sum = format!("({size} − 1)·{}", stride[axis]);
            if padding[axis] > 0 {
                sum += &format!(" − 2·{}", padding[axis]);
            }
            sum += &match dilation[axis] {
                1 => format!(" + {}", kernel[axis]),
                dilation => format!(" + {dilation}·({} − 1) + 1", kernel[axis]),
            };
            if self.output_padding[axis] > 0 {
                sum += &format!(" + {}", self.output_padding[axis]);
            }
            format!("{sum} = {out}")
        })
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        let [height, width] = self.conv.window.kernel;
        let per_group = self.conv.out_channels.map(|channels| channels / self.conv.groups);
        // PyTorch counts the weight's second size, as if the layer were a convolution.
        let init = Init::Uniform(per_group.and_then(|n| n.checked_mul(height)?.checked_mul(width)));
        let weight = vec![self.conv.input_channels(input), per_group, Some(height), Some(width)];
        let mut params = vec![Param { tensor: "weight", shape: weight, init }];
        if self.conv.bias {
            params.push(Param { tensor: "bias", shape: vec![self.conv.out_channels], init });
        }
        params
    }

    fn macs(&self, input: Shape, _output: Shape) -> Dim {
        let weights = self.params(input)[0].len()?;
        let Shape::Maps([_, height, width]) = input else { return None };
        weights.checked_mul(height?)?.checked_mul(width?)
    }

    fn fixes(&self) -> Fixes {
        self.conv.in_channels.map_or(Fixes::Nothing, Fixes::Channels)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(self.conv.training(sizes.output, sizes.input(), true))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let (Geometry { channels, height, width }, out) = (plan.input_maps(), plan.output_maps());
        let frame = self.frame(channels, [out.height, out.width]).unwrap_or([height, width]);
        // With nothing between the pixels and nothing around them, the frame is the image.
        if frame != [height, width] || self.conv.window.padding != [0, 1].map(|axis| self.reach(axis).unwrap_or(0)) {
            self.spread(plan, frame);
        }
        let window = Window { stride: [1, 1], ..self.conv.window };
        let groups = self.conv.groups;
        Convolution { window: &window, groups, image: frame, padding: [0, 0], transposed: true }.lower(plan);
    }
}
