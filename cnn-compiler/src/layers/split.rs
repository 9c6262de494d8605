//! `split`: each branch gets a part of the channels.

use std::fmt;

use super::concat::join_channels;
use super::window::expect_maps;
use super::{Branching, Kind, Layer, Positional};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "split",
    doc: "Equal parts of the channels, one for each branch, and the branches behind one another: `split { a | b }`, \
          as `torch.chunk` and `torch.cat` (ShuffleNet V2, Ma et al. 2018).

The branches end with the same height and width. An empty branch hands on its part. No parameters of its own.",
    positional: Positional::None,
    options: &[],
    branching: Branching::Parallel(Some(part)),
    build,
    kernel: "concat",
};

#[derive(Debug)]
struct Split;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Split)
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("split")
    }
}

impl Layer for Split {
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

/// The part of the channels that a branch starts with.
#[derive(Debug)]
struct Part {
    index: u64,
    parts: u64,
}

fn part(index: usize, parts: usize) -> Box<dyn Layer> {
    Box::new(Part { index: index as u64, parts: parts as u64 })
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("part {} of {}", self.index + 1, self.parts))
    }
}

impl Layer for Part {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let Some([channels, height, width]) = expect_maps(input, cx) else { return Shape::Unknown };
        let part =
            channels.filter(|channels| channels.is_multiple_of(self.parts)).map(|channels| channels / self.parts);
        if let (Some(channels), None) = (channels, part) {
            let message = format!("{} cannot be split into {} equal parts", count(channels, "channel"), self.parts);
            cx.mismatch(&codes::BRANCHES, cx.call_span(), message)
                .help("the number of branches has to divide the channels");
        }
        Shape::Maps([part, height, width])
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::new("PartOp", vec![Field::size("start", self.index * sizes.output_len())]))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let channels = plan.output_maps().channels;
        plan.slice(self.index * channels);
    }
}
