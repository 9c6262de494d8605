//! `tanh`: hyperbolic tangent.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "tanh",
    doc: "Hyperbolic tangent, as `torch.nn.Tanh`. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("tanh", ["Tanh", "TanhOp"], Slope::OfOutput, args, &[]),
    kernel: "tanh",
};
