//! Leaky ReLU.

use super::map::map;
use crate::train::Real;

/// x where it is positive, elsewhere `slope` · x.
pub fn reference(slope: f64, x: f64) -> f64 {
    if x > 0.0 { x } else { slope * x }
}

map! {
    /// Leaky ReLU of each value.
    LeakyRelu, LeakyReluOp {
        /// The slope for negative values.
        negative_slope
    }
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R, negative_slope: R) -> R {
    if x > R::ZERO { x } else { negative_slope * x }
}

#[inline(always)]
fn slope<R: Real>(x: R, negative_slope: R) -> R {
    if x > R::ZERO { R::ONE } else { negative_slope }
}
