//! A nameless net: the architecture as a value.

use std::fmt;
use std::marker::PhantomData;

use crate::{LayerInfo, Network, ParamInfo, Shape, Summary};

/// The space of models H = { f_p | p ∈ R^N } of an architecture without a name, what
/// `network! { … }` is as an expression. Its elements are made by [`init`](Self::init).
///
/// It takes no memory: all that it knows is in its type.
#[derive(Clone, Copy)]
pub struct Space<N>(PhantomData<N>);

impl<N: Network> Space<N> {
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// N, how many parameters a model has.
    pub const fn param_count(&self) -> usize {
        N::PARAM_COUNT
    }

    /// How many multiply-adds one image takes.
    pub const fn macs(&self) -> u64 {
        N::MACS
    }

    /// The memory for intermediate values, of each engine.
    pub const fn arena_bytes(&self) -> usize {
        N::ARENA_BYTES
    }

    /// The shape of an input image.
    pub const fn input_shape(&self) -> Shape {
        N::INPUT_SHAPE
    }

    /// The shape of an output.
    pub const fn output_shape(&self) -> Shape {
        N::OUTPUT_SHAPE
    }

    /// The layers, in the order of the forward pass.
    pub const fn layers(&self) -> &'static [LayerInfo<'static>] {
        N::LAYERS
    }

    /// The parameter tensors, in the order of the flat parameters.
    pub const fn param_infos(&self) -> &'static [ParamInfo<'static>] {
        N::PARAMS
    }

    /// A model with PyTorch's default initialisation; the same seed gives the same numbers on every
    /// machine.
    pub fn init(&self, seed: u64) -> Box<N> {
        N::init(seed)
    }

    /// A model whose parameters are all zero.
    pub fn zeros(&self) -> Box<N> {
        N::zeros()
    }

    /// A model with these parameters.
    ///
    /// # Errors
    ///
    /// If there are not exactly [`param_count`](Self::param_count).
    pub fn from_params(&self, params: &[f32]) -> Result<Box<N>, crate::ParamCountError> {
        N::from_params(params)
    }

    /// A model with the parameters of a file, as [`Network::load`].
    ///
    /// # Errors
    ///
    /// As for [`Network::load`].
    #[cfg(feature = "safetensors")]
    pub fn load(&self, path: impl AsRef<std::path::Path>) -> Result<Box<N>, crate::WeightsError> {
        N::load(path)
    }

    /// A model with the parameters of a file whose names are not the model's.
    ///
    /// # Errors
    ///
    /// As for [`Network::load`].
    #[cfg(feature = "safetensors")]
    pub fn load_with(
        &self,
        options: &crate::LoadOptions,
        path: impl AsRef<std::path::Path>,
    ) -> Result<Box<N>, crate::WeightsError> {
        options.load(path)
    }

    /// The table of layers.
    pub fn summary(&self) -> Summary<'static> {
        N::summary()
    }
}

impl<N: Network> fmt::Debug for Space<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Space({} -> {}, {} parameters)", N::INPUT_SHAPE, N::OUTPUT_SHAPE, N::PARAM_COUNT)
    }
}
