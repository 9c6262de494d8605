//! The gradient of a convolution with regard to its weights.

use std::ops::Range;

use super::learn::ConvOp;
use crate::train::{Lanes, Real, Values};

/// Channels of the small image that are done at once.
const OUTS: usize = 6;

/// Weights of each of them that are done at once: their sums stay in the L1 cache.
const BLOCK: usize = 60;

/// Pixels of the small image that are done at once, or a row of it: they stay in the L1 cache too.
const PIXELS: usize = 32;

/// Each weight's gradient is the sum, over all places of its window, of the small image's pixel times the large image's.
pub(super) struct WeightGrad<'a, V> {
    pub op: &'a ConvOp,
    pub large: &'a [V],
    pub small: &'a [V],
}

/// Some weights of some channels of the small image, all of one group.
#[derive(Clone)]
struct Block {
    /// Channels of the small image.
    outs: Range<usize>,
    /// Channels of the large image.
    channels: Range<usize>,
    /// Pixels of the window.
    taps: Range<usize>,
}

/// Weights that are summed at once, for each channel of the small image.
const AT_ONCE: usize = 4;

type Sums<V> = [[V; BLOCK]; OUTS];

impl<V: Values> WeightGrad<'_, V> {
    /// Adds to `grads`, which are as many as the weights.
    #[inline(always)]
    pub fn run<L: Lanes<Values = V, Real = V::Real>>(&self, lanes: L, grads: &mut [L::Real]) {
        let op = self.op;
        let (outs, channels) = (op.small_channels / op.groups, op.per_group());
        let channels_at_once = (BLOCK / op.window()).clamp(1, channels);
        for group in 0..op.groups {
            let (group_outs, group_channels) = (group * outs, group * channels);
            for out in (0..outs).step_by(OUTS) {
                for channel in (0..channels).step_by(channels_at_once) {
                    for tap in (0..op.window()).step_by(BLOCK) {
                        let block = Block {
                            outs: group_outs + out..group_outs + (out + OUTS).min(outs),
                            channels: group_channels + channel
                                ..group_channels + (channel + channels_at_once).min(channels),
                            taps: tap..(tap + BLOCK).min(op.window()),
                        };
                        let first = channel * op.window() + tap;
                        self.block(lanes, &block, first, grads);
                    }
                }
            }
        }
    }

    /// The weights of a block, which stand side by side from `first` on, for each channel of the small image.
    #[inline(always)]
    fn block<L: Lanes<Values = V, Real = V::Real>>(
        &self,
        lanes: L,
        block: &Block,
        first: usize,
        grads: &mut [L::Real],
    ) {
        let [height, width] = self.op.small;
        let weights = block.channels.len() * block.taps.len();
        let mut sums = [[V::ZERO; BLOCK]; OUTS];
        let rows_at_once = (PIXELS / width.max(1)).max(1);
        for row in (0..height).step_by(rows_at_once) {
            self.rows(lanes, block, row..(row + rows_at_once).min(height), &mut sums);
        }
        for (out, sums) in block.outs.clone().zip(&sums) {
            let at = out * self.op.per_group() * self.op.window() + first;
            for (grad, sum) in grads[at..at + weights].iter_mut().zip(sums) {
                *grad += sum.sum();
            }
        }
    }

    /// Adds what some rows of the small image add to the sums.
    #[inline(always)]
    fn rows<L: Lanes<Values = V, Real = V::Real>>(
        &self,
        lanes: L,
        block: &Block,
        rows: Range<usize>,
        sums: &mut Sums<V>,
    ) {
        let op = self.op;
        let inside = |axis: usize, k: usize| {
            places(op.image[axis], op.padding[axis], op.stride[axis], k * op.dilation[axis], op.small[axis])
        };
        // Weights side by side in a row of the window, or of several channels: the same pixels of the small image serve them all.
        let at_once = if block.channels.len() == 1 { AT_ONCE } else { 1 };
        let mut tap = block.taps.start;
        while tap < block.taps.end {
            let (ky, kx) = (tap / op.kernel[1], tap % op.kernel[1]);
            let taps = if kx + at_once <= op.kernel[1] && tap + at_once <= block.taps.end { at_once } else { 1 };
            let ys = inside(0, ky);
            let ys = ys.start.max(rows.start)..ys.end.min(rows.end);
            if taps == 1 {
                self.outs::<L, false>(lanes, block, &Places { ys, xs: inside(1, kx), offset: [ky, kx] }, tap, sums);
            } else {
                let each: [Range<usize>; AT_ONCE] = std::array::from_fn(|i| inside(1, kx + i));
                let start = each.iter().map(|xs| xs.start).max().unwrap_or(0);
                let common = start..each.iter().map(|xs| xs.end).min().unwrap_or(0).max(start);
                for (i, xs) in each.into_iter().enumerate() {
                    for xs in [xs.start..xs.end.min(common.start), xs.start.max(common.end)..xs.end] {
                        let places = Places { ys: ys.clone(), xs, offset: [ky, kx + i] };
                        self.outs::<L, false>(lanes, block, &places, tap + i, sums);
                    }
                }
                self.outs::<L, true>(lanes, block, &Places { ys, xs: common, offset: [ky, kx] }, tap, sums);
            }
            tap += taps;
        }
    }

    /// All channels of a block: of one pixel of the window or, where there is one channel, of several side by side.
    #[inline(always)]
    fn outs<L: Lanes<Values = V, Real = V::Real>, const ROW: bool>(
        &self,
        lanes: L,
        block: &Block,
        places: &Places,
        tap: usize,
        sums: &mut Sums<V>,
    ) {
        if places.ys.is_empty() || places.xs.is_empty() {
            return;
        }
        let mut out = 0;
        while out < block.outs.len() {
            let left = block.outs.len() - out;
            out += if L::REGISTERS >= 32 && left >= 6 {
                self.channels::<L, 6, ROW>(lanes, block, places, out, tap, sums)
            } else if L::REGISTERS >= 16 && left >= 2 {
                self.channels::<L, 2, ROW>(lanes, block, places, out, tap, sums)
            } else {
                self.channels::<L, 1, ROW>(lanes, block, places, out, tap, sums)
            };
        }
    }

    /// `O` channels of the small image from `out` on, with all channels of the large one; returns `O`.
    #[inline(always)]
    fn channels<L: Lanes<Values = V, Real = V::Real>, const O: usize, const ROW: bool>(
        &self,
        lanes: L,
        block: &Block,
        places: &Places,
        out: usize,
        tap: usize,
        sums: &mut Sums<V>,
    ) -> usize {
        let taps = block.taps.len();
        let plane = self.op.image[0] * self.op.image[1];
        // From one weight to the next: in the large image, and in the sums.
        let steps = if ROW { [self.op.dilation[1], 1] } else { [plane, taps] };
        let mut channel = 0;
        while channel < block.channels.len() {
            let first = [block.outs.start + out, block.channels.start + channel];
            let at = [out, channel * taps + tap - block.taps.start];
            if ROW {
                self.tile::<L, O, AT_ONCE>(lanes, places, first, at, steps, sums);
                channel += 1;
            } else if channel + AT_ONCE <= block.channels.len() {
                self.tile::<L, O, AT_ONCE>(lanes, places, first, at, steps, sums);
                channel += AT_ONCE;
            } else {
                self.tile::<L, O, 1>(lanes, places, first, at, steps, sums);
                channel += 1;
            }
        }
        O
    }

    /// `C` weights of each of `O` channels of the small image, which begin with channels `first` and sums `at`.
    #[inline(always)]
    fn tile<L: Lanes<Values = V, Real = V::Real>, const O: usize, const C: usize>(
        &self,
        lanes: L,
        places: &Places,
        first: [usize; 2],
        at: [usize; 2],
        [step, sum_step]: [usize; 2],
        sums: &mut Sums<V>,
    ) {
        let op = self.op;
        let ([small_height, small_width], [height, width]) = (op.small, op.image);
        let (small_plane, plane) = (small_height * small_width, height * width);
        let mut totals = [[lanes.splat(L::Real::ZERO); C]; O];
        for o in 0..O {
            for c in 0..C {
                totals[o][c] = lanes.load(&sums[at[0] + o][at[1] + c * sum_step]);
            }
        }
        let column = places.xs.start * op.stride[1] + places.offset[1] * op.dilation[1] - op.padding[1];
        for y in places.ys.clone() {
            let row = y * op.stride[0] + places.offset[0] * op.dilation[0] - op.padding[0];
            // SAFETY: `ConvOp::check` has the sizes; the channels exist, and `places` holds those whose pixels do.
            let (mut small, mut large) = unsafe {
                (
                    self.small.as_ptr().add(first[0] * small_plane + y * small_width + places.xs.start),
                    self.large.as_ptr().add(first[1] * plane + row * width + column),
                )
            };
            for _ in places.xs.clone() {
                let mut values = [totals[0][0]; C];
                for (c, value) in values.iter_mut().enumerate() {
                    // SAFETY: as above.
                    *value = lanes.load(unsafe { &*large.add(c * step) });
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
        for o in 0..O {
            for c in 0..C {
                lanes.store(totals[o][c], &mut sums[at[0] + o][at[1] + c * sum_step]);
            }
        }
    }
}

/// Places of pixels of the window, the first of them `offset`, at which they lie on the large image.
struct Places {
    ys: Range<usize>,
    xs: Range<usize>,
    offset: [usize; 2],
}

/// The places of a window, of so many, at which its pixel `distance` lies on an axis of `size`.
#[inline(always)]
fn places(size: usize, padding: usize, stride: usize, distance: usize, count: usize) -> Range<usize> {
    let start = padding.saturating_sub(distance).div_ceil(stride);
    let end = (size + padding).saturating_sub(distance).div_ceil(stride).min(count);
    start.min(end)..end
}
