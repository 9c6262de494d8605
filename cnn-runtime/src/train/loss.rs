//! Losses.

use thiserror::Error;

/// A target that does not fit.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("bad")]
pub struct TargetError;

/// What training makes small.
pub trait Loss<T>: Sync {
    /// Whether the target fits.
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError>;
    /// Weight.
    fn weight(&self, _target: &T) -> f64 {
        1.0
    }
    /// Loss.
    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64;
}
