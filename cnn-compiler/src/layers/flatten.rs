//! `flatten`: feature maps to a vector.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::graph::{Args, Shape};
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "flatten",
    doc: "Feature maps C×H×W to a vector of C·H·W values, channel by channel and row by row, as `torch.nn.Flatten`.

The batch is never touched; a vector stays as it is; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build,
    kernel: "layout",
};

#[derive(Debug)]
struct Flatten;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Flatten)
}

impl fmt::Display for Flatten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("flatten")
    }
}

impl Layer for Flatten {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        Shape::Vector(input.len())
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        None
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.reinterpret();
    }
}
