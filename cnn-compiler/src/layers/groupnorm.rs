//! `groupnorm`: normalisation of groups of channels.

use std::fmt;
use std::ops::Range;

use super::bn::per_channel;
use super::conv::divisors;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::diagnostic::count;
use crate::graph::{Args, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, LANES, Operand, Pack, Planner, Tensor};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "groupnorm",
    doc: "Group normalisation, as `torch.nn.GroupNorm` (Wu & He 2018): (x − mean) / √(variance + eps) · weight + bias, \
          `groupnorm(g4)`.

Channels, or the values of a vector, are split into so many groups; mean and variance are those of all values of a group.
The shape stays. Parameters: weight `[C]` and bias `[C]`; none with `noaffine`.",
    positional: Positional::None,
    options: &[
        Opt::number("groups", "g", 1, "How many groups; divides the channels.").required(),
        Opt::real("eps", "eps", "What is added to the variance; 0.00001 unless written."),
        Opt::flag("noaffine", "No weight and bias (PyTorch's `affine=False`)."),
    ],
    branching: Branching::None,
    build,
    kernel: "groupnorm",
};

#[derive(Debug)]
struct GroupNorm {
    groups: u64,
    groups_span: Span,
    affine: Affine,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(GroupNorm {
        groups: args.pair("groups", 1)[0],
        groups_span: args.span_of("groups"),
        affine: Affine::new(args),
    })
}

impl fmt::Display for GroupNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut options = vec![format!("g{}", self.groups)];
        if self.affine.eps != Affine::EPS {
            options.push(format!("eps = {}", self.affine.eps));
        }
        if !self.affine.learned {
            options.push("noaffine".to_owned());
        }
        f.pad(&format!("groupnorm({})", options.join(", ")))
    }
}

impl Layer for GroupNorm {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        self.affine.check(cx);
        let (channels, unit) = match input {
            Shape::Maps([channels, ..]) => (channels, "channel"),
            other => (other.len(), "value"),
        };
        if let Some(channels) = channels.filter(|channels| !channels.is_multiple_of(self.groups)) {
            let message = format!("{} cannot be split into {} groups", count(channels, unit), self.groups);
            cx.mismatch(&codes::CHANNEL_GROUPS, self.groups_span, message).help(format!(
                "`groups` has to divide the {unit}s: {channels} can be split into {}",
                divisors(channels)
            ));
        }
        input
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        self.affine.params(input)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(self.affine.op_of_groups(sizes, self.groups))
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        self.affine.lower_groups(plan, self.groups);
    }
}

/// What normalisations of the values at hand share: `eps`, and a learned factor and summand for each channel.
#[derive(Debug)]
pub(super) struct Affine {
    pub eps: f32,
    eps_span: Span,
    /// Whether there are a factor and a summand.
    learned: bool,
}

impl Affine {
    /// PyTorch's default.
    const EPS: f32 = 1e-5;

    pub fn new(args: &Args) -> Affine {
        let (eps, eps_span) = args.real("eps").unwrap_or((Affine::EPS, args.span));
        Affine { eps, eps_span, learned: !args.flag("noaffine") }
    }

    /// Reports an `eps` that could make a variance negative.
    pub fn check(&self, cx: &mut Inference<'_>) {
        if self.eps < 0.0 {
            let message = format!("`eps` of `{}` is at least 0, not {}", cx.call_name(), self.eps);
            cx.error(&codes::UNEXPECTED_ARGUMENT, self.eps_span, message).help("PyTorch's default is `eps = 0.00001`");
        }
    }

    pub fn params(&self, input: Shape) -> Vec<Param> {
        if self.learned { per_channel(input, [("weight", 1.0), ("bias", 0.0)]) } else { Vec::new() }
    }

    /// Packs the current layer's factors and summands.
    pub fn pack(&self, plan: &mut Planner<'_>, channels: u64) -> Range<u64> {
        plan.pack(Pack {
            function: "pack_affine",
            operands: vec![Operand::Size(channels)],
            tensors: &[Tensor::Optional("weight"), Tensor::Optional("bias")],
            len: 2 * channels.next_multiple_of(LANES),
            sums: None,
        })
    }

    /// What normalises so many groups while the net is trained.
    pub fn op_of_groups(&self, sizes: &Sizes<'_>, groups: u64) -> Op {
        self.op("GroupNormOp", sizes, vec![Field::size("groups", groups)])
    }

    /// What normalises while the net is trained, with further fields.
    pub fn op(&self, ty: &'static str, sizes: &Sizes<'_>, further: Vec<Field>) -> Op {
        let Geometry { channels, height, width } = sizes.input();
        let mut fields = vec![
            Field::size("channels", channels),
            Field::size("pixels", height * width),
            Field::real("eps", self.eps),
            Field::flag("affine", self.learned),
        ];
        fields.extend(further);
        Op::new(ty, fields).keep_input()
    }

    /// Normalises so many groups of the channels, or values of a vector, that arrive.
    pub fn lower_groups(&self, plan: &mut Planner<'_>, groups: u64) {
        match plan.logical() {
            Shape::Maps(_) => plan.make_blocked(),
            _ => plan.make_planar(),
        }
        let Geometry { channels, height, width } = plan.input_maps();
        let fields = vec![
            Field::size("channels", channels),
            Field::size("groups", groups),
            Field::size("pixels", height * width),
            Field::real("eps", self.eps),
            Field::activation(),
        ];
        let weights = self.pack(plan, channels);
        plan.elementwise("GroupNorm", fields, Some(weights));
    }
}
