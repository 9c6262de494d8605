//! `avgpool`: the mean of each window.

use std::fmt;

use super::window::{Window, WindowSpans, check_pool_padding, expect_maps};
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "avgpool",
    doc: "The mean of each window, as `torch.nn.AvgPool2d`: `avgpool(k2)`.

Channels stay; height and width become O = ⌊(I + 2P − F)/S⌋ + 1 each. Padding counts as zeros. No parameters.",
    positional: Positional::None,
    options: &[
        Opt::pair("kernel", "k", 1, "The window's height and width: `k2`, `k3x2`.").required(),
        Opt::pair("stride", "s", 1, "How far the window moves; the kernel's size unless written."),
        Opt::pair("padding", "p", 0, "Zeros around the image, at most half the kernel; 0 unless written."),
        Opt::flag("ceil", "Round up: a last window may end outside the image."),
        Opt::flag("exclude_pad", "Divide by the pixels of the image alone (PyTorch's `count_include_pad=False`)."),
    ],
    branching: Branching::None,
    build,
    kernel: "avgpool",
};

#[derive(Debug)]
struct AvgPool {
    window: Window,
    exclude_pad: bool,
    spans: WindowSpans,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(AvgPool {
        window: Window::new(args, None),
        exclude_pad: args.flag("exclude_pad"),
        spans: WindowSpans::new(args),
    })
}

impl fmt::Display for AvgPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = self.window.spelled(self.window.kernel);
        if self.exclude_pad {
            options.push("exclude_pad".into());
        }
        f.pad(&format!("avgpool({})", options.join(", ")))
    }
}

impl Layer for AvgPool {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        check_pool_padding(&self.window, &self.spans, cx);
        let Some(sizes) = expect_maps(input, cx) else { return Shape::Unknown };
        let [height, width] = self.window.infer(sizes, &self.spans, cx);
        Shape::Maps([sizes[0], height, width])
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        self.window.arithmetic(input, output)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let shape = self.window.pool_field(sizes.input(), sizes.output);
        Some(Op::new("AvgPoolOp", vec![shape, Field::flag("count_include_pad", !self.exclude_pad)]))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let count = Field::flag("count_include_pad", !self.exclude_pad);
        let fields = vec![self.window.pool_geometry(plan), count, self.window.pool_team(plan)];
        plan.step("AvgPool", Vec::new(), fields, None, Layout::Blocked);
    }
}
