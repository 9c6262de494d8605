//! What can go wrong while a net is trained.

use thiserror::Error;

use super::loss::TargetError;

/// Why a net cannot be trained, or not on.
#[derive(Clone, Debug, Error, PartialEq)]
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
        /// The image's index in its batch.
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
    #[error("image {image} of the batch has values that are not finite")]
    ImageNotFinite {
        /// The image's index in its batch.
        image: usize,
    },
    /// The loss is infinite or NaN.
    #[error("the loss is {loss}{}", first(layer))]
    NotFinite {
        /// The loss.
        loss: f64,
        /// The first layer whose output is not finite; none where all are.
        layer: Option<&'static str>,
    },
}

fn first(layer: &Option<&str>) -> String {
    match layer {
        Some(layer) => format!(": the output of `{layer}` is the first that is not finite"),
        None => ", though the net's output is finite".to_owned(),
    }
}
