//! ELU.

use super::map::map;
use crate::train::Real;

/// x where it is positive, elsewhere `alpha` · (exp(x) − 1).
pub fn reference(alpha: f64, x: f64) -> f64 {
    if x > 0.0 { x } else { alpha * (x.exp() - 1.0) }
}

map! {
    /// ELU of each value.
    Elu, EluOp {
        /// Minus the limit for negative values.
        alpha
    }
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R, alpha: R) -> R {
    if x > R::ZERO { x } else { alpha * x.exp_m1() }
}

#[inline(always)]
fn slope<R: Real>(x: R, alpha: R) -> R {
    if x > R::ZERO { R::ONE } else { alpha * x.exp() }
}
