//! `layernorm`: normalisation of each pixel's channels.

use std::fmt;

use super::activation::spelled;
use super::groupnorm::Affine;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "layernorm",
    doc:
        "Layer normalisation, as `torch.nn.LayerNorm` (Ba et al. 2016): (x − mean) / √(variance + eps) · weight + bias.

Mean and variance are those of all values of a vector and, on feature maps, of the channels of each pixel (ConvNeXt's \
`LayerNorm2d`).
The shape stays. Parameters: weight `[C]` and bias `[C]`; none with `noaffine`.",
    positional: Positional::None,
    options: &[
        Opt::real("eps", "eps", "What is added to the variance; 0.00001 unless written."),
        Opt::flag("noaffine", "No weight and bias (PyTorch's `elementwise_affine=False`)."),
    ],
    branching: Branching::None,
    build,
    kernel: "layernorm",
};

#[derive(Debug)]
struct LayerNorm {
    text: String,
    affine: Affine,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(LayerNorm { text: spelled("layernorm", args), affine: Affine::new(args) })
}

impl fmt::Display for LayerNorm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Layer for LayerNorm {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        self.affine.check(cx);
        input
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        self.affine.params(input)
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        Some(match sizes.shape {
            Shape::Maps(_) => self.affine.op("LayerNormOp", sizes, Vec::new()),
            _ => self.affine.op_of_groups(sizes, 1),
        })
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        let Geometry { channels, height, width } = plan.input_maps();
        if !matches!(plan.logical(), Shape::Maps(_)) {
            return self.affine.lower_groups(plan, 1);
        }
        plan.make_blocked();
        let fields = vec![
            Field::size("channels", channels),
            Field::size("pixels", height * width),
            Field::real("eps", self.affine.eps),
            Field::activation(),
        ];
        let weights = self.affine.pack(plan, channels);
        plan.step("LayerNorm", Vec::new(), fields, Some(weights), Layout::Blocked);
    }
}
