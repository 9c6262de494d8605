//! The hyperbolic tangent.

use super::map::map;
use crate::train::Real;

/// (exp(x) − exp(−x)) / (exp(x) + exp(−x)).
pub fn reference(x: f64) -> f64 {
    x.tanh()
}

map! {
    /// The hyperbolic tangent of each value.
    Tanh, TanhOp {}
    value, slope of output
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    x.tanh()
}

#[inline(always)]
fn slope<R: Real>(y: R) -> R {
    R::ONE - y * y
}
