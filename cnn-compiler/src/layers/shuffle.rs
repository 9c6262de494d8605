//! `shuffle`: channels in another order, so that groups mix.

use std::fmt;

use super::conv::divisors;
use super::window::expect_maps;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "shuffle",
    doc: "Channels in turn from each of so many groups, as `torch.nn.ChannelShuffle` (ShuffleNet, Zhang et al. 2017): \
          `shuffle(g2)`.

Of six channels in two groups, 0 1 2 and 3 4 5, it makes 0 3 1 4 2 5. The shape stays; no parameters.",
    positional: Positional::None,
    options: &[Opt::number("groups", "g", 1, "How many groups; divides the channels.").required()],
    branching: Branching::None,
    build,
    kernel: "shuffle",
};

#[derive(Debug)]
struct Shuffle {
    groups: u64,
    span: Span,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(Shuffle { groups: args.pair("groups", 1)[0], span: args.span_of("groups") })
}

impl Shuffle {
    fn fields(&self, Geometry { channels, height, width }: Geometry) -> Vec<Field> {
        vec![
            Field::size("channels", channels),
            Field::size("groups", self.groups),
            Field::size("pixels", height * width),
        ]
    }
}

impl fmt::Display for Shuffle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("shuffle(g{})", self.groups))
    }
}

impl Layer for Shuffle {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let Some([channels, ..]) = expect_maps(input, cx) else { return input.blurred() };
        if let Some(channels) = channels.filter(|channels| !channels.is_multiple_of(self.groups)) {
            let message = format!("{} cannot be split into {} groups", count(channels, "channel"), self.groups);
            cx.mismatch(&codes::CHANNEL_GROUPS, self.span, message).help(format!(
                "`groups` has to divide the channels: {channels} can be split into {}",
                divisors(channels)
            ));
        }
        input
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(Op::new("ShuffleOp", self.fields(sizes.input())))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let fields = self.fields(plan.input_maps());
        plan.step("Shuffle", Vec::new(), fields, None, Layout::Blocked);
    }
}
