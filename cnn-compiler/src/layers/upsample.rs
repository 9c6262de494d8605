//! `upsample`: larger feature maps.

use std::fmt;

use super::window::{expect_maps, on_both_axes};
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "upsample",
    doc: "Height and width times a whole number, as `torch.nn.Upsample`: `upsample(s2)` repeats each pixel, \
          `upsample(s2, bilinear)` blends neighbours.

Channels stay. No parameters.",
    positional: Positional::None,
    options: &[
        Opt::pair("scale", "s", 1, "What height and width are multiplied by: `s2`, `s2x3`.").required(),
        Opt::flag("bilinear", "Blend the four nearest pixels, instead of repeating the nearest."),
        Opt::flag("corners", "Blend so that corner pixels lie on corner pixels (PyTorch's `align_corners=True`)."),
    ],
    branching: Branching::None,
    build,
    kernel: "upsample",
};

#[derive(Debug)]
struct Upsample {
    scale: [u64; 2],
    bilinear: bool,
    corners: bool,
    corners_span: Span,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Upsample {
        scale: args.pair("scale", 1),
        bilinear: args.flag("bilinear"),
        corners: args.flag("corners"),
        corners_span: args.span_of("corners"),
    })
}

impl Upsample {
    fn fields(&self, Geometry { channels, height, width }: Geometry) -> Vec<Field> {
        let mut fields = vec![
            Field::size("channels", channels),
            Field::pair("input", [height, width]),
            Field::pair("scale", self.scale),
        ];
        if self.bilinear {
            fields.push(Field::flag("corners", self.corners));
        }
        fields
    }
}

impl fmt::Display for Upsample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = vec![super::pair("s", self.scale)];
        for (flag, name) in [(self.bilinear, "bilinear"), (self.corners, "corners")] {
            if flag {
                options.push(name.to_owned());
            }
        }
        f.pad(&format!("upsample({})", options.join(", ")))
    }
}

impl Layer for Upsample {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        if self.corners && !self.bilinear {
            let message = "`corners` says how `upsample` blends pixels, but it repeats them";
            cx.error(&codes::UNEXPECTED_ARGUMENT, self.corners_span, message).help(format!(
                "write `upsample({}, bilinear, corners)`, or leave it out",
                super::pair("s", self.scale)
            ));
        }
        let Some([channels, height, width]) = expect_maps(input, cx) else { return Shape::Unknown };
        // A product that overflows is an image of too many values.
        let grown = |size: u64, axis: usize| size.saturating_mul(self.scale[axis]);
        Shape::Maps([channels, height.map(|h| grown(h, 0)), width.map(|w| grown(w, 1))])
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        on_both_axes(input, output, |axis, size, out| format!("{}·{size} = {out}", self.scale[axis]))
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let op = if self.bilinear { "BilinearOp" } else { "NearestOp" };
        Some(Op::new(op, self.fields(sizes.input())))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let fields = self.fields(plan.input_maps());
        let kernel = if self.bilinear { "Bilinear" } else { "Nearest" };
        plan.step(kernel, Vec::new(), fields, None, Layout::Blocked);
    }
}
