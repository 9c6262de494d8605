//! `leakyrelu`: rectified linear unit that leaks.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Opt, Positional};

pub(super) static KIND: Kind = Kind {
    name: "leakyrelu",
    doc: "Leaky rectified linear unit, as `torch.nn.LeakyReLU`: `leakyrelu(slope = 0.2)`. x where it is positive, elsewhere \
          slope · x. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[Opt::real("negative_slope", "slope", "The slope for negative values; 0.01 unless written.")],
    branching: Branching::None,
    build: |args| {
        Activation::layer("leakyrelu", ["LeakyRelu", "LeakyReluOp"], Slope::OfInput, args, &[("negative_slope", 0.01)])
    },
    kernel: "leakyrelu",
};
