//! A learned factor for each channel.

use super::{bn, product};
use crate::simd::{Kernel, LANES, Simd};

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
