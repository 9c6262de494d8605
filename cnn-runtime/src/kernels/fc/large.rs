//! Fully connected layers with more weights than caches hold, which may be stored as halves.

use bytemuck::{cast_slice, cast_slice_mut};

use super::super::{Activation, product};
use super::{Stored, Vector, pack_rows};
use crate::Arithmetic;
use crate::half::Half;
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Shares, Threads};

/// The length of what [`pack_large_fc`] writes.
#[inline(always)]
pub const fn large_fc_packed_len(inputs: usize, outputs: usize) -> usize {
    product([outputs.div_ceil(WIDEST), inputs.saturating_add(2), WIDEST])
}

/// Floats of `rows` rows of sixteen weights, two to a float where they are halves.
fn stored_len(arithmetic: Arithmetic, rows: usize) -> usize {
    rows * if arithmetic == Arithmetic::Half { WIDEST / 2 } else { WIDEST }
}

/// Packs `weight`, O×(C·H·W), and `bias`, O, in the order in which [`LargeFc`] reads them: biases `[O / 16, rounded up][16]`, as
/// many factors of the outputs, then weights as [`pack_fc`](super::pack_fc) orders them: `f32`, or halves for
/// [`Arithmetic::Half`], which leave the rest of `packed` as it is.
///
/// A factor is a power of two: that which brings the largest weight of an output, as a half, between 2¹⁴ and 2¹⁵. So all of them
/// are in the range of halves, and few are subnormal.
///
/// # Panics
///
/// If a slice's length does not fit the sizes.
#[expect(clippy::too_many_arguments, reason = "the tensors, and the sizes as `pack_fc` has them")]
pub fn pack_large_fc(
    arithmetic: Arithmetic,
    channels: usize,
    pixels: usize,
    lanes: usize,
    outputs: usize,
    weight: &[f32],
    bias: Option<&[f32]>,
    packed: &mut [f32],
) {
    let inputs = channels * pixels;
    assert_eq!(weight.len(), product([outputs, inputs]));
    assert_eq!(packed.len(), large_fc_packed_len(inputs, outputs));
    let padded = outputs.next_multiple_of(WIDEST);
    let (biases, rest) = packed.split_at_mut(padded);
    let (scales, weights) = rest.split_at_mut(padded);
    biases.fill(0.0);
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    scales.fill(1.0);
    let sizes = [channels, pixels, lanes, outputs];
    if arithmetic != Arithmetic::Half {
        return pack_rows(sizes, weight, weights, |_, weight| weight);
    }
    for (scale, row) in scales.iter_mut().zip(weight.chunks_exact(inputs)) {
        *scale = scale_of(row);
    }
    let halves = &mut weights[..stored_len(arithmetic, padded / WIDEST * inputs)];
    pack_rows(sizes, weight, cast_slice_mut(halves), |o, weight| Half::from_f32(weight / scales[o]));
}

/// The power of two by which weights are divided before they become halves.
fn scale_of(row: &[f32]) -> f32 {
    let finite = row.iter().copied().filter(|weight| weight.is_finite());
    let largest = finite.fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    let exponent = (largest.to_bits() >> 23) as i32 - 127;
    // Of the least powers there is no inverse, and nothing to be gained.
    2f32.powi((exponent - 14).max(-126))
}

impl Stored for Half {
    #[inline(always)]
    unsafe fn load<S: Simd>(simd: S, at: *const Self) -> S::Wide {
        // SAFETY: as the caller says.
        unsafe { simd.wide_load_halves(at) }
    }
}

/// As [`Fc`](super::Fc), with a factor for each output, and weights of two kinds.
#[derive(Debug)]
pub struct LargeFc<'a, T: Threads, const ROWS: usize, const ROWS16: usize> {
    /// How weights are stored.
    pub arithmetic: Arithmetic,
    /// C, or the length of a vector.
    pub channels: usize,
    /// H·W, 1 for a vector.
    pub pixels: usize,
    /// 1 where the input is planar, 8 where it is blocked.
    pub lanes: usize,
    /// O.
    pub outputs: usize,
    /// How many images or vectors there are, one behind the other.
    pub vectors: usize,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// The images or vectors.
    pub src: &'a [f32],
    /// From [`pack_large_fc`].
    pub weights: &'a [f32],
    /// The outputs, O for each of them.
    pub dst: &'a mut [f32],
}

impl<T: Threads, const ROWS: usize, const ROWS16: usize> Kernel for LargeFc<'_, T, ROWS, ROWS16> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { arithmetic, channels, pixels, lanes, outputs, vectors, team, activation, src, weights, dst } = self;
        assert!(lanes == 1 || lanes == LANES);
        let len = product([channels.div_ceil(lanes), pixels, lanes]);
        let inputs = channels * pixels;
        assert_eq!(src.len(), product([vectors, len]));
        assert_eq!(weights.len(), large_fc_packed_len(inputs, outputs));
        assert_eq!(dst.len(), product([vectors, outputs]));
        let padded = outputs.next_multiple_of(WIDEST);
        let (biases, weights) = weights.split_at(padded);
        let (scales, weights) = weights.split_at(padded);
        let weights = &weights[..stored_len(arithmetic, padded / WIDEST * inputs)];
        for (src, dst) in src.chunks_exact(len).zip(dst.chunks_exact_mut(outputs)) {
            let (scales, dst) = (Some(scales), Shares::new(dst));
            if arithmetic == Arithmetic::Half {
                let weights: &[Half] = cast_slice(weights);
                Vector { channels, pixels, lanes, outputs, activation, src, biases, scales, weights, dst }
                    .run::<S, T, ROWS, ROWS16>(simd, team);
            } else {
                Vector { channels, pixels, lanes, outputs, activation, src, biases, scales, weights, dst }
                    .run::<S, T, ROWS, ROWS16>(simd, team);
            }
        }
    }
}
