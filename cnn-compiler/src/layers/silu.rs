//! `silu`: sigmoid linear unit.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "silu",
    doc: "Sigmoid linear unit, as `torch.nn.SiLU`, also called swish: x / (1 + exp(−x)). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("silu", ["Silu", "SiluOp"], Slope::OfInput, args, &[]),
    kernel: "silu",
};
