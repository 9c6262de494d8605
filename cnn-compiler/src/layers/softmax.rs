//! `softmax`: values to probabilities.

use std::fmt;

use super::{Kind, Layer, Positional};
use crate::graph::{Args, Shape};
use crate::plan::{Field, Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "softmax",
    doc: "Probabilities that sum to 1, as `torch.nn.Softmax(dim=1)`: exp(xᵢ) / Σ exp(xⱼ), over a vector's values or, \
          at each pixel, over the channels of feature maps. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    build,
    kernel: "softmax",
};

#[derive(Debug)]
struct Softmax;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Softmax)
}

impl fmt::Display for Softmax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("softmax")
    }
}

impl Layer for Softmax {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_planar();
        let (channels, pixels) = match plan.logical() {
            Shape::Maps([Some(c), Some(h), Some(w)]) => (c, h * w),
            _ => (plan.output_len(), 1),
        };
        let fields = vec![Field::size("channels", channels), Field::size("pixels", pixels)];
        plan.step("Softmax", Vec::new(), fields, None, Layout::Planar);
    }
}
