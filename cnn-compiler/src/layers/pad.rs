//! `pad`: zeros around feature maps.

use std::fmt;

use super::window::{expect_maps, on_both_axes};
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "pad",
    doc: "Zeros around the image, as `torch.nn.ZeroPad2d`: `pad(p1)`, or `pad(top = 1, left = 2)` side by side.

Channels stay; height and width grow by the zeros. No parameters.",
    positional: Positional::None,
    options: &[
        Opt::pair("padding", "p", 0, "Zeros on all sides: `p1`, or `p1x2` for 1 above and below, 2 left and right."),
        Opt::number("top", "t", 0, "Rows of zeros above; 0 unless written."),
        Opt::number("bottom", "b", 0, "Rows of zeros below; 0 unless written."),
        Opt::number("left", "l", 0, "Columns of zeros on the left; 0 unless written."),
        Opt::number("right", "r", 0, "Columns of zeros on the right; 0 unless written."),
    ],
    branching: Branching::None,
    build,
    kernel: "layout",
};

const SIDES: [&str; 4] = ["top", "bottom", "left", "right"];

#[derive(Debug)]
struct Pad {
    /// Top, bottom, left, right.
    zeros: [u64; 4],
    nothing_written: bool,
    /// A single side that is written beside all of them.
    written_twice: Option<(&'static str, Span)>,
    span: Span,
}

fn build(args: &Args) -> Box<dyn Layer> {
    let all = args.option("padding");
    let [y, x] = args.pair("padding", 0);
    let side = |at: usize| args.option(SIDES[at]).map_or([y, y, x, x][at], |(value, _)| value[0]);
    let first = SIDES.iter().find_map(|&side| Some((side, args.option(side)?.1)));
    Box::new(Pad {
        zeros: [0, 1, 2, 3].map(side),
        nothing_written: all.is_none() && first.is_none() && !args.faulty,
        written_twice: first.filter(|_| all.is_some()),
        span: args.span,
    })
}

impl fmt::Display for Pad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [top, bottom, left, right] = self.zeros;
        if top == bottom && left == right {
            return f.pad(&format!("pad({})", super::pair("p", [top, left])));
        }
        let sides = SIDES.iter().zip(self.zeros).filter(|(_, zeros)| *zeros > 0);
        let sides: Vec<String> = sides.map(|(side, zeros)| format!("{side} = {zeros}")).collect();
        f.pad(&format!("pad({})", sides.join(", ")))
    }
}

impl Layer for Pad {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        if self.nothing_written {
            cx.error(&codes::MISSING_ARGUMENT, self.span, "`pad` needs a padding")
                .help("write `pad(p1)` for all sides, or `pad(top = 1, left = 2)`");
        }
        if let Some((side, span)) = self.written_twice {
            cx.error(
                &codes::DUPLICATE_ARGUMENT,
                span,
                format!("`p` gives all sides of `pad`, and `{side}` is one of them"),
            )
            .help("give all sides by `p`, or each by its name");
        }
        let Some([channels, height, width]) = expect_maps(input, cx) else { return Shape::Unknown };
        let [top, bottom, left, right] = self.zeros;
        // A sum that overflows is an image of too many values.
        let grown = |size: u64, zeros: [u64; 2]| size.saturating_add(zeros[0]).saturating_add(zeros[1]);
        Shape::Maps([channels, height.map(|h| grown(h, [top, bottom])), width.map(|w| grown(w, [left, right]))])
    }

    fn arithmetic(&self, input: Shape, output: Shape) -> Option<String> {
        let [top, bottom, left, right] = self.zeros;
        let zeros = [[top, bottom], [left, right]];
        on_both_axes(input, output, |axis, size, out| {
            let [before, behind] = zeros[axis];
            format!("{before} + {size} + {behind} = {out}")
        })
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let ([top, _, left, _], Geometry { channels, height, width }) = (self.zeros, sizes.input());
        let fields = vec![
            Field::size("channels", channels),
            Field::pair("image", [height, width]),
            Field::pair("before", [top, left]),
            Field::pair("padded", [sizes.output.height, sizes.output.width]),
        ];
        (self.zeros != [0; 4]).then(|| Op::new("PadOp", fields))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let [top, _, left, _] = self.zeros;
        let out = plan.output_maps();
        if self.zeros != [0; 4] {
            plan.pad([top, left], [out.height, out.width]);
        }
    }
}
