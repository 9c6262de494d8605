//! `lrn`: local response normalisation.

use std::fmt;

use super::activation::spelled;
use super::window::expect_maps;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "lrn",
    doc: "Local response normalisation, as `torch.nn.LocalResponseNorm`: x / (k + alpha · m)^beta, where m is the mean of \
          the squares of n neighbouring channels (Krizhevsky et al. 2012, section 3.3). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[
        Opt::number("size", "n", 1, "How many channels are neighbours, zeros beyond the first and the last.")
            .required(),
        Opt::real("alpha", "alpha", "The weight of the mean; 0.0001 unless written."),
        Opt::real("beta", "beta", "The exponent; 0.75 unless written."),
        Opt::real("k", "k", "What is added to the mean; 1 unless written."),
    ],
    branching: Branching::None,
    build,
    kernel: "lrn",
};

#[derive(Debug)]
struct Lrn {
    size: u64,
    /// alpha, beta and k.
    reals: [(&'static str, f32); 3],
    text: String,
}

fn build(args: &Args) -> Box<dyn Layer> {
    let size = args.pair("size", 1)[0];
    let real = |name, default| (name, args.real(name).map_or(default, |(value, _)| value));
    let reals = [real("alpha", 1e-4), real("beta", 0.75), real("k", 1.0)];
    // The size comes first, then what `spelled` has between parentheses.
    let rest = spelled("", args);
    let text = match rest.strip_prefix('(') {
        Some(rest) => format!("lrn(n{size}, {rest}"),
        None => format!("lrn(n{size})"),
    };
    Box::new(Lrn { size, reals, text })
}

impl Lrn {
    fn fields(&self, Geometry { channels, height, width }: Geometry) -> Vec<Field> {
        let mut fields = vec![
            Field::size("channels", channels),
            Field::size("pixels", height * width),
            Field::size("size", self.size),
        ];
        fields.extend(self.reals.map(|(name, value)| Field::real(name, value)));
        fields
    }
}

impl fmt::Display for Lrn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Layer for Lrn {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        expect_maps(input, cx).map_or(Shape::Unknown, Shape::Maps)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::new("LrnOp", self.fields(sizes.input())).keep_input())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_planar();
        plan.step("Lrn", Vec::new(), self.fields(plan.input_maps()), None, Layout::Planar);
    }
}
