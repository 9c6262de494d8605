//! ReLU with learned slopes.

use crate::simd::{Kernel, LANES, Simd};

/// x where it is positive, elsewhere times its channel's slope of `weight`, or the only one.
pub fn reference(pixels: usize, weight: &[f32], input: &[f32]) -> Vec<f32> {
    let slope = |i: usize| if weight.len() == 1 { weight[0] } else { weight[i / pixels] };
    input.iter().enumerate().map(|(i, &x)| if x > 0.0 { x } else { slope(i) * x }).collect()
}

/// Lays the slopes out in whole vectors; a single one fills its vector.
pub fn pack_prelu(weight: &[f32], packed: &mut [f32]) {
    match weight {
        [slope] => packed.fill(*slope),
        _ => {
            packed.fill(0.0);
            packed[..weight.len()].copy_from_slice(weight);
        }
    }
}

/// PReLU: each vector of slopes serves `pixels` vectors of `src`, the last of which may be cut short. So they are a slope
/// for each channel of blocked maps, one for each value of a vector, or one for all of any layout.
#[derive(Debug)]
pub struct PRelu<'a> {
    /// How many vectors share their slopes.
    pub pixels: usize,
    /// The input.
    pub src: &'a [f32],
    /// The slopes, as [`pack_prelu`] lays them out.
    pub weights: &'a [f32],
    /// The output, as long as `src`.
    pub dst: &'a mut [f32],
}

impl Kernel for PRelu<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { pixels, src, weights, dst } = self;
        let (slopes, _) = weights.as_chunks::<LANES>();
        let shared = super::product([pixels, LANES]);
        assert_eq!(src.len(), dst.len());
        assert_eq!(src.len().div_ceil(shared), slopes.len());
        for ((src, dst), slopes) in src.chunks(shared).zip(dst.chunks_mut(shared)).zip(slopes) {
            for (src, dst) in src.chunks(LANES).zip(dst.chunks_mut(LANES)) {
                for ((&x, y), slope) in src.iter().zip(dst).zip(slopes) {
                    *y = if x > 0.0 { x } else { slope * x };
                }
            }
        }
    }
}
