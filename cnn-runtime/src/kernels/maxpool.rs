//! Max pooling of blocked images.

use super::Pool2d;
use super::pool::{Taps, Window, Windows, pool};
use crate::simd::{Kernel, LANES, Simd};
use crate::team::Threads;
use crate::train::{Backward, Forward, Lanes, Op, Real};

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
    fn pool<S: Simd, const N: usize>(
        &self,
        simd: S,
        shape: &Pool2d,
        image: &[[f32; LANES]],
        [rows, columns]: [Taps; 2],
    ) -> [S::Vector; N] {
        let mut windows = Maxima::<S, N> { max: [simd.splat(f32::NEG_INFINITY); N], sums: [simd.splat(0.0); N] };
        for ky in 0..rows.count {
            let row = rows.start + ky * shape.dilation[0];
            let row = &image[row * shape.in_width..][..shape.in_width];
            let pixels = &row[columns.start..];
            match (columns.count, shape.dilation[1]) {
                // The usual windows, without a loop.
                (2, 1) => windows.add_row(simd, pixels, [0, 1], shape.stride[1]),
                (3, 1) => windows.add_row(simd, pixels, [0, 1, 2], shape.stride[1]),
                (count, dilation) => {
                    for kx in 0..count {
                        windows.add_row(simd, pixels, [kx * dilation], shape.stride[1]);
                    }
                }
            }
        }
        let mut sum = windows.sums[0];
        for n in 1..N {
            sum = simd.add(sum, windows.sums[n]);
        }
        if simd.has_nan(sum) {
            for n in 0..N {
                let columns = Taps { start: columns.start + n * shape.stride[1], ..columns };
                windows.max[n] = largest_or_nan(simd, shape, image, [rows, columns]);
            }
        }
        windows.max
    }
}

/// What is known of `N` neighbouring windows.
struct Maxima<S: Simd, const N: usize> {
    /// Their largest values, where none is NaN.
    max: [S::Vector; N],
    /// Their sums, NaN where one of their values is, or where there are infinities of both signs. To sum them up costs less than
    /// to look out for NaN in each maximum.
    sums: [S::Vector; N],
}

impl<S: Simd, const N: usize> Maxima<S, N> {
    /// Takes values of a row of `pixels` into account: those at `taps` of the first window, of the next ones so much further on.
    #[inline(always)]
    fn add_row<const K: usize>(&mut self, simd: S, pixels: &[[f32; LANES]], taps: [usize; K], stride: usize) {
        // Once for all of them.
        assert!((N - 1) * stride + taps[K - 1] < pixels.len());
        for n in 0..N {
            for tap in taps {
                // SAFETY: no index is larger than the one above, since the last window's last tap is the furthest.
                let value = simd.load(unsafe { pixels.get_unchecked(n * stride + tap) });
                self.max[n] = simd.larger(value, self.max[n]);
                self.sums[n] = simd.add(self.sums[n], value);
            }
        }
    }
}

/// The largest value of a window, NaN where it has one.
#[inline(always)]
fn largest_or_nan<S: Simd>(simd: S, shape: &Pool2d, image: &[[f32; LANES]], [rows, columns]: [Taps; 2]) -> S::Vector {
    let mut max = simd.splat(f32::NEG_INFINITY);
    for ky in 0..rows.count {
        let row = rows.start + ky * shape.dilation[0];
        let row = &image[row * shape.in_width..][..shape.in_width];
        for pixel in row[columns.start..].iter().step_by(shape.dilation[1]).take(columns.count) {
            max = simd.max(simd.load(pixel), max);
        }
    }
    max
}

/// Max pooling while a net is trained: the gradient goes to the first of a window's largest values.
#[derive(Clone, Copy, Debug)]
pub struct MaxPoolOp {
    /// Sizes.
    pub shape: Pool2d,
    /// Whether ReLU comes before, or after, which is the same.
    pub relu: bool,
}

impl Op for MaxPoolOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        forward(lanes, self.shape, self.relu, cx);
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, cx: Backward<'_, L>) {
        backward(lanes, self.shape, self.relu, cx);
    }
}

/// The largest value of each window.
#[inline(always)]
pub(super) fn forward<L: Lanes>(lanes: L, windows: impl Windows, relu: bool, cx: Forward<'_, L>) {
    let input = cx.inputs[0];
    let least = lanes.splat(if relu { L::Real::ZERO } else { L::Real::NEG_INFINITY });
    windows.for_each(|at, taps| {
        let mut max = least;
        taps.for_each(|tap| max = lanes.max(lanes.load(&input[tap]), max));
        lanes.store(max, &mut cx.output[at]);
    });
}

/// Adds each window's gradient to the first of its largest values; input and output are kept.
#[inline(always)]
pub(super) fn backward<L: Lanes>(lanes: L, windows: impl Windows, relu: bool, cx: Backward<'_, L>) {
    let [input_grad] = cx.input_grads else { return };
    if !input_grad.is_wanted() {
        return;
    }
    let (sums, put) = windows.sums(input_grad);
    let input = cx.inputs[0];
    windows.for_each(|at, taps| {
        let output = lanes.load(&cx.output[at]);
        // What is left of the gradient: nothing, once it has gone to a value.
        let mut left = lanes.load(&cx.output_grad[at]);
        if relu {
            left = lanes.where_positive(left, output);
        }
        taps.for_each(|tap| {
            let part = lanes.where_equal(left, lanes.load(&input[tap]), output);
            let sum = if put { part } else { lanes.add(part, lanes.load(&sums[tap])) };
            lanes.store(sum, &mut sums[tap]);
            left = lanes.sub(left, part);
        });
    });
}
