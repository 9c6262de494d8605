//! Mish.

use super::map::map;
use crate::train::Real;

/// x · tanh(ln(1 + exp(x))).
pub fn reference(x: f64) -> f64 {
    x * x.exp().ln_1p().tanh()
}

map! {
    /// Mish of each value.
    Mish, MishOp {}
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    x * gate(x, (-x.abs()).exp())
}

/// tanh(ln(1 + exp(x))), with e = exp(−|x|).
#[inline(always)]
fn gate<R: Real>(x: R, e: R) -> R {
    // tanh(ln(1 + e)) is ((1 + e)² − 1) / ((1 + e)² + 1). Both sides of the bend by −|x|, for which exp is never
    // too large.
    let two = R::of(2.0);
    let (above, below) = if x < R::ZERO { (e * (e + two), two) } else { (R::ONE + two * e, two * e * e) };
    above / (above + below)
}

#[inline(always)]
fn slope<R: Real>(x: R) -> R {
    let e = (-x.abs()).exp();
    let (gate, logistic) = (gate(x, e), if x < R::ZERO { e } else { R::ONE } / (R::ONE + e));
    gate + x * logistic * (R::ONE - gate * gate)
}
