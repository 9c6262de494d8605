//! The forward pass, with everything that it needs made ready once.

mod pace;
mod side_by_side;

use std::fmt;
use std::slice;
use std::sync::Arc;

use thiserror::Error;

use self::pace::Pace;
use crate::buffer::Buffer;
use crate::network::Context;
use crate::params::{as_mut_slice, as_slice};
use crate::simd::{Isa, Kernel, Simd, Token};
use crate::team::{Parts, Pool, Shares, Team, Threads};
use crate::{Arithmetic, Network};

/// Multiply-adds that are worth the while of another thread: it takes a microsecond to hand them over.
const WORTHWHILE: u64 = 200_000;

/// A net made ready for the forward pass: packed weights, memory for intermediate values, and the
/// instruction set.
///
/// It keeps no reference to the net: change the parameters, and make another engine. A clone
/// shares the packed weights, and has its own memory and threads.
#[derive(Clone)]
pub struct Engine<N: Network> {
    machine: Machine,
    output: Box<N::Output>,
}

/// An [`Engine`] without its output.
#[derive(Clone)]
struct Machine {
    token: Token,
    arithmetic: Arithmetic,
    /// Packed weights and, where images of a batch are computed side by side, all parameters.
    packed: Arc<Buffer>,
    pool: Pool,
    pace: Pace,
    /// For each thread.
    arena: Buffer,
    /// For each thread.
    scratch: Buffer,
    /// For each thread, images side by side and what stands between layers.
    groups: Buffer,
}

/// How to make an [`Engine`]: the fastest for this CPU, on one thread, unless told otherwise.
///
/// ```
/// use cnn_runtime::{Arithmetic, EngineOptions};
///
/// let options = EngineOptions::new().arithmetic(Arithmetic::Strict).threads(4);
/// # let _ = options;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct EngineOptions {
    isa: Option<Isa>,
    arithmetic: Arithmetic,
    threads: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { isa: None, arithmetic: Arithmetic::default(), threads: 1 }
    }
}

impl EngineOptions {
    /// The fastest engine for this CPU, on one thread.
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

    /// Computes with so many threads, the caller's included; 0 stands for as many as the CPU runs at once.
    ///
    /// Images of a batch are shared out, and the layers of a single image, where they are large enough. Results are the same, bit
    /// for bit. Where the system has fewer threads to give, the engine does with those.
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// An engine for the forward pass, with a packed copy of the parameters.
    ///
    /// # Errors
    ///
    /// If this CPU does not have the instruction set.
    pub fn engine<N: Network>(self, net: &N) -> Result<Engine<N>, UnsupportedIsa> {
        let isa = self.isa.unwrap_or_else(Isa::detect);
        let token = isa.token().ok_or(UnsupportedIsa { isa })?;
        Ok(self.with_token(net, token))
    }

    fn with_token<N: Network>(self, net: &N, token: Token) -> Engine<N> {
        let beside = N::SIDE_BY_SIDE.arena_len;
        let params = if beside > 0 { &as_slice(net)[..N::PARAM_COUNT] } else { &[] };
        let mut packed = Buffer::zeroed(N::PACKED_LEN + params.len());
        let (for_kernels, as_they_are) = packed.as_mut_slice().split_at_mut(N::PACKED_LEN);
        N::pack(self.arithmetic, as_slice(net), for_kernels);
        as_they_are.copy_from_slice(params);
        let pool = Pool::of(self.threads);
        let group_len = if beside > 0 { token.lanes() * (N::INPUT_SHAPE.len() + beside) } else { 0 };
        let machine = Machine {
            token,
            arithmetic: self.arithmetic,
            packed: Arc::new(packed),
            arena: Buffer::zeroed(pool.threads() * N::ARENA_LEN),
            scratch: Buffer::zeroed(pool.threads() * N::SCRATCH_LEN),
            groups: Buffer::zeroed(pool.threads() * group_len),
            pool,
            pace: Pace::default(),
        };
        Engine { machine, output: bytemuck::allocation::zeroed_box() }
    }
}

impl<N: Network> Engine<N> {
    /// An engine of one thread that uses the best instruction set of this CPU.
    pub fn new(net: &N) -> Self {
        Self::with_threads(net, 1)
    }

    /// An engine of so many threads that uses the best instruction set of this CPU; see [`EngineOptions::threads`].
    pub fn with_threads(net: &N, threads: usize) -> Self {
        EngineOptions::new().threads(threads).with_token(net, Token::best())
    }

    /// An engine of one thread that uses this instruction set.
    ///
    /// # Errors
    ///
    /// If this CPU does not have it.
    pub fn with_isa(net: &N, isa: Isa) -> Result<Self, UnsupportedIsa> {
        EngineOptions::new().isa(isa).engine(net)
    }

    /// The instruction set in use.
    pub fn isa(&self) -> Isa {
        self.machine.token.isa()
    }

    /// How it computes.
    pub fn arithmetic(&self) -> Arithmetic {
        self.machine.arithmetic
    }

    /// How many threads compute, the caller's included.
    pub fn threads(&self) -> usize {
        self.machine.pool.threads()
    }

    /// What the net says of one image. Allocates nothing.
    pub fn forward(&mut self, input: &N::Input) -> &N::Output {
        self.machine.forward::<N>(slice::from_ref(input), slice::from_mut(&mut *self.output));
        &self.output
    }

    /// What the net says of each of any number of images. Allocates nothing.
    ///
    /// Small nets compute eight images at once, or sixteen with AVX-512. Their sums are added up in another order than those of
    /// [`forward`](Self::forward), so that results may differ from its in the last digits.
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
        self.machine.forward_batch::<N>(inputs, outputs);
    }
}

impl Machine {
    /// The forward pass of the net that this was made for, of as many images as there are outputs.
    fn forward<N: Network>(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) {
        let small = N::SHARES_SMALL_LAYERS && self.pool.threads() > 1;
        let one = inputs.len() == 1;
        let mut forward = Forward::<N> {
            arithmetic: self.arithmetic,
            packed: self.packed.as_slice(),
            pool: &self.pool,
            together: !small || self.pace.together(),
            arena: self.arena.as_mut_slice(),
            scratch: self.scratch.as_mut_slice(),
            inputs,
            outputs,
        };
        if small && one {
            self.pace.image(|together| {
                forward.together = together;
                self.token.dispatch(forward);
            });
        } else {
            self.token.dispatch(forward);
        }
    }
}

impl<N: Network> fmt::Debug for Engine<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("net", &N::NAME).field("isa", &self.isa()).finish_non_exhaustive()
    }
}

/// The forward pass of a batch.
struct Forward<'a, N: Network> {
    arithmetic: Arithmetic,
    packed: &'a [f32],
    pool: &'a Pool,
    /// An image that is left when each thread has as many is computed by all of them.
    together: bool,
    arena: &'a mut [f32],
    scratch: &'a mut [f32],
    inputs: &'a [N::Input],
    outputs: &'a mut [N::Output],
}

impl<N: Network> Kernel for Forward<'_, N> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { arithmetic, packed, pool, together, arena, scratch, inputs, outputs } = self;
        let (team, count) = (Team::new(pool), inputs.len());
        let worth = (WORTHWHILE / N::MACS.max(1)).max(1) as usize;
        // Whole images for each thread. What does not go round is computed by all of them together, if an image is large enough.
        let rest = if worth > 1 || !together { 0 } else { count % team.threads() };
        let (inputs, rest_inputs) = inputs.split_at(count - rest);
        let (outputs, rest_outputs) = outputs.split_at_mut(count - rest);
        let [arena, scratch] = [arena, scratch].map(Shares::new);
        let images = |team, inputs, outputs, parts| {
            let cx = Context { arithmetic, team };
            Images::<N> { cx, packed, arena, scratch, inputs, outputs: Shares::new(outputs), parts }
        };
        let parts = (inputs.len() / worth).max(1);
        team.run(simd, parts, images(Team::ALONE, inputs, outputs, parts));
        if rest > 0 {
            Team::ALONE.run(simd, 1, images(team, rest_inputs, rest_outputs, 1));
        }
    }
}

/// So many parts of a batch, each image computed by the team of `cx`.
struct Images<'a, N: Network> {
    cx: Context<'a>,
    packed: &'a [f32],
    arena: Shares<'a>,
    scratch: Shares<'a>,
    inputs: &'a [N::Input],
    outputs: Shares<'a, N::Output>,
    parts: usize,
}

impl<N: Network> Parts for Images<'_, N> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        // Two divisions take as long as a layer of the smallest nets.
        let start_of =
            |part| if self.parts == 1 { part * self.inputs.len() } else { part * self.inputs.len() / self.parts };
        let [start, end] = [part, part + 1].map(start_of);
        let scratch_len = self.cx.team.threads() * N::SCRATCH_LEN;
        // SAFETY: each thread has its own arena. It has its own scratch memory too, unless a team computes an image, in the memory
        // of all threads, which nobody else uses then. The images are of this part alone. The constant lengths let the checks of
        // all slots of the arena fold.
        let (arena, scratch, outputs) = unsafe {
            (
                self.arena.part(thread * N::ARENA_LEN, N::ARENA_LEN),
                self.scratch.part(thread * N::SCRATCH_LEN, scratch_len),
                self.outputs.part(start, end - start),
            )
        };
        let packed = &self.packed[..N::PACKED_LEN];
        for (input, output) in self.inputs[start..end].iter().zip(outputs) {
            N::run(simd, self.cx, packed, arena, scratch, as_slice(input), as_mut_slice(output));
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
