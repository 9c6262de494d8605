//! `residual`: a body plus what arrives.

use std::fmt;

use super::{Branching, Kind, Layer, Positional};
use crate::codes;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "residual",
    doc: "A body plus what arrives: `residual { body }`, or plus what `else { shortcut }` makes of it (He et al. 2015).

Both have the same shape, and so has the sum. No parameters of its own.",
    positional: Positional::None,
    options: &[],
    branching: Branching::Residual,
    build,
    kernel: "residual",
};

#[derive(Debug)]
struct Residual;

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Residual)
}

impl fmt::Display for Residual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("residual")
    }
}

impl Layer for Residual {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let branches = cx.branches();
        let [body, other] = branches[..] else { return input };
        if body.contradicts(&other) {
            let message = format!("the body of `residual` makes {body}, but {other} stands beside it");
            let help = match (body, other) {
                (Shape::Maps([Some(channels), Some(height), _]), Shape::Maps([_, Some(beside), _])) => {
                    let (stride, what) = match beside.div_ceil(height) {
                        1 => (String::new(), "channels"),
                        stride => (format!(", s{stride}"), "channels and size"),
                    };
                    format!(
                        "bring the other side to {body}: `else {{ conv(_ -> {channels}, k1{stride}) }}` changes {what}"
                    )
                }
                _ => "both sides have the same shape".to_owned(),
            };
            cx.mismatch(&codes::BRANCHES, cx.call_span(), message).help(help);
        }
        if body.is_known() { body } else { other }
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::new("AddOp", Vec::new()).fuse_relu())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let branches = plan.gather();
        if !plan.add_into(branches[0], branches[1]) {
            plan.join("Add", vec![Field::activation()], &[("a", branches[0]), ("b", branches[1])]);
        }
    }
}
