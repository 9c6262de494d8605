//! SELU.

use super::map::map;
use crate::train::Real;

const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

/// ELU with an alpha and times a scale that keep mean 0 and variance 1 (Klambauer et al. 2017).
pub fn reference(x: f64) -> f64 {
    SCALE * if x > 0.0 { x } else { ALPHA * (x.exp() - 1.0) }
}

map! {
    /// SELU of each value.
    Selu, SeluOp {}
    value, slope of output
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    if x > R::ZERO { R::of(SCALE) * x } else { R::of(SCALE * ALPHA) * x.exp_m1() }
}

#[inline(always)]
fn slope<R: Real>(y: R) -> R {
    if y > R::ZERO { R::of(SCALE) } else { y + R::of(SCALE * ALPHA) }
}
