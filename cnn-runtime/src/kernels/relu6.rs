//! ReLU up to 6.

use super::map::map;
use crate::train::Real;

/// min(max(0, x), 6); NaN stays.
pub fn reference(x: f64) -> f64 {
    x.clamp(0.0, 6.0)
}

map! {
    /// ReLU up to 6 of each value.
    Relu6, Relu6Op {}
    value, slope of output
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    x.clamp(R::ZERO, R::of(6.0))
}

#[inline(always)]
fn slope<R: Real>(y: R) -> R {
    if y <= R::ZERO || y >= R::of(6.0) { R::ZERO } else { R::ONE }
}
