//! What every net has: constants, types and the methods that follow from them.

use std::fmt;
use std::ops::Range;
#[cfg(feature = "safetensors")]
use std::path::Path;

use thiserror::Error;

use crate::params::{Floats, as_mut_slice, as_slice};
use crate::simd::Simd;
use crate::team::Team;
use crate::train::{Lanes, Pass, SideBySide, Training};
#[cfg(feature = "safetensors")]
use crate::weights::{self, LoadOptions, WeightsError};
use crate::{Engine, Summary, init};

/// The shape of one value, without the batch. Shown as `10` or `3×7×7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// So many values.
    Vector(usize),
    /// Channels of height × width pixels.
    Maps {
        /// How many maps.
        channels: usize,
        /// Rows of a map.
        height: usize,
        /// Columns of a map.
        width: usize,
    },
}

impl Shape {
    /// How many values.
    #[expect(clippy::len_without_is_empty, reason = "no shape is empty")]
    pub const fn len(&self) -> usize {
        match *self {
            Self::Vector(len) => len,
            Self::Maps { channels, height, width } => channels * height * width,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vector(len) => write!(f, "{len}"),
            Self::Maps { channels, height, width } => write!(f, "{channels}×{height}×{width}"),
        }
    }
}

/// One layer of a net, in the order of the forward pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerInfo<'a> {
    /// The layer's name, the first part of its parameters' names: `conv1`.
    pub name: &'a str,
    /// The layer as it is written: `conv(3 -> 9, k3)`.
    pub layer: &'a str,
    /// What goes in.
    pub input: Shape,
    /// What comes out.
    pub output: Shape,
    /// How many parameters it has.
    pub params: usize,
    /// How many multiply-adds it takes for one image.
    pub macs: u64,
}

/// One parameter tensor of a net, in the order of the flat parameters, or one of its buffers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamInfo<'a> {
    /// PyTorch's name: `conv1.weight`.
    pub name: &'a str,
    /// PyTorch's shape: `[9, 3, 3, 3]`.
    pub shape: &'a [usize],
    /// Where the tensor begins in the flat parameters; the buffers' offsets go on behind them.
    pub offset: usize,
    /// How it is initialised.
    pub init: Init,
}

/// What a tensor holds before training: PyTorch's default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// Values uniform in ±1/√`fan_in`.
    Uniform {
        /// How many inputs each output of the layer sums; 0 initialises to zeros.
        fan_in: usize,
    },
    /// The same value everywhere.
    Constant(f32),
}

impl ParamInfo<'_> {
    /// How many values.
    pub const fn count(&self) -> usize {
        let mut count = 1;
        let mut i = 0;
        while i < self.shape.len() {
            count *= self.shape[i];
            i += 1;
        }
        count
    }
}

mod sealed {
    pub trait Sealed {}
    impl<const N: usize> Sealed for [f32; N] {}
    impl<const C: usize, const H: usize, const W: usize> Sealed for [[[f32; W]; H]; C] {}
}

/// What goes into a net or comes out: a vector `[f32; N]` or maps `[[[f32; W]; H]; C]`.
pub trait Image: Floats + Send + Sync + sealed::Sealed {
    /// The shape of one image.
    const SHAPE: Shape;
    /// The dimensions of a batch: `Ix2` for vectors, `Ix4` for maps.
    #[cfg(feature = "ndarray")]
    type BatchDim: ndarray::Dimension;
    /// The dimensions of a batch of so many images.
    #[cfg(feature = "ndarray")]
    fn batch_dim(images: usize) -> Self::BatchDim;
}

impl<const N: usize> Image for [f32; N] {
    const SHAPE: Shape = Shape::Vector(N);
    #[cfg(feature = "ndarray")]
    type BatchDim = ndarray::Ix2;
    #[cfg(feature = "ndarray")]
    fn batch_dim(images: usize) -> Self::BatchDim {
        ndarray::Ix2(images, N)
    }
}

impl<const C: usize, const H: usize, const W: usize> Image for [[[f32; W]; H]; C] {
    const SHAPE: Shape = Shape::Maps { channels: C, height: H, width: W };
    #[cfg(feature = "ndarray")]
    type BatchDim = ndarray::Ix4;
    #[cfg(feature = "ndarray")]
    fn batch_dim(images: usize) -> Self::BatchDim {
        ndarray::Ix4(images, C, H, W)
    }
}

/// How an engine computes: decided when it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// With as few operations as known: convolutions of 3×3 and 5×5 with stride 1 by Winograd's algorithm, those of 1×1 by
    /// Strassen's, where that is faster. Winograd's rounding is about eight times that of [`Strict`](Self::Strict), and a value that is
    /// not finite spreads to the pixels beside its own window, at most five away, or, with Strassen's, to all channels of
    /// one other pixel. `fc` layers of at least 2¹⁹ weights leave out those that are multiplied by zero, even where they are not finite.
    #[default]
    Fast,
    /// Every product and every sum of the definition, in `f32`; infinities and NaN are as IEEE 754 says.
    Strict,
    /// As [`Fast`](Self::Fast), with the weights of each `fc` layer that has at least 2¹⁹ of them stored in 16 bits, which halves
    /// the time that it takes to read them from memory; sums are `f32` all the same.
    ///
    /// A weight is rounded to eleven binary digits or, where it is small, to within 2⁻³⁹ of the largest weight of the same output:
    /// none is too large or too small.
    Half,
}

/// How a forward pass is computed.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// With which operations.
    pub arithmetic: Arithmetic,
    /// By whom.
    pub team: Team<'a>,
}

/// The code of a net, which `network!` writes.
#[doc(hidden)]
pub trait Compiled: Floats + Send + Sync {
    /// Floats of packed weights.
    const PACKED_LEN: usize;
    /// Floats of the values between layers.
    const ARENA_LEN: usize;
    /// Floats that a thread needs for itself in a layer.
    const SCRATCH_LEN: usize;
    /// Whether `run` calls other threads for layers that take microseconds.
    const SHARES_SMALL_LAYERS: bool = false;

    /// Lays parameters and buffers, which lie behind one another in `floats`, out for the kernels.
    fn pack(arithmetic: Arithmetic, floats: &[f32], packed: &mut [f32]);

    /// The forward pass for one image, with `SCRATCH_LEN` floats of `scratch` for each thread.
    /// `#[inline(always)]`, so that it is compiled once for each instruction set.
    fn run<S: Simd>(
        simd: S,
        cx: Context<'_>,
        packed: &[f32],
        arena: &mut [f32],
        scratch: &mut [f32],
        input: &[f32],
        output: &mut [f32],
    );

    /// How images of a batch are computed side by side.
    const SIDE_BY_SIDE: SideBySide = SideBySide::NONE;

    /// The forward pass of a group of images.
    fn forward_side_by_side<L: Lanes>(_: L, _: Pass<'_, L>) {}

    /// How the net is trained.
    const TRAINING: Training = Training::NONE;

    /// A phase of the forward pass while the net is trained, of a group of images.
    fn forward_pass<L: Lanes>(_: L, _phase: usize, _: Pass<'_, L>) {}

    /// A phase of the backward pass; adds to the gradients of the parameters.
    fn backward_pass<L: Lanes>(_: L, _phase: usize, _: Pass<'_, L>, _grads: &mut [L::Real]) {}
}

/// A net: its architecture as constants and types, its parameters as the value.
///
/// `network!` implements it; the methods are also inherent, so that only generic code needs to
/// import this trait.
pub trait Network: Compiled {
    /// The net's name.
    const NAME: &'static str;
    /// The layers, in the order of the forward pass.
    const LAYERS: &'static [LayerInfo<'static>];
    /// The parameter tensors, in the order of the fields and of the flat parameters.
    const PARAMS: &'static [ParamInfo<'static>];
    /// The tensors beside the parameters, in their order behind them: batch normalisation's running statistics.
    const BUFFERS: &'static [ParamInfo<'static>] = &[];
    /// One image.
    type Input: Image;
    /// What the net says of it.
    type Output: Image;

    /// How many parameters, buffers not counted.
    const PARAM_COUNT: usize = total_values(Self::PARAMS);
    /// How many multiply-adds one image takes.
    const MACS: u64 = total_macs(Self::LAYERS);
    /// The memory for intermediate values, of each thread of each engine.
    const ARENA_BYTES: usize = size_of::<f32>() * (Self::ARENA_LEN + Self::SCRATCH_LEN);
    /// The shape of [`Input`](Self::Input).
    const INPUT_SHAPE: Shape = Self::Input::SHAPE;
    /// The shape of [`Output`](Self::Output).
    const OUTPUT_SHAPE: Shape = Self::Output::SHAPE;

    /// A net with PyTorch's default initialisation: weights and biases uniform in ±1/√fan_in; normalisation changes nothing.
    ///
    /// The same seed gives the same numbers on every machine.
    fn init(seed: u64) -> Box<Self> {
        let mut net = Self::zeros();
        init::fill(Self::PARAMS, seed, net.as_mut_slice());
        net
    }

    /// A net whose parameters are all zero; its buffers are as in [`init`](Self::init).
    fn zeros() -> Box<Self> {
        // A large net never lies on the stack, not even in a debug build.
        let mut net = bytemuck::allocation::zeroed_box::<Self>();
        init::fill(Self::BUFFERS, 0, as_mut_slice(&mut *net));
        net
    }

    /// A net with these parameters, in the order of [`PARAMS`](Self::PARAMS).
    ///
    /// # Errors
    ///
    /// If there are not exactly [`PARAM_COUNT`](Self::PARAM_COUNT).
    fn from_params(params: &[f32]) -> Result<Box<Self>, ParamCountError> {
        if params.len() != Self::PARAM_COUNT {
            return Err(ParamCountError { net: Self::NAME, expected: Self::PARAM_COUNT, found: params.len() });
        }
        let mut net = Self::zeros();
        net.as_mut_slice().copy_from_slice(params);
        Ok(net)
    }

    /// All parameters, in the order of [`PARAMS`](Self::PARAMS).
    fn as_slice(&self) -> &[f32] {
        &as_slice(self)[..Self::PARAM_COUNT]
    }

    /// All parameters, in the order of [`PARAMS`](Self::PARAMS).
    fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut as_mut_slice(self)[..Self::PARAM_COUNT]
    }

    /// Reads parameters and buffers from a safetensors file, by PyTorch's names and shapes.
    ///
    /// `F16`, `BF16` and `F64` become `f32`. Shapes may differ in 1s at their end, and `num_batches_tracked` is ignored.
    /// With the feature `npz`, the file may also be one of NumPy's; its content decides, not its name.
    /// [`LoadOptions`] is for files with other names.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or is malformed, or its tensors are not exactly those of
    /// [`PARAMS`](Self::PARAMS) and [`BUFFERS`](Self::BUFFERS); one error lists all that differ.
    #[cfg(feature = "safetensors")]
    fn load(path: impl AsRef<Path>) -> Result<Box<Self>, WeightsError> {
        LoadOptions::new().load(path)
    }

    /// Writes parameters and buffers to a safetensors file, all or nothing; PyTorch's `load_state_dict` takes them.
    ///
    /// # Errors
    ///
    /// If the file cannot be written; an old one is left as it was.
    #[cfg(feature = "safetensors")]
    fn save(&self, path: impl AsRef<Path>) -> Result<(), WeightsError> {
        weights::save(self, path.as_ref())
    }

    /// As [`load`](Self::load), from memory.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    #[cfg(feature = "safetensors")]
    fn from_safetensors(bytes: &[u8]) -> Result<Box<Self>, WeightsError> {
        LoadOptions::new().from_bytes(bytes)
    }

    /// The content of the file that [`save`](Self::save) writes.
    #[cfg(feature = "safetensors")]
    fn to_safetensors(&self) -> Vec<u8> {
        weights::to_safetensors(self)
    }

    /// An engine for the forward pass on this CPU, with a packed copy of the parameters.
    fn engine(&self) -> Engine<Self> {
        Engine::new(self)
    }

    /// An engine of so many threads, the caller's included; see [`EngineOptions::threads`](crate::EngineOptions::threads).
    fn engine_with(&self, threads: usize) -> Engine<Self> {
        Engine::with_threads(self, threads)
    }

    /// The table of layers.
    fn summary() -> Summary<'static> {
        Summary { name: Self::NAME, input: Self::INPUT_SHAPE, layers: Self::LAYERS, arena_bytes: Self::ARENA_BYTES }
    }
}

/// A flat slice has another length than the net has parameters.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{net}` has {expected} parameters, found {found}")]
pub struct ParamCountError {
    /// The net's name.
    pub net: &'static str,
    /// How many parameters it has.
    pub expected: usize,
    /// The length of the slice.
    pub found: usize,
}

const fn total_macs(layers: &[LayerInfo]) -> u64 {
    let mut macs = 0;
    let mut i = 0;
    while i < layers.len() {
        macs += layers[i].macs;
        i += 1;
    }
    macs
}

const fn total_values(tensors: &[ParamInfo]) -> usize {
    let mut values = 0;
    let mut i = 0;
    while i < tensors.len() {
        values += tensors[i].count();
        i += 1;
    }
    values
}

/// Panics unless `tensors` lie in order and without gaps from `start` on; returns where they end.
const fn assert_in_order(tensors: &[ParamInfo], start: usize) -> usize {
    let mut end = start;
    let mut i = 0;
    while i < tensors.len() {
        assert!(tensors[i].offset == end, "tensors lie in order, without gaps");
        end += tensors[i].count();
        i += 1;
    }
    end
}

/// Panics unless the tables of a net agree with its struct; evaluated at compile time.
#[doc(hidden)]
pub const fn assert_tables<N: Network>() {
    let end = assert_in_order(N::BUFFERS, assert_in_order(N::PARAMS, 0));
    assert!(4 * end == size_of::<N>(), "the struct is its parameters and buffers");
    let mut params = 0;
    let mut i = 0;
    while i < N::LAYERS.len() {
        params += N::LAYERS[i].params;
        i += 1;
    }
    assert!(params == N::PARAM_COUNT, "the layers have all of the parameters");
}

/// [`Shape::Vector`].
#[doc(hidden)]
pub const fn vector(len: usize) -> Shape {
    Shape::Vector(len)
}

/// [`Shape::Maps`].
#[doc(hidden)]
pub const fn maps(channels: usize, height: usize, width: usize) -> Shape {
    Shape::Maps { channels, height, width }
}

/// A [`LayerInfo`].
#[doc(hidden)]
pub const fn layer<'a>(
    name: &'a str,
    layer: &'a str,
    input: Shape,
    output: Shape,
    params: usize,
    macs: u64,
) -> LayerInfo<'a> {
    LayerInfo { name, layer, input, output, params, macs }
}

/// A [`ParamInfo`].
#[doc(hidden)]
pub const fn param<'a>(name: &'a str, shape: &'a [usize], offset: usize, init: Init) -> ParamInfo<'a> {
    ParamInfo { name, shape, offset, init }
}

/// Writes `Net(2512 parameters)`.
#[doc(hidden)]
pub fn debug<N: Network>(_: &N, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}({} parameters)", N::NAME, N::PARAM_COUNT)
}

/// The arena without the slot that a step writes.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Rest<'a> {
    before: &'a [f32],
    behind: &'a [f32],
    /// Where `behind` begins in the arena.
    start: usize,
}

impl<'a> Rest<'a> {
    /// A range of the arena beside the slot.
    #[inline(always)]
    pub fn slice(self, range: Range<usize>) -> &'a [f32] {
        if range.end <= self.before.len() {
            &self.before[range]
        } else {
            &self.behind[range.start - self.start..range.end - self.start]
        }
    }
}

/// A range of the arena to write, and the rest to read.
#[doc(hidden)]
#[inline(always)]
pub fn slot(arena: &mut [f32], range: Range<usize>) -> (Rest<'_>, &mut [f32]) {
    let start = range.end;
    let (before, slot) = arena.split_at_mut(range.start);
    let (slot, behind) = slot.split_at_mut(range.len());
    (Rest { before, behind, start }, slot)
}
