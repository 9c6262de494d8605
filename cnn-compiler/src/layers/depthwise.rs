//! `depthwise`: a convolution of each channel alone.

use std::fmt;

use super::conv::Conv;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Dim, Param, Shape};
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "depthwise",
    doc: "A convolution of each channel alone: `depthwise(k3)` is `conv(C -> C, k3, g = C)` for the C channels that arrive.

Height and width become O = ⌊(I + 2P − D(F−1) − 1)/S⌋ + 1 each.
Parameters: weight `[C][1][kernel height][kernel width]` and bias `[C]`.",
    positional: Positional::None,
    options: &[
        Opt::pair("kernel", "k", 1, "The window's height and width: `k3`, `k3x5`.").required(),
        Opt::pair("stride", "s", 1, "How far the window moves; 1 unless written."),
        Opt::pair("padding", "p", 0, "Zeros around the image, on each side; 0 unless written."),
        Opt::pair("dilation", "d", 1, "The distance between a window's pixels; 1 unless written."),
        Opt::flag("same", "Zeros around the image, so that its size stays (stride 1)."),
        Opt::flag("nobias", "No bias."),
    ],
    branching: Branching::None,
    build,
    kernel: "conv",
};

/// A convolution that knows its channels when it sees its input.
#[derive(Debug)]
struct Depthwise(Conv);

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Depthwise(Conv::new(args)))
}

impl Depthwise {
    fn on(&self, input: Shape) -> Conv {
        let channels = if let Shape::Maps([channels, ..]) = input { channels } else { None };
        self.0.depthwise(channels)
    }
}

impl fmt::Display for Depthwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = self.0.window.spelled([1, 1]);
        if !self.0.bias {
            options.push("nobias".into());
        }
        f.pad(&format!("depthwise({})", options.join(", ")))
    }
}

impl Layer for Depthwise {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        self.on(input).infer(input, cx)
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        self.0.arithmetic(input, output)
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        self.on(input).params(input)
    }

    fn macs(&self, input: Shape, output: Shape) -> Dim {
        self.on(input).macs(input, output)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        self.on(sizes.shape).op(sizes)
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        self.on(plan.logical()).lower(plan);
    }
}
