//! Losses of numbers: how far outputs are from their targets, each on its own.

use super::{Loss, TargetError, check_values};
use crate::params::{Floats, as_slice};

/// The mean of squared differences, `torch.nn.MSELoss`. Targets are `[f32; N]`, or maps `[[[f32; W]; H]; C]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mse;

/// The mean of absolute differences, `torch.nn.L1Loss`. Targets are `[f32; N]`, or maps `[[[f32; W]; H]; C]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct L1;

/// Half the mean of squared differences, but linear beyond `delta`: `torch.nn.HuberLoss`. Targets are `[f32; N]`, or maps
/// `[[[f32; W]; H]; C]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    delta: f64,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl Huber {
    /// Linear for differences beyond 1.
    pub fn new() -> Self {
        Self::default()
    }

    /// Linear for differences beyond `delta`, which is more than 0.
    pub fn delta(self, delta: f64) -> Self {
        Self { delta }
    }
}

impl<T: Floats> Loss<T> for Mse {
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError> {
        check_finite(outputs, target)
    }

    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64 {
        mean(output, target, grad, |off| (off * off, 2.0 * off))
    }
}

impl<T: Floats> Loss<T> for L1 {
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError> {
        check_finite(outputs, target)
    }

    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64 {
        // As in PyTorch, the slope at 0 is 0.
        mean(output, target, grad, |off| (off.abs(), if off == 0.0 { 0.0 } else { off.signum() }))
    }
}

impl<T: Floats> Loss<T> for Huber {
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError> {
        let value = self.delta;
        if !(value > 0.0 && value.is_finite()) {
            return Err(TargetError::Setting { name: "delta", value, expected: "a finite number above 0" });
        }
        check_finite(outputs, target)
    }

    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64 {
        let Self { delta } = *self;
        mean(output, target, grad, |off| {
            if off.abs() <= delta {
                (0.5 * off * off, off)
            } else {
                (delta * (off.abs() - 0.5 * delta), delta * off.signum())
            }
        })
    }
}

fn check_finite(outputs: usize, target: &impl Floats) -> Result<(), TargetError> {
    check_values(outputs, target, f32::is_finite, "a finite number")
}

/// The mean over all outputs of the first of `loss(output - target)`; the second is its derivative.
fn mean(output: &[f64], target: &impl Floats, grad: &mut [f64], loss: impl Fn(f64) -> (f64, f64)) -> f64 {
    let share = 1.0 / output.len() as f64;
    let mut sum = 0.0;
    for ((&output, &target), grad) in output.iter().zip(as_slice(target)).zip(grad) {
        let (loss, slope) = loss(output - f64::from(target));
        sum += loss;
        *grad = slope * share;
    }
    sum * share
}
