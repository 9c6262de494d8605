//! Local response normalisation of planar images.

use super::product;
use crate::simd::{Kernel, Simd};
use crate::train::{Backward, Forward, Images, Lanes, Op, Real, Values};

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

/// Local response normalisation while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct LrnOp {
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
}

impl LrnOp {
    /// alpha / size.
    #[inline(always)]
    fn weight<R: Real>(&self) -> R {
        R::of(f64::from(self.alpha) / self.size as f64)
    }

    /// k + alpha · m of each image, where m is the mean of squares of a value's neighbours; 1 for what is no image.
    #[inline(always)]
    fn divisor<V: Values>(&self, input: &[V], [channel, pixel]: [usize; 2], images: Images) -> V {
        let (first, end) = neighbours(channel, self.channels, self.size);
        let mut squares = V::ZERO;
        for neighbour in first..end {
            let input = &input[neighbour * self.pixels + pixel];
            squares = V::each(|i| squares.as_ref()[i] + input.as_ref()[i] * input.as_ref()[i]);
        }
        let (k, weight) = (V::Real::of(self.k.into()), self.weight::<V::Real>());
        V::each(|i| if i < images.count { k + weight * squares.as_ref()[i] } else { V::Real::ONE })
    }

    /// 1 / `divisor`^beta.
    #[inline(always)]
    fn factor<R: Real>(&self, divisor: R) -> R {
        // The usual exponent by two roots, which vectors have.
        if self.beta == 0.75 {
            let root = divisor.sqrt();
            R::ONE / (root * root.sqrt())
        } else {
            divisor.powf(R::of(-f64::from(self.beta)))
        }
    }
}

impl Op for LrnOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let input = cx.inputs[0];
        for channel in 0..self.channels {
            for pixel in 0..self.pixels {
                let divisor = self.divisor(input, [channel, pixel], cx.images);
                let at = channel * self.pixels + pixel;
                cx.output[at] = L::Values::each(|i| input[at].as_ref()[i] * self.factor(divisor.as_ref()[i]));
            }
        }
    }

    /// Of y = x / d^beta with the divisor d, 1 / d^beta times the gradient goes to x itself, and
    /// −2 · alpha · beta / size · x' · y / d times it to each neighbour x'.
    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let sums = cx.input_grads[0].sum();
        if sums.is_empty() {
            return;
        }
        let input = cx.inputs[0];
        let weight = L::Real::of(-2.0 * f64::from(self.beta)) * self.weight();
        for channel in 0..self.channels {
            let (first, end) = neighbours(channel, self.channels, self.size);
            for pixel in 0..self.pixels {
                let at = channel * self.pixels + pixel;
                let divisor = self.divisor(input, [channel, pixel], cx.images);
                let own = L::Values::each(|i| cx.output_grad[at].as_ref()[i] * self.factor(divisor.as_ref()[i]));
                let shared =
                    L::Values::each(|i| weight * own.as_ref()[i] * input[at].as_ref()[i] / divisor.as_ref()[i]);
                let sum = &mut sums[at];
                *sum = L::Values::each(|i| sum.as_ref()[i] + own.as_ref()[i]);
                for neighbour in first..end {
                    let at = neighbour * self.pixels + pixel;
                    let (sum, input) = (&mut sums[at], &input[at]);
                    *sum = L::Values::each(|i| sum.as_ref()[i] + shared.as_ref()[i] * input.as_ref()[i]);
                }
            }
        }
    }
}
