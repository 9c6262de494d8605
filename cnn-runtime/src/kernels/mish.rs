//! Mish.

use super::map::map;

/// x · tanh(ln(1 + exp(x))).
pub fn reference(x: f64) -> f64 {
    x * x.exp().ln_1p().tanh()
}

map! {
    /// Mish of each value.
    Mish {}
    |x| {
        // tanh(ln(1 + e)) is ((1 + e)² − 1) / ((1 + e)² + 1). Both sides of the bend by −|x|, for which exp is never
        // too large.
        let e = (-x.abs()).exp();
        let (above, below) = if x < 0.0 { (e * (e + 2.0), 2.0) } else { (1.0 + 2.0 * e, 2.0 * e * e) };
        x * (above / (above + below))
    }
}
