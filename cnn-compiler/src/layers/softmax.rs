//! `softmax`: values to probabilities.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "softmax",
    doc: "Probabilities that sum to 1, as `torch.nn.Softmax(dim=1)`: exp(xᵢ) / Σ exp(xⱼ), over a vector's values or, \
          at each pixel, over the channels of feature maps. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build,
    kernel: "softmax",
};

/// A softmax or its logarithm.
#[derive(Debug)]
pub(super) struct Softmax {
    pub name: &'static str,
    pub kernel: &'static str,
    /// What computes it while the net is trained.
    pub op: &'static str,
}

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Softmax { name: "softmax", kernel: "Softmax", op: "SoftmaxOp" })
}

impl fmt::Display for Softmax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

impl Layer for Softmax {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let Geometry { channels, height, width } = sizes.input();
        let fields = vec![Field::size("channels", channels), Field::size("pixels", height * width)];
        Some(Op::new(self.op, fields).keep_output())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_planar();
        let (channels, pixels) = match plan.logical() {
            Shape::Maps([Some(c), Some(h), Some(w)]) => (c, h * w),
            _ => (plan.output_len(), 1),
        };
        let fields = vec![Field::size("channels", channels), Field::size("pixels", pixels)];
        plan.step(self.kernel, Vec::new(), fields, None, Layout::Planar);
    }
}
