//! Batch normalisation with running statistics.

use super::{Activation, product};
use crate::simd::{Kernel, LANES, Simd, WIDEST};

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
