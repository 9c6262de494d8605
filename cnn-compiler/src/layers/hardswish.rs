//! `hardswish`: silu of straight lines.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "hardswish",
    doc: "A `silu` of straight lines, as `torch.nn.Hardswish`: x · min(max(0, x + 3), 6) / 6. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("hardswish", ["HardSwish", "HardSwishOp"], Slope::OfInput, args, &[]),
    kernel: "hardswish",
};
