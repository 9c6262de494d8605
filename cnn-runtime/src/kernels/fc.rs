//! Fully connected layers, from planar or blocked images to vectors.

use super::product;
use crate::simd::{Kernel, LANES, Simd};

/// W x + b: `weight` is O×I, `input` I, `bias` O.
pub fn reference(input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    let mut output = Vec::new();
    for (o, row) in weight.chunks_exact(input.len()).enumerate() {
        let mut sum = bias.map_or(0.0, |bias| f64::from(bias[o]));
        for (&weight, &x) in row.iter().zip(input) {
            sum += f64::from(weight) * f64::from(x);
        }
        output.push(sum as f32);
    }
    output
}

/// The length of what [`pack_fc`] writes.
pub const fn fc_packed_len(inputs: usize, outputs: usize) -> usize {
    product([outputs.div_ceil(LANES), inputs.saturating_add(1), LANES])
}

/// Values of the input, `stride` apart, that are read one after the other.
#[derive(Clone, Copy)]
struct Run {
    /// The first value's index.
    start: usize,
    stride: usize,
    count: usize,
}

/// Run `index` of a planar (`lanes` = 1) or blocked (`lanes` = 8) image. Run 0 is the whole image,
/// or its full blocks; the others are one each of the real lanes of the last block.
#[inline(always)]
fn run(channels: usize, pixels: usize, lanes: usize, index: usize) -> Run {
    let full = channels / lanes * lanes * pixels;
    match index {
        0 => Run { start: 0, stride: 1, count: full },
        _ => Run { start: full + index - 1, stride: lanes, count: pixels },
    }
}

/// Packs `weight`, O×(C·H·W), and `bias`, O, in the order in which [`Fc`] reads them: biases
/// `[block][8]`, then weights `[block][inputs][8]` of blocks of eight outputs, with zeros for
/// outputs from O on. The inputs are in the order of the input's layout: `lanes` is 1 for a planar
/// image or a vector, 8 for a blocked image.
///
/// # Panics
///
/// If a slice's length does not fit the sizes.
pub fn pack_fc(
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
    assert_eq!(packed.len(), fc_packed_len(inputs, outputs));
    let (biases, weights) = packed.split_at_mut(outputs.div_ceil(LANES) * LANES);
    biases.fill(0.0);
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    let mut vectors = weights.as_chunks_mut::<LANES>().0.iter_mut();
    for block in 0..outputs.div_ceil(LANES) {
        for index in 0..=channels % lanes {
            let run = run(channels, pixels, lanes, index);
            for (i, vector) in (0..run.count).zip(&mut vectors) {
                let at = run.start + i * run.stride;
                let [pixel, lane] = [at / lanes % pixels, at % lanes];
                let channel = at / lanes / pixels * lanes + lane;
                let input = channel * pixels + pixel;
                for (lane, value) in vector.iter_mut().enumerate() {
                    let row = (block * LANES + lane) * inputs;
                    *value = weight.get(row + input).copied().unwrap_or(0.0);
                }
            }
        }
    }
}

/// Fully connected layer: W x + b, and ReLU where `relu` says so.
///
/// Inputs are broadcast to `BLOCKS` vectors of eight outputs at a time; there are `CHAINS` sums for
/// each, since an addition takes four cycles but two can begin in each cycle.
#[derive(Debug)]
pub struct Fc<'a, const BLOCKS: usize> {
    /// C, or the length of a vector.
    pub channels: usize,
    /// H·W, 1 for a vector.
    pub pixels: usize,
    /// 1 where the input is planar, 8 where it is blocked.
    pub lanes: usize,
    /// O.
    pub outputs: usize,
    /// Whether ReLU follows.
    pub relu: bool,
    /// The image or vector.
    pub src: &'a [f32],
    /// From [`pack_fc`].
    pub weights: &'a [f32],
    /// The output, O.
    pub dst: &'a mut [f32],
}

/// The most sums that an output has.
const MAX_CHAINS: usize = 8;

impl<const BLOCKS: usize> Kernel for Fc<'_, BLOCKS> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let Self { channels, pixels, lanes, outputs, .. } = self;
        assert!(lanes == 1 || lanes == LANES);
        assert_eq!(self.src.len(), product([channels.div_ceil(lanes), pixels, lanes]));
        assert_eq!(self.weights.len(), fc_packed_len(channels * pixels, outputs));
        assert_eq!(self.dst.len(), outputs);
        let blocks = outputs.div_ceil(LANES);
        for tile in 0..blocks.div_ceil(BLOCKS) {
            let mut out_blocks = [0; BLOCKS];
            for (b, block) in out_blocks.iter_mut().enumerate() {
                *block = (tile * BLOCKS + b).min(blocks - 1);
            }
            // SAFETY: the slices are checked, and `out_blocks` are blocks of outputs.
            unsafe { self.tile(simd, out_blocks) }
        }
    }
}

impl<const BLOCKS: usize> Fc<'_, BLOCKS> {
    const CHAINS: usize = match BLOCKS {
        1 => MAX_CHAINS,
        2 => 4,
        3 | 4 => 2,
        _ => 1,
    };

    /// Computes and stores `out_blocks`.
    ///
    /// # Safety
    ///
    /// - `src` has the size of the input in its layout, and `weights` the length of the packing;
    /// - `out_blocks` are blocks of outputs.
    #[inline(always)]
    unsafe fn tile<S: Simd>(&mut self, simd: S, out_blocks: [usize; BLOCKS]) {
        let inputs = self.channels * self.pixels;
        let blocks = self.outputs.div_ceil(LANES);
        let (bias, weights) = self.weights.as_chunks::<LANES>().0.split_at(blocks);
        let mut rows = [weights; BLOCKS];
        for b in 0..BLOCKS {
            // SAFETY: there are `inputs` vectors per block.
            rows[b] = unsafe { weights.get_unchecked(out_blocks[b] * inputs..) };
        }

        let mut sums = [[simd.splat(0.0); BLOCKS]; MAX_CHAINS];
        let mut column = 0;
        for index in 0..=self.channels % self.lanes {
            let run = run(self.channels, self.pixels, self.lanes, index);
            let at = |i| run.start + i * run.stride;
            let whole = run.count / Self::CHAINS * Self::CHAINS;
            for i in (0..whole).step_by(Self::CHAINS) {
                for (chain, sums) in sums[..Self::CHAINS].iter_mut().enumerate() {
                    let (at, column) = (at(i + chain), column + i + chain);
                    // SAFETY: the runs are inside the input, and have `inputs` values.
                    unsafe { multiply_add(simd, self.src, rows, at, column, sums) }
                }
            }
            for i in whole..run.count {
                // SAFETY: as above.
                unsafe { multiply_add(simd, self.src, rows, at(i), column + i, &mut sums[0]) }
            }
            column += run.count;
        }

        for b in 0..BLOCKS {
            let mut sum = simd.load(&bias[out_blocks[b]]);
            for sums in &sums[..Self::CHAINS] {
                sum = simd.add(sum, sums[b]);
            }
            if self.relu {
                sum = simd.relu(sum);
            }
            let mut vector = [0.0; LANES];
            simd.store(sum, &mut vector);
            let dst = &mut self.dst[out_blocks[b] * LANES..];
            let real = dst.len().min(LANES);
            dst[..real].copy_from_slice(&vector[..real]);
        }
    }
}

/// Adds to each sum of a chain the product of value `at` of the input and its weight in `column`.
///
/// # Safety
///
/// `at` is in `src`, and `column` in all `rows`.
#[inline(always)]
unsafe fn multiply_add<S: Simd, const BLOCKS: usize>(
    simd: S,
    src: &[f32],
    rows: [&[[f32; LANES]]; BLOCKS],
    at: usize,
    column: usize,
    sums: &mut [S::Vector; BLOCKS],
) {
    // SAFETY: `at` is in `src`.
    let x = simd.splat(unsafe { *src.get_unchecked(at) });
    for b in 0..BLOCKS {
        // SAFETY: `column` is in all rows.
        let weights = simd.load(unsafe { rows[b].get_unchecked(column) });
        sums[b] = simd.mul_add(x, weights, sums[b]);
    }
}
