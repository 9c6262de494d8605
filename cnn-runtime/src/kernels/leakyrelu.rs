//! Leaky ReLU.

use super::map::map;

/// x where it is positive, elsewhere `slope` · x.
pub fn reference(slope: f64, x: f64) -> f64 {
    if x > 0.0 { x } else { slope * x }
}

map! {
    /// Leaky ReLU of each value.
    LeakyRelu {
        /// The slope for negative values.
        negative_slope
    }
    |x| if x > 0.0 { x } else { negative_slope * x }
}
