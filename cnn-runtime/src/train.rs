//! Training: losses, optimizers, learning-rate schedules, gradient clipping and metrics, all by PyTorch's rules.

mod clip;
#[cfg(test)]
mod golden;
mod loss;
mod metrics;
mod optimizer;
mod schedule;

pub use clip::{clip_norm, clip_value};
pub use loss::{BinaryCrossEntropy, CrossEntropy, Huber, L1, Loss, Mse, TargetError};
pub use metrics::{Accuracy, ConfusionMatrix, RunningMean, best};
pub use optimizer::{
    Adam, AdamOptions, HyperparameterError, Optimizer, OptimizerState, RmsProp, RmsPropOptions, Sgd, SgdOptions,
    StateError,
};
pub use schedule::{Constant, Cosine, OneCycle, Schedule, StepDecay, WarmUp};
