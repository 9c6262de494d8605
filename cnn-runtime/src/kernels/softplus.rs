//! Softplus.

use super::map::map;
use super::sigmoid;
use crate::train::Real;

/// ln(1 + exp(`beta` · x)) / `beta`; x where `beta` · x is above `threshold`.
pub fn reference(beta: f64, threshold: f64, x: f64) -> f64 {
    if beta * x > threshold { x } else { (beta * x).exp().ln_1p() / beta }
}

map! {
    /// Softplus of each value.
    Softplus, SoftplusOp {
        /// How sharp the bend is.
        beta,
        /// Where beta · x becomes a straight line.
        threshold
    }
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R, beta: R, threshold: R) -> R {
    let z = beta * x;
    // ln(1 + exp(z)) is z + ln(1 + exp(−z)) too: the exponent is never positive, and exp never too large.
    if z > threshold { x } else { (z.max(R::ZERO) + (-z.abs()).exp().ln_1p()) / beta }
}

#[inline(always)]
fn slope<R: Real>(x: R, beta: R, threshold: R) -> R {
    let z = beta * x;
    if z > threshold { R::ONE } else { sigmoid::value(z) }
}
