//! The logistic function of straight lines.

use super::map::map;
use crate::train::Real;

/// min(max(0, x + 3), 6) / 6; NaN stays.
pub fn reference(x: f64) -> f64 {
    (x + 3.0).clamp(0.0, 6.0) / 6.0
}

map! {
    /// The logistic function of straight lines of each value.
    HardSigmoid, HardSigmoidOp {}
    value, slope of output
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    (x + R::of(3.0)).clamp(R::ZERO, R::of(6.0)) / R::of(6.0)
}

#[inline(always)]
fn slope<R: Real>(y: R) -> R {
    if y <= R::ZERO || y >= R::ONE { R::ZERO } else { R::of(1.0 / 6.0) }
}
