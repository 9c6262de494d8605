//! Channels in another order.

use super::product;
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op};

/// `input`, C×`pixels`, as `groups` × C/`groups` channels transposed.
pub fn reference(channels: usize, groups: usize, pixels: usize, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    for within in 0..channels / groups {
        for group in 0..groups {
            let channel = group * (channels / groups) + within;
            output.extend(&input[channel * pixels..][..pixels]);
        }
    }
    output
}

/// Takes channels in turn from each of `groups` groups, as `torch.nn.ChannelShuffle`.
#[derive(Debug)]
pub struct Shuffle<'a> {
    /// C.
    pub channels: usize,
    /// Divides C.
    pub groups: usize,
    /// H·W.
    pub pixels: usize,
    /// The image, blocked.
    pub src: &'a [f32],
    /// The output, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for Shuffle<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, groups, pixels, src, dst } = self;
        let blocks = channels.div_ceil(LANES);
        assert_eq!(src.len(), product([blocks, pixels, LANES]));
        assert_eq!(dst.len(), src.len());
        let src = src.as_chunks::<LANES>().0;
        let dst = dst.as_chunks_mut::<LANES>().0;
        for (block, dst) in dst.chunks_exact_mut(pixels).enumerate() {
            // Lanes behind the last channel hold anything.
            let lanes = std::array::from_fn::<_, LANES, _>(|lane| {
                let channel = (block * LANES + lane).min(channels - 1);
                let from = channel % groups * (channels / groups) + channel / groups;
                (&src[from / LANES * pixels..][..pixels], from % LANES)
            });
            for (pixel, dst) in dst.iter_mut().enumerate() {
                *dst = lanes.map(|(src, lane)| src[pixel][lane]);
            }
        }
    }
}

/// Channels in turn from each of so many groups, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct ShuffleOp {
    /// C.
    pub channels: usize,
    /// Divides C.
    pub groups: usize,
    /// H·W.
    pub pixels: usize,
}

impl ShuffleOp {
    /// Where the values of an output channel begin in the input.
    #[inline(always)]
    fn source(&self, channel: usize) -> usize {
        (channel % self.groups * (self.channels / self.groups) + channel / self.groups) * self.pixels
    }
}

impl Op for ShuffleOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        for (channel, output) in cx.output.chunks_exact_mut(self.pixels).enumerate() {
            output.copy_from_slice(&cx.inputs[0][self.source(channel)..][..self.pixels]);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        for (channel, gradient) in cx.output_grad.chunks_exact(self.pixels).enumerate() {
            let first = self.source(channel);
            cx.input_grads[0].put_part(first..first + self.pixels, |at| gradient[at - first]);
        }
    }
}
