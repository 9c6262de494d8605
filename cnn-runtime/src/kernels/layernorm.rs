//! Normalisation of each pixel's channels.

use super::groupnorm::{PIXELS, Part, normal};
use super::{Activation, product};
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op};

/// (x − mean) / √(variance + `eps`) · `weight` + `bias` of each value of `input`, C×`pixels`, with the mean and variance of the
/// channels of its pixel.
pub fn reference(pixels: usize, eps: f32, weight: Option<&[f32]>, bias: Option<&[f32]>, input: &[f32]) -> Vec<f32> {
    let normalised = |(i, &x): (usize, &f32)| {
        let (channel, pixel) = (i / pixels, input.iter().skip(i % pixels).step_by(pixels));
        let y = normal(pixel.copied(), eps, x) * weight.map_or(1.0, |weight| f64::from(weight[channel]));
        (y + bias.map_or(0.0, |bias| f64::from(bias[channel]))) as f32
    };
    input.iter().enumerate().map(normalised).collect()
}

/// Layer normalisation over the channels of each pixel of blocked maps, and an activation.
/// [`GroupNorm`](super::GroupNorm) with one group does it for a vector.
#[derive(Debug)]
pub struct LayerNorm<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// What is added to the variance.
    pub eps: f32,
    /// What follows.
    pub activation: Activation,
    /// The input, C×H×W, blocked.
    pub src: &'a [f32],
    /// From [`pack_affine`](super::pack_affine).
    pub weights: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for LayerNorm<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, pixels, eps, activation, src, weights, dst } = self;
        let blocks = channels.div_ceil(LANES);
        assert_eq!(src.len(), product([blocks, pixels, LANES]));
        assert_eq!(dst.len(), src.len());
        assert_eq!(weights.len(), product([2, blocks, LANES]));
        let (factors, summands) = weights.as_chunks::<LANES>().0.split_at(blocks);
        let (src, dst) = (src.as_chunks::<LANES>().0, dst.as_chunks_mut::<LANES>().0);
        for pixel in 0..pixels {
            let column = src[pixel..].iter().step_by(pixels);
            let mean = (sum(simd, channels, column.clone(), |x| x) / channels as f64) as f32;
            let minus_mean = simd.splat(-mean);
            let squares = sum(simd, channels, column.clone(), |x| {
                let deviation = simd.add(x, minus_mean);
                simd.mul(deviation, deviation)
            });
            let scale = simd.splat((1.0 / (squares / channels as f64 + f64::from(eps)).sqrt()) as f32);
            let targets = dst[pixel..].iter_mut().step_by(pixels);
            for (((vector, target), factor), summand) in column.zip(targets).zip(factors).zip(summands) {
                let deviation = simd.add(simd.load(vector), minus_mean);
                let y = simd.mul_add(deviation, simd.mul(simd.load(factor), scale), simd.load(summand));
                simd.store(activation.apply(simd, y), target);
            }
        }
    }
}

/// The sum of `term` of a pixel's `channels` values, given in blocks.
#[inline(always)]
fn sum<'a, S: Simd>(
    simd: S,
    channels: usize,
    column: impl Iterator<Item = &'a [f32; LANES]>,
    term: impl Fn(S::Vector) -> S::Vector,
) -> f64 {
    let mut lanes = [0.0; LANES];
    let mut sum = simd.splat(0.0);
    for (block, vector) in column.enumerate() {
        let value = term(simd.load(vector));
        if (block + 1) * LANES <= channels {
            sum = simd.add(sum, value);
        } else {
            // Lanes from C on hold anything.
            simd.store(value, &mut lanes);
            lanes[channels % LANES..].fill(0.0);
            sum = simd.add(sum, simd.load(&lanes));
        }
    }
    simd.store(sum, &mut lanes);
    lanes.iter().copied().map(f64::from).sum()
}

/// Layer normalisation over the channels of each pixel, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct LayerNormOp {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// What is added to the variance.
    pub eps: f32,
    /// Whether there are weight and bias.
    pub affine: bool,
}

impl LayerNormOp {
    /// A few pixels at a time, and how they are normalised.
    #[inline(always)]
    fn parts(&self) -> impl Iterator<Item = Part> {
        let Self { channels, pixels, eps, affine } = *self;
        (0..pixels).step_by(PIXELS).map(move |first| Part {
            plane: pixels,
            channels: [0, channels],
            pixels: [first, (first + PIXELS).min(pixels)],
            by_pixel: true,
            eps,
            bias: affine.then_some(channels),
        })
    }
}

impl Op for LayerNormOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, mut cx: Forward<'_, L>) {
        for part in self.parts() {
            part.forward(&mut cx);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, mut cx: Backward<'_, L>) {
        for part in self.parts() {
            part.backward(&mut cx);
        }
    }
}
