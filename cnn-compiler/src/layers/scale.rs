//! `scale`: what arrives times what a body makes of it.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "scale",
    doc: "What arrives times what a body makes of it: `scale { body }`, squeeze and excite (Hu et al. 2017).

The body makes one factor for each channel, C×1×1, or one for each value. The shape stays; no parameters of its own.",
    positional: Positional::None,
    options: &[],
    branching: Branching::Beside,
    build,
    kernel: "scale",
};

#[derive(Debug)]
struct Scale;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Scale)
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("scale")
    }
}

impl Layer for Scale {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let branches = cx.branches();
        let [factors, values] = branches[..] else { return input };
        let per_channel = match values {
            Shape::Maps([channels, ..]) => Shape::Maps([channels, Some(1), Some(1)]),
            other => other,
        };
        if factors.contradicts(&values) && factors.contradicts(&per_channel) {
            let message = format!("the body of `scale` makes {factors}, but the factors of {values} are {per_channel}");
            cx.mismatch(&codes::BRANCHES, cx.call_span(), message)
                .help("end the body with as many channels as arrive, and an image of 1×1");
        }
        values
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        // The body's factors come first; as many values share each.
        let pixels = sizes.output_len() / sizes.input_lens()[0].max(1);
        Some(Op::new("ScaleOp", vec![Field::size("pixels", pixels)]).keep_input())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let branches = plan.gather();
        let [factors, values] = [branches[0], branches[1]];
        // One factor for each channel is a block for each block of pixels. Vectors are told by their lengths alone:
        // one that was feature maps still knows their pixels.
        let pixels = if factors.len() == values.len() { 1 } else { values.pixels };
        plan.join("Scale", vec![Field::size("pixels", pixels)], &[("src", values), ("factors", factors)]);
    }
}
