//! ELU.

use super::map::map;

/// x where it is positive, elsewhere `alpha` · (exp(x) − 1).
pub fn reference(alpha: f64, x: f64) -> f64 {
    if x > 0.0 { x } else { alpha * (x.exp() - 1.0) }
}

map! {
    /// ELU of each value.
    Elu {
        /// Minus the limit for negative values.
        alpha
    }
    |x| if x > 0.0 { x } else { alpha * x.exp_m1() }
}
