//! What training makes small.

use thiserror::Error;

mod binary;
mod cross_entropy;
mod regression;
#[cfg(test)]
mod tests;

pub use binary::BinaryCrossEntropy;
pub use cross_entropy::CrossEntropy;
pub use regression::{Huber, L1, Mse};

use crate::params::{Floats, as_slice};

/// What training makes small, for images whose targets are `T`.
///
/// The loss of a batch is the sum of its images' losses over the sum of their weights: PyTorch's `reduction="mean"`.
pub trait Loss<T>: Sync {
    /// Whether `target` fits a net of so many outputs.
    ///
    /// # Errors
    ///
    /// If it does not, or if the loss's own settings do not.
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError>;

    /// The image's weight in the mean of its batch.
    fn weight(&self, target: &T) -> f64 {
        let _ = target;
        1.0
    }

    /// The class that the image belongs to, where there are classes: what accuracy goes by.
    fn label(&self, target: &T) -> Option<usize> {
        let _ = target;
        None
    }

    /// The loss of one image's `output`, times its weight, and its gradient with regard to `output` in `grad`.
    ///
    /// Target and slices are as long as each other, as [`check`](Self::check) sees to; allocates nothing.
    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64;
}

/// A target, or a setting of the loss, that does not fit.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum TargetError {
    /// The label is that of no output.
    #[error("the label is {label}, expected less than {classes}, the number of outputs")]
    Label {
        /// The label.
        label: usize,
        /// How many outputs there are.
        classes: usize,
    },
    /// The target has another number of values than the net's output.
    #[error("the target has {found} values, expected {outputs}, the number of outputs")]
    Len {
        /// How many values the target has.
        found: usize,
        /// How many outputs there are.
        outputs: usize,
    },
    /// A net has another number of outputs than there are classes.
    #[error("there are {outputs} outputs, expected {classes}, one for each class")]
    Classes {
        /// How many outputs there are.
        outputs: usize,
        /// How many classes.
        classes: usize,
    },
    /// A value of the target is out of its range.
    #[error("value {index} of the target is {value}, expected {expected}")]
    Value {
        /// Where it stands, from 0.
        index: usize,
        /// The value.
        value: f32,
        /// What it may be.
        expected: &'static str,
    },
    /// The loss has a weight for each output, but of another number of outputs.
    #[error("`{name}` has {found} values, expected {outputs}, the number of outputs")]
    Weights {
        /// The setting.
        name: &'static str,
        /// How many weights there are.
        found: usize,
        /// How many outputs there are.
        outputs: usize,
    },
    /// A setting of the loss is out of its range.
    #[error("`{name}` is {value}, expected {expected}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value, or the first one at fault.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
}

/// The values of a target, of which there is one for each output, all of them `fine`.
fn check_values(
    outputs: usize,
    target: &impl Floats,
    fine: impl Fn(f32) -> bool,
    expected: &'static str,
) -> Result<(), TargetError> {
    let values = as_slice(target);
    if values.len() != outputs {
        return Err(TargetError::Len { found: values.len(), outputs });
    }
    match values.iter().position(|&value| !fine(value)) {
        None => Ok(()),
        Some(index) => Err(TargetError::Value { index, value: values[index], expected }),
    }
}

/// Probabilities for each output.
fn check_probabilities(outputs: usize, target: &impl Floats) -> Result<(), TargetError> {
    check_values(outputs, target, |value| (0.0..=1.0).contains(&value), "from 0 to 1")
}

/// Weights for each output.
fn check_weights(outputs: usize, name: &'static str, weights: &[f64]) -> Result<(), TargetError> {
    if weights.len() != outputs {
        return Err(TargetError::Weights { name, found: weights.len(), outputs });
    }
    match weights.iter().find(|&&weight| weight < 0.0 || !weight.is_finite()) {
        None => Ok(()),
        Some(&value) => Err(TargetError::Setting { name, value, expected: "finite numbers of at least 0" }),
    }
}
