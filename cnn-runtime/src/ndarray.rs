//! Batches in and out as ndarray's arrays.

use ndarray::{Array, ArrayView, Axis};
use thiserror::Error;

use crate::{Engine, Image, Network, Shape};

impl<N: Network> Engine<N> {
    /// What the net says of each image of a batch.
    ///
    /// `images` is N×values, or N×channels×height×width where the net takes maps, with any
    /// strides; the result likewise.
    ///
    /// # Errors
    ///
    /// If the images do not have the net's input shape.
    pub fn forward_ndarray(
        &mut self,
        images: ArrayView<f32, <N::Input as Image>::BatchDim>,
    ) -> Result<Array<f32, <N::Output as Image>::BatchDim>, ShapeError> {
        let count = images.len_of(Axis(0));
        if images.raw_dim() != N::Input::batch_dim(count) {
            return Err(ShapeError { expected: N::INPUT_SHAPE, found: images.shape().to_vec() });
        }
        let images = images.as_standard_layout();
        let mut outputs = Array::zeros(N::Output::batch_dim(count));
        let (Some(from), Some(to)) = (images.as_slice(), outputs.as_slice_mut()) else {
            unreachable!("arrays in standard layout are slices")
        };
        self.forward_all(bytemuck::cast_slice(from), bytemuck::cast_slice_mut(to));
        Ok(outputs)
    }
}

/// Images do not have the net's input shape.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("expected images of shape N×{expected}, found {}", dims(found))]
pub struct ShapeError {
    /// The shape of one image.
    pub expected: Shape,
    /// The shape of the array, N first.
    pub found: Vec<usize>,
}

fn dims(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}
