//! `logsoftmax`: values to logarithms of probabilities.

use super::softmax::Softmax;
use super::{Branching, Kind, Positional};

pub(super) static KIND: Kind = Kind {
    name: "logsoftmax",
    doc: "Logarithms of probabilities, as `torch.nn.LogSoftmax(dim=1)`: xᵢ − ln Σ exp(xⱼ), over a vector's values or, \
          at each pixel, over the channels of feature maps. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build: |_| Box::new(Softmax { name: "logsoftmax", kernel: "LogSoftmax", op: "LogSoftmaxOp" }),
    kernel: "logsoftmax",
};
