//! `adaptivemaxpool`: the largest value of each of so many windows.

use super::adaptive::{Adaptive, Pooling};
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::Args;

pub(super) static KIND: Kind = Kind {
    name: "adaptivemaxpool",
    doc: "The largest value of each of so many windows, as `torch.nn.AdaptiveMaxPool2d`: `adaptivemaxpool(o7)`.

Channels stay. Along an axis of I pixels, window i of O covers those from ⌊i·I/O⌋ to ⌈(i + 1)·I/O⌉, whatever I is;
O may be larger than I. No parameters.",
    positional: Positional::None,
    options: &[Opt::pair("output", "o", 1, "The output's height and width: `o7`, `o7x5`.").required()],
    branching: Branching::None,
    build,
    kernel: "adaptive",
};

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Adaptive::new("adaptivemaxpool", Pooling::Max, args))
}
