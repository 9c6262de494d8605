//! `prelu`: rectified linear unit that leaks as much as it learned.

use std::fmt;

use super::activation::spelled;
use super::{Branching, Kind, Layer, Opt, Positional};
use crate::graph::{Args, Dim, Init, Param, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, LANES, Pack, Planner, Tensor};
use crate::shape::Inference;

pub(super) static KIND: Kind = Kind {
    name: "prelu",
    doc:
        "Rectified linear unit with a learned slope, as `torch.nn.PReLU`: x where it is positive, elsewhere weight · x.

The shape stays. Parameters: weight `[1]`; with `prelu(channels)` one for each channel, or each value of a vector.",
    positional: Positional::None,
    options: &[Opt::flag("channels", "A slope for each channel, PyTorch's `num_parameters`.")],
    branching: Branching::None,
    build,
    kernel: "prelu",
};

#[derive(Debug)]
struct PRelu {
    text: String,
    per_channel: bool,
}

fn build(args: &Args) -> Box<dyn Layer> {
    Box::new(PRelu { text: spelled("prelu", args), per_channel: args.flag("channels") })
}

impl fmt::Display for PRelu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PRelu {
    fn slopes(&self, input: Shape) -> Dim {
        match input {
            _ if !self.per_channel => Some(1),
            Shape::Maps([channels, ..]) => channels,
            other => other.len(),
        }
    }
}

impl Layer for PRelu {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn params(&self, input: Shape) -> Vec<Param> {
        vec![Param { tensor: "weight", shape: vec![self.slopes(input)], init: Init::Constant(0.25) }]
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let Geometry { height, width, .. } = sizes.input();
        // How many values share a slope.
        let pixels = if self.per_channel { height * width } else { sizes.output_len() };
        Some(Op::new("PReluOp", vec![Field::size("pixels", pixels)]).keep_input())
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        // How many vectors share a vector of slopes.
        let pixels = match plan.logical() {
            _ if !self.per_channel => plan.value().floats().div_ceil(LANES),
            Shape::Maps(_) => {
                plan.make_blocked();
                plan.value().pixels
            }
            _ => {
                plan.make_planar();
                1
            }
        };
        let slopes = self.slopes(plan.logical()).unwrap_or(0);
        let len = slopes.next_multiple_of(LANES);
        let weights = plan.pack(Pack {
            function: "pack_prelu",
            operands: Vec::new(),
            tensors: &[Tensor::Own("weight")],
            len,
            sums: None,
        });
        plan.elementwise("PRelu", vec![Field::size("pixels", pixels)], Some(weights));
    }
}
