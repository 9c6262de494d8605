//! Convolutions while a net is trained: of groups of images, forward and backward.
//!
//! A convolution joins a large image and a small one, by windows of the large one. `down` sums windows: the forward pass of `conv`.
//! `up` spreads them, its adjoint: the gradient of `conv`, and the forward pass of `convtranspose`, whose weights lie in the same
//! order. `weight_grad` is that of both. `fc` is a convolution of one pixel.

use super::learn_weights::WeightGrad;
use crate::train::{Backward, Forward, Lanes, Op, Real};

/// `conv`, `depthwise`, `convtranspose` and `fc`.
#[derive(Clone, Copy, Debug)]
pub struct ConvOp {
    /// Channels of the large image.
    pub channels: usize,
    /// Its height and width.
    pub image: [usize; 2],
    /// Channels of the small image.
    pub small_channels: usize,
    /// Its height and width.
    pub small: [usize; 2],
    /// The window's height and width.
    pub kernel: [usize; 2],
    /// How far it moves.
    pub stride: [usize; 2],
    /// Zeros above and left of the large image.
    pub padding: [usize; 2],
    /// The distance between a window's pixels.
    pub dilation: [usize; 2],
    /// Channels are convolved in so many groups.
    pub groups: usize,
    /// Whether the small image is the input.
    pub transposed: bool,
    /// Whether ReLU follows.
    pub relu: bool,
}

impl Op for ConvOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        let (weights, bias) = cx.params.split_at(self.weights());
        let start = if self.relu { Start::Relu(bias) } else { Start::Bias(bias) };
        if self.transposed {
            self.up(lanes, weights, start, cx.inputs[0], cx.output);
        } else {
            self.down(lanes, weights, start, cx.inputs[0], cx.output);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, mut cx: Backward<'_, L>) {
        if self.relu {
            cx.undo_relu(lanes);
        }
        let (weights, _) = cx.params.split_at(self.weights());
        let (weight_grads, bias_grads) = cx.grads.split_at_mut(self.weights());
        let [input_grad] = cx.input_grads else { return };
        if input_grad.is_wanted() {
            self.input_grad(lanes, weights, cx.output_grad, input_grad.values, input_grad.add);
        }
        let (large, small) =
            if self.transposed { (&*cx.output_grad, cx.inputs[0]) } else { (cx.inputs[0], &*cx.output_grad) };
        self.check(weight_grads.len(), large, small);
        WeightGrad { op: self, large, small }.run(lanes, weight_grads);
        let pixels = cx.output_grad.len() / bias_grads.len().max(1);
        for (grad, gradients) in bias_grads.iter_mut().zip(cx.output_grad.chunks_exact(pixels)) {
            *grad += sum(lanes, gradients);
        }
    }
}

/// The sum of all values of all images.
#[inline(always)]
pub(crate) fn sum<L: Lanes>(lanes: L, values: &[L::Values]) -> L::Real {
    // Several, so that an addition does not wait for the last one.
    let mut sums = [lanes.splat(L::Real::ZERO); 4];
    let (fours, rest) = values.as_chunks::<4>();
    for four in fours {
        for (sum, value) in sums.iter_mut().zip(four) {
            *sum = lanes.add(*sum, lanes.load(value));
        }
    }
    for (sum, value) in sums.iter_mut().zip(rest) {
        *sum = lanes.add(*sum, lanes.load(value));
    }
    let [a, b, c, d] = sums;
    lanes.sum(lanes.add(lanes.add(a, c), lanes.add(b, d)))
}

impl ConvOp {
    /// Computes the gradient with regard to the input, and adds it to what stands there where `add` says so.
    #[inline(always)]
    pub(crate) fn input_grad<L: Lanes>(
        &self,
        lanes: L,
        weights: &[L::Real],
        output_grad: &[L::Values],
        input_grad: &mut [L::Values],
        add: bool,
    ) {
        let start = if add { Start::Add } else { Start::Bias(&[]) };
        if self.transposed {
            self.down(lanes, weights, start, output_grad, input_grad);
        } else {
            self.up(lanes, weights, start, output_grad, input_grad);
        }
    }

    /// The numbers of its weights: `[small channels][channels / groups][kernel height][kernel width]`.
    fn weights(&self) -> usize {
        self.small_channels * self.per_group() * self.window()
    }

    pub(super) fn per_group(&self) -> usize {
        self.channels / self.groups
    }

    pub(super) fn window(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    fn check<V>(&self, weights: usize, large: &[V], small: &[V]) {
        assert_eq!(weights, self.weights());
        assert_eq!(large.len(), self.channels * self.image[0] * self.image[1]);
        assert_eq!(small.len(), self.small_channels * self.small[0] * self.small[1]);
    }

    /// Sums windows of `large`, to `small`.
    #[inline(always)]
    fn down<L: Lanes>(
        &self,
        lanes: L,
        weights: &[L::Real],
        start: Start<'_, L>,
        large: &[L::Values],
        small: &mut [L::Values],
    ) {
        self.check(weights.len(), large, small);
        let (outs, sums) = (self.small_channels / self.groups, self.per_group());
        let axis = |axis: usize| Axis {
            target: 0,
            target_step: 1,
            count: self.small[axis],
            source: self.image[axis],
            source_step: self.stride[axis] as isize,
            tap: 0,
            tap_step: 1,
            taps: self.kernel[axis],
            offset: -(self.padding[axis] as isize),
            offset_step: self.dilation[axis] as isize,
        };
        for group in 0..self.groups {
            let sum = Sum {
                weights: &weights[group * outs * sums * self.window()..],
                out_step: sums * self.window(),
                sum_step: self.window(),
                kernel_width: self.kernel[1],
                outs,
                sums,
                source: &large[group * sums * self.image[0] * self.image[1]..],
                target_size: self.small,
                start: start.group(group * outs),
            };
            let target = &mut small[group * outs * self.small[0] * self.small[1]..];
            sum.run(lanes, axis(0), axis(1), target);
        }
    }

    /// Spreads `small` over windows, to `large`.
    #[inline(always)]
    fn up<L: Lanes>(
        &self,
        lanes: L,
        weights: &[L::Real],
        start: Start<'_, L>,
        small: &[L::Values],
        large: &mut [L::Values],
    ) {
        self.check(weights.len(), large, small);
        let (outs, sums) = (self.per_group(), self.small_channels / self.groups);
        for group in 0..self.groups {
            let sum = Sum {
                weights: &weights[group * outs * sums * self.window()..],
                out_step: self.window(),
                sum_step: outs * self.window(),
                kernel_width: self.kernel[1],
                outs,
                sums,
                source: &small[group * sums * self.small[0] * self.small[1]..],
                target_size: self.image,
                start: start.group(group * outs),
            };
            let target = &mut large[group * outs * self.image[0] * self.image[1]..];
            for y in 0..self.stride[0].min(self.image[0]) {
                for x in 0..self.stride[1].min(self.image[1]) {
                    sum.run(lanes, self.residue(0, y), self.residue(1, x), target);
                }
            }
        }
    }

    /// The pixels of the large image that are `residue` more than a multiple of the stride: the same taps reach them all.
    fn residue(&self, axis: usize, residue: usize) -> Axis {
        let [stride, dilation, kernel] = [self.stride[axis], self.dilation[axis], self.kernel[axis]];
        let distance = |tap: usize| (residue + self.padding[axis]) as isize - (tap * dilation) as isize;
        let reaches = |tap: &usize| distance(*tap) % stride as isize == 0;
        // Beyond the first `stride` taps the same residues come again.
        let tap = (0..kernel.min(stride)).find(reaches);
        let tap_step = (1..=stride).find(|&step| (step * dilation).is_multiple_of(stride)).unwrap_or(stride);
        Axis {
            target: residue,
            target_step: stride,
            count: (self.image[axis] - residue).div_ceil(stride),
            source: self.small[axis],
            source_step: 1,
            tap: tap.unwrap_or(0),
            tap_step,
            taps: tap.map_or(0, |tap| (kernel - tap).div_ceil(tap_step)),
            offset: tap.map_or(0, |tap| distance(tap) / stride as isize),
            offset_step: -((tap_step * dilation / stride) as isize),
        }
    }
}

/// What sums begin with.
#[derive(Clone, Copy)]
enum Start<'a, L: Lanes> {
    /// 0, or the number of their channel, where there are any.
    Bias(&'a [L::Real]),
    /// What stands in their place.
    Add,
    /// As `Bias`, and ReLU follows.
    Relu(&'a [L::Real]),
}

impl<L: Lanes> Start<'_, L> {
    /// The same for the channels from `first` on.
    #[inline(always)]
    fn group(self, first: usize) -> Self {
        match self {
            Self::Bias(bias) if !bias.is_empty() => Self::Bias(&bias[first..]),
            Self::Relu(bias) if !bias.is_empty() => Self::Relu(&bias[first..]),
            other => other,
        }
    }
}

/// Height or width: which targets are summed of which sources.
///
/// Target j is pixel `target + j · target_step`. Its sum's term i is weight `tap + i · tap_step` times source pixel
/// `offset + i · offset_step + j · source_step`, where there is one.
#[derive(Clone, Copy)]
struct Axis {
    target: usize,
    target_step: usize,
    /// How many targets.
    count: usize,
    /// The size of the source.
    source: usize,
    source_step: isize,
    tap: usize,
    tap_step: usize,
    /// How many terms.
    taps: usize,
    offset: isize,
    offset_step: isize,
}

impl Axis {
    #[inline(always)]
    fn source(&self, target: usize, tap: usize) -> isize {
        self.offset + tap as isize * self.offset_step + target as isize * self.source_step
    }

    /// The terms of a target: those whose source pixel exists.
    #[inline(always)]
    fn inside(&self, target: usize) -> [usize; 2] {
        let exists = |tap: &usize| (0..self.source as isize).contains(&self.source(target, *tap));
        let mut start = 0;
        while start < self.taps && !exists(&start) {
            start += 1;
        }
        let mut end = start;
        while end < self.taps && exists(&end) {
            end += 1;
        }
        [start, end]
    }

    /// The targets all of whose terms exist.
    #[inline(always)]
    fn whole(&self) -> [usize; 2] {
        let mut start = 0;
        while start < self.count && self.inside(start) != [0, self.taps] {
            start += 1;
        }
        let mut end = start;
        while end < self.count && self.inside(end) == [0, self.taps] {
            end += 1;
        }
        [start, end]
    }
}

/// The sums of a group of channels.
#[derive(Clone, Copy)]
struct Sum<'a, L: Lanes> {
    weights: &'a [L::Real],
    /// Weights from one target channel to the next.
    out_step: usize,
    /// Weights from one source channel to the next.
    sum_step: usize,
    kernel_width: usize,
    /// Target channels.
    outs: usize,
    /// Source channels.
    sums: usize,
    source: &'a [L::Values],
    target_size: [usize; 2],
    start: Start<'a, L>,
}

/// Where a tile of sums stands.
#[derive(Clone, Copy)]
struct Place {
    /// Its first target channel.
    out: usize,
    /// Its row, among the targets of the axis.
    y: usize,
    /// Its first column.
    x: usize,
    /// The terms of its row and of its columns that exist.
    taps: [[usize; 2]; 2],
}

impl<L: Lanes> Sum<'_, L> {
    #[inline(always)]
    fn run(&self, lanes: L, rows: Axis, columns: Axis, target: &mut [L::Values]) {
        assert!(self.source.len() >= self.sums * rows.source * columns.source);
        assert!(target.len() >= self.outs * self.target_size[0] * self.target_size[1]);
        let whole = columns.whole();
        for y in 0..rows.count {
            let row = Row { sum: self, rows, columns, y, taps: rows.inside(y), whole };
            let mut out = 0;
            while out < self.outs {
                // SAFETY: `out` is followed by as many channels, `run` has the sizes above, and `Row` says which terms exist.
                out += unsafe { row.channels(lanes, out, target) };
            }
        }
    }
}

/// A row of sums.
struct Row<'a, L: Lanes> {
    sum: &'a Sum<'a, L>,
    rows: Axis,
    columns: Axis,
    y: usize,
    taps: [usize; 2],
    /// The columns all of whose terms exist.
    whole: [usize; 2],
}

impl<L: Lanes> Row<'_, L> {
    /// Computes some target channels from `out` on; returns how many.
    ///
    /// # Safety
    ///
    /// There is a channel `out`, and the sizes of the sum hold for its source and `target`.
    #[inline(always)]
    unsafe fn channels(&self, lanes: L, out: usize, target: &mut [L::Values]) -> usize {
        let left = self.sum.outs - out;
        let narrow = self.columns.count == 1;
        // As many sums as the registers hold, beside a weight and the columns' values.
        // SAFETY: as the caller says; there are as many channels left as each call takes.
        unsafe {
            if L::REGISTERS >= 32 {
                match left {
                    12.. if narrow => self.tiles::<12, 1, 1>(lanes, out, target),
                    6.. => self.tiles::<6, 4, 2>(lanes, out, target),
                    4.. => self.tiles::<4, 4, 2>(lanes, out, target),
                    2.. => self.tiles::<2, 4, 2>(lanes, out, target),
                    _ => self.tiles::<1, 4, 2>(lanes, out, target),
                }
            } else if L::REGISTERS >= 16 {
                match left {
                    8.. if narrow => self.tiles::<8, 1, 1>(lanes, out, target),
                    4.. => self.tiles::<4, 2, 1>(lanes, out, target),
                    2.. => self.tiles::<2, 4, 2>(lanes, out, target),
                    _ => self.tiles::<1, 4, 2>(lanes, out, target),
                }
            } else {
                match left {
                    2.. => self.tiles::<2, 2, 1>(lanes, out, target),
                    _ => self.tiles::<1, 2, 1>(lanes, out, target),
                }
            }
        }
    }

    /// All columns of `O` channels, `WIDE` or `HALF` columns at once where they have all terms.
    ///
    /// # Safety
    ///
    /// As for `channels`, and there are `O` channels from `out` on.
    #[inline(always)]
    unsafe fn tiles<const O: usize, const WIDE: usize, const HALF: usize>(
        &self,
        lanes: L,
        out: usize,
        target: &mut [L::Values],
    ) -> usize {
        let [start, end] = self.whole;
        let mut x = 0;
        while x < self.columns.count {
            let whole = (start..end).contains(&x);
            let taps = [self.taps, if whole { [0, self.columns.taps] } else { self.columns.inside(x) }];
            let place = Place { out, y: self.y, x, taps };
            // SAFETY: as the caller says; the columns of a tile stand before `end`, and all of the terms in `taps` exist.
            x += unsafe {
                if whole && x + WIDE <= end {
                    self.tile::<O, WIDE>(lanes, place, target)
                } else if whole && x + HALF <= end {
                    self.tile::<O, HALF>(lanes, place, target)
                } else {
                    self.tile::<O, 1>(lanes, place, target)
                }
            };
        }
        O
    }

    /// `O` channels of `X` columns; returns `X`.
    ///
    /// # Safety
    ///
    /// As for `channels`; the channels and columns exist, and so do the source pixels of all of the place's terms, for each.
    #[inline(always)]
    unsafe fn tile<const O: usize, const X: usize>(&self, lanes: L, place: Place, target: &mut [L::Values]) -> usize {
        let Self { sum, rows, columns, .. } = self;
        let [height, width] = sum.target_size;
        let first = (rows.target + place.y * rows.target_step) * width + columns.target;
        let at = |o: usize, x: usize| (place.out + o) * height * width + first + (place.x + x) * columns.target_step;
        let mut sums = [[lanes.splat(L::Real::ZERO); X]; O];
        for (o, sums) in sums.iter_mut().enumerate() {
            for (x, sums) in sums.iter_mut().enumerate() {
                match sum.start {
                    Start::Bias(bias) | Start::Relu(bias) if !bias.is_empty() => {
                        *sums = lanes.splat(bias[place.out + o]);
                    }
                    Start::Bias(_) | Start::Relu(_) => {}
                    // SAFETY: the target has this channel and pixel.
                    Start::Add => *sums = lanes.load(unsafe { target.get_unchecked(at(o, x)) }),
                }
            }
        }
        // SAFETY: as the caller says.
        unsafe { self.add_terms(lanes, place, &mut sums) };
        for (o, sums) in sums.into_iter().enumerate() {
            for (x, value) in sums.into_iter().enumerate() {
                let sum = if matches!(sum.start, Start::Relu(_)) { lanes.relu(value) } else { value };
                // SAFETY: the target has this channel and pixel.
                lanes.store(sum, unsafe { target.get_unchecked_mut(at(o, x)) });
            }
        }
        X
    }

    /// Adds all terms of a place.
    ///
    /// # Safety
    ///
    /// As for `tile`.
    #[inline(always)]
    unsafe fn add_terms<const O: usize, const X: usize>(&self, lanes: L, place: Place, sums: &mut [[L::Vector; X]; O]) {
        let Self { sum, rows, columns, .. } = self;
        let plane = rows.source * columns.source;
        let [[y_start, y_end], [x_start, x_end]] = place.taps;
        if y_start == y_end || x_start == x_end {
            return;
        }
        let step = columns.source_step as usize;
        let corner = rows.source(place.y, y_start) * columns.source as isize + columns.source(place.x, x_start);
        let weight = (rows.tap + y_start * rows.tap_step) * sum.kernel_width + columns.tap + x_start * columns.tap_step;
        // SAFETY: the first term exists, with its source pixel and weight.
        let (source, weights) = unsafe {
            (sum.source.as_ptr().offset(corner), sum.weights.as_ptr().add(place.out * sum.out_step + weight))
        };
        let row_step = rows.offset_step * columns.source as isize;
        let zero = lanes.splat(L::Real::ZERO);
        for channel in 0..sum.sums {
            // SAFETY: all terms exist, and so do channels, columns and weights.
            let (mut source_row, mut weights_row) =
                unsafe { (source.add(channel * plane), weights.add(channel * sum.sum_step)) };
            for _ in y_start..y_end {
                let (mut source, mut weights) = (source_row, weights_row);
                for _ in x_start..x_end {
                    let mut values = [zero; X];
                    for (x, value) in values.iter_mut().enumerate() {
                        // SAFETY: as above.
                        *value = lanes.load(unsafe { &*source.add(x * step) });
                    }
                    for (o, sums) in sums.iter_mut().enumerate() {
                        // SAFETY: as above.
                        let weight = lanes.splat(unsafe { *weights.add(o * sum.out_step) });
                        for (sum, &value) in sums.iter_mut().zip(&values) {
                            *sum = lanes.mul_add(value, weight, *sum);
                        }
                    }
                    source = source.wrapping_offset(columns.offset_step);
                    weights = weights.wrapping_add(columns.tap_step);
                }
                source_row = source_row.wrapping_offset(row_step);
                weights_row = weights_row.wrapping_add(rows.tap_step * sum.kernel_width);
            }
        }
    }
}
