//! Normalisation of groups of channels.

use super::{Activation, product};
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Images, Lanes, Op, Real, Values};

/// (x − mean) / √(variance + `eps`) · `weight` + `bias` of each value of `input`, C×`pixels`, with the mean and variance of the
/// C / `groups` channels of its group.
pub fn reference(
    [groups, pixels]: [usize; 2],
    eps: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    input: &[f32],
) -> Vec<f32> {
    let group_len = input.len() / groups;
    let normalised = |(i, &x): (usize, &f32)| {
        let (channel, group) = (i / pixels, &input[i / group_len * group_len..][..group_len]);
        let y = normal(group.iter().copied(), eps, x) * weight.map_or(1.0, |weight| f64::from(weight[channel]));
        (y + bias.map_or(0.0, |bias| f64::from(bias[channel]))) as f32
    };
    input.iter().enumerate().map(normalised).collect()
}

/// (x − mean) / √(variance + `eps`) with the mean and variance of `values`, the latter over their number, not one less.
pub(super) fn normal(values: impl Iterator<Item = f32> + Clone, eps: f32, x: f32) -> f64 {
    let count = values.clone().count() as f64;
    let mean = values.clone().map(f64::from).sum::<f64>() / count;
    let variance = values.map(|value| (f64::from(value) - mean).powi(2)).sum::<f64>() / count;
    (f64::from(x) - mean) / (variance + f64::from(eps)).sqrt()
}

/// Lays out a factor and then a summand for each channel, `[C / 8, rounded up][8]` each: ones and zeros where there are none.
///
/// # Panics
///
/// If a slice's length does not fit.
pub fn pack_affine(channels: usize, weight: Option<&[f32]>, bias: Option<&[f32]>, packed: &mut [f32]) {
    let (factors, summands) = packed.split_at_mut(channels.next_multiple_of(LANES));
    assert_eq!(factors.len(), summands.len());
    factors.fill(1.0);
    summands.fill(0.0);
    if let Some(weight) = weight {
        factors[..channels].copy_from_slice(weight);
    }
    if let Some(bias) = bias {
        summands[..channels].copy_from_slice(bias);
    }
}

/// Group normalisation, and an activation, of blocked maps or, with `pixels` = 1, of a vector, whose last block is
/// then cut short.
#[derive(Debug)]
pub struct GroupNorm<'a> {
    /// C.
    pub channels: usize,
    /// How many groups; divides C.
    pub groups: usize,
    /// H·W.
    pub pixels: usize,
    /// What is added to the variance.
    pub eps: f32,
    /// What follows.
    pub activation: Activation,
    /// The input, blocked maps or a vector.
    pub src: &'a [f32],
    /// From [`pack_affine`].
    pub weights: &'a [f32],
    /// The output, as long as `src`.
    pub dst: &'a mut [f32],
}

impl Kernel for GroupNorm<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, groups, pixels, eps, activation, src, weights, dst } = self;
        let padded = channels.next_multiple_of(LANES);
        let is_vector = pixels == 1 && src.len() == channels;
        assert!(is_vector || src.len() == product([padded, pixels]));
        assert_eq!(dst.len(), src.len());
        assert_eq!(weights.len(), product([2, padded]));
        assert!(channels.is_multiple_of(groups));
        let (factors, summands) = weights.as_chunks::<LANES>().0.split_at(padded / LANES);
        let (size, plane) = (channels / groups, product([pixels, LANES]));
        let count = product([size, pixels]) as f64;
        for first in (0..channels).step_by(size.max(1)) {
            let blocks = Blocks { first, end: first + size, plane };
            let mean = (blocks.sum(simd, src, |x| x) / count) as f32;
            let minus_mean = simd.splat(-mean);
            let squares = blocks.sum(simd, src, |x| {
                let deviation = simd.add(x, minus_mean);
                simd.mul(deviation, deviation)
            });
            let scale = simd.splat((1.0 / (squares / count + f64::from(eps)).sqrt()) as f32);
            for block in blocks.indices() {
                let factor = simd.mul(simd.load(&factors[block]), scale);
                let summand = simd.load(&summands[block]);
                let normalise = |x| activation.apply(simd, simd.mul_add(simd.add(x, minus_mean), factor, summand));
                blocks.map(simd, block, src, dst, normalise);
            }
        }
    }
}

/// The channels `first..end`, in blocks of `plane` values.
#[derive(Clone, Copy)]
struct Blocks {
    first: usize,
    end: usize,
    plane: usize,
}

/// So many vectors are added in single precision.
const RUN: usize = 16;

impl Blocks {
    /// The blocks that hold some of the channels.
    #[inline(always)]
    fn indices(self) -> std::ops::Range<usize> {
        self.first / LANES..self.end.div_ceil(LANES)
    }

    /// Which lanes of a block are among the channels.
    #[inline(always)]
    fn lanes(self, block: usize) -> (usize, usize) {
        let channel = block * LANES;
        (self.first.max(channel) - channel, (self.end - channel).min(LANES))
    }

    /// The values of a block; fewer than its plane where a vector ends.
    #[inline(always)]
    fn of(self, block: usize, values: &[f32]) -> std::ops::Range<usize> {
        block * self.plane..((block + 1) * self.plane).min(values.len())
    }

    /// The sum of `term` of all values of the channels.
    #[inline(always)]
    fn sum<S: Simd>(self, simd: S, src: &[f32], term: impl Fn(S::Vector) -> S::Vector) -> f64 {
        let mut sum = 0.0;
        for block in self.indices() {
            let (start, end) = self.lanes(block);
            let mut add = |vector| {
                let mut lanes = [0.0; LANES];
                simd.store(vector, &mut lanes);
                // Other lanes are of other groups, or hold anything.
                sum += lanes[start..end].iter().copied().map(f64::from).sum::<f64>();
            };
            let (vectors, rest) = src[self.of(block, src)].as_chunks::<LANES>();
            for run in vectors.chunks(RUN) {
                add(run.iter().fold(simd.splat(0.0), |sum, vector| simd.add(sum, term(simd.load(vector)))));
            }
            if !rest.is_empty() {
                add(term(simd.load(&padded(rest))));
            }
        }
        sum
    }

    /// Writes `f` of a block's values; only those of the channels.
    #[inline(always)]
    fn map<S: Simd>(self, simd: S, block: usize, src: &[f32], dst: &mut [f32], f: impl Fn(S::Vector) -> S::Vector) {
        let (start, end) = self.lanes(block);
        let range = self.of(block, src);
        let (vectors, rest) = src[range.clone()].as_chunks::<LANES>();
        let (targets, rest_target) = dst[range].as_chunks_mut::<LANES>();
        let mut lanes = [0.0; LANES];
        for (vector, target) in vectors.iter().zip(targets) {
            if end - start == LANES {
                simd.store(f(simd.load(vector)), target);
            } else {
                simd.store(f(simd.load(vector)), &mut lanes);
                target[start..end].copy_from_slice(&lanes[start..end]);
            }
        }
        if !rest.is_empty() {
            simd.store(f(simd.load(&padded(rest))), &mut lanes);
            rest_target[start..end].copy_from_slice(&lanes[start..end]);
        }
    }
}

/// A vector's last values, and zeros.
#[inline(always)]
fn padded(rest: &[f32]) -> [f32; LANES] {
    let mut vector = [0.0; LANES];
    vector[..rest.len()].copy_from_slice(rest);
    vector
}

/// Group normalisation while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct GroupNormOp {
    /// C.
    pub channels: usize,
    /// How many groups; divides C.
    pub groups: usize,
    /// H·W, 1 for a vector.
    pub pixels: usize,
    /// What is added to the variance.
    pub eps: f32,
    /// Whether there are weight and bias.
    pub affine: bool,
}

impl GroupNormOp {
    /// The groups, and how they are normalised.
    #[inline(always)]
    fn parts(&self) -> impl Iterator<Item = Part> {
        let Self { channels, groups, pixels, eps, affine } = *self;
        let size = channels / groups;
        (0..groups).map(move |group| Part {
            plane: pixels,
            channels: [group * size, (group + 1) * size],
            pixels: [0, pixels],
            by_pixel: false,
            eps,
            bias: affine.then_some(channels),
        })
    }
}

impl Op for GroupNormOp {
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

/// Values that are normalised together: of some channels and pixels, all of them or each pixel's by themselves.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// H·W of the image.
    pub plane: usize,
    /// The first channel, and the one behind the last.
    pub channels: [usize; 2],
    /// The first pixel, and the one behind the last; at most [`PIXELS`] where each is by itself.
    pub pixels: [usize; 2],
    /// Whether each pixel is by itself.
    pub by_pixel: bool,
    /// What is added to the variance.
    pub eps: f32,
    /// Where the biases begin behind the weights, if there are any.
    pub bias: Option<usize>,
}

/// So many pixels are normalised at a time where each is by itself: the parameters' gradients are summed over them before they
/// are over the images.
pub(super) const PIXELS: usize = 8;

/// A number for each image: of each pixel, or the first of all pixels.
type PerPixel<V> = [V; PIXELS];

impl Part {
    /// The means of what `term` makes of each value, by its index, its channel and its place in [`PerPixel`].
    #[inline(always)]
    fn mean<V: Values, const N: usize>(&self, term: impl Fn(usize, usize, usize) -> [V; N]) -> [PerPixel<V>; N] {
        let mut sums = [[V::ZERO; PIXELS]; N];
        self.each(|at, channel, place| {
            for (sums, term) in sums.iter_mut().zip(term(at, channel, place)) {
                let sum = &mut sums[place];
                *sum = V::each(|i| sum.as_ref()[i] + term.as_ref()[i]);
            }
        });
        let pixels = if self.by_pixel { 1 } else { self.pixels[1] - self.pixels[0] };
        let share = V::Real::ONE / V::Real::of(((self.channels[1] - self.channels[0]) * pixels) as f64);
        sums.map(|sums| sums.map(|sum| V::each(|i| sum.as_ref()[i] * share)))
    }

    /// Calls `f` with each value's index, channel and place in [`PerPixel`].
    #[inline(always)]
    fn each(&self, mut f: impl FnMut(usize, usize, usize)) {
        for channel in self.channels[0]..self.channels[1] {
            for pixel in self.pixels[0]..self.pixels[1] {
                f(channel * self.plane + pixel, channel, self.place(pixel));
            }
        }
    }

    #[inline(always)]
    fn place(&self, pixel: usize) -> usize {
        if self.by_pixel { pixel - self.pixels[0] } else { 0 }
    }

    /// Mean and 1 / √(variance + eps); the latter 0 for what is no image, which may have neither.
    #[inline(always)]
    fn moments<V: Values>(&self, images: Images, input: &[V]) -> [PerPixel<V>; 2] {
        let [mean] = self.mean(|at, _, _| [input[at]]);
        let [variance] = self.mean(|at, _, place| {
            [V::each(|i| {
                let deviation = input[at].as_ref()[i] - mean[place].as_ref()[i];
                deviation * deviation
            })]
        });
        let eps = V::Real::of(self.eps.into());
        let scale = variance.map(|variance| {
            V::each(|i| {
                let scale = V::Real::ONE / (variance.as_ref()[i] + eps).sqrt();
                if i < images.count { scale } else { V::Real::ZERO }
            })
        });
        [mean, scale]
    }

    #[inline(always)]
    fn weight<R: Real>(&self, params: &[R], channel: usize) -> R {
        if self.bias.is_some() { params[channel] } else { R::ONE }
    }

    #[inline(always)]
    pub(super) fn forward<L: Lanes>(&self, cx: &mut Forward<'_, L>) {
        let (input, output) = (cx.inputs[0], &mut *cx.output);
        let [mean, scale] = self.moments(cx.images, input);
        self.each(|at, channel, place| {
            let weight = self.weight(cx.params, channel);
            let bias = self.bias.map_or(L::Real::ZERO, |bias| cx.params[bias + channel]);
            let (mean, scale) = (&mean[place], &scale[place]);
            output[at] =
                L::Values::each(|i| (input[at].as_ref()[i] - mean.as_ref()[i]) * scale.as_ref()[i] * weight + bias);
        });
    }

    /// With n for the normalised input and g for the gradient with regard to it: (g − mean of g − n · mean of g · n) · scale.
    #[inline(always)]
    pub(super) fn backward<L: Lanes>(&self, cx: &mut Backward<'_, L>) {
        let (input, gradient, params) = (cx.inputs[0], &*cx.output_grad, cx.params);
        let [mean, scale] = self.moments(cx.images, input);
        let normal = |at: usize, place: usize| {
            let (mean, scale) = (&mean[place], &scale[place]);
            L::Values::each(|i| (input[at].as_ref()[i] - mean.as_ref()[i]) * scale.as_ref()[i])
        };
        if let Some(bias) = self.bias {
            for channel in self.channels[0]..self.channels[1] {
                let [mut sum, mut products] = [L::Values::ZERO; 2];
                for pixel in self.pixels[0]..self.pixels[1] {
                    let at = channel * self.plane + pixel;
                    let (normal, gradient) = (normal(at, self.place(pixel)), &gradient[at]);
                    sum = L::Values::each(|i| sum.as_ref()[i] + gradient.as_ref()[i]);
                    products = L::Values::each(|i| products.as_ref()[i] + normal.as_ref()[i] * gradient.as_ref()[i]);
                }
                cx.grads[channel] += products.sum();
                cx.grads[bias + channel] += sum.sum();
            }
        }
        let input_grad = &mut cx.input_grads[0];
        if !input_grad.is_wanted() {
            return;
        }
        let weighted = |at: usize, channel: usize| {
            let weight = self.weight(params, channel);
            L::Values::each(|i| gradient[at].as_ref()[i] * weight)
        };
        let [sum, product] = self.mean(|at, channel, place| {
            let (normal, weighted) = (normal(at, place), weighted(at, channel));
            [weighted, L::Values::each(|i| normal.as_ref()[i] * weighted.as_ref()[i])]
        });
        self.each(|at, channel, place| {
            let (normal, weighted) = (normal(at, place), weighted(at, channel));
            input_grad.put_part(at..at + 1, |_| {
                L::Values::each(|i| {
                    let rest = normal.as_ref()[i] * product[place].as_ref()[i];
                    (weighted.as_ref()[i] - sum[place].as_ref()[i] - rest) * scale[place].as_ref()[i]
                })
            });
        });
    }
}
