//! Convolution, from planar or blocked images to blocked ones.
//!
//! The image is padded beforehand (see [`Pad`](super::Pad)), so that all taps lie inside.
//! Sizes: `O` and `I` channels out and in, `K` = I / groups channels that an output reads,
//! `KH`×`KW` the kernel.

mod grouped;

pub use grouped::GroupedConv;

use std::hint::black_box;

use super::{product, taps_fit};
use crate::simd::{Kernel, LANES, Simd};

/// A convolution's sizes.
#[derive(Clone, Copy, Debug)]
pub struct Conv2d {
    /// I.
    pub in_channels: usize,
    /// Rows of the input.
    pub in_height: usize,
    /// Columns of the input.
    pub in_width: usize,
    /// O.
    pub out_channels: usize,
    /// Rows of the output.
    pub out_height: usize,
    /// Columns of the output.
    pub out_width: usize,
    /// KH and KW.
    pub kernel: [usize; 2],
    /// Steps between neighbouring outputs, down and right.
    pub stride: [usize; 2],
    /// Zeros above and left of the image. Below and right there are as many as the output needs.
    pub padding: [usize; 2],
    /// Steps between neighbouring taps, down and right.
    pub dilation: [usize; 2],
    /// Output channels in group g read only the input channels of group g.
    pub groups: usize,
}

impl Conv2d {
    /// K, the input channels that one output channel reads.
    const fn group_inputs(&self) -> usize {
        self.in_channels / self.groups
    }

    /// The output channels that read the same input channels.
    const fn group_outputs(&self) -> usize {
        self.out_channels / self.groups
    }

    /// The multiply-adds of one output value: K·KH·KW.
    const fn taps(&self) -> usize {
        product([self.group_inputs(), self.kernel[0], self.kernel[1]])
    }

    /// Panics unless the slices have the sizes of the shape, in an input layout of `lanes`
    /// channels per block, and all taps lie inside the image.
    #[inline(always)]
    fn check(&self, lanes: usize, src: &[f32], weights: &[f32], dst: &[f32]) {
        let [in_blocks, out_blocks] = [self.in_channels.div_ceil(lanes), self.out_channels.div_ceil(LANES)];
        assert!(lanes == 1 || lanes == LANES);
        assert!(self.taps() > 0);
        assert!(self.in_channels.is_multiple_of(self.groups));
        assert!(self.out_channels.is_multiple_of(self.groups));
        assert_eq!(src.len(), product([in_blocks, self.in_height, self.in_width, lanes]));
        assert_eq!(dst.len(), product([out_blocks, self.out_height, self.out_width, LANES]));
        assert_eq!(weights.len(), conv_packed_len(self));
        let [outputs, inputs] = [[self.out_height, self.out_width], [self.in_height, self.in_width]];
        for axis in 0..2 {
            let Self { kernel, stride, dilation, .. } = self;
            assert_eq!(self.padding[axis], 0);
            assert!(taps_fit(outputs[axis], stride[axis], kernel[axis], dilation[axis], inputs[axis]));
        }
    }

    /// The output pixels from `first` on, and where in a plane of one `f32` per pixel their windows
    /// begin. Past the last pixel, it is repeated.
    #[inline(always)]
    fn windows<const PIXELS: usize>(&self, first: usize) -> [(usize, usize); PIXELS] {
        let step = self.stride[1];
        let mut x = first % self.out_width;
        let mut row = first / self.out_width * self.stride[0] * self.in_width;
        let mut windows = [(first, row + x * step); PIXELS];
        if self.out_width.is_multiple_of(PIXELS) {
            // All in one row: with constant sizes, a constant distance apart.
            for (p, (pixel, window)) in windows.iter_mut().enumerate() {
                *pixel += p;
                *window += p * step;
            }
            return windows;
        }
        let last = self.out_height * self.out_width - 1;
        for p in 1..PIXELS {
            windows[p] = windows[p - 1];
            if windows[p].0 < last {
                x += 1;
                if x == self.out_width {
                    x = 0;
                    row += self.stride[0] * self.in_width;
                }
                windows[p] = (windows[p].0 + 1, row + x * step);
            }
        }
        windows
    }

    /// Where, counted from the beginning of a window, its tap (`ky`, `kx`) is.
    #[inline(always)]
    fn tap(&self, ky: usize, kx: usize) -> usize {
        ky * self.dilation[0] * self.in_width + kx * self.dilation[1]
    }
}

/// The convolution of `input`, I×H×W, with `weight`, O×K×KH×KW, plus `bias`, O.
pub fn reference(shape: &Conv2d, input: &[f32], weight: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    let [kernel_height, kernel_width] = shape.kernel;
    let mut output = Vec::new();
    for o in 0..shape.out_channels {
        let first = o / shape.group_outputs() * shape.group_inputs();
        for y in 0..shape.out_height {
            for x in 0..shape.out_width {
                let mut sum = bias.map_or(0.0, |bias| f64::from(bias[o]));
                for i in 0..shape.group_inputs() {
                    for ky in 0..kernel_height {
                        for kx in 0..kernel_width {
                            let row = y * shape.stride[0] + ky * shape.dilation[0];
                            let column = x * shape.stride[1] + kx * shape.dilation[1];
                            let inside = (shape.padding[0]..shape.padding[0] + shape.in_height).contains(&row)
                                && (shape.padding[1]..shape.padding[1] + shape.in_width).contains(&column);
                            let value = if inside {
                                let [row, column] = [row - shape.padding[0], column - shape.padding[1]];
                                input[((first + i) * shape.in_height + row) * shape.in_width + column]
                            } else {
                                0.0
                            };
                            let at = ((o * shape.group_inputs() + i) * kernel_height + ky) * kernel_width + kx;
                            sum += f64::from(value) * f64::from(weight[at]);
                        }
                    }
                }
                output.push(sum as f32);
            }
        }
    }
    output
}

/// The length of what [`pack_conv`] writes.
pub const fn conv_packed_len(shape: &Conv2d) -> usize {
    // A vector of biases and one per tap, for every block of output channels.
    product([shape.out_channels.div_ceil(LANES), shape.taps().saturating_add(1), LANES])
}

/// Which lanes of input block `block` are among the `count` channels from `first` on.
#[inline(always)]
fn lanes_in_block(lanes: usize, block: usize, first: usize, count: usize) -> (usize, usize) {
    let channel = block * lanes;
    (first.max(channel) - channel, (first + count - channel).min(lanes))
}

/// Packs `weight`, O×K×KH×KW, and `bias`, O, in the order in which the kernels read them:
/// biases `[block][8]`, then weights `[block][taps][8]` of blocks of eight output channels, with
/// zeros for channels from O on.
///
/// The taps follow the input in memory, so they depend on its layout: `lanes` is the `L` of
/// [`Conv`] (1 planar, 8 blocked), and 1 for [`GroupedConv`], where each lane has its own input.
///
/// # Panics
///
/// If a slice's length does not fit the shape.
pub fn pack_conv(shape: &Conv2d, lanes: usize, weight: &[f32], bias: Option<&[f32]>, packed: &mut [f32]) {
    let [taps, window] = [shape.taps(), product(shape.kernel)];
    assert_eq!(weight.len(), product([shape.out_channels, taps]));
    pack_by(shape, lanes, |o, i, tap| weight[o * taps + i * window + tap], bias, packed);
}

/// [`pack_conv`] with `weight(o, i, tap)` for output `o`, input `i` of its group and pixel `tap` of the window.
pub(super) fn pack_by(
    shape: &Conv2d,
    lanes: usize,
    weight: impl Fn(usize, usize, usize) -> f32,
    bias: Option<&[f32]>,
    packed: &mut [f32],
) {
    let [outputs, inputs] = [shape.out_channels, shape.group_inputs()];
    assert_eq!(packed.len(), conv_packed_len(shape));
    let blocks = outputs.div_ceil(LANES);
    let (biases, weights) = packed.split_at_mut(blocks * LANES);
    biases.fill(0.0);
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    let mut vectors = weights.as_chunks_mut::<LANES>().0.iter_mut();
    for block in 0..blocks {
        let channels = block * LANES..outputs.min((block + 1) * LANES);
        let first = channels.start / shape.group_outputs() * inputs;
        for in_block in first / lanes..(first + inputs).div_ceil(lanes) {
            let (start, end) = lanes_in_block(lanes, in_block, first, inputs);
            for tap in 0..product(shape.kernel) {
                for (lane, vector) in (start..end).zip(&mut vectors) {
                    let i = in_block * lanes + lane - first;
                    *vector = [0.0; LANES];
                    for (value, o) in vector.iter_mut().zip(channels.clone()) {
                        *value = weight(o, i, tap);
                    }
                }
            }
        }
    }
}

/// Convolution, and ReLU where `relu` says so, where the eight channels of an output block are of
/// one group: `groups` is 1, or O / groups a multiple of 8.
///
/// The input is planar (`L` = 1) or blocked (`L` = 8), the output blocked. A tile is `BLOCKS`
/// output blocks × `PIXELS` output pixels, in registers while the taps go by:
///
/// ```text
/// for blocks of each group, BLOCKS at a time
///     for pixels of the image, PIXELS at a time
///         sums[BLOCKS][PIXELS] = bias
///         for input blocks, ky, kx, lanes of the input block
///             sums += weights[BLOCKS] ⊗ inputs[PIXELS]
///         store
/// ```
///
/// AVX2 has 16 registers, so BLOCKS·PIXELS should be 12 at most. The last tile repeats the last
/// block and pixel where it reaches over the edge.
#[derive(Debug)]
pub struct Conv<'a, const L: usize, const BLOCKS: usize, const PIXELS: usize> {
    /// Sizes, with padding 0.
    pub shape: Conv2d,
    /// Whether ReLU follows.
    pub relu: bool,
    /// The image, I×H×W, planar or blocked.
    pub src: &'a [f32],
    /// From [`pack_conv`] with `lanes` = `L`.
    pub weights: &'a [f32],
    /// The output, O×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<const L: usize, const BLOCKS: usize, const PIXELS: usize> Kernel for Conv<'_, L, BLOCKS, PIXELS> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let shape = self.shape;
        shape.check(L, self.src, self.weights, self.dst);
        assert!(shape.groups == 1 || shape.group_outputs().is_multiple_of(LANES));
        let blocks = shape.group_outputs().div_ceil(LANES);
        let pixels = shape.out_height * shape.out_width;
        for group in 0..shape.groups {
            for tile in 0..blocks.div_ceil(BLOCKS) {
                let mut out_blocks = [0; BLOCKS];
                for (b, block) in out_blocks.iter_mut().enumerate() {
                    *block = group * blocks + (tile * BLOCKS + b).min(blocks - 1);
                }
                for tile in 0..pixels.div_ceil(PIXELS) {
                    // SAFETY: the shape is checked, `out_blocks` are of `group`, and the first
                    // pixel is of the output.
                    unsafe { self.tile(simd, group, out_blocks, tile * PIXELS) }
                }
            }
        }
    }
}

impl<const L: usize, const BLOCKS: usize, const PIXELS: usize> Conv<'_, L, BLOCKS, PIXELS> {
    /// Computes and stores `out_blocks` of the pixels from `first_pixel` on.
    ///
    /// # Safety
    ///
    /// - The shape and the slices pass [`Conv2d::check`];
    /// - `out_blocks` are blocks of output channels in `group`, one of the groups;
    /// - `first_pixel` is a pixel of the output.
    #[inline(always)]
    unsafe fn tile<S: Simd>(&mut self, simd: S, group: usize, out_blocks: [usize; BLOCKS], first_pixel: usize) {
        let shape = &self.shape;
        let blocks = shape.out_channels.div_ceil(LANES);
        let [inputs, taps] = [shape.group_inputs(), shape.taps()];
        let (bias, weights) = self.weights.as_chunks::<LANES>().0.split_at(blocks);
        let dst = self.dst.as_chunks_mut::<LANES>().0;
        let pixels = shape.out_height * shape.out_width;
        let plane = shape.in_height * shape.in_width;

        let out_pixels = shape.windows::<PIXELS>(first_pixel);
        let mut windows = [self.src; PIXELS];
        let mut filters = [weights; BLOCKS];
        let mut sums = [[simd.splat(0.0); PIXELS]; BLOCKS];
        for p in 0..PIXELS {
            // SAFETY: all taps of the window are inside `src`, its first one included.
            windows[p] = unsafe { self.src.get_unchecked(out_pixels[p].1 * L..) };
        }
        for b in 0..BLOCKS {
            // SAFETY: there are one bias and `taps` weights per block.
            unsafe {
                filters[b] = weights.get_unchecked(out_blocks[b] * taps..);
                sums[b] = [simd.load(bias.get_unchecked(out_blocks[b])); PIXELS];
            }
        }

        // Loops over a constant number of taps would be unrolled, and then the compiler holds on to
        // inputs that neighbouring taps share, and spills sums for them. With one block it gains.
        let opaque = |size| if BLOCKS > 1 { black_box(size) } else { size };
        let [kernel_height, kernel_width] = shape.kernel.map(opaque);
        let lanes = if L > 1 { opaque(L) } else { L };
        let mut tap = 0;
        let first = group * inputs;
        for in_block in first / L..(first + inputs).div_ceil(L) {
            let (start, end) = lanes_in_block(lanes, in_block, first, inputs);
            for ky in 0..kernel_height {
                for kx in 0..kernel_width {
                    let at = (in_block * plane + shape.tap(ky, kx)) * L;
                    for lane in start..end {
                        // SAFETY: `tap` counts up to `taps`, and the taps of all windows lie
                        // inside `src`.
                        unsafe { multiply_add(simd, windows, filters, at + lane, tap, &mut sums) }
                        tap += 1;
                    }
                }
            }
        }

        for b in 0..BLOCKS {
            for p in 0..PIXELS {
                let sum = if self.relu { simd.relu(sums[b][p]) } else { sums[b][p] };
                let at = out_blocks[b] * pixels + out_pixels[p].0;
                // SAFETY: the block and the pixel are in `dst`.
                simd.store(sum, unsafe { dst.get_unchecked_mut(at) });
            }
        }
    }
}

/// Adds to every sum of a tile the product of its input and its weight.
///
/// The shorter side of the tile is held in registers while the longer one is loaded value by
/// value, since sums take up to 12 of the 16 registers.
///
/// # Safety
///
/// `at` is in all `windows`, and `tap` in all `filters`.
#[expect(clippy::needless_range_loop, reason = "b and p are a sum's place in the tile")]
#[inline(always)]
unsafe fn multiply_add<S: Simd, const BLOCKS: usize, const PIXELS: usize>(
    simd: S,
    windows: [&[f32]; PIXELS],
    filters: [&[[f32; LANES]]; BLOCKS],
    at: usize,
    tap: usize,
    sums: &mut [[S::Vector; PIXELS]; BLOCKS],
) {
    // SAFETY: `at` is in all windows.
    let input = |p: usize| simd.splat(unsafe { *windows[p].get_unchecked(at) });
    // SAFETY: `tap` is in all filters.
    let weight = |b: usize| simd.load(unsafe { filters[b].get_unchecked(tap) });
    if BLOCKS <= PIXELS {
        let mut weights = [simd.splat(0.0); BLOCKS];
        for b in 0..BLOCKS {
            weights[b] = weight(b);
        }
        for p in 0..PIXELS {
            let input = input(p);
            for b in 0..BLOCKS {
                sums[b][p] = simd.mul_add(input, weights[b], sums[b][p]);
            }
        }
    } else {
        let mut inputs = [simd.splat(0.0); PIXELS];
        for p in 0..PIXELS {
            inputs[p] = input(p);
        }
        for b in 0..BLOCKS {
            let weight = weight(b);
            for p in 0..PIXELS {
                sums[b][p] = simd.mul_add(inputs[p], weight, sums[b][p]);
            }
        }
    }
}
