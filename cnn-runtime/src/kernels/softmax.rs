//! Softmax over the channels of planar images.

use super::exp::exp;
use super::product;
use crate::simd::{Kernel, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Real, Values};

/// exp(x) over its sum, over the channels of each pixel of `input`, C×H×W with `pixels` = H·W.
pub fn reference(channels: usize, pixels: usize, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; channels * pixels];
    for pixel in 0..pixels {
        let values = || input.iter().skip(pixel).step_by(pixels).map(|&x| f64::from(x));
        let max = values().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = values().map(|x| (x - max).exp()).sum();
        for (channel, x) in values().enumerate() {
            output[channel * pixels + pixel] = ((x - max).exp() / sum) as f32;
        }
    }
    output
}

/// Softmax over the channels of each pixel; NaN throughout a pixel that has a NaN or +∞, or
/// nothing but −∞, as in PyTorch.
#[derive(Debug)]
pub struct Softmax<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// The input, C×H×W, planar.
    pub src: &'a [f32],
    /// The output, C×H×W, planar.
    pub dst: &'a mut [f32],
}

impl Kernel for Softmax<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, pixels, src, dst } = self;
        assert_eq!(src.len(), product([channels, pixels]));
        assert_eq!(dst.len(), src.len());
        for pixel in 0..pixels {
            let channels = || (pixel..src.len()).step_by(pixels);
            let max = channels().fold(f32::NEG_INFINITY, |max, at| max.max(src[at]));
            let mut sum = 0.0;
            for at in channels() {
                dst[at] = exp(src[at] - max);
                sum += dst[at];
            }
            for at in channels() {
                dst[at] /= sum;
            }
        }
    }
}

/// Softmax while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct SoftmaxOp {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
}

impl Op for SoftmaxOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        for pixel in 0..self.pixels {
            let values = || (0..self.channels).map(|channel| channel * self.pixels + pixel);
            let max = max(cx.inputs[0], values());
            let mut sum = L::Values::ZERO;
            for at in values() {
                let (input, output) = (&cx.inputs[0][at], &mut cx.output[at]);
                *output = L::Values::each(|i| (input.as_ref()[i] - max.as_ref()[i]).exp());
                sum = L::Values::each(|i| sum.as_ref()[i] + output.as_ref()[i]);
            }
            for at in values() {
                let output = &mut cx.output[at];
                *output = L::Values::each(|i| output.as_ref()[i] / sum.as_ref()[i]);
            }
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (output, gradient) = (cx.output, cx.output_grad);
        for pixel in 0..self.pixels {
            let values = || (0..self.channels).map(|channel| channel * self.pixels + pixel);
            let mut mean = L::Values::ZERO;
            for at in values() {
                let (y, gradient) = (&output[at], &gradient[at]);
                mean = L::Values::each(|i| mean.as_ref()[i] + y.as_ref()[i] * gradient.as_ref()[i]);
            }
            for at in values() {
                cx.input_grads[0].put_part(at..at + 1, |at| {
                    let (y, gradient) = (&output[at], &gradient[at]);
                    L::Values::each(|i| y.as_ref()[i] * (gradient.as_ref()[i] - mean.as_ref()[i]))
                });
            }
        }
    }
}

/// The largest of some values, of each image.
#[inline(always)]
pub(super) fn max<V: Values>(values: &[V], indices: impl Iterator<Item = usize>) -> V {
    let mut max = V::each(|_| V::Real::NEG_INFINITY);
    for at in indices {
        let value = &values[at];
        max = V::each(|i| if value.as_ref()[i] > max.as_ref()[i] { value.as_ref()[i] } else { max.as_ref()[i] });
    }
    max
}
