//! `elu`: exponential linear unit.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Opt, Positional};

pub(super) static KIND: Kind = Kind {
    name: "elu",
    doc: "Exponential linear unit, as `torch.nn.ELU`: x where it is positive, elsewhere alpha · (exp(x) − 1). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[Opt::real("alpha", "alpha", "Minus the limit for negative values; 1 unless written.")],
    branching: Branching::None,
    build: |args| Activation::layer("elu", ["Elu", "EluOp"], Slope::OfInput, args, &[("alpha", 1.0)]),
    kernel: "elu",
};
