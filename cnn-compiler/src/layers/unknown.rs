//! A layer that was named wrongly: it was reported, and everything behind it is silent.

use std::fmt;

use super::Layer;
use crate::graph::Shape;
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;

#[derive(Debug)]
pub(crate) struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("?")
    }
}

impl Layer for Unknown {
    fn infer(&self, _input: Shape, _cx: &mut Inference<'_>) -> Shape {
        Shape::Unknown
    }

    fn op(&self, _sizes: &Sizes<'_>) -> Option<Op> {
        None
    }

    fn lower(&self, _plan: &mut Planner<'_>) {}
}
