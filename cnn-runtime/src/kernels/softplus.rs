//! Softplus.

use super::map::map;

/// ln(1 + exp(`beta` · x)) / `beta`; x where `beta` · x is above `threshold`.
pub fn reference(beta: f64, threshold: f64, x: f64) -> f64 {
    if beta * x > threshold { x } else { (beta * x).exp().ln_1p() / beta }
}

map! {
    /// Softplus of each value.
    Softplus {
        /// How sharp the bend is.
        beta,
        /// Where beta · x becomes a straight line.
        threshold
    }
    |x| {
        let z = beta * x;
        // ln(1 + exp(z)) is z + ln(1 + exp(−z)) too: the exponent is never positive, and exp never too large.
        if z > threshold { x } else { (z.max(0.0) + (-z.abs()).exp().ln_1p()) / beta }
    }
}
