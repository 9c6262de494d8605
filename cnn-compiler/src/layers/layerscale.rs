//! `layerscale`: a learned factor for each channel.

use std::fmt;

use super::activation::spelled;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Init, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, LANES, Operand, Pack, Planner, Tensor};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "layerscale",
    doc: "A learned factor for each channel, or each value of a vector, as at the end of ConvNeXt's blocks (Touvron et al. 2021).

Behind a convolution or `fc` it costs nothing, since it is folded into their weights.
The shape stays. Parameters: one tensor `[C, 1, 1]`, of a vector `[n]`, which is called as the layer is.",
    positional: Positional::None,
    options: &[Opt::real("init", "init", "What the factors are before training; 0.000001 unless written.")],
    branching: Branching::None,
    build,
    kernel: "layerscale",
};

#[derive(Debug)]
struct LayerScale {
    text: String,
    init: f32,
}

fn build(args: &Args) -> Box<dyn Layer> {
    let init = args.real("init").map_or(1e-6, |(init, _)| init);
    Box::new(LayerScale { text: spelled("layerscale", args), init })
}

impl fmt::Display for LayerScale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Layer for LayerScale {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        let shape = match input {
            Shape::Maps([channels, ..]) => vec![channels, Some(1), Some(1)],
            other => vec![other.len()],
        };
        vec![Param { tensor: "", shape, init: Init::Constant(self.init) }]
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let Geometry { height, width, .. } = sizes.input();
        Some(Op::new("LayerScaleOp", vec![Field::size("pixels", height * width)]).keep_input())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let maps = matches!(plan.logical(), Shape::Maps(_));
        let channels = plan.input_maps().channels;
        let pack = |function, len| Pack {
            function,
            operands: vec![Operand::Outputs(channels)],
            tensors: &[Tensor::Own("")],
            len,
            sums: None,
        };
        if plan.fold(channels, pack("fold_layerscale", 0)) {
            return;
        }
        let pixels = if maps {
            plan.make_blocked();
            plan.value().pixels
        } else {
            plan.make_planar();
            1
        };
        let weights = plan.pack(pack("pack_layerscale", channels.next_multiple_of(LANES)));
        plan.elementwise("LayerScale", vec![Field::size("pixels", pixels)], Some(weights));
    }
}
