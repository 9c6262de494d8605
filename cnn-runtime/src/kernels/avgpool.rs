//! Average pooling of blocked images.

use super::Pool2d;
use super::pool::{PlanarTaps, Taps, Window, average, pool, spread};
use crate::simd::{Kernel, LANES, Simd};
use crate::team::Threads;
use crate::train::{Backward, Forward, Lanes, Op};

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
        assert_eq!(shape.dilation, [1, 1]);
        pool(simd, team, shape, Average { count_include_pad }, src, dst);
    }
}

/// The sum over the area.
struct Average {
    count_include_pad: bool,
}

impl Window for Average {
    #[inline(always)]
    fn pool<S: Simd, const N: usize>(
        &self,
        simd: S,
        shape: &Pool2d,
        image: &[[f32; LANES]],
        [rows, columns]: [Taps; 2],
    ) -> [S::Vector; N] {
        let mut sums = [simd.splat(0.0); N];
        for row in rows.start..rows.start + rows.count {
            let row = &image[row * shape.in_width..][..shape.in_width];
            for column in columns.start..columns.start + columns.count {
                for n in 0..N {
                    sums[n] = simd.add(sums[n], simd.load(&row[column + n * shape.stride[1]]));
                }
            }
        }
        let area = if self.count_include_pad { rows.padded * columns.padded } else { rows.count * columns.count };
        for sum in &mut sums {
            *sum = simd.mul(*sum, simd.splat(1.0 / area as f32));
        }
        sums
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
    #[inline(always)]
    fn area(&self, taps: &PlanarTaps) -> usize {
        if self.count_include_pad { taps.padded } else { taps.count() }
    }
}

impl Op for AvgPoolOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        average(lanes, self.shape, |taps| self.area(taps), cx);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, cx: Backward<'_, L>) {
        spread(lanes, self.shape, |taps| self.area(taps), cx);
    }
}
