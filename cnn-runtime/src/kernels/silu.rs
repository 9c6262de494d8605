//! SiLU.

use super::map::map;
use super::sigmoid;
use crate::train::Real;

/// x / (1 + exp(−x)).
pub fn reference(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

map! {
    /// SiLU of each value.
    Silu, SiluOp {}
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    x / (R::ONE + (-x).exp())
}

#[inline(always)]
fn slope<R: Real>(x: R) -> R {
    let logistic = sigmoid::value(x);
    logistic * (R::ONE + x * (R::ONE - logistic))
}
