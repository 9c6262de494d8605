//! Batch normalisation with running statistics.

use super::{Activation, product};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::train::{Backward, Forward, Images, Lanes, Op, Real, Values};

/// (x − mean) / √(var + `eps`) · `weight` + `bias` of each channel of `input`, C×`pixels`.
pub fn reference(
    pixels: usize,
    eps: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    [mean, var]: [&[f32]; 2],
    input: &[f32],
) -> Vec<f32> {
    let normalised = |(i, &x): (usize, &f32)| {
        let channel = i / pixels;
        let deviation = (f64::from(var[channel]) + f64::from(eps)).sqrt();
        let x = (f64::from(x) - f64::from(mean[channel])) / deviation;
        let weight = weight.map_or(1.0, |weight| f64::from(weight[channel]));
        (x * weight + bias.map_or(0.0, |bias| f64::from(bias[channel]))) as f32
    };
    input.iter().enumerate().map(normalised).collect()
}

/// What batch normalisation multiplies channel `c` by, and what it adds then.
fn scale_and_shift(
    c: usize,
    eps: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    mean: &[f32],
    var: &[f32],
) -> (f32, f32) {
    let weight = weight.map_or(1.0, |weight| f64::from(weight[c]));
    let scale = weight / (f64::from(var[c]) + f64::from(eps)).sqrt();
    let shift = bias.map_or(0.0, |bias| f64::from(bias[c])) - f64::from(mean[c]) * scale;
    (scale as f32, shift as f32)
}

/// Lays out a factor and then a summand for each channel, as [`BatchNorm`] reads them: `[C / 8, rounded up][8]` each, zeros from
/// C on.
///
/// # Panics
///
/// If a slice's length does not fit.
pub fn pack_bn(
    channels: usize,
    eps: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    mean: &[f32],
    var: &[f32],
    packed: &mut [f32],
) {
    packed.fill(0.0);
    let (scales, shifts) = packed.split_at_mut(channels.next_multiple_of(LANES));
    for c in 0..channels {
        (scales[c], shifts[c]) = scale_and_shift(c, eps, weight, bias, mean, var);
    }
}

/// Lets packed weights compute batch normalisation of their `channels` sums: `packed` holds a row of biases for each sixteen
/// sums, then as many rows of weights for each, as [`pack_conv`](super::pack_conv) and [`pack_fc`](super::pack_fc) write them.
///
/// # Panics
///
/// If a slice's length does not fit.
pub fn fold_bn(
    channels: usize,
    eps: f32,
    weight: Option<&[f32]>,
    bias: Option<&[f32]>,
    mean: &[f32],
    var: &[f32],
    packed: &mut [f32],
) {
    fold(channels, |c| scale_and_shift(c, eps, weight, bias, mean, var), packed);
}

/// Lets packed weights multiply sum `c` by a factor and then add a summand, `scale_and_shift(c)`, to it; see [`fold_bn`].
pub(super) fn fold(channels: usize, scale_and_shift: impl Fn(usize) -> (f32, f32), packed: &mut [f32]) {
    let padded = channels.next_multiple_of(WIDEST);
    let (biases, weights) = packed.split_at_mut(padded);
    let taps = weights.len() / padded;
    for c in 0..channels {
        let (scale, shift) = scale_and_shift(c);
        biases[c] = biases[c] * scale + shift;
        let rows = &mut weights[c / WIDEST * taps * WIDEST..][..taps * WIDEST];
        rows.iter_mut().skip(c % WIDEST).step_by(WIDEST).for_each(|weight| *weight *= scale);
    }
}

/// Each vector of `src` times one of factors, plus one of summands, which serve `pixels` vectors, and an activation:
/// those of blocked channels, or, with `pixels` = 1, of each value of a vector, the last of which may be cut short.
#[derive(Debug)]
pub struct BatchNorm<'a> {
    /// How many vectors share their factors.
    pub pixels: usize,
    /// What follows.
    pub activation: Activation,
    /// The input.
    pub src: &'a [f32],
    /// From [`pack_bn`].
    pub weights: &'a [f32],
    /// The output, as long as `src`.
    pub dst: &'a mut [f32],
}

impl Kernel for BatchNorm<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { pixels, activation, src, weights, dst } = self;
        let shared = product([pixels, LANES]);
        assert_eq!(src.len(), dst.len());
        assert_eq!(weights.len(), 2 * LANES * src.len().div_ceil(shared));
        let (scales, shifts) = weights.as_chunks::<LANES>().0.split_at(weights.len() / LANES / 2);
        let blocks = src.chunks(shared).zip(dst.chunks_mut(shared));
        for ((scale, shift), (src, dst)) in scales.iter().zip(shifts).zip(blocks) {
            let [scale, shift] = [simd.load(scale), simd.load(shift)];
            let apply = |src: &[f32; LANES]| activation.apply(simd, simd.mul_add(simd.load(src), scale, shift));
            let (src, src_rest) = src.as_chunks::<LANES>();
            let (dst, dst_rest) = dst.as_chunks_mut::<LANES>();
            for (src, dst) in src.iter().zip(dst) {
                simd.store(apply(src), dst);
            }
            if !src_rest.is_empty() {
                let mut vector = [0.0; LANES];
                vector[..src_rest.len()].copy_from_slice(src_rest);
                simd.store(apply(&vector), &mut vector);
                dst_rest.copy_from_slice(&vector[..src_rest.len()]);
            }
        }
    }
}

/// Batch normalisation while a net is trained, with the statistics of the batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormOp {
    /// Channels.
    pub channels: usize,
    /// Values of each, of an image.
    pub pixels: usize,
    /// What is added to the variance.
    pub eps: f32,
    /// Whether there are weight and bias.
    pub affine: bool,
    /// Whether ReLU follows.
    pub relu: bool,
}

/// A channel's mean, 1 / √(variance + eps), and weight.
struct Channel<R> {
    mean: R,
    scale: R,
    weight: R,
}

impl BatchNormOp {
    #[inline(always)]
    fn channel<R: Real>(&self, channel: usize, params: &[R], totals: &[R]) -> Channel<R> {
        let variance = totals[self.channels + channel];
        Channel {
            mean: totals[channel],
            scale: R::ONE / (variance + R::of(self.eps.into())).sqrt(),
            weight: if self.affine { params[channel] } else { R::ONE },
        }
    }
}

impl Op for BatchNormOp {
    #[inline(always)]
    fn statistics<L: Lanes>(&self, _: L, images: Images, input: &[L::Values], partial: &mut [L::Real]) {
        let count = L::Real::of((images.count * self.pixels) as f64);
        for (channel, values) in input.chunks_exact(self.pixels).enumerate() {
            let mut sum = L::Values::ZERO;
            for value in values {
                sum = L::Values::each(|i| sum.as_ref()[i] + value.as_ref()[i]);
            }
            let mean = sum.as_ref()[..images.count].iter().copied().sum::<L::Real>() / count;
            let mut squares = L::Values::ZERO;
            for value in values {
                squares = L::Values::each(|i| {
                    let distance = value.as_ref()[i] - mean;
                    squares.as_ref()[i] + distance * distance
                });
            }
            partial[channel] = mean;
            partial[self.channels + channel] = squares.as_ref()[..images.count].iter().copied().sum();
        }
    }

    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        let values = cx.inputs[0].chunks_exact(self.pixels).zip(cx.output.chunks_exact_mut(self.pixels));
        for (at, (input, output)) in values.enumerate() {
            let channel = self.channel(at, cx.params, cx.totals);
            let factor = channel.scale * channel.weight;
            let bias = if self.affine { cx.params[self.channels + at] } else { L::Real::ZERO };
            let [mean, factor, bias] = [channel.mean, factor, bias].map(|value| lanes.splat(value));
            for (input, output) in input.iter().zip(output) {
                let y = lanes.mul_add(lanes.sub(lanes.load(input), mean), factor, bias);
                lanes.store(if self.relu { lanes.relu(y) } else { y }, output);
            }
        }
    }

    #[inline(always)]
    fn grad_statistics<L: Lanes>(&self, lanes: L, mut cx: Backward<'_, L>, partial: &mut [L::Real]) {
        if self.relu {
            cx.undo_relu(lanes);
        }
        let values = cx.inputs[0].chunks_exact(self.pixels).zip(cx.output_grad.chunks_exact(self.pixels));
        for (at, (input, gradient)) in values.enumerate() {
            let channel = self.channel(at, cx.params, cx.totals);
            let [mut sum, mut products] = [L::Values::ZERO; 2];
            for (input, gradient) in input.iter().zip(gradient) {
                sum = L::Values::each(|i| sum.as_ref()[i] + gradient.as_ref()[i]);
                products = L::Values::each(|i| {
                    products.as_ref()[i] + (input.as_ref()[i] - channel.mean) * channel.scale * gradient.as_ref()[i]
                });
            }
            let [sum, products] = [sum, products].map(L::Values::sum);
            partial[2 * self.channels + at] = sum;
            partial[3 * self.channels + at] = products;
            if self.affine {
                cx.grads[at] += products;
                cx.grads[self.channels + at] += sum;
            }
        }
    }

    /// Equation block 2 of Ioffe & Szegedy 2015, section 3, for the input.
    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (input, gradient, input_grad) = (cx.inputs[0], cx.output_grad, &mut cx.input_grads[0]);
        let [pixels, channels] = [self.pixels, self.channels];
        for at in 0..channels {
            let channel = self.channel(at, cx.params, cx.totals);
            let [mean, product] = [cx.totals[2 * channels + at], cx.totals[3 * channels + at]];
            let factor = channel.scale * channel.weight;
            input_grad.put_part(at * pixels..(at + 1) * pixels, |at| {
                let (input, gradient) = (&input[at], &gradient[at]);
                L::Values::each(|i| {
                    let normalised = (input.as_ref()[i] - channel.mean) * channel.scale;
                    let part = factor * (gradient.as_ref()[i] - mean - normalised * product);
                    // What is no image has no part in the batch.
                    if i < cx.images.count { part } else { L::Real::ZERO }
                })
            });
        }
    }
}
