//! What can go wrong while a net is trained.

use thiserror::Error;

use super::{HyperparameterError, TargetError};
use crate::data::DataError;

/// Why a net cannot be trained, or not on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// There is nothing to learn from.
    #[error("a batch expects at least one image, found none")]
    EmptyBatch,
    /// Each image has a target.
    #[error("{images} images expect as many targets, found {targets}")]
    Targets {
        /// How many images.
        images: usize,
        /// How many targets.
        targets: usize,
    },
    /// A target does not fit the net.
    #[error("image {image}: {source}")]
    Target {
        /// The image's index, in its set or in the batch that was given.
        image: usize,
        /// What is wrong.
        source: TargetError,
    },
    /// Batch normalisation has nothing to compare a value with.
    #[error("`{layer}` has one value of each channel in this batch and expects at least two: use larger batches")]
    OneValue {
        /// The layer's name.
        layer: &'static str,
    },
    /// Numbers for another net.
    #[error("the net has {expected} parameters and buffers, found {found}")]
    Floats {
        /// How many the net has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An image has infinite values or NaN.
    #[error("image {image} has values that are not finite")]
    ImageNotFinite {
        /// The image's index, in its set or in the batch that was given.
        image: usize,
    },
    /// The loss is infinite or NaN.
    #[error("the loss of step {step} is {loss}{}", first(layer))]
    NotFinite {
        /// The step, from 0.
        step: u64,
        /// The loss.
        loss: f64,
        /// The first layer whose output is not finite; none where all are.
        layer: Option<&'static str>,
    },
    /// No parameter's name begins so.
    #[error("no parameter's name begins with `{}`", prefix.escape_debug())]
    NoSuchParameters {
        /// What was asked for.
        prefix: String,
    },
    /// A set could not be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A setting of an optimizer is out of its range.
    #[error(transparent)]
    Hyperparameter(#[from] HyperparameterError),
    /// A file of weights or a checkpoint could not be read or written.
    #[cfg(feature = "safetensors")]
    #[error(transparent)]
    Weights(#[from] crate::WeightsError),
    /// A checkpoint is of another training.
    #[cfg(feature = "safetensors")]
    #[error("`{}`: {source}", path.display())]
    Checkpoint {
        /// The file.
        path: std::path::PathBuf,
        /// What differs.
        source: super::checkpoint::CheckpointError,
    },
}

impl TrainError {
    /// The same at this step.
    pub(super) fn at_step(self, step: u64) -> Self {
        match self {
            Self::NotFinite { loss, layer, .. } => Self::NotFinite { step, loss, layer },
            other => other,
        }
    }

    /// The same where a batch's images are those of a set, by their indices.
    pub(super) fn of_images(self, indices: &[usize]) -> Self {
        let index = |image: usize| indices.get(image).copied().unwrap_or(image);
        match self {
            Self::Target { image, source } => Self::Target { image: index(image), source },
            Self::ImageNotFinite { image } => Self::ImageNotFinite { image: index(image) },
            other => other,
        }
    }
}

fn first(layer: &Option<&str>) -> String {
    match layer {
        Some(layer) => format!(": the output of `{layer}` is the first that is not finite"),
        None => ", though the net's output is finite".to_owned(),
    }
}
