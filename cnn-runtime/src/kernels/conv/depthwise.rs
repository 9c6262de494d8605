use std::ops::Range;

use super::sliding::{self, Slide};
use super::{Conv2d, packed_block};
use crate::kernels::areas::Areas;
use crate::kernels::{Activation, taps_inside};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};

/// Convolution of each channel alone, and an activation, from blocked images to blocked ones.
///
/// The usual kernels, of 3, 5 or 7 columns, load each input value once for several outputs of a row; see `sliding.rs`.
#[derive(Debug)]
pub struct Depthwise<'a, T: Threads> {
    /// Sizes, with as many groups as channels in and out.
    pub shape: Conv2d,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// From [`pack_conv`](super::pack_conv) with `lanes` = 1.
    pub weights: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<T: Threads> Kernel for Depthwise<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape, team, activation, src, weights, dst } = self;
        shape.check(LANES, 1, src, weights, dst);
        assert!(shape.groups == shape.in_channels && shape.groups == shape.out_channels);
        let blocks = shape.out_channels.div_ceil(LANES);
        let areas = Areas::new(team, blocks, shape.out_height, [shape.in_height, shape.in_width]);
        let image = Image { shape, activation, src, weights, dst: Shares::new(dst) };
        team.run(simd, areas.parts(), Rows { image, areas });
    }
}

/// Whoever makes one has checked the image, and the areas are its output's.
struct Rows<'a> {
    image: Image<'a>,
    areas: Areas,
}

impl Parts for Rows<'_> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, part: usize) {
        let Self { image, areas } = self;
        let (shape, [blocks, rows]) = (&image.shape, areas.part(part));
        // No window lies beside the image.
        let trailing = ((shape.out_width - 1) * shape.stride[1]).saturating_sub(shape.padding[1]) < shape.in_width;
        let slides = shape.dilation == [1, 1] && shape.padding[1] < shape.kernel[1] && trailing;
        // SAFETY: the image is checked, the blocks and the rows are of the output and of this part alone; what `Slide` wants
        // of dilation and padding is in `slides`, and the stride is in the pattern.
        unsafe {
            match (shape.kernel[1], shape.stride[1]) {
                (3, 1) if slides => image.slide_each::<S, 3>(simd, blocks, rows),
                (5, 1) if slides => image.slide_each::<S, 5>(simd, blocks, rows),
                (7, 1) if slides => image.slide_each::<S, 7>(simd, blocks, rows),
                (3, 2) if slides => image.slide_by_two::<_, 3>(simd.narrow(), blocks, rows),
                (5, 2) if slides => image.slide_by_two::<_, 5>(simd.narrow(), blocks, rows),
                _ => {
                    for block in blocks {
                        for y in rows.clone() {
                            image.row(simd, &Row { block, y, taps: taps(shape, 0, y) });
                        }
                    }
                }
            }
        }
    }
}

/// A kernel in vectors, with all registers of the instruction set.
struct Narrow<K>(K);

impl<K: Kernel> Kernel for Narrow<K> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        self.0.run(simd.narrow());
    }
}

/// A [`Depthwise`] without its threads.
pub(super) struct Image<'a> {
    pub shape: Conv2d,
    pub activation: Activation,
    pub src: &'a [f32],
    pub weights: &'a [f32],
    pub dst: Shares<'a>,
}

/// A row of a block of the output.
pub(super) struct Row {
    pub block: usize,
    pub y: usize,
    /// The rows of the kernel that lie on the image.
    pub taps: Range<usize>,
}

/// The taps of output `at` that lie on the image, along an axis.
#[inline(always)]
pub(super) fn taps(shape: &Conv2d, axis: usize, at: usize) -> Range<usize> {
    let size = [shape.in_height, shape.in_width][axis];
    taps_inside(size, shape.padding[axis], at * shape.stride[axis], shape.kernel[axis], shape.dilation[axis])
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

impl Image<'_> {
    /// Computes and stores rows of blocks with stride 1, in registers of two pixels where they are less work.
    ///
    /// # Safety
    ///
    /// As [`Slide`] says of `K` and a step of 1.
    #[inline(always)]
    unsafe fn slide_each<S: Simd, const K: usize>(&self, simd: S, blocks: Range<usize>, rows: Range<usize>) {
        if const { S::VECTORS == 2 } && sliding::wide_pays(self.shape.out_width, K) {
            simd.call(Slide::<K, 2> { image: self, blocks, rows, registers: S::WIDE_REGISTERS });
        } else {
            simd.call(Narrow(Slide::<K, 1> { image: self, blocks, rows, registers: S::WIDE_REGISTERS }));
        }
    }

    /// Computes and stores rows of blocks with stride 2.
    ///
    /// # Safety
    ///
    /// As [`Slide`] says of `K`, a step of 2 and registers of one pixel.
    #[inline(always)]
    unsafe fn slide_by_two<S: Simd, const K: usize>(&self, simd: S, blocks: Range<usize>, rows: Range<usize>) {
        simd.call(Slide::<K, 2> { image: self, blocks, rows, registers: S::WIDE_REGISTERS });
    }

    /// Computes and stores a row: the windows that reach over an edge one by one, those in between eight at a time.
    ///
    /// # Safety
    ///
    /// As for [`tile`](Self::tile).
    #[inline(always)]
    unsafe fn row<S: Simd>(&self, simd: S, row: &Row) {
        let (shape, columns, all) = (&self.shape, inside(&self.shape, 1), 0..self.shape.kernel[1]);
        // SAFETY: as the caller says, and the windows of `columns` lie between the edges.
        unsafe {
            for x in (0..columns.start).chain(columns.end..shape.out_width) {
                self.tile::<S, 1>(simd, row, x, taps(shape, 1, x));
            }
            match columns.len() {
                0 => {}
                1..4 => columns.clone().for_each(|x| self.tile::<S, 1>(simd, row, x, all.clone())),
                4..8 => self.tiles::<S, 4>(simd, row, columns, all),
                _ => self.tiles::<S, 8>(simd, row, columns, all),
            }
        }
    }

    /// Computes and stores `columns`, at least `PIXELS`, of a row. The last tile reaches back where they are not a multiple.
    ///
    /// # Safety
    ///
    /// As for [`tile`](Self::tile).
    #[inline(always)]
    unsafe fn tiles<S: Simd, const PIXELS: usize>(
        &self,
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
    /// - the row, and the outputs, exist; their taps in the row's rows and in `columns` lie on the image;
    /// - nothing else writes these outputs now.
    #[inline(always)]
    unsafe fn tile<S: Simd, const PIXELS: usize>(&self, simd: S, row: &Row, first: usize, columns: Range<usize>) {
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
        let at = row.block * pixels + row.y * self.shape.out_width + first;
        for (p, sum) in sums.into_iter().enumerate() {
            // SAFETY: these outputs exist, and nothing else writes them.
            simd.store(self.activation.apply(simd, sum), unsafe { self.dst.vector(at + p) });
        }
    }
}
