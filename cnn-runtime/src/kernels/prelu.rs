//! ReLU with learned slopes.

use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Real, Values};

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

/// PReLU while a net is trained: at 0 with the slope for negative values, as in PyTorch.
#[derive(Clone, Copy, Debug)]
pub struct PReluOp {
    /// How many values share a slope.
    pub pixels: usize,
}

impl Op for PReluOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let channels = cx.inputs[0].chunks_exact(self.pixels).zip(cx.output.chunks_exact_mut(self.pixels));
        for ((input, output), &slope) in channels.zip(cx.params) {
            for (input, output) in input.iter().zip(output) {
                *output = L::Values::each(|i| {
                    let x = input.as_ref()[i];
                    if x > L::Real::ZERO { x } else { slope * x }
                });
            }
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (input, gradient) = (cx.inputs[0], cx.output_grad);
        for (channel, (&slope, grad)) in cx.params.iter().zip(cx.grads).enumerate() {
            let part = channel * self.pixels..(channel + 1) * self.pixels;
            let mut sum = L::Values::ZERO;
            for (input, gradient) in input[part.clone()].iter().zip(&gradient[part.clone()]) {
                sum = L::Values::each(|i| {
                    let x = input.as_ref()[i];
                    let x = if x > L::Real::ZERO { L::Real::ZERO } else { x };
                    sum.as_ref()[i] + x * gradient.as_ref()[i]
                });
            }
            *grad += sum.sum();
            cx.input_grads[0].put_part(part, |at| {
                L::Values::each(|i| {
                    let slope = if input[at].as_ref()[i] > L::Real::ZERO { L::Real::ONE } else { slope };
                    gradient[at].as_ref()[i] * slope
                })
            });
        }
    }
}
