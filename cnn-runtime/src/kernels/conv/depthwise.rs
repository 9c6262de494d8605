use std::ops::Range;

use super::{Conv2d, packed_block};
use crate::kernels::Activation;
use crate::simd::{Kernel, LANES, Simd, WIDEST};

/// Convolution of each channel alone, and an activation, from blocked images to blocked ones.
///
/// Each row of the output has pixels whose windows reach over the left or the right edge, which are computed one by one, and
/// those in between, eight at a time.
#[derive(Debug)]
pub struct Depthwise<'a> {
    /// Sizes, with as many groups as channels in and out.
    pub shape: Conv2d,
    /// What follows.
    pub activation: Activation,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// From [`pack_conv`](super::pack_conv) with `lanes` = 1.
    pub weights: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for Depthwise<'_> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let shape = self.shape;
        shape.check(LANES, self.src, self.weights, self.dst);
        assert!(shape.groups == shape.in_channels && shape.groups == shape.out_channels);
        let columns = inside(&shape, 1);
        for block in 0..shape.out_channels.div_ceil(LANES) {
            for y in 0..shape.out_height {
                let row = Row { block, y, taps: taps(&shape, 0, y) };
                // SAFETY: the shape is checked, the block and the row are of the output, and the windows of `columns` lie
                // between the edges.
                unsafe {
                    for x in (0..columns.start).chain(columns.end..shape.out_width) {
                        self.tile::<S, 1>(simd, &row, x, taps(&shape, 1, x));
                    }
                    let all = 0..shape.kernel[1];
                    match columns.len() {
                        0 => {}
                        1..4 => columns.clone().for_each(|x| self.tile::<S, 1>(simd, &row, x, all.clone())),
                        4..8 => self.tiles::<S, 4>(simd, &row, columns.clone(), all),
                        _ => self.tiles::<S, 8>(simd, &row, columns.clone(), all),
                    }
                }
            }
        }
    }
}

/// A row of a block of the output.
struct Row {
    block: usize,
    y: usize,
    /// The rows of the kernel that lie on the image.
    taps: Range<usize>,
}

/// The taps of output `at` that lie on the image, along an axis.
#[inline(always)]
fn taps(shape: &Conv2d, axis: usize, at: usize) -> Range<usize> {
    let size = [shape.in_height, shape.in_width][axis];
    let [start, padding, dilation] = [at * shape.stride[axis], shape.padding[axis], shape.dilation[axis]];
    let before = padding.saturating_sub(start).div_ceil(dilation);
    let end = (size + padding).saturating_sub(start).div_ceil(dilation).min(shape.kernel[axis]);
    before.min(end)..end
}

/// The outputs whose taps all lie on the image, along an axis.
#[inline(always)]
fn inside(shape: &Conv2d, axis: usize) -> Range<usize> {
    let [size, outputs] = [[shape.in_height, shape.in_width][axis], [shape.out_height, shape.out_width][axis]];
    let [stride, padding] = [shape.stride[axis], shape.padding[axis]];
    let reach = (shape.kernel[axis] - 1) * shape.dilation[axis] + 1;
    let start = padding.div_ceil(stride).min(outputs);
    let end = (size + padding).checked_sub(reach).map_or(0, |last| last / stride + 1).min(outputs);
    start..end.max(start)
}

impl Depthwise<'_> {
    /// Computes and stores `columns`, at least `PIXELS`, of a row. The last tile reaches back where they are not a multiple.
    ///
    /// # Safety
    ///
    /// As for [`tile`](Self::tile).
    #[inline(always)]
    unsafe fn tiles<S: Simd, const PIXELS: usize>(
        &mut self,
        simd: S,
        row: &Row,
        columns: Range<usize>,
        taps: Range<usize>,
    ) {
        for x in columns.clone().step_by(PIXELS) {
            // SAFETY: as the caller says.
            unsafe { self.tile::<S, PIXELS>(simd, row, x.min(columns.end - PIXELS), taps.clone()) }
        }
    }

    /// Computes and stores `PIXELS` outputs of a row from column `first` on, of the `columns` of the kernel.
    ///
    /// # Safety
    ///
    /// - The shape and the slices pass [`Conv2d::check`], and there are as many blocks in as out;
    /// - the row, and the outputs, exist; their taps in the row's rows and in `columns` lie on the image.
    #[inline(always)]
    unsafe fn tile<S: Simd, const PIXELS: usize>(&mut self, simd: S, row: &Row, first: usize, columns: Range<usize>) {
        let Conv2d { in_height, in_width, kernel, stride, padding, dilation, .. } = self.shape;
        let src = &self.src.as_chunks::<LANES>().0[row.block * in_height * in_width..];
        let (bias, weights) = self.weights.split_at(self.shape.out_channels.next_multiple_of(WIDEST));
        let weights = &weights[packed_block(row.block, kernel[0] * kernel[1])..];
        let mut sums = [simd.load(&bias.as_chunks::<LANES>().0[row.block]); PIXELS];
        for ky in row.taps.clone() {
            let start = (row.y * stride[0] + ky * dilation[0] - padding[0]) * in_width;
            for kx in columns.clone() {
                let at = start + first * stride[1] + kx * dilation[1] - padding[1];
                let tap = (ky * kernel[1] + kx) * WIDEST;
                // SAFETY: each block of channels has a row of weights for each tap.
                let weight = simd.load(unsafe { &*weights.as_ptr().add(tap).cast() });
                for (p, sum) in sums.iter_mut().enumerate() {
                    // SAFETY: this tap lies on the image.
                    let value = simd.load(unsafe { src.get_unchecked(at + p * stride[1]) });
                    *sum = simd.mul_add(value, weight, *sum);
                }
            }
        }
        let pixels = self.shape.out_height * self.shape.out_width;
        let dst = &mut self.dst.as_chunks_mut::<LANES>().0[row.block * pixels + row.y * self.shape.out_width + first..];
        for (dst, sum) in dst.iter_mut().zip(sums) {
            simd.store(self.activation.apply(simd, sum), dst);
        }
    }
}
