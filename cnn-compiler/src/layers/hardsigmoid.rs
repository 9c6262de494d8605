//! `hardsigmoid`: sigmoid of straight lines.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "hardsigmoid",
    doc: "A `sigmoid` of straight lines, as `torch.nn.Hardsigmoid`: min(max(0, x + 3), 6) / 6. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("hardsigmoid", ["HardSigmoid", "HardSigmoidOp"], Slope::OfOutput, args, &[]),
    kernel: "hardsigmoid",
};
