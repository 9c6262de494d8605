//! Channels from one blocked image into another.

use super::product;
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Values};

/// Channels `src_channel..src_channel + channels` of C×`pixels` values.
pub fn reference(src_channel: usize, channels: usize, pixels: usize, src: &[f32]) -> Vec<f32> {
    src[src_channel * pixels..][..channels * pixels].to_vec()
}

/// Copies `channels` channels, from `src_channel` on, to those from `dst_channel` on. Both images are blocked and have
/// `pixels` pixels; other channels of `dst` stay as they are.
#[derive(Debug)]
pub struct CopyChannels<'a> {
    /// The first channel to read.
    pub src_channel: usize,
    /// The first channel to write.
    pub dst_channel: usize,
    /// How many.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// The input.
    pub src: &'a [f32],
    /// The output.
    pub dst: &'a mut [f32],
}

impl Kernel for CopyChannels<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { src_channel, dst_channel, channels, pixels, src, dst } = self;
        let blocks = |first: usize| (first + channels).div_ceil(LANES);
        assert!(src.len() >= product([blocks(src_channel), pixels, LANES]));
        assert!(dst.len() >= product([blocks(dst_channel), pixels, LANES]));
        let mut copied = 0;
        while copied < channels {
            let [from, to] = [src_channel + copied, dst_channel + copied];
            // As many as stay in one block on both sides.
            let count = (channels - copied).min(LANES - from % LANES).min(LANES - to % LANES);
            let block = |channel: usize| channel / LANES * pixels * LANES..(channel / LANES + 1) * pixels * LANES;
            let (src, dst) = (&src[block(from)], &mut dst[block(to)]);
            if count == LANES {
                dst.copy_from_slice(src);
            } else {
                for (src, dst) in src.as_chunks::<LANES>().0.iter().zip(dst.as_chunks_mut::<LANES>().0) {
                    for lane in 0..count {
                        dst[to % LANES + lane] = src[from % LANES + lane];
                    }
                }
            }
            copied += count;
        }
    }
}

/// Values behind one another while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct ConcatOp {
    /// How many values each branch ends with.
    pub lens: &'static [usize],
}

impl Op for ConcatOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let mut rest = cx.output;
        for input in cx.inputs {
            let (part, behind) = rest.split_at_mut(input.len());
            part.copy_from_slice(input);
            rest = behind;
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let mut rest = &*cx.output_grad;
        for (input_grad, &len) in cx.input_grads.iter_mut().zip(self.lens) {
            let (part, behind) = rest.split_at(len);
            input_grad.put(|at| part[at]);
            rest = behind;
        }
    }
}

/// Some of the values, from `start` on, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct PartOp {
    /// The first.
    pub start: usize,
}

impl Op for PartOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let end = self.start + cx.output.len();
        cx.output.copy_from_slice(&cx.inputs[0][self.start..end]);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let sums = cx.input_grads[0].sum();
        for (sum, gradient) in sums.iter_mut().skip(self.start).zip(&*cx.output_grad) {
            *sum = L::Values::each(|i| sum.as_ref()[i] + gradient.as_ref()[i]);
        }
    }
}

/// The same values in another place, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct CopyOp {}

impl Op for CopyOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        cx.output.copy_from_slice(cx.inputs[0]);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let gradient = &*cx.output_grad;
        cx.input_grads[0].put(|at| gradient[at]);
    }
}
