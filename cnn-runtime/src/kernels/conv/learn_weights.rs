//! The gradient of a convolution with regard to its weights.

use std::ops::Range;

use super::learn::ConvOp;
use crate::train::{Lanes, Real, Values};

/// The most neighbouring weights that are summed at once, of each channel of the small image.
const AT_ONCE: usize = 5;

/// Each weight's gradient is the sum, over all places of its window, of the small image's pixel times the large image's.
pub(super) struct WeightGrad<'a, V> {
    pub op: &'a ConvOp,
    pub large: &'a [V],
    pub small: &'a [V],
}

/// Neighbouring weights of some channels of the small image.
#[derive(Clone, Copy)]
struct Run {
    /// The first channel of the small image.
    out: usize,
    /// The channel of the large image, from 0 in its group, and the pixel of the window: those of the first weight.
    channel: usize,
    tap: [usize; 2],
    /// Neighbours are of one row of the window; else of one channel each.
    in_row: bool,
}

impl<V: Values> WeightGrad<'_, V> {
    /// Adds to `grads`, which are as many as the weights.
    #[inline(always)]
    pub fn run<L: Lanes<Values = V, Real = V::Real>>(&self, lanes: L, grads: &mut [L::Real]) {
        let outs = self.op.small_channels / self.op.groups;
        for group in 0..self.op.groups {
            let (mut out, end) = (group * outs, (group + 1) * outs);
            while out < end {
                // Sums, the large image's values and one of the small image's fit into the registers.
                out += match end - out {
                    4.. if L::REGISTERS >= 32 => self.outs::<L, 4>(lanes, out, grads),
                    2.. if L::REGISTERS >= 16 => self.outs::<L, 2>(lanes, out, grads),
                    _ => self.outs::<L, 1>(lanes, out, grads),
                };
            }
        }
    }

    /// All weights of `O` channels of the small image from `out` on, all of one group; returns `O`.
    #[inline(always)]
    fn outs<L: Lanes<Values = V, Real = V::Real>, const O: usize>(
        &self,
        lanes: L,
        out: usize,
        grads: &mut [L::Real],
    ) -> usize {
        let ([height, width], channels) = (self.op.kernel, self.op.per_group());
        let in_row = width > 2 || channels < width;
        let (lines, neighbours) = if in_row { (channels, width) } else { (width, channels) };
        let parts = neighbours.div_ceil(AT_ONCE);
        for row in 0..height {
            for line in 0..lines {
                for part in 0..parts {
                    let (first, end) = (part * neighbours / parts, (part + 1) * neighbours / parts);
                    let [channel, column] = if in_row { [line, first] } else { [first, line] };
                    let run = Run { out, channel, tap: [row, column], in_row };
                    match end - first {
                        5 => self.weights::<L, O, 5>(lanes, run, grads),
                        4 => self.weights::<L, O, 4>(lanes, run, grads),
                        3 => self.weights::<L, O, 3>(lanes, run, grads),
                        2 => self.weights::<L, O, 2>(lanes, run, grads),
                        _ => self.weights::<L, O, 1>(lanes, run, grads),
                    }
                }
            }
        }
        O
    }

    /// `N` weights of each of `O` channels of the small image.
    #[inline(always)]
    fn weights<L: Lanes<Values = V, Real = V::Real>, const O: usize, const N: usize>(
        &self,
        lanes: L,
        run: Run,
        grads: &mut [L::Real],
    ) {
        let op = self.op;
        let [row, column] = run.tap;
        let rows = op.places(0, row);
        let columns: [Range<usize>; N] = std::array::from_fn(|n| op.places(1, column + if run.in_row { n } else { 0 }));
        let start = columns.iter().map(|columns| columns.start).max().unwrap_or(0);
        let common = start..columns.iter().map(|columns| columns.end).min().unwrap_or(0).max(start);
        let mut sums = [[V::ZERO; N]; O];
        self.add(lanes, run, [rows.clone(), common.clone()], &mut sums);
        // Places that not all of the neighbours have.
        for (n, columns) in columns.into_iter().enumerate() {
            let [row, column] = run.tap;
            let run = Run { tap: [row, column + n], ..run };
            for beside in [columns.start..columns.end.min(common.start), columns.start.max(common.end)..columns.end] {
                if !beside.is_empty() {
                    let mut single = sums.map(|sums| [sums[n]]);
                    self.add(lanes, run, [rows.clone(), beside], &mut single);
                    for (sums, single) in sums.iter_mut().zip(single) {
                        sums[n] = single[0];
                    }
                }
            }
        }
        let first = run.channel * op.window() + row * op.kernel[1] + column;
        let step = if run.in_row { 1 } else { op.window() };
        for (o, sums) in sums.iter().enumerate() {
            let grads = &mut grads[(run.out + o) * op.per_group() * op.window() + first..];
            for (grad, sum) in grads.iter_mut().step_by(step).zip(sums) {
                *grad += lanes.sum(lanes.load(sum));
            }
        }
    }

    /// Adds what pixels of the small image, in some rows and columns, add to the sums.
    #[inline(always)]
    fn add<L: Lanes<Values = V, Real = V::Real>, const O: usize, const N: usize>(
        &self,
        lanes: L,
        run: Run,
        [rows, columns]: [Range<usize>; 2],
        sums: &mut [[V; N]; O],
    ) {
        let op = self.op;
        let ([small_height, small_width], [height, width]) = (op.small, op.image);
        let (small_plane, plane) = (small_height * small_width, height * width);
        let step = if run.in_row { op.dilation[1] } else { plane };
        let group = run.out / (op.small_channels / op.groups);
        let channel = group * op.per_group() + run.channel;
        let [row, column] = run.tap;
        let column = (columns.start * op.stride[1] + column * op.dilation[1]).wrapping_sub(op.padding[1]);
        let zero = lanes.splat(L::Real::ZERO);
        // Loops: closures would not have the instruction set.
        let mut totals = [[zero; N]; O];
        for (totals, sums) in totals.iter_mut().zip(&*sums) {
            for (total, sum) in totals.iter_mut().zip(sums) {
                *total = lanes.load(sum);
            }
        }
        for y in rows {
            let row = y * op.stride[0] + row * op.dilation[0] - op.padding[0];
            let mut small = self.small.as_ptr().wrapping_add(run.out * small_plane + y * small_width + columns.start);
            let mut large = self.large.as_ptr().wrapping_add(channel * plane + row * width).wrapping_add(column);
            for _ in columns.clone() {
                let mut values = [zero; N];
                for (n, value) in values.iter_mut().enumerate() {
                    // SAFETY: `ConvOp::check` has the sizes; the channels exist, and at these places so do the pixels.
                    *value = lanes.load(unsafe { &*large.add(n * step) });
                }
                for (o, totals) in totals.iter_mut().enumerate() {
                    // SAFETY: as above.
                    let gradient = lanes.load(unsafe { &*small.add(o * small_plane) });
                    for (total, &value) in totals.iter_mut().zip(&values) {
                        *total = lanes.mul_add(gradient, value, *total);
                    }
                }
                small = small.wrapping_add(1);
                large = large.wrapping_add(op.stride[1]);
            }
        }
        for (sums, totals) in sums.iter_mut().zip(totals) {
            for (sum, total) in sums.iter_mut().zip(totals) {
                lanes.store(total, sum);
            }
        }
    }
}

impl ConvOp {
    /// The places of the window at which its pixel `tap`, down (axis 0) or right (1), lies on the large image.
    #[inline(always)]
    fn places(&self, axis: usize, tap: usize) -> Range<usize> {
        let (distance, stride) = (tap * self.dilation[axis], self.stride[axis]);
        let start = self.padding[axis].saturating_sub(distance).div_ceil(stride);
        let end =
            (self.image[axis] + self.padding[axis]).saturating_sub(distance).div_ceil(stride).min(self.small[axis]);
        start.min(end)..end
    }
}
