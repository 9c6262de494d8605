//! Channels from one blocked image into another.

use super::product;
use crate::simd::{Kernel, LANES, Simd};

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
