//! `maxpool`: the largest value of each window.

use std::fmt;

use super::window::{Window, WindowSpans, check_pool_padding, expect_maps};
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "maxpool",
    doc: "The largest value of each window, as `torch.nn.MaxPool2d`: `maxpool(k2)`.

Channels stay; height and width become O = ⌊(I + 2P − D(F−1) − 1)/S⌋ + 1 each. Padding never wins. No parameters.",
    positional: Positional::None,
    options: &[
        Opt::pair("kernel", "k", 1, "The window's height and width: `k2`, `k3x2`.").required(),
        Opt::pair("stride", "s", 1, "How far the window moves; the kernel's size unless written."),
        Opt::pair(
            "padding",
            "p",
            0,
            "Pixels around the image that never win, at most half the kernel; 0 unless written.",
        ),
        Opt::pair("dilation", "d", 1, "The distance between a window's pixels; 1 unless written."),
        Opt::flag("ceil", "Round up: a last window may end outside the image."),
    ],
    branching: Branching::None,
    build,
    kernel: "maxpool",
};

#[derive(Debug)]
struct MaxPool {
    window: Window,
    spans: WindowSpans,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(MaxPool { window: Window::new(args, None), spans: WindowSpans::new(args) })
}

impl fmt::Display for MaxPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("maxpool({})", self.window.spelled(self.window.kernel).join(", ")))
    }
}

impl Layer for MaxPool {
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
        let op = Op::new("MaxPoolOp", vec![self.window.pool_field(sizes.input(), sizes.output)]);
        // Taps apart may all lie beside the image: the least of all values then is not less than 0 for ReLU alone.
        let commutes_with_relu = self.window.dilation == [1, 1];
        Some(Op { commutes_with_relu, ..op.keep_input().keep_output().fuse_relu() })
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let Window { kernel, stride, padding, dilation, .. } = self.window;
        let pairs = (kernel, stride, padding, dilation) == ([2, 2], [2, 2], [0, 0], [1, 1]);
        let (image, out) = (plan.input_maps(), plan.output_maps());
        if pairs && [image.height / 2, image.width / 2] == [out.height, out.width] && plan.fuse_pool() {
            return;
        }
        plan.make_blocked();
        let fields = vec![self.window.pool_geometry(plan), self.window.pool_team(plan)];
        plan.step("MaxPool", Vec::new(), fields, None, Layout::Blocked);
    }
}
