//! Training: the search for the best parameters.

mod error;
mod gradient;
mod lanes;
mod loss;
mod op;

pub use error::TrainError;
pub use gradient::{Backprop, loss_and_grad_f64};
pub use loss::{Loss, TargetError};

pub(crate) use lanes::{Lanes, Real, Values};
pub(crate) use op::{Backward, Forward, Images, Op, Pass, Training};

/// What code written by `network!` may name.
pub(crate) mod private {
    pub use super::lanes::Lanes;
    pub use super::op::{
        Backward, BackwardOf, Forward, ForwardOf, GradStatisticsOf, InputGrad, Pass, StatisticsOf, Sync, Training, disjoint,
    };
}
