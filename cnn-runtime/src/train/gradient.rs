//! Loss and gradient of a batch: all images forward, the loss, and all of them backward.
//!
//! A batch is divided into groups of as many images as a register has lanes, and the groups among the threads, always alike: so the
//! same number of threads gives the same bits. Each thread sums its own gradient; these are summed in the threads' order.
//! Batch normalisation has to know the whole batch: there all groups wait for one another, so that each keeps its own values.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lanes::{Double, Lanes, Real, Values};
use super::op::{Images, Pass, Training};
use super::{Loss, TrainError};
use crate::Network;
use crate::buffer::Buffer;
use crate::params::{as_mut_slice, as_slice};
use crate::simd::{Isa, Kernel, Simd, Token};
use crate::team::{Parts, Pool, Shares, Team, Threads, share};

/// What computes loss and gradient of batches, with all memory that it needs.
///
/// ```
/// # fn step<N: cnn_runtime::Network>(net: &mut N, images: &[N::Input], labels: &[usize])
/// # -> Result<(), cnn_runtime::train::TrainError> {
/// use cnn_runtime::train::{Backprop, CrossEntropy};
///
/// let mut backprop = Backprop::new(1);
/// let loss = backprop.loss_and_grad(net, images, labels, &CrossEntropy::new())?;
/// let gradient: &[f32] = backprop.grad();     // in the order of the parameters
/// # Ok(())
/// # }
/// ```
pub struct Backprop<N: Network> {
    token: Token,
    pool: Pool,
    memory: Memory<f32>,
    draw: u64,
    net: PhantomData<fn(&N)>,
}

impl<N: Network> Backprop<N> {
    /// With so many threads, the caller's included; 0 stands for as many as the CPU runs at once.
    pub fn new(threads: usize) -> Self {
        Self { token: Token::best(), pool: Pool::of(threads), memory: Memory::new::<N>(), draw: 0, net: PhantomData }
    }

    /// Uses this instruction set instead of the best; false where this CPU does not have it.
    pub fn set_isa(&mut self, isa: Isa) -> bool {
        let token = isa.token();
        self.token = token.unwrap_or(self.token);
        token.is_some()
    }

    /// How many threads compute, the caller's included.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    /// The bytes of all memory that it has, which a batch that is larger than those before makes larger.
    pub fn memory_bytes(&self) -> usize {
        let Memory { inputs, arenas, partials, totals, grads, scratch, losses, outputs, batch: _ } = &self.memory;
        let floats = [inputs, arenas, partials, totals, grads, outputs].map(Buffer::len);
        let doubles = [scratch, losses].map(Buffer::len);
        size_of::<f32>() * floats.iter().sum::<usize>() + size_of::<f64>() * doubles.iter().sum::<usize>()
    }

    /// What `dropout` leaves out follows from this number: the same number, the same values.
    pub fn set_draw(&mut self, draw: u64) {
        self.draw = draw;
    }

    /// The mean loss of a batch, and its gradient, which [`grad`](Self::grad) then returns.
    ///
    /// The pass is that of training: `dropout` leaves values out, and `bn` uses the statistics of the batch and updates its running
    /// ones. Allocates nothing, unless no batch so far was as large.
    ///
    /// # Errors
    ///
    /// If the batch is empty, has another number of targets than of images, a target does not fit the net, or the loss is not
    /// finite; the net stays as it was.
    pub fn loss_and_grad<T: Sync>(
        &mut self,
        net: &mut N,
        images: &[N::Input],
        targets: &[T],
        loss: &impl Loss<T>,
    ) -> Result<f64, TrainError> {
        let batch = Batch::<N, T, _>::new(images, targets, loss, self.draw)?;
        self.memory.reserve::<N>(images.len(), self.token.lanes(), self.pool.threads());
        self.memory.batch = images.len();
        let first = AtomicUsize::new(usize::MAX);
        let (token, pool, memory) = (self.token, &self.pool, &mut self.memory);
        let mut run = |watch| {
            let pass = BatchPass { batch: &batch, floats: as_slice(net), watch, memory: &mut *memory, pool };
            let mut total = 0.0;
            token.dispatch(Run { pass, total: &mut total });
            total
        };
        let total = run(None);
        if !total.is_finite() {
            run(Some(&first));
            return Err(batch.not_finite(first.load(Ordering::Relaxed), total));
        }
        self.memory.update_running_stats::<N>(as_mut_slice(net));
        Ok(total)
    }

    /// The gradient of the last batch, in the order of the parameters.
    pub fn grad(&self) -> &[f32] {
        &self.memory.grads.as_slice()[..N::PARAM_COUNT]
    }

    /// The gradient of the last batch, to be changed before a step: clipped, say.
    pub fn grad_mut(&mut self) -> &mut [f32] {
        &mut self.memory.grads.as_mut_slice()[..N::PARAM_COUNT]
    }

    /// What the net said of each image of the last batch, one after the other.
    pub fn outputs(&self) -> &[f32] {
        &self.memory.outputs.as_slice()[..self.memory.batch * N::OUTPUT_SHAPE.len()]
    }
}

/// The mean loss of a batch and its gradient in `f64`: slow, for checking gradients, one's own losses' too.
///
/// `floats` are all parameters, and behind them the buffers, of which training takes no notice.
///
/// # Errors
///
/// As for [`Backprop::loss_and_grad`], and if there are not as many `floats` as the net has.
pub fn loss_and_grad_f64<N: Network, T: Sync>(
    floats: &[f64],
    images: &[N::Input],
    targets: &[T],
    loss: &impl Loss<T>,
    draw: u64,
) -> Result<(f64, Vec<f64>), TrainError> {
    let expected = size_of::<N>() / size_of::<f32>();
    if floats.len() != expected {
        return Err(TrainError::Floats { expected, found: floats.len() });
    }
    let batch = Batch::<N, T, _>::new(images, targets, loss, draw)?;
    let mut memory = Memory::<f64>::new::<N>();
    memory.reserve::<N>(images.len(), 1, 1);
    let mut pass = BatchPass { batch: &batch, floats, watch: None, memory: &mut memory, pool: &Pool::new(1) };
    for stage in 0..pass.stages() {
        for group in 0..images.len() {
            let (shares, totals) = pass.memory.shares();
            let work =
                Groups { batch: &batch, floats, watch: None, stage, groups: images.len(), parts: 1, shares, totals };
            // SAFETY: this thread alone computes.
            unsafe { work.group(Double, 0, group) };
        }
        pass.merge(stage, 1);
    }
    let total = pass.total(1);
    Ok((total, memory.grads.as_slice()[..N::PARAM_COUNT].to_vec()))
}

/// A batch that was checked.
struct Batch<'a, N: Network, T, F> {
    images: &'a [N::Input],
    targets: &'a [T],
    loss: &'a F,
    /// The sum of the targets' weights.
    weight: f64,
    draw: u64,
}

impl<'a, N: Network, T, F: Loss<T>> Batch<'a, N, T, F> {
    fn new(images: &'a [N::Input], targets: &'a [T], loss: &'a F, draw: u64) -> Result<Self, TrainError> {
        if images.len() != targets.len() {
            return Err(TrainError::Targets { images: images.len(), targets: targets.len() });
        }
        if images.is_empty() {
            return Err(TrainError::EmptyBatch);
        }
        for (image, target) in targets.iter().enumerate() {
            loss.check(N::OUTPUT_SHAPE.len(), target).map_err(|source| TrainError::Target { image, source })?;
        }
        for sync in N::TRAINING.forward_syncs {
            if sync.pixels * images.len() < 2 {
                return Err(TrainError::OneValue { layer: N::LAYERS[sync.layer].name });
            }
        }
        let weight = targets.iter().map(|target| loss.weight(target)).sum();
        Ok(Self { images, targets, loss, weight, draw })
    }

    /// Why the loss is not finite: the first layer whose output is not, by its index.
    fn not_finite(&self, layer: usize, loss: f64) -> TrainError {
        let finite = |image: &N::Input| as_slice(image).iter().all(|value| value.is_finite());
        match self.images.iter().position(|image| !finite(image)) {
            Some(image) => TrainError::ImageNotFinite { image },
            None => TrainError::NotFinite { step: 0, loss, layer: N::LAYERS.get(layer).map(|layer| layer.name) },
        }
    }
}

/// What passes write: numbers of groups of images, and of parts of the batch.
struct Memory<R> {
    /// For each group where all wait for one another, else for each part.
    inputs: Buffer<R>,
    /// As `inputs`.
    arenas: Buffer<R>,
    /// For each group.
    partials: Buffer<R>,
    /// Of the whole batch.
    totals: Buffer<R>,
    /// For each part.
    grads: Buffer<R>,
    /// For each part, an output and its gradient.
    scratch: Buffer<f64>,
    /// For each group.
    losses: Buffer<f64>,
    /// For each image.
    outputs: Buffer<f32>,
    /// How many images the last batch had.
    batch: usize,
}

/// [`Memory`] while several threads write it.
#[derive(Clone, Copy)]
struct MemoryShares<'a, R> {
    inputs: Shares<'a, R>,
    arenas: Shares<'a, R>,
    partials: Shares<'a, R>,
    grads: Shares<'a, R>,
    scratch: Shares<'a, f64>,
    losses: Shares<'a, f64>,
    outputs: Shares<'a, f32>,
}

/// Makes a buffer large enough.
fn grow<T: bytemuck::Pod>(buffer: &mut Buffer<T>, len: usize) {
    if buffer.len() < len {
        *buffer = Buffer::zeroed(len);
    }
}

impl<R: Real> Memory<R> {
    fn new<N: Network>() -> Self {
        Self {
            inputs: Buffer::zeroed(0),
            arenas: Buffer::zeroed(0),
            partials: Buffer::zeroed(0),
            totals: Buffer::zeroed(N::TRAINING.statistics_len),
            grads: Buffer::zeroed(0),
            scratch: Buffer::zeroed(0),
            losses: Buffer::zeroed(0),
            outputs: Buffer::zeroed(0),
            batch: 0,
        }
    }

    /// Has memory for a batch of so many images.
    fn reserve<N: Network>(&mut self, images: usize, lanes: usize, threads: usize) {
        let groups = images.div_ceil(lanes);
        let parts = threads.min(groups).max(1);
        let arenas = lanes * if N::TRAINING.forward_syncs.is_empty() { parts } else { groups };
        grow(&mut self.inputs, arenas * N::INPUT_SHAPE.len());
        grow(&mut self.arenas, arenas * N::TRAINING.arena_len);
        grow(&mut self.partials, groups * N::TRAINING.statistics_len);
        grow(&mut self.grads, parts * N::PARAM_COUNT);
        grow(&mut self.scratch, parts * 2 * N::OUTPUT_SHAPE.len());
        grow(&mut self.losses, groups);
        grow(&mut self.outputs, images * N::OUTPUT_SHAPE.len());
    }

    fn shares(&mut self) -> (MemoryShares<'_, R>, &[R]) {
        let shares = MemoryShares {
            inputs: Shares::new(self.inputs.as_mut_slice()),
            arenas: Shares::new(self.arenas.as_mut_slice()),
            partials: Shares::new(self.partials.as_mut_slice()),
            grads: Shares::new(self.grads.as_mut_slice()),
            scratch: Shares::new(self.scratch.as_mut_slice()),
            losses: Shares::new(self.losses.as_mut_slice()),
            outputs: Shares::new(self.outputs.as_mut_slice()),
        };
        (shares, self.totals.as_slice())
    }

    /// Lets batch normalisation's running statistics follow those of the last batch.
    fn update_running_stats<N: Network>(&self, floats: &mut [f32]) {
        for sync in N::TRAINING.forward_syncs {
            let count = (sync.pixels * self.batch) as f64;
            let totals = &self.totals.as_slice()[sync.start..][..2 * sync.channels];
            let running = &mut floats[sync.buffers..][..2 * sync.channels];
            for (i, (running, total)) in running.iter_mut().zip(totals).enumerate() {
                // The running variance is that of a sample.
                let unbiased = if i < sync.channels { 1.0 } else { count / (count - 1.0) };
                let momentum = f64::from(sync.momentum);
                *running = ((1.0 - momentum) * f64::from(*running) + momentum * unbiased * total.to_f64()) as f32;
            }
        }
    }
}

/// One batch on its way through the net.
struct BatchPass<'a, N: Network, T, F, R> {
    batch: &'a Batch<'a, N, T, F>,
    floats: &'a [R],
    watch: Option<&'a AtomicUsize>,
    memory: &'a mut Memory<R>,
    pool: &'a Pool,
}

/// A pass with whichever instruction set is at hand.
struct Run<'a, 'b, N: Network, T, F> {
    pass: BatchPass<'a, N, T, F, f32>,
    total: &'b mut f64,
}

impl<N: Network, T: Sync, F: Loss<T>> Kernel for Run<'_, '_, N, T, F> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let lanes = <S as Lanes>::Values::LANES;
        let groups = self.pass.batch.images.len().div_ceil(lanes);
        let team = Team::new(self.pass.pool);
        let parts = team.threads().min(groups);
        for stage in 0..self.pass.stages() {
            let (batch, floats, watch) = (self.pass.batch, self.pass.floats, self.pass.watch);
            let (shares, totals) = self.pass.memory.shares();
            team.run(simd, parts, Groups { batch, floats, watch, stage, groups, parts, shares, totals });
            self.pass.merge(stage, lanes);
        }
        *self.total = self.pass.total(lanes);
        self.pass.memory.sum_grads::<N>(parts);
    }
}

impl<R: Real> Memory<R> {
    /// Adds the parts' gradients to the first one.
    fn sum_grads<N: Network>(&mut self, parts: usize) {
        let (sum, others) = self.grads.as_mut_slice().split_at_mut(N::PARAM_COUNT);
        for other in others.chunks_exact(N::PARAM_COUNT.max(1)).take(parts - 1) {
            for (sum, &part) in sum.iter_mut().zip(other) {
                *sum += part;
            }
        }
    }
}

impl<N: Network, T, F, R: Real> BatchPass<'_, N, T, F, R> {
    /// All groups finish a stage before one begins the next. The loss stands in the middle of a stage.
    fn stages(&self) -> usize {
        N::TRAINING.forward_syncs.len() + N::TRAINING.backward_syncs.len() + 1
    }

    /// The mean loss.
    fn total(&self, lanes: usize) -> f64 {
        let groups = self.batch.images.len().div_ceil(lanes);
        self.memory.losses.as_slice()[..groups].iter().sum::<f64>() / self.batch.weight
    }

    /// Makes the statistics of the batch of those of its groups.
    fn merge(&mut self, stage: usize, lanes: usize) {
        let Training { forward_syncs, backward_syncs, statistics_len, .. } = N::TRAINING;
        let (sync, forward) = match (forward_syncs.get(stage), stage.checked_sub(forward_syncs.len())) {
            (Some(sync), _) => (sync, true),
            (None, Some(stage)) if stage < backward_syncs.len() => (&backward_syncs[stage], false),
            _ => return,
        };
        let images = self.batch.images.len();
        let partials = self.memory.partials.as_slice().chunks_exact(statistics_len);
        let groups = partials.take(images.div_ceil(lanes)).enumerate();
        let totals = self.memory.totals.as_mut_slice();
        let count = (sync.pixels * images) as f64;
        for channel in 0..sync.channels {
            let [first, second] = if forward { [0, 1] } else { [2, 3] };
            let [first, second] = [first, second].map(|at| sync.start + at * sync.channels + channel);
            let (mut seen, mut mean, mut sum) = (0.0, 0.0, 0.0);
            for (group, partial) in groups.clone() {
                let [a, b] = [partial[first], partial[second]].map(R::to_f64);
                if forward {
                    // Chan, Golub & LeVeque 1979: a group's mean, and squared distance from it.
                    let part = (sync.pixels * lanes.min(images - group * lanes)) as f64;
                    let distance = a - mean;
                    mean += distance * part / (seen + part);
                    sum += b + distance * distance * seen * part / (seen + part);
                    seen += part;
                } else {
                    mean += a / count;
                    sum += b;
                }
            }
            (totals[first], totals[second]) = (R::of(mean), R::of(sum / count));
        }
    }
}

/// The groups of a batch in one stage.
struct Groups<'a, N: Network, T, F, R> {
    batch: &'a Batch<'a, N, T, F>,
    floats: &'a [R],
    watch: Option<&'a AtomicUsize>,
    stage: usize,
    groups: usize,
    /// The groups are divided into so many parts.
    parts: usize,
    shares: MemoryShares<'a, R>,
    totals: &'a [R],
}

impl<N: Network, T: Sync, F: Loss<T>> Parts for Groups<'_, N, T, F, f32> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _thread: usize, part: usize) {
        for group in share(part, self.parts, self.groups) {
            // SAFETY: no other part has the group.
            unsafe { self.group(simd, part, group) };
        }
    }
}

impl<N: Network, T, F: Loss<T>, R: Real> Groups<'_, N, T, F, R> {
    /// Does the stage for a group.
    ///
    /// # Safety
    ///
    /// Nothing else does it, or anything else for the part, meanwhile; the memory is large enough.
    #[inline(always)]
    unsafe fn group<L: Lanes<Real = R>>(&self, lanes: L, part: usize, group: usize) {
        let Training { forward_syncs, arena_len, statistics_len, .. } = N::TRAINING;
        let width = L::Values::LANES;
        let own = if forward_syncs.is_empty() { part } else { group };
        let (input_len, all) = (N::INPUT_SHAPE.len(), self.batch.images.len());
        // SAFETY: as the caller says, nothing else writes what belongs to the group or the part.
        let (input, arena, partial, grads) = unsafe {
            (
                self.shares.inputs.part(own * width * input_len, width * input_len),
                self.shares.arenas.part(own * width * arena_len, width * arena_len),
                self.shares.partials.part(group * statistics_len, statistics_len),
                self.shares.grads.part(part * N::PARAM_COUNT, N::PARAM_COUNT),
            )
        };
        let (input, arena): (&mut [L::Values], &mut [L::Values]) =
            (bytemuck::cast_slice_mut(input), bytemuck::cast_slice_mut(arena));
        let first = group * width;
        let images = Images { count: width.min(all - first), first, batch: all, draw: self.batch.draw };
        if self.stage == 0 {
            lanes.interleave(images.count, |image| as_slice(&self.batch.images[first + image]), input);
        }
        let mut pass = Pass::<L> {
            images,
            params: &self.floats[..N::PARAM_COUNT],
            watch: self.watch,
            totals: self.totals,
            partial,
            input,
            arena,
        };
        if let Some(backward) = self.stage.checked_sub(forward_syncs.len()) {
            if backward == 0 {
                N::forward_pass(lanes, self.stage, pass.reborrow());
                // SAFETY: as the caller says.
                unsafe { self.loss::<L>(part, group, images, pass.arena) };
                // The first group of a part begins the sum.
                if group == part * self.groups / self.parts {
                    grads.fill(R::ZERO);
                }
            }
            N::backward_pass(lanes, backward, pass, grads);
        } else {
            N::forward_pass(lanes, self.stage, pass);
        }
    }

    /// The loss of a group's outputs, and the gradient with regard to them.
    ///
    /// # Safety
    ///
    /// As for `group`.
    #[inline(always)]
    unsafe fn loss<L: Lanes<Real = R>>(&self, part: usize, group: usize, images: Images, arena: &mut [L::Values]) {
        let len = N::OUTPUT_SHAPE.len();
        // SAFETY: as the caller says.
        let (scratch, total, outputs) = unsafe {
            (
                self.shares.scratch.part(part * 2 * len, 2 * len),
                self.shares.losses.part(group, 1),
                self.shares.outputs.part(images.first * len, images.count * len),
            )
        };
        let (output, gradient) = scratch.split_at_mut(len);
        let range = |start: usize| -> Range<usize> { start..start + len };
        let [values, grads] = super::op::disjoint(arena, [range(N::TRAINING.output), range(N::TRAINING.output_grad)]);
        grads.fill(L::Values::ZERO);
        total[0] = 0.0;
        for lane in 0..images.count {
            let target = &self.batch.targets[images.first + lane];
            let kept = &mut outputs[lane * len..(lane + 1) * len];
            for ((output, value), kept) in output.iter_mut().zip(&*values).zip(kept) {
                *output = value.as_ref()[lane].to_f64();
                *kept = *output as f32;
            }
            total[0] += self.batch.loss.loss(output, target, gradient);
            for (grad, &gradient) in grads.iter_mut().zip(&*gradient) {
                grad.as_mut()[lane] = R::of(gradient / self.batch.weight);
            }
        }
    }
}
