//! SELU.

use super::map::map;

const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

/// ELU with an alpha and times a scale that keep mean 0 and variance 1 (Klambauer et al. 2017).
pub fn reference(x: f64) -> f64 {
    SCALE * if x > 0.0 { x } else { ALPHA * (x.exp() - 1.0) }
}

map! {
    /// SELU of each value.
    Selu {}
    |x| if x > 0.0 { SCALE as f32 * x } else { (SCALE * ALPHA) as f32 * x.exp_m1() }
}
