//! Values times their factors.

use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Values, sum_of_products};

/// Each of `src`'s C×`pixels` values times its channel's of `factors`.
pub fn reference(pixels: usize, src: &[f32], factors: &[f32]) -> Vec<f32> {
    src.chunks(pixels).zip(factors).flat_map(|(channel, factor)| channel.iter().map(move |x| x * factor)).collect()
}

/// Each vector of `src` times one of `factors`, which serves `pixels` vectors: the factors of blocked channels,
/// or, with `pixels` = 1, a factor for each value of any layout.
#[derive(Debug)]
pub struct Scale<'a> {
    /// How many vectors share their factors.
    pub pixels: usize,
    /// The values.
    pub src: &'a [f32],
    /// The factors.
    pub factors: &'a [f32],
    /// The output, as long as `src`.
    pub dst: &'a mut [f32],
}

impl Kernel for Scale<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        assert_eq!(self.src.len(), self.dst.len());
        assert_eq!(self.src.len(), super::product([self.factors.len(), self.pixels]));
        let (src, src_rest) = self.src.as_chunks::<LANES>();
        let (factors, factors_rest) = self.factors.as_chunks::<LANES>();
        let (dst, dst_rest) = self.dst.as_chunks_mut::<LANES>();
        let blocks = src.chunks(self.pixels).zip(dst.chunks_mut(self.pixels));
        for (factors, (src, dst)) in factors.iter().zip(blocks) {
            let factors = simd.load(factors);
            for (src, dst) in src.iter().zip(dst) {
                simd.store(simd.mul(simd.load(src), factors), dst);
            }
        }
        // Blocks leave no rest.
        for ((src, factor), dst) in src_rest.iter().zip(factors_rest).zip(dst_rest) {
            *dst = src * factor;
        }
    }
}

/// The product of values and their factors while a net is trained; the factors are the first input.
#[derive(Clone, Copy, Debug)]
pub struct ScaleOp {
    /// How many values share a factor.
    pub pixels: usize,
}

impl Op for ScaleOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let channels = cx.inputs[1].chunks_exact(self.pixels).zip(cx.output.chunks_exact_mut(self.pixels));
        for (factor, (values, output)) in cx.inputs[0].iter().zip(channels) {
            for (value, output) in values.iter().zip(output) {
                *output = L::Values::each(|i| value.as_ref()[i] * factor.as_ref()[i]);
            }
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (factors, values, gradient) = (cx.inputs[0], cx.inputs[1], cx.output_grad);
        let [factor_grads, value_grads] = cx.input_grads else { return };
        let part = |channel: usize| channel * self.pixels..(channel + 1) * self.pixels;
        factor_grads.put(|channel| sum_of_products(&values[part(channel)], &gradient[part(channel)]));
        for (channel, factor) in factors.iter().enumerate() {
            value_grads
                .put_part(part(channel), |at| L::Values::each(|i| gradient[at].as_ref()[i] * factor.as_ref()[i]));
        }
    }
}
