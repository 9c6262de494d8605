//! Layers while a net is trained: what each computes of a group of images, and the gradient of it.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::lanes::{Lanes, Real, Values, Work};

/// A layer while a net is trained: its sizes, which are constants.
///
/// Values lie planar, C×H×W, one [`Values`] of the whole group of images for each.
pub trait Op: Copy {
    /// Computes the output.
    ///
    /// To be marked `#[inline(always)]` by every implementation, as are the other methods.
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>);

    /// Computes the gradients with regard to the inputs and, adding to them, the parameters.
    fn backward<L: Lanes>(&self, lanes: L, cx: Backward<'_, L>);

    /// What the layer has to know of the input of the whole batch, of this group: [`Sync`].
    fn statistics<L: Lanes>(&self, _: L, _images: Images, _input: &[L::Values], _partial: &mut [L::Real]) {}

    /// What it has to know of the gradient of the whole batch, of this group.
    /// Adds the gradients with regard to the parameters, which [`backward`](Self::backward) leaves alone then.
    fn grad_statistics<L: Lanes>(&self, _: L, _cx: Backward<'_, L>, _partial: &mut [L::Real]) {}
}

/// The images of a group.
#[derive(Clone, Copy, Debug)]
pub struct Images {
    /// How many there are; what stands in further lanes has no meaning, but is finite where images are.
    pub count: usize,
    /// The index of the first one in its batch.
    pub first: usize,
    /// How many images the batch has.
    pub batch: usize,
    /// A number that differs from step to step: what random layers draw from.
    pub draw: u64,
}

/// What [`Op::forward`] reads and writes.
pub struct Forward<'a, L: Lanes> {
    /// Whose values these are.
    pub images: Images,
    /// The layer's parameters, in PyTorch's order.
    pub params: &'a [L::Real],
    /// The statistics of the whole batch.
    pub totals: &'a [L::Real],
    /// What arrives.
    pub inputs: &'a [&'a [L::Values]],
    /// What leaves.
    pub output: &'a mut [L::Values],
}

/// What [`Op::backward`] reads and writes.
pub struct Backward<'a, L: Lanes> {
    /// Whose values these are.
    pub images: Images,
    /// The layer's parameters, in PyTorch's order.
    pub params: &'a [L::Real],
    /// The statistics of the whole batch.
    pub totals: &'a [L::Real],
    /// What arrived, where the layer keeps it, else empty.
    pub inputs: &'a [&'a [L::Values]],
    /// What left, where the layer keeps it, else empty.
    pub output: &'a [L::Values],
    /// The gradient with regard to what left; the layer may change it.
    pub output_grad: &'a mut [L::Values],
    /// The gradients with regard to what arrived.
    pub input_grads: &'a mut [InputGrad<'a, L::Values>],
    /// The gradients with regard to the parameters, to be added to.
    pub grads: &'a mut [L::Real],
}

impl<L: Lanes> Backward<'_, L> {
    /// Turns the gradient with regard to what left a ReLU into that of what arrived there. At 0 its slope is 0.
    #[inline(always)]
    pub fn undo_relu(&mut self, lanes: L) {
        for (gradient, output) in self.output_grad.iter_mut().zip(self.output) {
            lanes.store(lanes.where_positive(lanes.load(gradient), lanes.load(output)), gradient);
        }
    }
}

/// The gradient with regard to an input.
#[derive(Debug)]
pub struct InputGrad<'a, V> {
    /// Where it goes; empty where nobody asks for it.
    pub values: &'a mut [V],
    /// Another layer that reads the input has put its part there.
    pub add: bool,
}

impl<V: Values> InputGrad<'_, V> {
    /// Whether somebody asks for it.
    #[inline(always)]
    pub fn is_wanted(&self) -> bool {
        !self.values.is_empty()
    }

    /// Where to add it; empty where nobody asks for it.
    #[inline(always)]
    pub fn sum(&mut self) -> &mut [V] {
        if !self.add {
            self.values.fill(V::ZERO);
        }
        self.values
    }

    /// Puts `f(i)` to value i, for each.
    #[inline(always)]
    pub fn put(&mut self, f: impl Fn(usize) -> V) {
        self.put_part(0..self.values.len(), f);
    }

    /// Puts `f(i)` to value i, for those in `part`.
    #[inline(always)]
    pub fn put_part(&mut self, part: Range<usize>, f: impl Fn(usize) -> V) {
        if !self.is_wanted() {
            return;
        }
        for (i, value) in part.clone().zip(&mut self.values[part]) {
            let part = f(i);
            if self.add {
                for (sum, &part) in value.as_mut().iter_mut().zip(part.as_ref()) {
                    *sum += part;
                }
            } else {
                *value = part;
            }
        }
    }
}

/// A layer that has to know the whole batch before it goes on: batch normalisation.
///
/// Its statistics hold, for each channel: mean and variance of its input, means first, then the means of its output's gradient and
/// of this gradient times the normalised input.
/// A group's part holds the input's mean and its squared distance from that mean, then the sums of the gradients.
#[derive(Clone, Copy, Debug)]
pub struct Sync {
    /// The layer, by its index.
    pub layer: usize,
    /// How many channels.
    pub channels: usize,
    /// How many values of each channel an image has.
    pub pixels: usize,
    /// Where its statistics begin.
    pub start: usize,
    /// Where its running mean and variance begin, among parameters and buffers.
    pub buffers: usize,
    /// The weight of the batch in the running statistics.
    pub momentum: f32,
}

/// Looks for the first layer whose output is not finite, by its index; `usize::MAX` where there is none.
pub type Watch<'a> = Option<&'a AtomicUsize>;

/// The forward pass of one layer.
pub struct ForwardOf<'a, L: Lanes, O> {
    /// The layer.
    pub op: O,
    /// Its index.
    pub layer: usize,
    /// Who wants to know whether its output is finite.
    pub watch: Watch<'a>,
    /// What it reads and writes.
    pub cx: Forward<'a, L>,
}

impl<L: Lanes, O: Op> Work<L> for ForwardOf<'_, L, O> {
    #[inline(always)]
    fn run(self, lanes: L) {
        let (images, inputs) = (self.cx.images, self.cx.inputs);
        let output = &mut *self.cx.output;
        self.op.forward(lanes, Forward { images, params: self.cx.params, totals: self.cx.totals, inputs, output });
        if let Some(first) = self.watch {
            let finite = |value: &L::Values| value.as_ref()[..images.count].iter().all(|value| value.is_finite());
            if !output.iter().all(finite) {
                first.fetch_min(self.layer, Ordering::Relaxed);
            }
        }
    }
}

/// The backward pass of one layer.
pub struct BackwardOf<'a, L: Lanes, O> {
    /// The layer.
    pub op: O,
    /// What it reads and writes.
    pub cx: Backward<'a, L>,
}

impl<L: Lanes, O: Op> Work<L> for BackwardOf<'_, L, O> {
    #[inline(always)]
    fn run(self, lanes: L) {
        self.op.backward(lanes, self.cx);
    }
}

/// What a layer has to know of the whole batch's input, of a group.
pub struct StatisticsOf<'a, L: Lanes, O> {
    /// The layer.
    pub op: O,
    /// Whose values these are.
    pub images: Images,
    /// What arrives.
    pub input: &'a [L::Values],
    /// The group's part.
    pub partial: &'a mut [L::Real],
}

impl<L: Lanes, O: Op> Work<L> for StatisticsOf<'_, L, O> {
    #[inline(always)]
    fn run(self, lanes: L) {
        self.op.statistics(lanes, self.images, self.input, self.partial);
    }
}

/// What a layer has to know of the whole batch's gradient, of a group.
pub struct GradStatisticsOf<'a, 'b, L: Lanes, O> {
    /// The layer.
    pub op: O,
    /// What it reads and writes.
    pub cx: Backward<'a, L>,
    /// The group's part.
    pub partial: &'b mut [L::Real],
}

impl<L: Lanes, O: Op> Work<L> for GradStatisticsOf<'_, '_, L, O> {
    #[inline(always)]
    fn run(self, lanes: L) {
        self.op.grad_statistics(lanes, self.cx, self.partial);
    }
}

/// How a net is trained, decided at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// Values between layers and gradients, for each image.
    pub arena_len: usize,
    /// Where the result lies among them.
    pub output: usize,
    /// Where its gradient goes.
    pub output_grad: usize,
    /// Statistics of the batch.
    pub statistics_len: usize,
    /// What ends each phase of the forward pass but the last.
    pub forward_syncs: &'static [Sync],
    /// What ends each phase of the backward pass but the last.
    pub backward_syncs: &'static [Sync],
}

impl Training {
    /// That of a net whose arithmetic is wrong.
    pub const NONE: Self =
        Self { arena_len: 0, output: 0, output_grad: 0, statistics_len: 0, forward_syncs: &[], backward_syncs: &[] };
}

/// How a net computes several images of a batch at once, decided at compile time.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide {
    /// Values between layers, for each image; 0 where images are computed one by one.
    pub arena_len: usize,
    /// Where the result lies among them.
    pub output: usize,
}

impl SideBySide {
    /// That of a net that computes images one by one.
    pub const NONE: Self = Self { arena_len: 0, output: 0 };
}

/// What a pass reads and writes, of a group of images.
pub struct Pass<'a, L: Lanes> {
    /// Whose values these are.
    pub images: Images,
    /// All parameters.
    pub params: &'a [L::Real],
    /// Who wants to know which layer's output is not finite.
    pub watch: Watch<'a>,
    /// Statistics of the whole batch.
    pub totals: &'a [L::Real],
    /// The group's part of them.
    pub partial: &'a mut [L::Real],
    /// The images.
    pub input: &'a [L::Values],
    /// All that stands between layers.
    pub arena: &'a mut [L::Values],
}

/// A layer in its net.
#[derive(Clone, Debug)]
pub struct Placed<O> {
    /// The layer.
    pub op: O,
    /// Its index.
    pub layer: usize,
    /// Its parameters, among all of them.
    pub params: Range<usize>,
    /// Its statistics of the batch.
    pub statistics: Range<usize>,
}

/// The images, among the parts of the arena that a layer reads.
pub const INPUT: Range<usize> = usize::MAX..usize::MAX;

/// Values that a layer does not need.
pub const NONE: Range<usize> = 0..0;

impl<L: Lanes> Pass<'_, L> {
    /// The same for another pass.
    pub fn reborrow(&mut self) -> Pass<'_, L> {
        Pass { partial: &mut *self.partial, arena: &mut *self.arena, ..*self }
    }

    /// The forward pass of a layer: from the first `slots` to the last one.
    pub fn forward<O: Op, const N: usize>(&mut self, lanes: L, placed: &Placed<O>, slots: [Range<usize>; N]) {
        let Self { images, params, watch, totals, input, .. } = *self;
        let is_input = slots.each_ref().map(|slot| *slot == INPUT);
        let mut parts = in_arena(self.arena, slots);
        let Some((output, parts)) = parts.split_last_mut() else { return };
        let mut inputs: [&[L::Values]; N] = [&[]; N];
        for ((slot, part), is_input) in inputs.iter_mut().zip(parts).zip(is_input) {
            *slot = if is_input { input } else { &**part };
        }
        lanes.call(ForwardOf {
            op: placed.op,
            layer: placed.layer,
            watch,
            cx: Forward {
                images,
                params: &params[placed.params.clone()],
                totals: &totals[placed.statistics.clone()],
                inputs: &inputs[..N - 1],
                output,
            },
        });
    }

    /// What a layer has to know of the whole batch's input, of this group.
    pub fn statistics<O: Op>(&mut self, lanes: L, placed: &Placed<O>, slot: Range<usize>) {
        let input = if slot == INPUT { self.input } else { &self.arena[slot] };
        let (op, images, partial) = (placed.op, self.images, &mut self.partial[placed.statistics.clone()]);
        lanes.call(StatisticsOf { op, images, input, partial });
    }

    /// The backward pass of a layer. `slots` are inputs, output, its gradient, and the inputs' gradients, to which it adds where `add`
    /// says so.
    pub fn backward<O: Op, const N: usize, const M: usize>(
        &mut self,
        lanes: L,
        placed: &Placed<O>,
        slots: [Range<usize>; N],
        add: [bool; M],
        grads: &mut [L::Real],
    ) {
        self.with_backward(placed, slots, add, grads, |cx, _| lanes.call(BackwardOf { op: placed.op, cx }));
    }

    /// What a layer has to know of the whole batch's gradient, of this group; otherwise as [`backward`](Self::backward).
    pub fn grad_statistics<O: Op, const N: usize, const M: usize>(
        &mut self,
        lanes: L,
        placed: &Placed<O>,
        slots: [Range<usize>; N],
        add: [bool; M],
        grads: &mut [L::Real],
    ) {
        self.with_backward(placed, slots, add, grads, |cx, partial| {
            lanes.call(GradStatisticsOf { op: placed.op, cx, partial });
        });
    }

    fn with_backward<O, const N: usize, const M: usize>(
        &mut self,
        placed: &Placed<O>,
        slots: [Range<usize>; N],
        add: [bool; M],
        grads: &mut [L::Real],
        run: impl FnOnce(Backward<'_, L>, &mut [L::Real]),
    ) {
        const { assert!(N == 2 * M + 2) };
        let Self { images, params, totals, input, .. } = *self;
        let is_input = slots.each_ref().map(|slot| *slot == INPUT);
        let mut parts = in_arena(self.arena, slots);
        let (kept, gradients) = parts.split_at_mut(M + 1);
        let (output_grad, gradients) = gradients.split_at_mut(1);
        let inputs: [&[L::Values]; M] = std::array::from_fn(|i| if is_input[i] { input } else { &*kept[i] });
        let mut gradients = gradients.iter_mut();
        let mut input_grads =
            add.map(|add| InputGrad { values: gradients.next().map_or(&mut [][..], |part| part), add });
        let cx = Backward {
            images,
            params: &params[placed.params.clone()],
            totals: &totals[placed.statistics.clone()],
            inputs: &inputs,
            output: &*kept[M],
            output_grad: &mut *output_grad[0],
            input_grads: &mut input_grads,
            grads: &mut grads[placed.params.clone()],
        };
        run(cx, &mut self.partial[placed.statistics.clone()]);
    }
}

/// Parts of the arena; none of it where the images are meant.
fn in_arena<T, const N: usize>(arena: &mut [T], slots: [Range<usize>; N]) -> [&mut [T]; N] {
    disjoint(arena, slots.map(|slot| if slot == INPUT { NONE } else { slot }))
}

/// Parts of an arena, none of which overlap.
#[inline(always)]
pub fn disjoint<T, const N: usize>(arena: &mut [T], parts: [Range<usize>; N]) -> [&mut [T]; N] {
    match arena.get_disjoint_mut(parts) {
        Ok(parts) => parts,
        // The plan keeps what is in use at the same time apart.
        Err(_) => unreachable!(),
    }
}

/// The sum of the products of two slices' values, of each image.
#[inline(always)]
pub fn sum_of_products<V: Values>(a: &[V], b: &[V]) -> V {
    let mut sum = V::ZERO;
    for (a, b) in a.iter().zip(b) {
        sum = V::each(|i| sum.as_ref()[i] + a.as_ref()[i] * b.as_ref()[i]);
    }
    sum
}
