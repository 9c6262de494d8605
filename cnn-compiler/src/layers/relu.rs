//! `relu`: rectified linear unit.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::graph::{Args, Shape};
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "relu",
    doc: "Rectified linear unit, as `torch.nn.ReLU`: max(0, x) of every value. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build,
    kernel: "relu",
};

#[derive(Debug)]
struct Relu;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Relu)
}

impl fmt::Display for Relu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("relu")
    }
}

impl Layer for Relu {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::relu())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        if !plan.fuse_activation("Relu") {
            plan.elementwise("Relu", Vec::new(), None);
        }
    }
}
