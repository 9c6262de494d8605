//! The logistic function of straight lines.

use super::map::map;

/// min(max(0, x + 3), 6) / 6; NaN stays.
pub fn reference(x: f64) -> f64 {
    (x + 3.0).clamp(0.0, 6.0) / 6.0
}

map! {
    /// The logistic function of straight lines of each value.
    HardSigmoid {}
    |x| (x + 3.0).clamp(0.0, 6.0) / 6.0
}
