//! `gelu`: Gaussian error linear unit.

use super::activation::{Activation, Slope};
use super::{Branching, Kind, Opt, Positional};

pub(super) static KIND: Kind = Kind {
    name: "gelu",
    doc: "Gaussian error linear unit, as `torch.nn.GELU`: x · Φ(x), Φ being the distribution function of the normal \
          distribution.

`gelu(tanh)` is PyTorch's approximation: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). The shape stays; no parameters.",
    positional: Positional::None,
    options: &[Opt::flag("tanh", "PyTorch's `approximate='tanh'`.")],
    branching: Branching::None,
    build: |args| {
        let kernels = if args.flag("tanh") { ["GeluTanh", "GeluTanhOp"] } else { ["Gelu", "GeluOp"] };
        Activation::layer("gelu", kernels, Slope::OfInput, args, &[])
    },
    kernel: "gelu",
};
