//! Training: the search for the best parameters.

mod lanes;
mod op;

pub(crate) use lanes::{Double, Lanes, Real, Values, Work};
pub(crate) use op::{Backward, Forward, Images, Op, Pass, Sync, Training, sum_of_products};
#[cfg(test)]
pub(crate) use op::{BackwardOf, ForwardOf, InputGrad};

/// What code written by `network!` may name.
pub(crate) mod private {
    pub use super::lanes::Lanes;
    pub use super::op::{
        Backward, BackwardOf, Forward, ForwardOf, GradStatisticsOf, InputGrad, Pass, StatisticsOf, Sync, Training,
        disjoint,
    };
}
