//! `softplus`: smooth rectified linear unit.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Opt, Positional};

pub(super) static KIND: Kind = Kind {
    name: "softplus",
    doc: "Smooth rectified linear unit, as `torch.nn.Softplus`: ln(1 + exp(beta · x)) / beta; x where beta · x is above \
          the threshold. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[
        Opt::real("beta", "beta", "How sharp the bend is; 1 unless written."),
        Opt::real("threshold", "threshold", "Where beta · x becomes a straight line; 20 unless written."),
    ],
    branching: Branching::None,
    build: |args| {
        Activation::layer(
            "softplus",
            ["Softplus", "SoftplusOp"],
            Slope::OfInput,
            args,
            &[("beta", 1.0), ("threshold", 20.0)],
        )
    },
    kernel: "softplus",
};
