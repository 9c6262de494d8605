//! ReLU up to 6.

use super::map::map;

/// min(max(0, x), 6); NaN stays.
pub fn reference(x: f64) -> f64 {
    x.clamp(0.0, 6.0)
}

map! {
    /// ReLU up to 6 of each value.
    Relu6 {}
    |x| x.clamp(0.0, 6.0)
}
