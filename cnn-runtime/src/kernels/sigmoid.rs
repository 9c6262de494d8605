//! The logistic function.

use super::map::map;
use crate::train::Real;

/// 1 / (1 + exp(−x)).
pub fn reference(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

map! {
    /// The logistic function of each value.
    Sigmoid, SigmoidOp {}
    value, slope of output
}

#[inline(always)]
pub(super) fn value<R: Real>(x: R) -> R {
    R::ONE / (R::ONE + (-x).exp())
}

#[inline(always)]
fn slope<R: Real>(y: R) -> R {
    y * (R::ONE - y)
}
