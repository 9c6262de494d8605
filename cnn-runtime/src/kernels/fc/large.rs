//! Fully connected layers with more weights than caches hold, which may be stored as halves.

use bytemuck::{cast_slice, cast_slice_mut};

use super::super::{Activation, product};
use super::{pack_rows, run, store};
use crate::Arithmetic;
use crate::half::Half;
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};

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
/// many factors of the outputs, then weights: for each block of outputs a row for each input, in the order of the input's layout; `f32`,
/// or halves for [`Arithmetic::Half`], which leave the rest of `packed` as it is.
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
    let at = |output: usize, row: usize| {
        let [first, len] = block(outputs, output / block_len(outputs));
        first * inputs + row * len + output - first
    };
    if arithmetic != Arithmetic::Half {
        return pack_rows(sizes, weight, weights, at, |_, weight| weight);
    }
    for (scale, row) in scales.iter_mut().zip(weight.chunks_exact(inputs)) {
        *scale = scale_of(row);
    }
    let halves = &mut weights[..stored_len(arithmetic, padded / WIDEST * inputs)];
    pack_rows(sizes, weight, cast_slice_mut(halves), at, |o, weight| Half::from_f32(weight / scales[o]));
}

/// The power of two by which weights are divided before they become halves.
fn scale_of(row: &[f32]) -> f32 {
    let finite = row.iter().copied().filter(|weight| weight.is_finite());
    let largest = finite.fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    let exponent = (largest.to_bits() >> 23) as i32 - 127;
    // Of the least powers there is no inverse, and nothing to be gained.
    2f32.powi((exponent - 14).max(-126))
}

/// How a weight is stored.
trait Stored: Copy + Sync {
    /// A wide register of weights.
    ///
    /// # Safety
    ///
    /// `at` is valid for reads of so many.
    unsafe fn load<S: Simd>(simd: S, at: *const Self) -> S::Wide;
}

impl Stored for f32 {
    #[inline(always)]
    unsafe fn load<S: Simd>(simd: S, at: *const Self) -> S::Wide {
        // SAFETY: as the caller says.
        unsafe { simd.wide_load(at) }
    }
}

impl Stored for Half {
    #[inline(always)]
    unsafe fn load<S: Simd>(simd: S, at: *const Self) -> S::Wide {
        // SAFETY: as the caller says.
        unsafe { simd.wide_load_halves(at) }
    }
}

/// Outputs whose weights for an input lie side by side, at most: a page of them. Memory that is read with gaps comes as fast as all of
/// it only where what lies between the gaps is that long.
const BLOCK: usize = 1024;

/// Inputs whose products are added to the sums at a time, while the weights of the next ones come closer.
const ABREAST: usize = 8;

/// Outputs of all blocks but the last, which may have fewer.
fn block_len(outputs: usize) -> usize {
    outputs.div_ceil(outputs.div_ceil(BLOCK)).next_multiple_of(WIDEST)
}

/// The first output of block `index`, and how many it has with those that it is padded with.
fn block(outputs: usize, index: usize) -> [usize; 2] {
    let first = index * block_len(outputs);
    [first, block_len(outputs).min(outputs.next_multiple_of(WIDEST) - first)]
}

/// As [`Fc`](super::Fc), with a factor for each output, and weights of two kinds: those of inputs that are zero, as many are behind
/// ReLU, are not read, unless `arithmetic` is strict.
///
/// ```text
/// for blocks of outputs
///     for inputs that are not zero, ABREAST at a time
///         for outputs of the block
///             sum += weights[ABREAST] · inputs[ABREAST]
///     store
/// ```
#[derive(Debug)]
pub struct LargeFc<'a, T: Threads> {
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
    /// Memory for twice as many values as there are inputs.
    pub scratch: &'a mut [f32],
    /// The outputs, O for each of them.
    pub dst: &'a mut [f32],
}

impl<T: Threads> Kernel for LargeFc<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            arithmetic,
            channels,
            pixels,
            lanes,
            outputs,
            vectors,
            team,
            activation,
            src,
            weights,
            scratch,
            dst,
        } = self;
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
        let (rows, values) = scratch[..product([2, inputs])].split_at_mut(inputs);
        let rows: &mut [u32] = cast_slice_mut(rows);
        let blocks = outputs.div_ceil(block_len(outputs));
        let even = |parts: &usize| (blocks * parts).is_multiple_of(team.threads());
        let parts = (1..MOST_PARTS).find(even).unwrap_or(MOST_PARTS);
        for (src, dst) in src.chunks_exact(len).zip(dst.chunks_exact_mut(outputs)) {
            let dense = arithmetic == Arithmetic::Strict;
            let count = gather([channels, pixels, lanes], src, dense, rows, values);
            let (rows, values, dst) = (&rows[..count], &values[..count], Shares::new(dst));
            if arithmetic == Arithmetic::Half {
                let weights: &[Half] = cast_slice(weights);
                let layer = Layer { inputs, outputs, parts, activation, rows, values, biases, scales, weights, dst };
                team.run(simd, blocks * parts, layer);
            } else {
                let layer = Layer { inputs, outputs, parts, activation, rows, values, biases, scales, weights, dst };
                team.run(simd, blocks * parts, layer);
            }
        }
    }
}

/// How many parts a block is divided into, at most.
const MOST_PARTS: usize = 8;

/// Writes down the inputs that are not zero, or all where they are `dense`, and which rows of weights are theirs; returns how many.
fn gather(
    [channels, pixels, lanes]: [usize; 3],
    src: &[f32],
    dense: bool,
    rows: &mut [u32],
    values: &mut [f32],
) -> usize {
    let (mut count, mut row) = (0, 0);
    assert!(rows.len().min(values.len()) >= channels * pixels);
    for index in 0..=channels % lanes {
        let run = run(channels, pixels, lanes, index);
        for value in src[run.start..].iter().step_by(run.stride).take(run.count) {
            // SAFETY: no more are written down than there are inputs.
            unsafe {
                *rows.get_unchecked_mut(count) = row;
                *values.get_unchecked_mut(count) = *value;
            }
            row += 1;
            count += usize::from(dense || *value != 0.0);
        }
    }
    count
}

/// A layer of one vector, in `parts` for each block. The slices are checked: `biases` and `scales` are one for each output, padded to
/// whole rows of sixteen, and `weights` as many for each input; `rows` are inputs, and have `values`.
struct Layer<'a, W> {
    inputs: usize,
    outputs: usize,
    parts: usize,
    activation: Activation,
    rows: &'a [u32],
    values: &'a [f32],
    biases: &'a [f32],
    scales: &'a [f32],
    weights: &'a [W],
    dst: Shares<'a>,
}

impl<W: Stored> Parts for Layer<'_, W> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, part: usize) {
        let ([first, len], part) = (block(self.outputs, part / self.parts), part % self.parts);
        let [start, end] = [part, part + 1].map(|part| len / WIDEST * part / self.parts * WIDEST);
        let sums = &mut [0.0; BLOCK][..end - start];
        // SAFETY: the block's weights begin behind those of the blocks before, and it has a row of `len` for each input; no other
        // part writes these outputs.
        unsafe {
            let weights = self.weights.as_ptr().add(first * self.inputs + start);
            self.sum(simd, weights, len, sums);
            self.store(simd, first + start, sums);
        }
    }
}

impl<W: Stored> Layer<'_, W> {
    /// Adds to each sum the products of its inputs and weights: of those of the first input from `weights` on, of the next one `len`
    /// further on.
    ///
    /// # Safety
    ///
    /// There are rows for all inputs, and the sums are a multiple of sixteen.
    #[inline(always)]
    unsafe fn sum<S: Simd>(&self, simd: S, weights: *const W, len: usize, sums: &mut [f32]) {
        let (rows, rest) = self.rows.as_chunks::<ABREAST>();
        let (values, rest_values) = self.values.as_chunks::<ABREAST>();
        let row = |row: u32| weights.wrapping_add(row as usize * len);
        for (nth, (rows, values)) in rows.iter().zip(values).enumerate() {
            let next = self.rows[(nth + 1) * ABREAST..].first_chunk().unwrap_or(rows);
            let [mut weights, mut coming] = [[row(0); ABREAST]; 2];
            let mut inputs = [simd.wide_splat(0.0); ABREAST];
            for i in 0..ABREAST {
                (weights[i], coming[i]) = (row(rows[i]), row(next[i]));
                inputs[i] = simd.wide_splat(values[i]);
            }
            for first in (0..sums.len()).step_by(WIDEST) {
                for next in coming {
                    simd.prefetch(next.wrapping_add(first).cast());
                }
                for at in (first..first + WIDEST).step_by(S::VECTORS * LANES) {
                    // SAFETY: as the caller says.
                    unsafe { add(simd, inputs, weights.map(|weights| weights.add(at)), sums.as_mut_ptr().add(at)) }
                }
            }
        }
        for (&index, &value) in rest.iter().zip(rest_values) {
            for at in (0..sums.len()).step_by(S::VECTORS * LANES) {
                // SAFETY: as the caller says.
                unsafe { add(simd, [simd.wide_splat(value)], [row(index).add(at)], sums.as_mut_ptr().add(at)) }
            }
        }
    }

    /// Stores the outputs from `first` on, of which these are the sums.
    ///
    /// # Safety
    ///
    /// They are a multiple of sixteen, outputs or what they are padded with, and nothing else writes them now.
    #[inline(always)]
    unsafe fn store<S: Simd>(&self, simd: S, first: usize, sums: &[f32]) {
        let [biases, scales] = [self.biases, self.scales].map(|values| values[first..].as_chunks::<LANES>().0);
        for (i, sums) in sums.as_chunks().0.iter().enumerate() {
            let sum = simd.mul_add(simd.load(sums), simd.load(&scales[i]), simd.load(&biases[i]));
            // SAFETY: as the caller says.
            unsafe { store(simd, self.activation.apply(simd, sum), first + i * LANES, self.outputs, self.dst) }
        }
    }
}

/// Adds to a register of sums the products of some inputs and their weights.
///
/// # Safety
///
/// `weights` are valid for reads of a register, and `sums` for reads and writes of one.
#[inline(always)]
unsafe fn add<S: Simd, W: Stored, const N: usize>(
    simd: S,
    inputs: [S::Wide; N],
    weights: [*const W; N],
    sums: *mut f32,
) {
    // SAFETY: as the caller says.
    unsafe {
        let mut sum = simd.wide_load(sums);
        for i in 0..N {
            sum = simd.wide_mul_add(inputs[i], W::load(simd, weights[i]), sum);
        }
        simd.wide_store(sum, sums);
    }
}
