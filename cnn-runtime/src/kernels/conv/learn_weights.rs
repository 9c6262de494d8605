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
        for tap in block.taps.clone() {
            let (ky, kx) = (tap / op.kernel[1], tap % op.kernel[1]);
            let inside = |axis: usize, k: usize| {
                places(op.image[axis], op.padding[axis], op.stride[axis], k * op.dilation[axis], op.small[axis])
            };
            let (ys, xs) = (inside(0, ky), inside(1, kx));
            let ys = ys.start.max(rows.start)..ys.end.min(rows.end);
            if ys.is_empty() || xs.is_empty() {
                continue;
            }
            let place = Places { ys, xs, offset: [ky, kx] };
            let mut out = 0;
            while out < block.outs.len() {
                let left = block.outs.len() - out;
                out += if L::REGISTERS >= 32 && left >= 6 {
                    self.channels::<L, 6, 4>(lanes, block, &place, out, tap, sums)
                } else if L::REGISTERS >= 16 && left >= 3 {
                    self.channels::<L, 3, 3>(lanes, block, &place, out, tap, sums)
                } else {
                    self.channels::<L, 1, 2>(lanes, block, &place, out, tap, sums)
                };
            }
        }
    }

    /// `O` channels of the small image from `out` on, with all channels of the large one, `C` at once; returns `O`.
    #[inline(always)]
    fn channels<L: Lanes<Values = V, Real = V::Real>, const O: usize, const C: usize>(
        &self,
        lanes: L,
        block: &Block,
        places: &Places,
        out: usize,
        tap: usize,
        sums: &mut Sums<V>,
    ) -> usize {
        let taps = block.taps.len();
        let mut channel = 0;
        while channel < block.channels.len() {
            let first = [block.outs.start + out, block.channels.start + channel];
            let at = [out, channel * taps + tap - block.taps.start];
            if channel + C <= block.channels.len() {
                self.tile::<L, O, C>(lanes, places, first, at, taps, sums);
                channel += C;
            } else {
                self.tile::<L, O, 1>(lanes, places, first, at, taps, sums);
                channel += 1;
            }
        }
        O
    }

    /// One weight of each of `O` × `C` pairs of channels, `first` being the first of either.
    #[inline(always)]
    fn tile<L: Lanes<Values = V, Real = V::Real>, const O: usize, const C: usize>(
        &self,
        lanes: L,
        places: &Places,
        [out, channel]: [usize; 2],
        [sum_out, sum]: [usize; 2],
        taps: usize,
        sums: &mut Sums<V>,
    ) {
        let op = self.op;
        let ([small_height, small_width], [height, width]) = (op.small, op.image);
        let (small_plane, plane) = (small_height * small_width, height * width);
        let mut totals = [[lanes.splat(L::Real::ZERO); C]; O];
        for o in 0..O {
            for c in 0..C {
                totals[o][c] = lanes.load(&sums[sum_out + o][sum + c * taps]);
            }
        }
        for y in places.ys.clone() {
            let row = y * op.stride[0] + places.offset[0] * op.dilation[0] - op.padding[0];
            for x in places.xs.clone() {
                let column = x * op.stride[1] + places.offset[1] * op.dilation[1] - op.padding[1];
                let small = out * small_plane + y * small_width + x;
                let large = channel * plane + row * width + column;
                let mut values = [totals[0][0]; C];
                for c in 0..C {
                    // SAFETY: `ConvOp::check` has the sizes; the channels exist, and `places` holds those whose pixels do.
                    values[c] = lanes.load(unsafe { self.large.get_unchecked(large + c * plane) });
                }
                for o in 0..O {
                    // SAFETY: as above.
                    let gradient = lanes.load(unsafe { self.small.get_unchecked(small + o * small_plane) });
                    for c in 0..C {
                        totals[o][c] = lanes.mul_add(gradient, values[c], totals[o][c]);
                    }
                }
            }
        }
        for o in 0..O {
            for c in 0..C {
                lanes.store(totals[o][c], &mut sums[sum_out + o][sum + c * taps]);
            }
        }
    }
}

/// Places of a pixel of the window, `offset`, at which it lies on the large image.
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
