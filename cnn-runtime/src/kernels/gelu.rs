//! GELU, and its approximation by tanh.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

use super::exp;
use super::map::map;
use crate::train::Real;

/// x · Φ(x), Φ being the distribution function of the normal distribution: (1 + erf(x/√2)) / 2.
pub fn reference(x: f64) -> f64 {
    0.5 * x * (1.0 + erf(x / 2f64.sqrt()))
}

/// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).
pub fn reference_tanh(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
}

/// The error function: 2/√π · exp(−z²) · Σ 2ⁿ z²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), a series without cancellation (Abramowitz and Stegun 7.1.6).
fn erf(z: f64) -> f64 {
    if z.abs() > 6.0 {
        return z.signum();
    }
    let terms = (1..200).scan(z, |term, n| {
        let this = *term;
        *term *= 2.0 * z * z / f64::from(2 * n + 1);
        Some(this)
    });
    FRAC_2_SQRT_PI * (-z * z).exp() * terms.sum::<f64>()
}

/// 1 − erf(z) with a relative error of 1.2e-7, so that no cancellation is left where it is small (Press et al.,
/// Numerical Recipes, 6.2).
#[inline(always)]
pub(crate) fn erfc(z: f32) -> f32 {
    const POLYNOMIAL: [f32; 10] = [
        0.170_872_77,
        -0.822_152_23,
        1.488_515_9,
        -1.135_204,
        0.278_868_07,
        -0.186_288_06,
        0.096_784_18,
        0.374_091_96,
        1.000_023_7,
        -1.265_512_2,
    ];
    let t = 1.0 / (1.0 + 0.5 * z.abs());
    let exponent = POLYNOMIAL.iter().fold(0.0, |sum, coefficient| sum * t + coefficient);
    let tail = t * exp::exp(exponent - z * z);
    if z < 0.0 { 2.0 - tail } else { tail }
}

/// 1 − erf(z) with an absolute error of some 1e-16: what gradients are checked with.
pub(crate) fn erfc_f64(z: f64) -> f64 {
    1.0 - erf(z)
}

map! {
    /// GELU of each value.
    Gelu, GeluOp {}
    value, slope of input
}

#[inline(always)]
fn value<R: Real>(x: R) -> R {
    R::of(0.5) * x * (-x * R::of(FRAC_1_SQRT_2)).erfc()
}

/// Φ(x) + x · φ(x), φ being Φ's slope: exp(−x²/2) / √(2π).
#[inline(always)]
fn slope<R: Real>(x: R) -> R {
    let density = R::of(0.5 * FRAC_1_SQRT_2 * FRAC_2_SQRT_PI) * (R::of(-0.5) * x * x).exp();
    distribution(x) + x * density
}

/// Φ(x).
#[inline(always)]
fn distribution<R: Real>(x: R) -> R {
    R::of(0.5) * (-x * R::of(FRAC_1_SQRT_2)).erfc()
}

map! {
    /// The approximation of each value's GELU.
    GeluTanh, GeluTanhOp {}
    value_tanh, slope_tanh of input
}

const SQRT_2_OVER_PI: f64 = FRAC_1_SQRT_2 * FRAC_2_SQRT_PI;
const CUBE: f64 = 0.044_715;

#[inline(always)]
fn value_tanh<R: Real>(x: R) -> R {
    R::of(0.5) * x * (R::ONE + (R::of(SQRT_2_OVER_PI) * (x + R::of(CUBE) * x * x * x)).tanh())
}

#[inline(always)]
fn slope_tanh<R: Real>(x: R) -> R {
    let tanh = (R::of(SQRT_2_OVER_PI) * (x + R::of(CUBE) * x * x * x)).tanh();
    let inner = R::of(SQRT_2_OVER_PI) * (R::ONE + R::of(3.0 * CUBE) * x * x);
    R::of(0.5) * (R::ONE + tanh + x * (R::ONE - tanh * tanh) * inner)
}
