//! A learned factor for each channel.

use super::{bn, product};
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Values, sum_of_products};

/// Each channel of `input`, C×`pixels`, times its factor of `weight`.
pub fn reference(pixels: usize, weight: &[f32], input: &[f32]) -> Vec<f32> {
    input.iter().enumerate().map(|(i, &x)| x * weight[i / pixels]).collect()
}

/// Lays the factors out in whole vectors, zeros from C on.
///
/// # Panics
///
/// If a slice's length does not fit.
pub fn pack_layerscale(channels: usize, weight: &[f32], packed: &mut [f32]) {
    assert_eq!(weight.len(), channels);
    packed.fill(0.0);
    packed[..channels].copy_from_slice(weight);
}

/// Lets packed weights multiply each of their `channels` sums, as [`fold_bn`](super::fold_bn) does.
///
/// # Panics
///
/// If a slice's length does not fit.
pub fn fold_layerscale(channels: usize, weight: &[f32], packed: &mut [f32]) {
    assert_eq!(weight.len(), channels);
    bn::fold(channels, |c| (weight[c], 0.0), packed);
}

/// Each vector of `src` times one of factors, which serve `pixels` vectors: those of blocked channels, or, with `pixels` = 1, of
/// each value of a vector, the last of which may be cut short.
#[derive(Debug)]
pub struct LayerScale<'a> {
    /// How many vectors share their factors.
    pub pixels: usize,
    /// The input.
    pub src: &'a [f32],
    /// From [`pack_layerscale`].
    pub weights: &'a [f32],
    /// The output, as long as `src`.
    pub dst: &'a mut [f32],
}

impl Kernel for LayerScale<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { pixels, src, weights, dst } = self;
        let shared = product([pixels, LANES]);
        let factors = weights.as_chunks::<LANES>().0;
        assert_eq!(src.len(), dst.len());
        assert_eq!(factors.len(), src.len().div_ceil(shared));
        for ((src, dst), factors) in src.chunks(shared).zip(dst.chunks_mut(shared)).zip(factors) {
            for (src, dst) in src.chunks(LANES).zip(dst.chunks_mut(LANES)) {
                for ((x, y), factor) in src.iter().zip(dst).zip(factors) {
                    *y = x * factor;
                }
            }
        }
    }
}

/// A factor for each channel while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct LayerScaleOp {
    /// H·W, 1 for a vector.
    pub pixels: usize,
}

impl Op for LayerScaleOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let channels = cx.inputs[0].chunks_exact(self.pixels).zip(cx.output.chunks_exact_mut(self.pixels));
        for ((input, output), &factor) in channels.zip(cx.params) {
            for (input, output) in input.iter().zip(output) {
                *output = L::Values::each(|i| input.as_ref()[i] * factor);
            }
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (input, gradient) = (cx.inputs[0], cx.output_grad);
        for (channel, (&factor, grad)) in cx.params.iter().zip(cx.grads).enumerate() {
            let part = channel * self.pixels..(channel + 1) * self.pixels;
            *grad += sum_of_products(&input[part.clone()], &gradient[part.clone()]).sum();
            cx.input_grads[0].put_part(part, |at| L::Values::each(|i| gradient[at].as_ref()[i] * factor));
        }
    }
}
