//! The logistic function.

use super::map::map;

/// 1 / (1 + exp(−x)).
pub fn reference(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

map! {
    /// The logistic function of each value.
    Sigmoid {}
    |x| 1.0 / (1.0 + (-x).exp())
}
