//! `sigmoid`: logistic function.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "sigmoid",
    doc: "Logistic function, as `torch.nn.Sigmoid`: 1 / (1 + exp(−x)). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("sigmoid", ["Sigmoid", "SigmoidOp"], Slope::OfOutput, args, &[]),
    kernel: "sigmoid",
};
