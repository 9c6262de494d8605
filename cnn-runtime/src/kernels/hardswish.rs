//! SiLU of straight lines.

use super::map::map;

/// x · min(max(0, x + 3), 6) / 6; NaN stays.
pub fn reference(x: f64) -> f64 {
    x * (x + 3.0).clamp(0.0, 6.0) / 6.0
}

map! {
    /// SiLU of straight lines of each value.
    HardSwish {}
    |x| x * ((x + 3.0).clamp(0.0, 6.0) / 6.0)
}
