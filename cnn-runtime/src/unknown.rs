//! What stands for the engine of a net whose input an error hides.

use std::marker::PhantomData;

use crate::{BatchError, Network};

/// Takes any image, so that code which runs a wrong net has no error of its own. It never runs:
/// the net is a compile error.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct UnknownEngine<N>(PhantomData<N>);

impl<N: Network> UnknownEngine<N> {
    pub fn new(_: &N) -> Self {
        Self(PhantomData)
    }

    pub fn with_threads(_: &N, _: usize) -> Self {
        Self(PhantomData)
    }

    pub fn forward<I: ?Sized>(&mut self, _: &I) -> &N::Output {
        unreachable!("a wrong net does not compile")
    }

    pub fn forward_batch<I>(&mut self, _: &[I], _: &mut [N::Output]) -> Result<(), BatchError> {
        Ok(())
    }

    #[cfg(feature = "ndarray")]
    pub fn forward_ndarray<I>(
        &mut self,
        _: I,
    ) -> Result<ndarray::Array<f32, <N::Output as crate::Image>::BatchDim>, crate::ShapeError> {
        unreachable!("a wrong net does not compile")
    }
}
