//! `dropout`: nothing, outside of training.

use std::fmt;

use super::activation::spelled;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "dropout",
    doc: "Leaves values out while a net is trained, as `torch.nn.Dropout`: `dropout(p = 0.5)`.

A forward pass is no training: the values stay as they are, at no cost. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[Opt::real("p", "p", "The share of values that training leaves out, from 0 to 1; 0.5 unless written.")],
    branching: Branching::None,
    build,
    kernel: "dropout",
};

#[derive(Debug)]
struct Dropout {
    text: String,
    p: Option<(f32, Span)>,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Dropout { text: spelled("dropout", args), p: args.real("p") })
}

impl fmt::Display for Dropout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Layer for Dropout {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        if let Some((p, span)) = self.p.filter(|(p, _)| !(0.0..=1.0).contains(p)) {
            cx.error(&codes::UNEXPECTED_ARGUMENT, span, format!("`p` of `dropout` is a share, from 0 to 1, not {p}"));
        }
        input
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let p = self.p.map_or(0.5, |(p, _)| p);
        let fields = vec![Field::real("p", p), Field::size("layer", sizes.layer)];
        (p > 0.0).then(|| Op { random: true, ..Op::new("DropoutOp", fields) })
    }

    fn lower(&self, _plan: &mut Planner<'_>) {}
}
