//! Pooling of blocked images to an output of given size; one pixel of it is global pooling.

use std::ops::Range;

use super::pool::{self, PlanarTaps, Windows};
use super::{maxpool, product};
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op};

/// The pixels of an axis that output `i` of `outputs` covers.
#[inline(always)]
fn window(size: usize, outputs: usize, i: usize) -> Range<usize> {
    i * size / outputs..((i + 1) * size).div_ceil(outputs)
}

/// What `pool` makes of each window's values in `image`, C×H×W.
fn reference(
    channels: usize,
    [height, width]: [usize; 2],
    [out_height, out_width]: [usize; 2],
    image: &[f32],
    pool: impl Fn(&[f32]) -> f32,
) -> Vec<f32> {
    let start = |i: usize, size: usize, outputs: usize| (i as f64 * size as f64 / outputs as f64).floor() as usize;
    let end = |i: usize, size: usize, outputs: usize| ((i + 1) as f64 * size as f64 / outputs as f64).ceil() as usize;
    let mut output = Vec::new();
    for channel in 0..channels {
        for y in 0..out_height {
            for x in 0..out_width {
                let mut values = Vec::new();
                for row in start(y, height, out_height)..end(y, height, out_height) {
                    for column in start(x, width, out_width)..end(x, width, out_width) {
                        values.push(image[(channel * height + row) * width + column]);
                    }
                }
                output.push(pool(&values));
            }
        }
    }
    output
}

/// The mean of each window.
pub fn reference_avg(channels: usize, input: [usize; 2], output: [usize; 2], image: &[f32]) -> Vec<f32> {
    let mean = |values: &[f32]| values.iter().copied().map(f64::from).sum::<f64>() / values.len() as f64;
    reference(channels, input, output, image, |values| mean(values) as f32)
}

/// The largest value of each window; NaN where it has one.
pub fn reference_max(channels: usize, input: [usize; 2], output: [usize; 2], image: &[f32]) -> Vec<f32> {
    let larger = |max: f32, &x: &f32| if x > max || x.is_nan() { x } else { max };
    reference(channels, input, output, image, |values| values.iter().fold(f32::NEG_INFINITY, larger))
}

/// Panics unless `src` and `dst` are blocked images of these sizes.
#[inline(always)]
fn check(channels: usize, input: [usize; 2], output: [usize; 2], src: &[f32], dst: &[f32]) {
    let blocks = channels.div_ceil(LANES);
    assert_eq!(src.len(), product([blocks, input[0], input[1], LANES]));
    assert_eq!(dst.len(), product([blocks, output[0], output[1], LANES]));
}

/// Average pooling to `output`, as `torch.nn.AdaptiveAvgPool2d`.
#[derive(Debug)]
pub struct AdaptiveAvgPool<'a> {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// Rows and columns of the output.
    pub output: [usize; 2],
    /// The image, blocked.
    pub src: &'a [f32],
    /// The output, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for AdaptiveAvgPool<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, input: [height, width], output: [out_height, out_width], src, dst } = self;
        check(channels, self.input, self.output, src, dst);
        let src = src.as_chunks::<LANES>().0;
        let mut dst = dst.as_chunks_mut::<LANES>().0.iter_mut();
        for block in 0..channels.div_ceil(LANES) {
            for y in 0..out_height {
                let rows = window(height, out_height, y);
                for (x, dst) in (0..out_width).zip(&mut dst) {
                    let columns = window(width, out_width, x);
                    let area = rows.len() * columns.len();
                    let mut sum = simd.splat(0.0);
                    for row in rows.clone() {
                        // Rows are summed apart: a whole image in one sum would lose digits.
                        let mut line = simd.splat(0.0);
                        for pixel in &src[(block * height + row) * width..][columns.clone()] {
                            line = simd.add(line, simd.load(pixel));
                        }
                        sum = simd.add(sum, line);
                    }
                    simd.store(simd.mul(sum, simd.splat(1.0 / area as f32)), dst);
                }
            }
        }
    }
}

/// Max pooling to `output`, as `torch.nn.AdaptiveMaxPool2d`: NaN where a window has one.
#[derive(Debug)]
pub struct AdaptiveMaxPool<'a> {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// Rows and columns of the output.
    pub output: [usize; 2],
    /// The image, blocked.
    pub src: &'a [f32],
    /// The output, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for AdaptiveMaxPool<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, input: [height, width], output: [out_height, out_width], src, dst } = self;
        check(channels, self.input, self.output, src, dst);
        let src = src.as_chunks::<LANES>().0;
        let mut dst = dst.as_chunks_mut::<LANES>().0.iter_mut();
        for block in 0..channels.div_ceil(LANES) {
            for y in 0..out_height {
                let rows = window(height, out_height, y);
                for (x, dst) in (0..out_width).zip(&mut dst) {
                    let columns = window(width, out_width, x);
                    let mut max = simd.splat(f32::NEG_INFINITY);
                    for row in rows.clone() {
                        for pixel in &src[(block * height + row) * width..][columns.clone()] {
                            max = simd.max(simd.load(pixel), max);
                        }
                    }
                    simd.store(max, dst);
                }
            }
        }
    }
}

/// The windows of planar images.
struct Adaptive {
    channels: usize,
    input: [usize; 2],
    output: [usize; 2],
}

impl Windows for Adaptive {
    #[inline(always)]
    fn for_each(&self, mut each: impl FnMut(usize, PlanarTaps)) {
        let ([height, width], [out_height, out_width]) = (self.input, self.output);
        let mut output = 0;
        for channel in 0..self.channels {
            for y in 0..out_height {
                let rows = window(height, out_height, y);
                let start = (channel * height + rows.start) * width;
                for x in 0..out_width {
                    let columns = window(width, out_width, x);
                    let (first, size) = (start + columns.start, [rows.len(), columns.len()]);
                    each(output, PlanarTaps { first, size, steps: [width, 1], padded: size[0] * size[1] });
                    output += 1;
                }
            }
        }
    }

    #[inline(always)]
    fn partition(&self) -> bool {
        self.input.iter().zip(self.output).all(|(input, output)| input.is_multiple_of(output))
    }
}

/// Average pooling to a given size while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveAvgPoolOp {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// Rows and columns of the output.
    pub output: [usize; 2],
}

impl Op for AdaptiveAvgPoolOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        let windows = Adaptive { channels: self.channels, input: self.input, output: self.output };
        pool::average(lanes, windows, PlanarTaps::count, cx);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, cx: Backward<'_, L>) {
        let windows = Adaptive { channels: self.channels, input: self.input, output: self.output };
        pool::spread(lanes, windows, PlanarTaps::count, cx);
    }
}

/// Max pooling to a given size while a net is trained: the gradient goes to the first of a window's largest values.
#[derive(Clone, Copy, Debug)]
pub struct AdaptiveMaxPoolOp {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// Rows and columns of the output.
    pub output: [usize; 2],
}

impl Op for AdaptiveMaxPoolOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        let windows = Adaptive { channels: self.channels, input: self.input, output: self.output };
        maxpool::forward(lanes, windows, false, cx);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, cx: Backward<'_, L>) {
        let windows = Adaptive { channels: self.channels, input: self.input, output: self.output };
        maxpool::backward(lanes, windows, false, cx);
    }
}
