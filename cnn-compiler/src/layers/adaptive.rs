//! Pools whose output has a given size: their windows are cut to fit the image.

use super::window::expect_maps;
use super::{Layer, pair};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;
use std::fmt;

/// What becomes of a window's values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pooling {
    /// Their mean.
    Avg,
    /// The largest of them.
    Max,
}

/// Pools to `output`, height and width; to one pixel without arguments.
#[derive(Debug)]
pub(super) struct Adaptive {
    name: &'static str,
    pooling: Pooling,
    /// None where the name says it: one pixel.
    output: Option<[u64; 2]>,
}

impl Adaptive {
    /// Of the option `output`.
    pub fn new(name: &'static str, pooling: Pooling, args: &Args) -> Adaptive {
        Adaptive { name, pooling, output: Some(args.pair("output", 1)) }
    }

    fn fields(&self, Geometry { channels, height, width }: Geometry) -> Vec<Field> {
        vec![
            Field::size("channels", channels),
            Field::pair("input", [height, width]),
            Field::pair("output", self.output.unwrap_or([1, 1])),
        ]
    }

    /// To one pixel.
    pub fn global(name: &'static str, pooling: Pooling) -> Adaptive {
        Adaptive { name, pooling, output: None }
    }
}

impl fmt::Display for Adaptive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.output {
            Some(output) => f.pad(&format!("{}({})", self.name, pair("o", output))),
            None => f.pad(self.name),
        }
    }
}

impl Layer for Adaptive {
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape {
        let channels = expect_maps(input, cx).and_then(|[channels, ..]| channels);
        let [height, width] = self.output.unwrap_or([1, 1]);
        Shape::Maps([channels, Some(height), Some(width)])
    }

    fn op(&self, sizes: &Sizes<'_>) -> Option<Op> {
        let fields = self.fields(sizes.input());
        Some(match self.pooling {
            Pooling::Avg => Op::new("AdaptiveAvgPoolOp", fields),
            Pooling::Max => Op::new("AdaptiveMaxPoolOp", fields).keep_input().keep_output(),
        })
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let fields = self.fields(plan.input_maps());
        let kernel = match self.pooling {
            Pooling::Avg => "AdaptiveAvgPool",
            Pooling::Max => "AdaptiveMaxPool",
        };
        plan.step(kernel, Vec::new(), fields, None, Layout::Blocked);
    }
}
