//! Local response normalisation of planar images.

use super::product;
use crate::simd::{Kernel, Simd};

/// Channels `first..end` are those that normalise channel `channel`: `size` of them, those on either side that do not
/// exist left out. One more comes before than behind where `size` is even, as in PyTorch.
#[inline(always)]
fn neighbours(channel: usize, channels: usize, size: usize) -> (usize, usize) {
    let end = channel.saturating_add(size - size / 2).min(channels);
    (channel.saturating_sub(size / 2), end)
}

/// x / (k + alpha · m)^beta of each value of `input`, C×H×W with `pixels` = H·W, where m is the sum of its neighbours'
/// squares over `size`.
pub fn reference([channels, pixels, size]: [usize; 3], [alpha, beta, k]: [f32; 3], input: &[f32]) -> Vec<f32> {
    let [alpha, beta, k] = [alpha, beta, k].map(f64::from);
    let value = |channel: usize, pixel: usize| f64::from(input[channel * pixels + pixel]);
    let normalised = |i: usize| {
        let (channel, pixel) = (i / pixels, i % pixels);
        let (first, end) = neighbours(channel, channels, size);
        let squares: f64 = (first..end).map(|neighbour| value(neighbour, pixel).powi(2)).sum();
        (value(channel, pixel) / (k + alpha * squares / size as f64).powf(beta)) as f32
    };
    (0..channels * pixels).map(normalised).collect()
}

/// Local response normalisation over the channels of each pixel.
#[derive(Debug)]
pub struct Lrn<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// How many channels are neighbours, at least 1.
    pub size: usize,
    /// The weight of the mean of squares.
    pub alpha: f32,
    /// The exponent.
    pub beta: f32,
    /// What is added to the mean.
    pub k: f32,
    /// The input, C×H×W, planar.
    pub src: &'a [f32],
    /// The output, C×H×W, planar.
    pub dst: &'a mut [f32],
}

impl Kernel for Lrn<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, pixels, size, alpha, beta, k, src, dst } = self;
        assert!(size > 0);
        assert_eq!(src.len(), product([channels, pixels]));
        assert_eq!(dst.len(), src.len());
        for channel in 0..channels {
            let (first, end) = neighbours(channel, channels, size);
            for pixel in 0..pixels {
                let squares: f32 = (first..end).map(|c| src[c * pixels + pixel] * src[c * pixels + pixel]).sum();
                let at = channel * pixels + pixel;
                dst[at] = src[at] / (k + alpha * squares / size as f32).powf(beta);
            }
        }
    }
}
