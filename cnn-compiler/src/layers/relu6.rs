//! `relu6`: rectified linear unit with a ceiling.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "relu6",
    doc: "Rectified linear unit up to 6, as `torch.nn.ReLU6`: min(max(0, x), 6) of every value. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |args| Activation::layer("relu6", ["Relu6", "Relu6Op"], Slope::OfOutput, args, &[]),
    kernel: "relu6",
};
