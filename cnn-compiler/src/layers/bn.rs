//! `bn`: batch normalisation.

use std::fmt;

use super::activation::spelled;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::codes;
use crate::graph::{Args, Init, Param, Shape};
use crate::plan::training::{Op, Sizes, Sync};
use crate::plan::{Field, Geometry, LANES, Operand, Pack, Planner, Tensor};
use crate::shape::Inference;
use crate::source::Span;

pub(super) static KIND: Kind = Kind {
    name: "bn",
    doc: "Batch normalisation, as `torch.nn.BatchNorm2d`, of a vector `BatchNorm1d` (Ioffe & Szegedy 2015): \
          (x − mean) / √(var + eps) · weight + bias, of each channel, or each value of a vector.

A forward pass takes mean and variance from training: the buffers running_mean and running_var, beside the parameters and not \
counted among them. Behind a convolution or `fc` it costs nothing, since it is folded into their weights.
The shape stays. Parameters: weight `[C]` and bias `[C]`; none with `noaffine`.",
    positional: Positional::None,
    options: &[
        Opt::real("eps", "eps", "What is added to the variance; 0.00001 unless written."),
        Opt::real("momentum", "momentum", "How fast training updates the statistics; 0.1 unless written."),
        Opt::flag("noaffine", "No weight and bias (PyTorch's `affine=False`)."),
    ],
    branching: Branching::None,
    build,
    kernel: "bn",
};

#[derive(Debug)]
struct Bn {
    text: String,
    eps: f32,
    eps_span: Span,
    momentum: f32,
    affine: bool,
}

fn build(args: &Args) -> Box<dyn Layer> {
    let (eps, eps_span) = args.real("eps").unwrap_or((1e-5, args.span));
    let momentum = args.real("momentum").map_or(0.1, |(momentum, _)| momentum);
    Box::new(Bn { text: spelled("bn", args), eps, eps_span, momentum, affine: !args.flag("noaffine") })
}

impl fmt::Display for Bn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// A value for each channel, or each value of a vector.
pub(super) fn per_channel(input: Shape, tensors: [(&'static str, f32); 2]) -> Vec<Param> {
    let channels = match input {
        Shape::Maps([channels, ..]) => channels,
        other => other.len(),
    };
    let tensors = tensors.into_iter();
    tensors.map(|(tensor, value)| Param { tensor, shape: vec![channels], init: Init::Constant(value) }).collect()
}

impl Layer for Bn {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        if self.eps < 0.0 {
            let message = format!("`eps` of `bn` is at least 0, not {}", self.eps);
            cx.error(&codes::UNEXPECTED_ARGUMENT, self.eps_span, message).help("PyTorch's default is `eps = 0.00001`");
        }
        input
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        if self.affine { per_channel(input, [("weight", 1.0), ("bias", 0.0)]) } else { Vec::new() }
    }

    fn buffers(&self, input: Shape) -> Vec<Param> {
        per_channel(input, [("running_mean", 0.0), ("running_var", 1.0)])
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let Geometry { channels, height, width } = sizes.input();
        let pixels = height * width;
        let fields = vec![
            Field::size("channels", channels),
            Field::size("pixels", pixels),
            Field::real("eps", self.eps),
            Field::flag("affine", self.affine),
        ];
        let sync = Sync { channels, pixels, momentum: self.momentum };
        Some(Op { sync: Some(sync), ..Op::new("BatchNormOp", fields).keep_input().fuse_relu() })
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let maps = matches!(plan.logical(), Shape::Maps(_));
        let channels = if maps { plan.input_maps().channels } else { plan.output_len() };
        let pack = |function, len| Pack {
            function,
            operands: vec![Operand::Outputs(channels), Operand::Real(self.eps)],
            tensors: &[
                Tensor::Optional("weight"),
                Tensor::Optional("bias"),
                Tensor::Own("running_mean"),
                Tensor::Own("running_var"),
            ],
            len,
            sums: None,
        };
        if plan.fold(channels, pack("fold_bn", 0)) {
            return;
        }
        let pixels = if maps {
            plan.make_blocked();
            plan.value().pixels
        } else {
            plan.make_planar();
            1
        };
        let weights = plan.pack(pack("pack_bn", 2 * channels.next_multiple_of(LANES)));
        plan.elementwise("BatchNorm", vec![Field::size("pixels", pixels), Field::activation()], Some(weights));
    }
}
