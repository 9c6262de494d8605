//! SiLU of straight lines.

use super::map::map;
use crate::train::Real;

/// x · min(max(0, x + 3), 6) / 6; NaN stays.
pub fn reference(x: f64) -> f64 {
    x * (x + 3.0).clamp(0.0, 6.0) / 6.0
}

map! {
    /// SiLU of straight lines of each value.
    HardSwish, HardSwishOp {}
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    x * ((x + R::of(3.0)).clamp(R::ZERO, R::of(6.0)) / R::of(6.0))
}

/// At −3 and 3 that of the lines, as in PyTorch.
#[inline(always)]
fn slope<R: Real>(x: R) -> R {
    if x <= R::of(-3.0) {
        R::ZERO
    } else if x >= R::of(3.0) {
        R::ONE
    } else {
        x / R::of(3.0) + R::of(0.5)
    }
}
