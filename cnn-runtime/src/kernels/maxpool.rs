//! Max pooling of blocked images.

use super::Pool2d;
use super::pool::{Taps, Window, pool};
use crate::simd::{Kernel, LANES, Simd};
use crate::team::Threads;

/// The largest value of each window of `input`, C×H×W; NaN where the window has one.
pub fn reference(shape: &Pool2d, input: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    for channel in 0..shape.channels {
        for y in 0..shape.out_height {
            for x in 0..shape.out_width {
                let mut max = f32::NEG_INFINITY;
                for ky in 0..shape.kernel[0] {
                    for kx in 0..shape.kernel[1] {
                        let row = (y * shape.stride[0] + ky * shape.dilation[0]).wrapping_sub(shape.padding[0]);
                        let column = (x * shape.stride[1] + kx * shape.dilation[1]).wrapping_sub(shape.padding[1]);
                        if row < shape.in_height && column < shape.in_width {
                            let at = (channel * shape.in_height + row) * shape.in_width + column;
                            if input[at] > max || input[at].is_nan() {
                                max = input[at];
                            }
                        }
                    }
                }
                output.push(max);
            }
        }
    }
    output
}

/// Max pooling: the largest value of each window, NaN where the window has one. Padding never wins.
#[derive(Debug)]
pub struct MaxPool<'a, T: Threads> {
    /// Sizes.
    pub shape: Pool2d,
    /// Who computes.
    pub team: T,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<T: Threads> Kernel for MaxPool<'_, T> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape, team, src, dst } = self;
        pool(simd, team, shape, Largest, src, dst);
    }
}

/// The largest value.
struct Largest;

impl Window for Largest {
    #[inline(always)]
    fn pool<S: Simd>(&self, simd: S, shape: &Pool2d, image: &[[f32; LANES]], [rows, columns]: [Taps; 2]) -> S::Vector {
        let mut max = simd.splat(f32::NEG_INFINITY);
        for ky in 0..rows.count {
            let row = rows.start + ky * shape.dilation[0];
            let row = &image[row * shape.in_width..][..shape.in_width];
            match (&row[columns.start..], columns.count, shape.dilation[1]) {
                // The usual windows, without a loop.
                ([a, b, ..], 2, 1) => max = simd.max(simd.max(simd.load(a), simd.load(b)), max),
                ([a, b, c, ..], 3, 1) => {
                    let two = simd.max(simd.load(a), simd.load(b));
                    max = simd.max(simd.max(two, simd.load(c)), max);
                }
                (pixels, count, dilation) => {
                    for pixel in pixels.iter().step_by(dilation).take(count) {
                        max = simd.max(simd.load(pixel), max);
                    }
                }
            }
        }
        max
    }
}
