//! Pools whose output has a given size: their windows are cut to fit the image.

use super::window::expect_maps;
use super::{Layer, pair};
use crate::graph::{Args, Shape};
use crate::plan::{Field, Geometry, Layout, Planner};
use crate::shape::Inference;
use std::fmt;

/// Pools to `output`, height and width; to one pixel without arguments.
#[derive(Debug)]
pub(super) struct Adaptive {
    name: &'static str,
    kernel: &'static str,
    /// None where the name says it: one pixel.
    output: Option<[u64; 2]>,
}

impl Adaptive {
    /// Of the option `output`.
    pub fn new(name: &'static str, kernel: &'static str, args: &Args) -> Adaptive {
        Adaptive { name, kernel, output: Some(args.pair("output", 1)) }
    }

    /// To one pixel.
    pub fn global(name: &'static str, kernel: &'static str) -> Adaptive {
        Adaptive { name, kernel, output: None }
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

    fn lower(&self, plan: &mut Planner<'_>) {
        plan.make_blocked();
        let Geometry { channels, height, width } = plan.input_maps();
        let fields = vec![
            Field::size("channels", channels),
            Field::pair("input", [height, width]),
            Field::pair("output", self.output.unwrap_or([1, 1])),
        ];
        plan.step(self.kernel, Vec::new(), fields, None, Layout::Blocked);
    }
}
