//! Layers that compute each value by itself: what their kinds share.

use std::fmt;

use super::{Form, Layer};
use crate::graph::{Args, Shape};
use crate::plan::training::{Op, Sizes};
use crate::plan::{Field, Planner};
use crate::shape::Inference;

/// The kernels that other kernels can compute before they store a value.
const FUSED: [&str; 2] = ["Relu6", "HardSwish"];

/// A function of one value; its shape stays.
#[derive(Debug)]
pub(super) struct Activation {
    text: String,
    kernel: &'static str,
    op: &'static str,
    slope: Slope,
    fields: Vec<Field>,
}

/// What the slope of an activation is computed from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slope {
    /// What arrives.
    OfInput,
    /// What leaves.
    OfOutput,
}

impl Activation {
    /// A layer that `kernel` computes, and `op` while the net is trained. The fields of both are the options in `defaults`, by
    /// PyTorch's names.
    pub fn layer(
        name: &str,
        [kernel, op]: [&'static str; 2],
        slope: Slope,
        args: &Args,
        defaults: &[(&'static str, f32)],
    ) -> Box<dyn Layer> {
        let value = |name, default| args.real(name).map_or(default, |(value, _)| value);
        let fields = defaults.iter().map(|&(name, default)| Field::real(name, value(name, default))).collect();
        Box::new(Activation { text: spelled(name, args), kernel, op, slope, fields })
    }
}

/// A layer with the flags and decimal numbers that were written.
pub(super) fn spelled(name: &str, args: &Args) -> String {
    let flags = args.options.iter().filter(|(opt, ..)| opt.form == Form::Flag).map(|(opt, ..)| opt.name.to_owned());
    let reals = args.reals.iter().map(|(opt, value, _)| format!("{} = {value}", opt.short));
    let written: Vec<String> = flags.chain(reals).collect();
    if written.is_empty() { name.to_owned() } else { format!("{name}({})", written.join(", ")) }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Layer for Activation {
    fn infer(&self, input: Shape, _cx: &mut Inference<'_>) -> Shape {
        input
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        let op = Op::new(self.op, self.fields.clone());
        Some(match self.slope {
            Slope::OfInput => op.keep_input(),
            Slope::OfOutput => op.keep_output(),
        })
    }

    fn lower(&self, plan: &mut Planner<'_>) {
        /// Multiply-adds that take as long as one value, of functions with exp.
        const PACE: u64 = 20;
        if !(FUSED.contains(&self.kernel) && plan.fuse_activation(self.kernel)) {
            let team = Field::team(plan.value().floats().saturating_mul(PACE));
            plan.elementwise(self.kernel, [self.fields.clone(), vec![team]].concat(), None);
        }
    }
}
