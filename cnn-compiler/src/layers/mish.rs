//! `mish`: smooth unit that regularises itself.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "mish",
    doc: "Self-regularised unit, as `torch.nn.Mish`: x · tanh(ln(1 + exp(x))). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("mish", ["Mish", "MishOp"], Slope::OfInput, args, &[]),
    kernel: "mish",
};
