//! The logarithm of softmax over the channels of planar images.

use super::product;
use crate::simd::{Kernel, Simd};

/// x − ln Σ exp(x), over the channels of each pixel of `input`, C×H×W with `pixels` = H·W.
pub fn reference(channels: usize, pixels: usize, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; channels * pixels];
    for pixel in 0..pixels {
        let values = || input.iter().skip(pixel).step_by(pixels).map(|&x| f64::from(x));
        let max = values().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = values().map(|x| (x - max).exp()).sum();
        for (channel, x) in values().enumerate() {
            output[channel * pixels + pixel] = (x - max - sum.ln()) as f32;
        }
    }
    output
}

/// The logarithm of softmax over the channels of each pixel; NaN throughout a pixel that has a NaN or +∞, or
/// nothing but −∞, as in PyTorch.
#[derive(Debug)]
pub struct LogSoftmax<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// The input, C×H×W, planar.
    pub src: &'a [f32],
    /// The output, C×H×W, planar.
    pub dst: &'a mut [f32],
}

impl Kernel for LogSoftmax<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, pixels, src, dst } = self;
        assert_eq!(src.len(), product([channels, pixels]));
        assert_eq!(dst.len(), src.len());
        for pixel in 0..pixels {
            let channels = || (pixel..src.len()).step_by(pixels);
            let max = channels().fold(f32::NEG_INFINITY, |max, at| max.max(src[at]));
            let sum: f32 = channels().map(|at| (src[at] - max).exp()).sum();
            let log = sum.ln();
            for at in channels() {
                dst[at] = src[at] - max - log;
            }
        }
    }
}
