//! Max pooling of blocked images.

use super::Pool2d;
use crate::simd::{Kernel, LANES, Simd};

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
pub struct MaxPool<'a> {
    /// Sizes.
    pub shape: Pool2d,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// The output, C×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for MaxPool<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let shape = &self.shape;
        shape.check(self.src, self.dst);
        let src = self.src.as_chunks::<LANES>().0;
        let mut dst = self.dst.as_chunks_mut::<LANES>().0.iter_mut();
        for block in 0..shape.channels.div_ceil(LANES) {
            for y in 0..shape.out_height {
                let rows = shape.taps(0, y);
                for (x, dst) in (0..shape.out_width).zip(&mut dst) {
                    let columns = shape.taps(1, x);
                    let mut max = simd.splat(f32::NEG_INFINITY);
                    for ky in 0..rows.count {
                        let row = rows.start + ky * shape.dilation[0];
                        let row = (block * shape.in_height + row) * shape.in_width;
                        for kx in 0..columns.count {
                            let at = row + columns.start + kx * shape.dilation[1];
                            max = simd.max(simd.load(&src[at]), max);
                        }
                    }
                    simd.store(max, dst);
                }
            }
        }
    }
}
