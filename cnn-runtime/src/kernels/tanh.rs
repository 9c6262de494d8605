//! The hyperbolic tangent.

use super::map::map;

/// (exp(x) − exp(−x)) / (exp(x) + exp(−x)).
pub fn reference(x: f64) -> f64 {
    x.tanh()
}

map! {
    /// The hyperbolic tangent of each value.
    Tanh {}
    |x| x.tanh()
}
