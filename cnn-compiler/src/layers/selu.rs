//! `selu`: scaled exponential linear unit.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "selu",
    doc: "Scaled exponential linear unit, as `torch.nn.SELU`: 1.0507 · x where it is positive, elsewhere \
          1.7581 · (exp(x) − 1). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("selu", ["Selu", "SeluOp"], Slope::OfOutput, args, &[]),
    kernel: "selu",
};
