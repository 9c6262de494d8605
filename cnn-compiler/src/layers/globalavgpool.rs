//! `globalavgpool`: the mean of each channel.

use super::adaptive::{Adaptive, Pooling};
use super::{Branching, Kind, Layer, Positional};
use crate::graph::Args;

pub(super) static KIND: Kind = Kind {
    name: "globalavgpool",
    doc: "The mean of each channel, C×H×W to C×1×1, as `torch.nn.AdaptiveAvgPool2d(1)`.

No parameters.",
    positional: Positional::None,
    options: &[],
    branching: Branching::None,
    build,
    kernel: "adaptive",
};

fn build(_args: &Args) -> Box<dyn Layer> {
    Box::new(Adaptive::global("globalavgpool", Pooling::Avg))
}
