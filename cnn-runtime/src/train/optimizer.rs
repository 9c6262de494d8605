//! How gradients change parameters.

use std::ops::Range;

use thiserror::Error;

mod adam;
mod rmsprop;
mod sgd;
mod state;
#[cfg(test)]
mod tests;
mod update;

pub use adam::{Adam, AdamOptions};
pub use rmsprop::{RmsProp, RmsPropOptions};
pub use sgd::{Sgd, SgdOptions};
pub use state::{OptimizerState, StateError};

/// A rule by which gradients change parameters.
///
/// All parameters of a net are one vector; `trainable` are the ranges of it that are learnt, and the rest stays as it is.
pub trait Optimizer: Send {
    /// What it is called in checkpoints.
    fn name(&self) -> &'static str;

    /// How far the next step goes.
    fn learning_rate(&self) -> f64;

    /// Changes how far the next step goes.
    fn set_learning_rate(&mut self, rate: f64);

    /// Makes the state for so many parameters, all of it zero; nothing happens where it is there.
    fn prepare(&mut self, params: usize);

    /// One update of `params` by `grads`, in the ranges of `trainable` alone, which do not overlap.
    ///
    /// The first one makes the state, unless [`prepare`](Self::prepare) has; later ones allocate nothing. `grads` is as long as
    /// `params`, and ranges lie inside of them: what lies beyond the end of either is left alone.
    fn step(&mut self, params: &mut [f32], grads: &[f32], trainable: &[Range<usize>]);

    /// What a checkpoint needs so that training goes on as if it had not been interrupted.
    fn state(&self) -> OptimizerState<'_>;

    /// Takes over the state of an optimizer of the same kind and settings, for so many parameters.
    ///
    /// # Errors
    ///
    /// If it is the state of another kind of optimizer, of other settings or of another number of parameters. Nothing changes then.
    fn restore(&mut self, params: usize, state: &OptimizerState<'_>) -> Result<(), StateError>;
}

/// A setting that an optimizer cannot have.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("`{name}` of {optimizer} is {value}, expected {expected}")]
pub struct HyperparameterError {
    /// The kind of optimizer.
    pub optimizer: &'static str,
    /// The setting.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What it may be.
    pub expected: &'static str,
}

/// Compares settings with what an optimizer may have.
#[derive(Clone, Copy)]
struct Check(&'static str);

impl Check {
    /// Whether `value` is finite and not negative.
    fn not_negative(self, name: &'static str, value: f64) -> Result<(), HyperparameterError> {
        self.holds(value >= 0.0 && value.is_finite(), name, value, "a finite number of at least 0")
    }

    /// Whether a mean can decay by `value`.
    fn decay(self, name: &'static str, value: f64) -> Result<(), HyperparameterError> {
        self.holds((0.0..1.0).contains(&value), name, value, "from 0 to below 1")
    }

    fn holds(
        self,
        fine: bool,
        name: &'static str,
        value: f64,
        expected: &'static str,
    ) -> Result<(), HyperparameterError> {
        let Self(optimizer) = self;
        if fine { Ok(()) } else { Err(HyperparameterError { optimizer, name, value, expected }) }
    }
}

/// The methods of [`Optimizer`] that are the same for all that have `options` and `state`.
macro_rules! common {
    () => {
        fn learning_rate(&self) -> f64 {
            self.options.rate
        }

        fn set_learning_rate(&mut self, rate: f64) {
            self.options.rate = rate;
        }

        fn prepare(&mut self, params: usize) {
            self.state.prepare(params);
        }

        fn state(&self) -> OptimizerState<'_> {
            self.state.view(self.name())
        }

        fn restore(&mut self, params: usize, state: &OptimizerState<'_>) -> Result<(), StateError> {
            let name = self.name();
            self.state.restore(name, params, state)
        }
    };
}
use common;
