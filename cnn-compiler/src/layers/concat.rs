//! `concat`: the channels of several branches, one behind the other.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "concat",
    doc: "The channels of several branches, one behind the other: `concat { a | b | c }`, as `torch.cat(…, dim=1)`.

All branches start from what arrives, and end with the same height and width. An empty branch hands on what arrives.
No parameters of its own.",
    positional: Positional::None,
    options: &[],
    branching: Branching::Parallel(None),
    build,
    kernel: "concat",
};

#[derive(Debug)]
struct Concat;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Concat)
}

impl fmt::Display for Concat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("concat")
    }
}

impl Layer for Concat {
    fn infer(&self, _input: Shape, cx: &mut Inference<'_>) -> Shape {
        join_channels(cx)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::new("ConcatOp", vec![Field::sizes("lens", sizes.input_lens())]))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.concatenate();
    }
}

/// The shape of all branches behind one another, after every fault was reported.
pub(super) fn join_channels(cx: &mut Inference<'_>) -> Shape {
    // What has to agree, and what is summed.
    let parts = |shape: Shape| match shape {
        Shape::Maps([channels, height, width]) => (Shape::Maps([None, height, width]), channels),
        Shape::Vector(n) => (Shape::Vector(None), n),
        Shape::Unknown => (Shape::Unknown, None),
    };
    let branches = cx.branches();
    let first = branches[0];
    let misfit = (1..branches.len()).find(|&at| parts(branches[at]).0.contradicts(&parts(first).0));
    if let Some(at) = misfit {
        let (name, number, found) = (cx.call_name(), at + 1, branches[at]);
        let message =
            format!("the branches of `{name}` do not fit: the first makes {first}, number {number} makes {found}");
        cx.mismatch(&codes::BRANCHES, cx.call_span(), message)
            .help("only their channels may differ, not their heights and widths");
    }
    let channels = branches.iter().try_fold(0u64, |sum, &branch| sum.checked_add(parts(branch).1?));
    match first {
        Shape::Maps(_) if misfit.is_some() => Shape::Maps([channels, None, None]),
        Shape::Maps([_, height, width]) => Shape::Maps([channels, height, width]),
        Shape::Vector(_) => Shape::Vector(channels),
        Shape::Unknown => Shape::Unknown,
    }
}
