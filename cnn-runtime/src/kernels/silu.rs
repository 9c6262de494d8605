//! SiLU.

use super::map::map;

/// x / (1 + exp(−x)).
pub fn reference(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

map! {
    /// SiLU of each value.
    Silu {}
    |x| x / (1.0 + (-x).exp())
}
