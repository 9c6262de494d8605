//! GELU, and its approximation by tanh.

use std::f32::consts::FRAC_1_SQRT_2;

use super::map::map;

/// x · Φ(x), Φ being the distribution function of the normal distribution: (1 + erf(x/√2)) / 2.
pub fn reference(x: f64) -> f64 {
    0.5 * x * (1.0 + reference_erf(x / 2f64.sqrt()))
}

/// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))).
pub fn reference_tanh(x: f64) -> f64 {
    0.5 * x * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x)).tanh())
}

/// 2/√π · exp(−z²) · Σ 2ⁿ z²ⁿ⁺¹ / (1 · 3 · … · (2n + 1)), a series without cancellation (Abramowitz and Stegun 7.1.6).
fn reference_erf(z: f64) -> f64 {
    if z.abs() > 6.0 {
        return z.signum();
    }
    let terms = (1..200).scan(z, |term, n| {
        let this = *term;
        *term *= 2.0 * z * z / f64::from(2 * n + 1);
        Some(this)
    });
    std::f64::consts::FRAC_2_SQRT_PI * (-z * z).exp() * terms.sum::<f64>()
}

/// 1 − erf(z) with a relative error of 1.2e-7, so that no cancellation is left where it is small (Press et al.,
/// Numerical Recipes, 6.2).
#[inline(always)]
fn erfc(z: f32) -> f32 {
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
    let tail = t * (exponent - z * z).exp();
    if z < 0.0 { 2.0 - tail } else { tail }
}

map! {
    /// GELU of each value.
    Gelu {}
    |x| 0.5 * x * erfc(-x * FRAC_1_SQRT_2)
}

map! {
    /// The approximation of each value's GELU.
    GeluTanh {}
    |x| {
        const SQRT_2_OVER_PI: f32 = 0.797_884_6;
        0.5 * x * (1.0 + (SQRT_2_OVER_PI * (x + 0.044_715 * x * x * x)).tanh())
    }
}
