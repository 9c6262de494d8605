//! Training: the search for the best parameters.
//!
//! A [`Trainer`] has the loop; [`Backprop`] computes loss and gradient underneath. Losses, optimizers, schedules and clipping follow
//! PyTorch's rules.

mod callback;
#[cfg(feature = "safetensors")]
mod checkpoint;
mod clip;
mod error;
mod evaluate;
#[cfg(test)]
mod golden;
mod gradient;
mod lanes;
mod loss;
mod metrics;
mod op;
mod optimizer;
#[cfg(feature = "plots")]
pub mod plot;
mod progress;
mod schedule;
mod trainer;

pub use callback::{Callback, Epoch, Evaluation, Step};
#[cfg(feature = "safetensors")]
pub use checkpoint::CheckpointError;
pub use clip::{clip_norm, clip_value};
pub use error::TrainError;
pub use evaluate::evaluate;
pub use gradient::{Backprop, loss_and_grad_f64};
pub use loss::{BinaryCrossEntropy, CrossEntropy, Huber, L1, Loss, Mse, TargetError};
pub use metrics::{Accuracy, ConfusionMatrix, RunningMean, best};
pub use optimizer::{
    Adam, AdamOptions, HyperparameterError, Optimizer, OptimizerState, RmsProp, RmsPropOptions, Sgd, SgdOptions,
    StateError,
};
#[cfg(feature = "progress")]
pub use progress::ProgressBar;
pub use progress::ProgressLines;
pub use schedule::{Constant, Cosine, OneCycle, Schedule, StepDecay, WarmUp};
pub use trainer::Trainer;

#[cfg(test)]
pub(crate) use lanes::Double;
pub(crate) use lanes::{Lanes, Real, Values};
pub(crate) use op::{Backward, Forward, Images, InputGrad, Op, Pass, SideBySide, Training, sum_of_products};
#[cfg(test)]
pub(crate) use op::{BackwardOf, ForwardOf};

/// What code written by `network!` may name.
pub(crate) mod private {
    pub use super::lanes::Lanes;
    pub use super::op::{INPUT, NONE, Pass, Placed, SideBySide, Sync, Training};
}
