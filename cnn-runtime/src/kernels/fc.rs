//! Fully connected layers, from planar or blocked images to vectors.

mod large;

pub use large::{LargeFc, large_fc_packed_len, pack_large_fc};

use super::{Activation, product};
use crate::kernels::conv::ConvOp;
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};
use crate::train::{Backward, Forward, Lanes, Op, Real, Values};

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
#[inline(always)]
pub const fn fc_packed_len(inputs: usize, outputs: usize) -> usize {
    product([outputs.div_ceil(WIDEST), inputs.saturating_add(1), WIDEST])
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
/// `[O / 16, rounded up][16]`, then weights `[O / 16, rounded up][inputs][16]`, with zeros for
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
    let (biases, weights) = packed.split_at_mut(outputs.next_multiple_of(WIDEST));
    biases.fill(0.0);
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    let at = |output: usize, row: usize| (output / WIDEST * inputs + row) * WIDEST;
    pack_rows([channels, pixels, lanes, outputs], weight, weights, at, |_, weight| weight);
}

/// Writes `weight` into `packed`, those of sixteen outputs for an input side by side: `stored(o, weight)` of each weight of output `o`, and
/// of zeros for outputs from O on. Those from output `o` on for input `i`, in the order of the input's layout, go to `at(o, i)`.
fn pack_rows<W>(
    [channels, pixels, lanes, outputs]: [usize; 4],
    weight: &[f32],
    packed: &mut [W],
    at: impl Fn(usize, usize) -> usize,
    stored: impl Fn(usize, f32) -> W,
) {
    let inputs = channels * pixels;
    for first in (0..outputs).step_by(WIDEST) {
        let mut rows = 0..inputs;
        for index in 0..=channels % lanes {
            let run = run(channels, pixels, lanes, index);
            for (i, row) in (0..run.count).zip(&mut rows) {
                let place = run.start + i * run.stride;
                let [pixel, lane] = [place / lanes % pixels, place % lanes];
                let channel = place / lanes / pixels * lanes + lane;
                let input = channel * pixels + pixel;
                for (o, value) in (first..).zip(&mut packed[at(first, row)..][..WIDEST]) {
                    *value = stored(o, weight.get(o * inputs + input).copied().unwrap_or(0.0));
                }
            }
        }
    }
}

/// Fully connected layer: W x + b, and an activation.
///
/// Inputs are broadcast to `ROWS` registers of eight outputs at a time, or `ROWS16` of sixteen; there are several sums for
/// each, its chains, since an addition takes four cycles but two can begin in each cycle.
#[derive(Debug)]
pub struct Fc<'a, T: Threads, const ROWS: usize, const ROWS16: usize> {
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
    /// From [`pack_fc`].
    pub weights: &'a [f32],
    /// The outputs, O for each of them.
    pub dst: &'a mut [f32],
}

/// The most sums that an output has.
const MAX_CHAINS: usize = 8;

/// How many sums each output has in a tile of `rows` registers.
const fn chains(rows: usize) -> usize {
    match rows {
        1 => MAX_CHAINS,
        2 => 4,
        3 | 4 => 2,
        _ => 1,
    }
}

impl<T: Threads, const ROWS: usize, const ROWS16: usize> Kernel for Fc<'_, T, ROWS, ROWS16> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, pixels, lanes, outputs, vectors, team, activation, src, weights, dst } = self;
        assert!(lanes == 1 || lanes == LANES);
        let len = product([channels.div_ceil(lanes), pixels, lanes]);
        assert_eq!(src.len(), product([vectors, len]));
        assert_eq!(weights.len(), fc_packed_len(channels * pixels, outputs));
        assert_eq!(dst.len(), product([vectors, outputs]));
        let (biases, weights) = weights.split_at(outputs.next_multiple_of(WIDEST));
        for (src, dst) in src.chunks_exact(len).zip(dst.chunks_exact_mut(outputs)) {
            let dst = Shares::new(dst);
            Vector { channels, pixels, lanes, outputs, activation, src, biases, weights, dst }
                .run::<S, T, ROWS, ROWS16>(simd, team);
        }
    }
}

/// A layer of one image or vector. Its slices are checked: `src` has the size of the input in its layout, `biases` are one for each
/// output, padded to whole rows, and `weights` a row for each sixteen outputs and each input.
struct Vector<'a> {
    channels: usize,
    pixels: usize,
    lanes: usize,
    outputs: usize,
    activation: Activation,
    src: &'a [f32],
    biases: &'a [f32],
    weights: &'a [f32],
    dst: Shares<'a>,
}

impl Vector<'_> {
    /// Computes all outputs, `ROWS` or `ROWS16` registers at a time.
    #[inline(always)]
    fn run<S: Simd, T: Threads, const ROWS: usize, const ROWS16: usize>(self, simd: S, team: T) {
        let rows = self.outputs.div_ceil(S::VECTORS * LANES);
        if const { S::VECTORS == 2 } {
            team.run(simd, rows.div_ceil(ROWS16), Tiles::<ROWS16>(self));
        } else {
            team.run(simd, rows.div_ceil(ROWS), Tiles::<ROWS>(self));
        }
    }
}

/// A part for each `TILE` registers of outputs.
struct Tiles<'a, const TILE: usize>(Vector<'a>);

impl<const TILE: usize> Parts for Tiles<'_, TILE> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, tile: usize) {
        let rows = self.0.outputs.div_ceil(S::VECTORS * LANES);
        let mut first_outputs = [0; TILE];
        for (r, first) in first_outputs.iter_mut().enumerate() {
            *first = (tile * TILE + r).min(rows - 1) * S::VECTORS * LANES;
        }
        // SAFETY: the slices are checked, each register begins with an output, a multiple of its lanes, and no other part
        // writes them.
        unsafe { self.0.tile::<S, TILE>(simd, first_outputs) }
    }
}

impl Vector<'_> {
    /// Computes and stores the registers that begin with `first_outputs`.
    ///
    /// # Safety
    ///
    /// - the slices have the lengths that [`Vector`] says;
    /// - `first_outputs` are outputs and multiples of a register's lanes, and nothing else writes these registers' outputs now.
    #[inline(always)]
    unsafe fn tile<S: Simd, const TILE: usize>(&self, simd: S, first_outputs: [usize; TILE]) {
        let inputs = self.channels * self.pixels;
        let mut rows = [self.weights.as_ptr(); TILE];
        let mut sums = [[simd.wide_splat(0.0); TILE]; MAX_CHAINS];
        for r in 0..TILE {
            let [group, lane] = [first_outputs[r] / WIDEST, first_outputs[r] % WIDEST];
            // SAFETY: there are a row of biases and `inputs` rows of weights for each sixteen outputs.
            unsafe {
                rows[r] = rows[r].add(group * inputs * WIDEST + lane);
                sums[0][r] = simd.wide_load(self.biases.as_ptr().add(first_outputs[r]));
            }
        }

        let chains = const { chains(TILE) };
        let mut column = 0;
        for index in 0..=self.channels % self.lanes {
            let run = run(self.channels, self.pixels, self.lanes, index);
            let at = |i| run.start + i * run.stride;
            let whole = run.count / chains * chains;
            for i in (0..whole).step_by(chains) {
                for (chain, sums) in sums[..chains].iter_mut().enumerate() {
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

        for r in 0..TILE {
            let mut total = simd.vectors(sums[0][r]);
            for sums in &sums[1..chains] {
                let part = simd.vectors(sums[r]);
                total = [simd.add(total[0], part[0]), simd.add(total[1], part[1])];
            }
            for (v, &sum) in total[..S::VECTORS].iter().enumerate() {
                let vector = self.activation.apply(simd, sum);
                // SAFETY: as the caller says.
                unsafe { store(simd, vector, first_outputs[r] + v * LANES, self.outputs, self.dst) }
            }
        }
    }
}

/// Stores a vector of outputs, from `first` on, as far as there are so many `outputs`: the last ones may reach over the last.
///
/// # Safety
///
/// `dst` has so many values, and nothing else writes these now.
#[inline(always)]
unsafe fn store<S: Simd>(simd: S, vector: S::Vector, first: usize, outputs: usize, dst: Shares<'_>) {
    let mut values = [0.0; LANES];
    simd.store(vector, &mut values);
    let first = first.min(outputs);
    let real = LANES.min(outputs - first);
    // SAFETY: as the caller says.
    unsafe { dst.part(first, real) }.copy_from_slice(&values[..real]);
}

/// Adds to each sum of a chain the product of value `at` of the input and its weight in `column`.
///
/// # Safety
///
/// `at` is in `src`, and `rows` are valid for reads of a wide register in `column`.
#[inline(always)]
unsafe fn multiply_add<S: Simd, const TILE: usize>(
    simd: S,
    src: &[f32],
    rows: [*const f32; TILE],
    at: usize,
    column: usize,
    sums: &mut [S::Wide; TILE],
) {
    // SAFETY: `at` is in `src`.
    let x = simd.wide_splat(unsafe { *src.get_unchecked(at) });
    for r in 0..TILE {
        // SAFETY: as the caller says.
        let weights = unsafe { simd.wide_load(rows[r].add(column * WIDEST)) };
        sums[r] = simd.wide_mul_add(x, weights, sums[r]);
    }
}

/// `fc` while a net is trained: of a vector, or of each of so many rows.
#[derive(Clone, Copy, Debug)]
pub struct FcOp {
    /// Inputs of a row.
    pub inputs: usize,
    /// Outputs of a row.
    pub outputs: usize,
    /// Rows.
    pub rows: usize,
    /// Whether ReLU follows.
    pub relu: bool,
}

impl FcOp {
    /// The same as a convolution of one pixel.
    fn conv(&self) -> ConvOp {
        ConvOp {
            channels: self.inputs,
            image: [1, 1],
            small_channels: self.outputs,
            small: [1, 1],
            kernel: [1, 1],
            stride: [1, 1],
            padding: [0, 0],
            dilation: [1, 1],
            groups: 1,
            transposed: false,
            relu: self.relu,
        }
    }

    /// Adds input times gradient, summed over all images, to each weight's gradient.
    #[inline(always)]
    fn add_weight_grads<L: Lanes>(&self, lanes: L, input: &[L::Values], gradient: &[L::Values], grads: &mut [L::Real]) {
        let (whole, rest) = input.split_at(self.inputs - self.inputs % L::Values::LANES);
        for (block, input) in whole.chunks_exact(L::Values::LANES).enumerate() {
            // A vector of weights for each image, instead of a vector of images for each weight.
            let mut images = [L::Values::ZERO; WIDEST];
            let images = &mut images[..L::Values::LANES];
            lanes.transpose(input, images);
            let first = block * L::Values::LANES;
            let mut output = 0;
            while output < self.outputs {
                let (gradient, grads) = (&gradient[output..], &mut grads[output * self.inputs + first..]);
                output += match self.outputs - output {
                    8.. => self.add_vectors::<L, 8>(lanes, images, gradient, grads),
                    4.. => self.add_vectors::<L, 4>(lanes, images, gradient, grads),
                    _ => self.add_vectors::<L, 1>(lanes, images, gradient, grads),
                };
            }
        }
        let zero = lanes.splat(L::Real::ZERO);
        for (row, gradient) in grads.chunks_exact_mut(self.inputs).zip(gradient) {
            let gradient = lanes.load(gradient);
            let row = &mut row[self.inputs - rest.len()..];
            for (grad, input) in row.iter_mut().zip(rest) {
                *grad += lanes.sum(lanes.mul_add(lanes.load(input), gradient, zero));
            }
        }
    }

    /// Adds each image's gradient times its inputs, for `O` outputs; returns `O`.
    #[inline(always)]
    fn add_vectors<L: Lanes, const O: usize>(
        &self,
        lanes: L,
        images: &[L::Values],
        gradient: &[L::Values],
        grads: &mut [L::Real],
    ) -> usize {
        let mut sums = [lanes.splat(L::Real::ZERO); O];
        for (o, sum) in sums.iter_mut().enumerate() {
            let at = o * self.inputs;
            *sum = lanes.load(&bytemuck::cast_slice(&grads[at..at + L::Values::LANES])[0]);
        }
        for (i, image) in images.iter().enumerate() {
            let image = lanes.load(image);
            for (sum, gradient) in sums.iter_mut().zip(gradient) {
                *sum = lanes.mul_add(image, lanes.splat(gradient.as_ref()[i]), *sum);
            }
        }
        for (o, sum) in sums.into_iter().enumerate() {
            let at = o * self.inputs;
            grads[at..at + L::Values::LANES].copy_from_slice(lanes.values(sum).as_ref());
        }
        O
    }
}

impl Op for FcOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        let rows = cx.inputs[0].chunks_exact(self.inputs).zip(cx.output.chunks_exact_mut(self.outputs));
        for (input, output) in rows {
            let cx = Forward { images: cx.images, params: cx.params, totals: &[], inputs: &[input], output };
            self.conv().forward(lanes, cx);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, mut cx: Backward<'_, L>) {
        if self.relu {
            cx.undo_relu(lanes);
        }
        let (weights, _) = cx.params.split_at(self.inputs * self.outputs);
        let (weight_grads, bias_grads) = cx.grads.split_at_mut(weights.len());
        let input_grad = &mut cx.input_grads[0];
        for row in 0..self.rows {
            let (inputs, outputs) =
                (self.inputs * row..self.inputs * (row + 1), self.outputs * row..self.outputs * (row + 1));
            let gradient = &cx.output_grad[outputs];
            if input_grad.is_wanted() {
                self.conv().input_grad(
                    lanes,
                    weights,
                    gradient,
                    &mut input_grad.values[inputs.clone()],
                    input_grad.add,
                );
            }
            self.add_weight_grads(lanes, &cx.inputs[0][inputs], gradient, weight_grads);
            for (grad, gradient) in bias_grads.iter_mut().zip(gradient) {
                *grad += lanes.sum(lanes.load(gradient));
            }
        }
    }
}
