//! The forward pass, with everything that it needs made ready once.

use std::fmt;
use std::slice;
use std::sync::Arc;

use thiserror::Error;

use crate::buffer::Buffer;
use crate::params::{as_mut_slice, as_slice};
use crate::simd::{Isa, Kernel, Simd, Token};
use crate::{Arithmetic, Network};

/// A net made ready for the forward pass: packed weights, memory for intermediate values, and the
/// instruction set.
///
/// It keeps no reference to the net: change the parameters, and make another engine. A clone
/// shares the packed weights and has its own memory, for one more thread.
#[derive(Clone)]
pub struct Engine<N: Network> {
    token: Token,
    arithmetic: Arithmetic,
    packed: Arc<Buffer>,
    arena: Buffer,
    scratch: Buffer,
    output: Box<N::Output>,
}

/// How to make an [`Engine`]: the fastest for this CPU unless told otherwise.
///
/// ```
/// use cnn_runtime::{Arithmetic, EngineOptions};
///
/// let options = EngineOptions::new().arithmetic(Arithmetic::Strict);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EngineOptions {
    isa: Option<Isa>,
    arithmetic: Arithmetic,
}

impl EngineOptions {
    /// The fastest engine for this CPU.
    pub fn new() -> Self {
        Self::default()
    }

    /// Uses this instruction set instead of the best.
    pub fn isa(self, isa: Isa) -> Self {
        Self { isa: Some(isa), ..self }
    }

    /// Computes in this way.
    pub fn arithmetic(self, arithmetic: Arithmetic) -> Self {
        Self { arithmetic, ..self }
    }

    /// An engine for the forward pass, with a packed copy of the parameters.
    ///
    /// # Errors
    ///
    /// If this CPU does not have the instruction set.
    pub fn engine<N: Network>(self, net: &N) -> Result<Engine<N>, UnsupportedIsa> {
        let isa = self.isa.unwrap_or_else(Isa::detect);
        let token = isa.token().ok_or(UnsupportedIsa { isa })?;
        Ok(Engine::with_token(net, token, self.arithmetic))
    }
}

impl<N: Network> Engine<N> {
    /// An engine that uses the best instruction set of this CPU.
    pub fn new(net: &N) -> Self {
        // Every CPU has the scalar one, so that the alternative is never taken.
        let token = Isa::detect().token().unwrap_or(Token::Scalar(crate::simd::Scalar));
        Self::with_token(net, token, Arithmetic::default())
    }

    /// An engine that uses this instruction set.
    ///
    /// # Errors
    ///
    /// If this CPU does not have it.
    pub fn with_isa(net: &N, isa: Isa) -> Result<Self, UnsupportedIsa> {
        EngineOptions::new().isa(isa).engine(net)
    }

    fn with_token(net: &N, token: Token, arithmetic: Arithmetic) -> Self {
        let mut packed = Buffer::zeroed(N::PACKED_LEN);
        N::pack(arithmetic, as_slice(net), packed.as_mut_slice());
        Self {
            token,
            arithmetic,
            packed: Arc::new(packed),
            arena: Buffer::zeroed(N::ARENA_LEN),
            scratch: Buffer::zeroed(N::SCRATCH_LEN),
            output: bytemuck::allocation::zeroed_box(),
        }
    }

    /// The instruction set in use.
    pub fn isa(&self) -> Isa {
        self.token.isa()
    }

    /// How it computes.
    pub fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// What the net says of one image. Allocates nothing.
    pub fn forward(&mut self, input: &N::Input) -> &N::Output {
        self.token.dispatch(Forward::<N> {
            arithmetic: self.arithmetic,
            packed: self.packed.as_slice(),
            arena: self.arena.as_mut_slice(),
            scratch: self.scratch.as_mut_slice(),
            inputs: slice::from_ref(input),
            outputs: slice::from_mut(&mut *self.output),
        });
        &self.output
    }

    /// What the net says of each of any number of images. Allocates nothing.
    ///
    /// # Errors
    ///
    /// If there are not as many outputs as inputs; then no output is written.
    pub fn forward_batch(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) -> Result<(), BatchError> {
        if inputs.len() != outputs.len() {
            return Err(BatchError { inputs: inputs.len(), outputs: outputs.len() });
        }
        self.forward_all(inputs, outputs);
        Ok(())
    }

    /// [`forward_batch`](Self::forward_batch) for slices of the same length.
    pub(crate) fn forward_all(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) {
        self.token.dispatch(Forward::<N> {
            arithmetic: self.arithmetic,
            packed: self.packed.as_slice(),
            arena: self.arena.as_mut_slice(),
            scratch: self.scratch.as_mut_slice(),
            inputs,
            outputs,
        });
    }
}

impl<N: Network> fmt::Debug for Engine<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("net", &N::NAME).field("isa", &self.isa()).finish_non_exhaustive()
    }
}

/// The forward pass of a batch: the one function of a net that is compiled for each instruction set.
struct Forward<'a, N: Network> {
    arithmetic: Arithmetic,
    packed: &'a [f32],
    arena: &'a mut [f32],
    scratch: &'a mut [f32],
    inputs: &'a [N::Input],
    outputs: &'a mut [N::Output],
}

impl<N: Network> Kernel for Forward<'_, N> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // The constant lengths let the checks of all slots of the arena fold.
        let packed = &self.packed[..N::PACKED_LEN];
        let arena = &mut self.arena[..N::ARENA_LEN];
        let scratch = &mut self.scratch[..N::SCRATCH_LEN];
        for (input, output) in self.inputs.iter().zip(self.outputs) {
            N::run(simd, self.arithmetic, packed, arena, scratch, as_slice(input), as_mut_slice(output));
        }
    }
}

/// This CPU does not have the instruction set.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("this CPU does not support {isa}, only {}", join(&Isa::available()))]
pub struct UnsupportedIsa {
    /// What was asked for.
    pub isa: Isa,
}

fn join(isas: &[Isa]) -> String {
    isas.iter().map(Isa::to_string).collect::<Vec<_>>().join(", ")
}

/// A batch has another number of outputs than of inputs.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("a batch of {inputs} inputs expects as many outputs, found {outputs}")]
pub struct BatchError {
    /// How many inputs.
    pub inputs: usize,
    /// How many outputs.
    pub outputs: usize,
}
