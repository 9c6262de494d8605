//! `reshape`: a view that leaves the batch out.

use super::view::View;
use super::{Branching, Kind, Layer, Positional};
use crate::graph::Args;

pub(super) static KIND: Kind = Kind {
    name: "reshape",
    doc: "The same values of each image in another shape: `reshape(225)` or `reshape(9, 5, 5)`, a `view` without the batch.

A vector's size, or channels, height and width; `_` stands for a size to be inferred. No parameters.",
    positional: Positional::Sizes("225"),
    options: &[],
    branching: Branching::None,
    build,
    kernel: "layout",
};

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(View::without_batch("reshape", args))
}
