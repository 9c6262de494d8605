//! Average pooling of blocked images.

use super::Pool2d;
use super::pool::{self, Window};
use crate::simd::{Kernel, LANES, Simd};
use crate::team::{Parts, Shares, Threads};
use crate::train::{Backward, Forward, Lanes, Op, Real};

/// What the sum of a window is divided by: the area of the window, which may reach over the image
/// by the padding, or where padding does not count of its part inside the image.
#[inline(always)]
fn divisor(shape: &Pool2d, count_include_pad: bool, y: usize, x: usize) -> f32 {
    let sizes = [shape.in_height, shape.in_width];
    let mut area = 1;
    for (axis, output) in [y, x].into_iter().enumerate() {
        area *= if count_include_pad {
            let start = output * shape.stride[axis];
            // In rows counted from the first row of padding.
            shape.kernel[axis].min((sizes[axis] + 2 * shape.padding[axis]).saturating_sub(start))
        } else {
            shape.taps(axis, output).count
        };
    }
    area as f32
}

/// The average of each window of `input`, C×H×W.
pub fn reference(shape: &Pool2d, count_include_pad: bool, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    let [height, width] = [shape.in_height as isize, shape.in_width as isize];
    let [pad_y, pad_x] = shape.padding.map(|padding| padding as isize);
    for channel in 0..shape.channels {
        for y in 0..shape.out_height {
            for x in 0..shape.out_width {
                let y_start = (y * shape.stride[0]) as isize - pad_y;
                let x_start = (x * shape.stride[1]) as isize - pad_x;
                let y_end = (y_start + shape.kernel[0] as isize).min(height + pad_y);
                let x_end = (x_start + shape.kernel[1] as isize).min(width + pad_x);
                let padded_area = (y_end - y_start) * (x_end - x_start);
                let rows = y_start.max(0)..y_end.min(height);
                let columns = x_start.max(0)..x_end.min(width);
                let area = (rows.end - rows.start) * (columns.end - columns.start);
                let mut sum = 0.0;
                for row in rows {
                    for column in columns.clone() {
                        let at = (channel as isize * height + row) * width + column;
                        sum += f64::from(input[at as usize]);
                    }
                }
                output.push((sum / if count_include_pad { padded_area } else { area } as f64) as f32);
            }
        }
    }
    output
}

/// Average pooling: the sum of each window over its area, in which padding counts where
/// `count_include_pad` says so.
#[derive(Debug)]
pub struct AvgPool<'a, T: Threads> {
    /// Sizes; the dilation is 1.
    pub shape: Pool2d,
    /// Whether the area includes padding. Beyond it, where `ceil_mode` lets windows reach, nothing
    /// counts.
    pub count_include_pad: bool,
    /// Who computes.
    pub team: T,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<T: Threads> Kernel for AvgPool<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape, count_include_pad, team, src, dst } = self;
        shape.check(src, dst);
        assert_eq!(shape.dilation, [1, 1]);
        let blocks = Blocks { shape, count_include_pad, src, dst: Shares::new(dst) };
        team.run(simd, shape.channels.div_ceil(LANES), blocks);
    }
}

/// A part for each block of an image that is checked.
struct Blocks<'a> {
    shape: Pool2d,
    count_include_pad: bool,
    src: &'a [f32],
    dst: Shares<'a>,
}

impl Parts for Blocks<'_> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, block: usize) {
        let shape = &self.shape;
        let src = self.src.as_chunks::<LANES>().0;
        // SAFETY: the block is of the output, and no other part has it.
        let mut dst = unsafe { shape.output_block(self.dst, block) }.iter_mut();
        for y in 0..shape.out_height {
            let rows = shape.taps(0, y);
            for (x, dst) in (0..shape.out_width).zip(&mut dst) {
                let columns = shape.taps(1, x);
                let mut sum = simd.splat(0.0);
                for row in rows.start..rows.start + rows.count {
                    let row = (block * shape.in_height + row) * shape.in_width;
                    for column in columns.start..columns.start + columns.count {
                        sum = simd.add(sum, simd.load(&src[row + column]));
                    }
                }
                let scale = 1.0 / divisor(shape, self.count_include_pad, y, x);
                simd.store(simd.mul(sum, simd.splat(scale)), dst);
            }
        }
    }
}

/// Average pooling while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct AvgPoolOp {
    /// Sizes; the dilation is 1.
    pub shape: Pool2d,
    /// As [`AvgPool::count_include_pad`].
    pub count_include_pad: bool,
}

impl AvgPoolOp {
    /// The windows, and what their sums are multiplied by.
    #[inline(always)]
    fn windows<R: Real>(&self) -> impl Iterator<Item = (Window, R)> {
        let Self { shape, count_include_pad } = *self;
        let outputs = (0..shape.channels)
            .flat_map(move |_| (0..shape.out_height).flat_map(move |y| (0..shape.out_width).map(move |x| (y, x))));
        let factors = outputs.map(move |(y, x)| R::ONE / R::of(divisor(&shape, count_include_pad, y, x).into()));
        shape.windows().zip(factors)
    }
}

impl Op for AvgPoolOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        pool::average(self.windows(), cx);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        pool::spread(self.windows(), cx);
    }
}
