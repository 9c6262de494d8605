//! Convolution, from planar or blocked images to blocked ones.
//!
//! Of blocked images taps may lie outside, where they read zeros. Planar ones are padded beforehand (see [`Pad`](super::Pad)).
//! Sizes: `O` and `I` channels out and in, `K` = I / groups channels that an output reads,
//! `KH`×`KW` the kernel.

mod depthwise;
mod direct;
mod grouped;
mod learn;
mod learn_weights;
mod padded;
mod sliding;
mod strassen;
mod winograd;

pub use depthwise::Depthwise;
pub use direct::Conv;
pub use grouped::GroupedConv;
pub use learn::ConvOp;
pub use padded::PaddedConv;
pub use strassen::{Strassen, pack_strassen, strassen_packed_len, strassen_scratch_len, sum_filters};
pub use winograd::{Winograd, pack_winograd, winograd_packed_len, winograd_scratch_len};

use std::ops::Range;

use super::{product, taps_fit};
use crate::simd::{LANES, Simd, WIDEST};

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
    #[inline(always)]
    const fn group_inputs(&self) -> usize {
        self.in_channels / self.groups
    }

    /// The output channels that read the same input channels.
    #[inline(always)]
    const fn group_outputs(&self) -> usize {
        self.out_channels / self.groups
    }

    /// Pixels of the output.
    #[inline(always)]
    const fn pixels(&self) -> usize {
        self.out_height * self.out_width
    }

    /// Whether an output pixel is a sum of the channels of the same input pixel.
    #[inline(always)]
    fn is_pointwise(&self) -> bool {
        let same = [self.in_height, self.in_width] == [self.out_height, self.out_width];
        same && self.groups == 1 && self.kernel == [1, 1] && self.stride == [1, 1] && self.padding == [0, 0]
    }

    /// The multiply-adds of one output value: K·KH·KW.
    #[inline(always)]
    pub(super) const fn taps(&self) -> usize {
        product([self.group_inputs(), self.kernel[0], self.kernel[1]])
    }

    /// Rows and columns of the output where each `pool` × `pool` values of it are one.
    #[inline(always)]
    const fn pooled(&self, pool: usize) -> [usize; 2] {
        [self.out_height / pool, self.out_width / pool]
    }

    /// Panics unless the slices have the sizes of the shape, in an input layout of `lanes` channels per block.
    #[inline(always)]
    fn check(&self, lanes: usize, pool: usize, src: &[f32], weights: &[f32], dst: &[f32]) {
        let [in_blocks, out_blocks] = [self.in_channels.div_ceil(lanes), self.out_channels.div_ceil(LANES)];
        assert!(lanes == 1 || lanes == LANES);
        assert!(self.taps() > 0);
        assert!(self.in_channels.is_multiple_of(self.groups));
        assert!(self.out_channels.is_multiple_of(self.groups));
        assert_eq!(src.len(), product([in_blocks, self.in_height, self.in_width, lanes]));
        let [height, width] = self.pooled(pool);
        assert_eq!(dst.len(), product([out_blocks, height, width, LANES]));
        assert_eq!(weights.len(), conv_packed_len(self));
    }

    /// Whether all taps of all outputs lie inside the image.
    #[inline(always)]
    fn fits(&self) -> bool {
        let [outputs, inputs] = [[self.out_height, self.out_width], [self.in_height, self.in_width]];
        let Self { kernel, stride, dilation, .. } = self;
        let inside = |axis| taps_fit(outputs[axis], stride[axis], kernel[axis], dilation[axis], inputs[axis]);
        self.padding == [0, 0] && inside(0) && inside(1)
    }

    /// The windows of the output pixels from `first` on. Past the last pixel, it is repeated.
    #[inline(always)]
    fn windows<const PIXELS: usize>(&self, first: usize) -> [Window; PIXELS] {
        let [mut row, mut column] = [first / self.out_width, first % self.out_width];
        let window = |pixel, row: usize, column: usize| Window {
            pixel,
            // Above and left of the image these wrap around, and are larger than any size.
            y: row.wrapping_mul(self.stride[0]).wrapping_sub(self.padding[0]),
            x: column.wrapping_mul(self.stride[1]).wrapping_sub(self.padding[1]),
        };
        let mut windows = [window(first, row, column); PIXELS];
        if self.out_width.is_multiple_of(PIXELS) {
            // All in one row: with constant sizes, a constant distance apart.
            for (p, window) in windows.iter_mut().enumerate() {
                window.pixel += p;
                window.x = window.x.wrapping_add(p.wrapping_mul(self.stride[1]));
            }
            return windows;
        }
        let last = self.out_height * self.out_width - 1;
        for p in 1..PIXELS {
            windows[p] = windows[p - 1];
            if first + p <= last {
                column += 1;
                if column == self.out_width {
                    (row, column) = (row + 1, 0);
                }
                windows[p] = window(first + p, row, column);
            }
        }
        windows
    }

    /// Where tap (`ky`, `kx`) of `window` lies in a plane of one value per pixel; None outside of the image.
    #[inline(always)]
    fn tap(&self, window: Window, ky: usize, kx: usize) -> Option<usize> {
        let y = window.y.wrapping_add(ky.wrapping_mul(self.dilation[0]));
        let x = window.x.wrapping_add(kx.wrapping_mul(self.dilation[1]));
        (y < self.in_height && x < self.in_width).then(|| y * self.in_width + x)
    }

    /// Whether all taps of `window` lie inside the image.
    #[inline(always)]
    fn surrounds(&self, window: Window) -> bool {
        let [ky, kx] = self.kernel.map(|size| size - 1);
        self.tap(window, 0, 0).is_some() && self.tap(window, ky, kx).is_some()
    }
}

/// The window of an output pixel.
#[derive(Clone, Copy)]
struct Window {
    /// The output pixel.
    pixel: usize,
    /// The row of its first tap, wrapped around where it is above the image.
    y: usize,
    /// The column of its first tap, likewise.
    x: usize,
}

/// What taps outside of the image read.
static ZEROS: [f32; LANES] = [0.0; LANES];

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
#[inline(always)]
pub const fn conv_packed_len(shape: &Conv2d) -> usize {
    // A row of biases and one per tap, for every group of outputs.
    product([shape.out_channels.div_ceil(WIDEST), shape.taps().saturating_add(1), WIDEST])
}

/// Which lanes of input block `block` are among the `count` channels from `first` on.
#[inline(always)]
fn lanes_in_block(lanes: usize, block: usize, first: usize, count: usize) -> (usize, usize) {
    let channel = block * lanes;
    (first.max(channel) - channel, (first + count - channel).min(lanes))
}

/// Packs `weight`, O×K×KH×KW, and `bias`, O, in the order in which the kernels read them:
/// biases `[O / 16, rounded up][16]`, then weights `[O / 16, rounded up][taps][16]`, with zeros for channels from O on.
///
/// The taps follow the input in memory, so they depend on its layout: `lanes` is the `L` of
/// [`Conv`] (1 planar, 8 blocked), and 1 for [`GroupedConv`], where each lane has its own input.
///
/// # Panics
///
/// If a slice's length does not fit the shape.
pub fn pack_conv(shape: &Conv2d, lanes: usize, weight: &[f32], bias: Option<&[f32]>, packed: &mut [f32]) {
    assert_eq!(packed.len(), conv_packed_len(shape));
    pack_rows(shape, lanes, shape.taps(), weight, bias, packed);
}

/// As [`pack_conv`], with `rows` rows of weights for each sixteen outputs, those behind the taps zero.
fn pack_rows(shape: &Conv2d, lanes: usize, rows: usize, weight: &[f32], bias: Option<&[f32]>, packed: &mut [f32]) {
    let [taps, window] = [shape.taps(), product(shape.kernel)];
    assert_eq!(weight.len(), product([shape.out_channels, taps]));
    pack_by(shape, lanes, rows, |o, i, tap| weight[o * taps + i * window + tap], bias, packed);
}

/// [`pack_rows`] with `weight(o, i, tap)` for output `o`, input `i` of its group and pixel `tap` of the window.
pub(super) fn pack_by(
    shape: &Conv2d,
    lanes: usize,
    rows: usize,
    weight: impl Fn(usize, usize, usize) -> f32,
    bias: Option<&[f32]>,
    packed: &mut [f32],
) {
    let [outputs, inputs] = [shape.out_channels, shape.group_inputs()];
    packed.fill(0.0);
    let (biases, weights) = packed.split_at_mut(outputs.next_multiple_of(WIDEST));
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    for block in 0..outputs.div_ceil(LANES) {
        let channels = block * LANES..outputs.min((block + 1) * LANES);
        let first = channels.start / shape.group_outputs() * inputs;
        let mut filters = weights[packed_block(block, rows)..].chunks_mut(WIDEST);
        for in_block in first / lanes..(first + inputs).div_ceil(lanes) {
            let (start, end) = lanes_in_block(lanes, in_block, first, inputs);
            for tap in 0..product(shape.kernel) {
                for (lane, row) in (start..end).zip(&mut filters) {
                    let i = in_block * lanes + lane - first;
                    for (value, o) in row.iter_mut().zip(channels.clone()) {
                        *value = weight(o, i, tap);
                    }
                }
            }
        }
    }
}

/// Where the weights of a block of eight outputs begin among packed weights, which have `rows` rows for each sixteen outputs.
#[inline(always)]
fn packed_block(block: usize, rows: usize) -> usize {
    let [group, half] = [block * LANES / WIDEST, block * LANES % WIDEST];
    group * rows * WIDEST + half
}

/// The output blocks in the registers of a tile, of eight values or of sixteen, whichever are more.
#[inline(always)]
const fn tile_blocks(rows: usize, rows16: usize) -> usize {
    let wide = rows16 * (WIDEST / LANES);
    if rows > wide { rows } else { wide }
}

/// Adds to every sum of a tile the product of its input and its weight.
///
/// The shorter side of the tile is held in registers while the longer one is loaded value by
/// value, since sums take most of them.
///
/// # Safety
///
/// `values` are valid for reads at `lane`, and `filters` for reads of a wide register in row `tap`.
#[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
#[inline(always)]
unsafe fn multiply_add<S: Simd, const ROWS: usize, const PIXELS: usize>(
    simd: S,
    values: [*const f32; PIXELS],
    filters: [*const f32; ROWS],
    lane: usize,
    tap: usize,
    sums: &mut [[S::Wide; PIXELS]; ROWS],
) {
    // SAFETY: as the caller says.
    let input = |p: usize| simd.wide_splat(unsafe { *values[p].add(lane) });
    // SAFETY: as the caller says.
    let weight = |r: usize| unsafe { simd.wide_load(filters[r].add(tap * WIDEST)) };
    if ROWS <= PIXELS {
        let mut weights = [simd.wide_splat(0.0); ROWS];
        for r in 0..ROWS {
            weights[r] = weight(r);
        }
        for p in 0..PIXELS {
            let input = input(p);
            for r in 0..ROWS {
                sums[r][p] = simd.wide_mul_add(input, weights[r], sums[r][p]);
            }
        }
    } else {
        let mut inputs = [simd.wide_splat(0.0); PIXELS];
        for p in 0..PIXELS {
            inputs[p] = input(p);
        }
        for r in 0..ROWS {
            let weight = weight(r);
            for p in 0..PIXELS {
                sums[r][p] = simd.wide_mul_add(inputs[p], weight, sums[r][p]);
            }
        }
    }
}

/// Which weights are to come closer while others are used.
#[derive(Clone)]
struct Fetch {
    /// How much further on they are.
    next: usize,
    /// Which lines of each block of input channels.
    lines: Range<usize>,
    /// Of every so-manieth register, from the first of these on.
    first: usize,
    step: usize,
}

/// Adds to a tile the products of `channels` input channels: of blocked pixels from `first` on, a block `plane` floats behind the one
/// before.
///
/// # Safety
///
/// The pixels are valid for reads, and `filters` for a row of weights for each channel.
#[expect(clippy::needless_range_loop, reason = "loops by indices leave the tile in its registers")]
#[inline(always)]
unsafe fn sum_channels<S: Simd, const ROWS: usize, const PIXELS: usize>(
    simd: S,
    channels: usize,
    mut first: *const f32,
    plane: usize,
    mut filters: [*const f32; ROWS],
    fetch: &Fetch,
    sums: &mut [[S::Wide; PIXELS]; ROWS],
) {
    let mut left = channels;
    while left > 0 {
        let lanes = LANES.min(left);
        left -= lanes;
        for r in (fetch.first..ROWS).step_by(fetch.step) {
            for line in fetch.lines.clone() {
                simd.prefetch(filters[r].wrapping_add(fetch.next + line * WIDEST));
            }
        }
        let mut values = [first; PIXELS];
        for p in 0..PIXELS {
            values[p] = first.wrapping_add(p * LANES);
        }
        for lane in 0..lanes {
            // SAFETY: as the caller says.
            unsafe { multiply_add(simd, values, filters, lane, lane, sums) }
        }
        first = first.wrapping_add(plane);
        for r in 0..ROWS {
            filters[r] = filters[r].wrapping_add(LANES * WIDEST);
        }
    }
}
