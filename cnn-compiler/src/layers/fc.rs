//! `fc`: fully connected layer.

use std::fmt;

use super::conv::Conv;
use super::window::expect_maps;
use super::{Branching, Fixes, Kind, Layer, Opt, Positional, hole};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Dim, Init, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, LANES, Layout, Pack, Planner, Sums, Tensor, WIDEST};
use crate::shape::Inference;
use crate::source::Span;

/// From so many weights on a layer has them stored as the engine's arithmetic wants: two megabytes of `f32`, which is about what
/// the cache of a core holds. Smaller ones would gain nothing.
const LARGE: u64 = 1 << 19;

pub(super) static KIND: Kind = Kind {
    name: "fc",
    doc: "Fully connected layer, as `torch.nn.Linear`: `fc(in -> out)`.

Each of the `out` values is the sum of all `in` values times its own weights, plus its bias: y = W·x + b.
Feature maps go through `flatten` first, unless `in` is their width: then it is applied to each row, as in PyTorch; or `fc(in -> out, channels)` is computed at each of their pixels, over its channels.
Parameters: weight `[out][in]` and bias `[out]`.",
    positional: Positional::Flow("values"),
    options: &[
        Opt::flag("channels", "Of feature maps: over the channels of each pixel, a 1×1 convolution with Linear's weight."),
        Opt::flag("nobias", "No bias."),
    ],
    branching: Branching::None,
    build,
    kernel: "fc",
};

#[derive(Debug)]
struct Fc {
    inputs: Dim,
    outputs: Dim,
    bias: bool,
    inputs_span: Span,
    /// The convolution that it is where it is computed at each pixel.
    pointwise: Option<Conv>,
}

fn build(args: &Args) -> Box<dyn Layer> {
    let [(inputs, inputs_span), (outputs, _)] = args.flow.unwrap_or([(None, args.span); 2]);
    // Of its options, a convolution takes all that it needs: the kernel is 1×1 unless written.
    let pointwise = args.flag("channels").then(|| Conv::new(args));
    Box::new(Fc { inputs, outputs, bias: !args.flag("nobias"), inputs_span, pointwise })
}

impl Fc {
    fn report_maps(&self, input: Shape, cx: &mut Inference<'_>) {
        let values = input.len().map_or(String::new(), |n| format!(", which makes them {}", count(n, "value")));
        let width = if let Shape::Maps([.., width]) = input { hole(width) } else { hole(None) };
        let (name, outputs) = (cx.call_span(), hole(self.outputs));
        cx.mismatch(&codes::FC_NEEDS_VECTOR, name, format!("`fc` expects a vector but receives feature maps {input}"))
            .note(format!("`fc({width} -> {outputs})` would be applied to each row, as PyTorch's Linear"))
            .help(format!("put `flatten` before it{values}; `channels` would apply it to each pixel's channels"));
    }

    /// The outputs for each pixel's channels.
    fn infer_pixels(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let Some([channels, height, width]) = expect_maps(input, cx) else {
            return Shape::Maps([self.outputs, None, None]);
        };
        if let (Some(expected), Some(found)) = (self.inputs, channels)
            && expected != found
        {
            let message = format!("`fc` expects {} but receives {found}", count(expected, "channel"));
            let outputs = hole(self.outputs);
            cx.mismatch(&codes::FC_INPUTS, self.inputs_span, message)
                .help(format!("write `fc({found} -> {outputs}, channels)` or `fc(_ -> {outputs}, channels)`"));
        }
        Shape::Maps([self.outputs, height, width])
    }

    fn report_inputs(&self, expected: u64, found: u64, cx: &mut Inference<'_>) {
        let outputs = hole(self.outputs);
        let images = cx.images_with(expected);
        cx.mismatch(
            &codes::FC_INPUTS,
            self.inputs_span,
            format!("`fc` expects {} but receives {found}", count(expected, "input")),
        )
        .help(match images {
            Some(images) => {
                format!("write `fc({found} -> {outputs})` or `fc(_ -> {outputs})`; {expected} would need {images}")
            }
            None => format!("write `fc({found} -> {outputs})` or `fc(_ -> {outputs})`"),
        });
    }
}

impl fmt::Display for Fc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channels = if self.pointwise.is_some() { ", channels" } else { "" };
        let nobias = if self.bias { "" } else { ", nobias" };
        f.pad(&format!("fc({} -> {}{channels}{nobias})", hole(self.inputs), hole(self.outputs)))
    }
}

impl Layer for Fc {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        if self.pointwise.is_some() {
            return self.infer_pixels(input, cx);
        }
        match (input, self.inputs) {
            (Shape::Maps([channels, height, Some(width)]), Some(expected)) if width == expected => {
                return Shape::Maps([channels, height, self.outputs]);
            }
            (Shape::Maps(_), _) => self.report_maps(input, cx),
            (Shape::Vector(Some(found)), Some(expected)) if found != expected => {
                self.report_inputs(expected, found, cx)
            }
            _ => {}
        }
        Shape::Vector(self.outputs)
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        let inputs = self.inputs.or(match input {
            Shape::Maps([channels, ..]) if self.pointwise.is_some() => channels,
            _ => input.len(),
        });
        let init = Init::Uniform(inputs);
        let mut params = vec![Param { tensor: "weight", shape: vec![self.outputs, inputs], init }];
        if self.bias {
            params.push(Param { tensor: "bias", shape: vec![self.outputs], init });
        }
        params
    }

    fn macs(&self, input: Shape, output: Shape) -> Dim {
        let weights = self.params(input)[0].len()?;
        // Once for each pixel, or for each row.
        match (input, output) {
            (_, Shape::Maps([_, height, width])) if self.pointwise.is_some() => {
                weights.checked_mul(height?)?.checked_mul(width?)
            }
            (Shape::Maps([channels, height, _]), Shape::Maps(_)) => {
                weights.checked_mul(channels?)?.checked_mul(height?)
            }
            _ => Some(weights),
        }
    }

    fn fixes(&self) -> Fixes {
        let fixed = if self.pointwise.is_some() { Fixes::Channels } else { Fixes::Values };
        self.inputs.map_or(Fixes::Nothing, fixed)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        if let Some(conv) = &self.pointwise {
            return conv.op(sizes);
        }
        let (rows, inputs, outputs) = match sizes.shape {
            Shape::Maps(_) => (sizes.input().channels * sizes.input().height, sizes.input().width, sizes.output.width),
            _ => (1, sizes.input().channels, sizes.output.channels),
        };
        let fields = vec![Field::size("inputs", inputs), Field::size("outputs", outputs), Field::size("rows", rows)];
        Some(Op::new("FcOp", fields).keep_input().fuse_relu())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        if let Some(conv) = &self.pointwise {
            return conv.lower(plan);
        }
        let maps = plan.output_maps();
        let (vectors, outputs) = match plan.logical() {
            Shape::Maps(_) => {
                plan.make_planar();
                (maps.channels * maps.height, maps.width)
            }
            _ => (1, plan.output_len()),
        };
        let source = plan.value();
        // A blocked value is read as it lies: the packing puts the weights into that order.
        let (channels, pixels, lanes) = match source.layout {
            Layout::Planar => (source.len() / vectors, 1, 1),
            Layout::Blocked => (source.channels, source.pixels, LANES),
        };
        let mut fields = vec![
            Field::size("channels", channels),
            Field::size("pixels", pixels),
            Field::size("lanes", lanes),
            Field::size("outputs", outputs),
        ];
        let inputs = channels * pixels;
        let (kernel, function, heads) = if inputs * outputs < LARGE {
            ("Fc", "pack_fc", 1)
        } else {
            fields.insert(0, Field::arithmetic());
            ("LargeFc", "pack_large_fc", 2)
        };
        let row = outputs.next_multiple_of(WIDEST);
        let len = row * (heads + inputs);
        // Of a large layer it takes the factors that the products are multiplied by.
        let sums = Sums { count: outputs, len: if heads == 1 { len } else { 2 * row } };
        let operands = fields.iter().map(|field| field.value.clone()).collect();
        let tensors = &[Tensor::Own("weight"), Tensor::Optional("bias")];
        let weights = plan.pack(Pack { function, operands, tensors, len, sums: (vectors == 1).then_some(sums) });
        fields.push(Field::size("vectors", vectors));
        fields.extend([Field::team_in_any_net(plan.macs()), Field::activation()]);
        let rows = [LANES, WIDEST].map(|values| outputs.div_ceil(values).min(4));
        let (consts, scratch) = if kernel == "Fc" { (rows.to_vec(), 0) } else { (Vec::new(), 2 * inputs) };
        plan.step(kernel, consts, fields, Some(weights), Layout::Planar);
        plan.scratch(scratch);
    }
}
