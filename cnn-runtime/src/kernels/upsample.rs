//! Blocked images made larger by whole numbers.

use super::product;
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op, Real, Values};

/// `image`, C×H×W, with each pixel repeated.
pub fn reference_nearest(channels: usize, [height, width]: [usize; 2], scale: [usize; 2], image: &[f32]) -> Vec<f32> {
    let mut output = Vec::new();
    for channel in 0..channels {
        for y in 0..height * scale[0] {
            for x in 0..width * scale[1] {
                output.push(image[(channel * height + y / scale[0]) * width + x / scale[1]]);
            }
        }
    }
    output
}

/// `image`, C×H×W, with each output blended of the four pixels around its place.
pub fn reference_bilinear(
    channels: usize,
    input: [usize; 2],
    scale: [usize; 2],
    corners: bool,
    image: &[f32],
) -> Vec<f32> {
    let outputs = [input[0] * scale[0], input[1] * scale[1]];
    let place = |axis: usize, at: usize| match (corners, outputs[axis]) {
        (true, 1) => 0.0,
        (true, outputs) => at as f64 * (input[axis] - 1) as f64 / (outputs - 1) as f64,
        (false, _) => ((at as f64 + 0.5) / scale[axis] as f64 - 0.5).max(0.0),
    };
    let mut output = Vec::new();
    for channel in 0..channels {
        for y in 0..outputs[0] {
            for x in 0..outputs[1] {
                let [y, x] = [place(0, y), place(1, x)];
                let pixel = |row: f64, column: f64| {
                    let row = (row as usize).min(input[0] - 1);
                    let column = (column as usize).min(input[1] - 1);
                    f64::from(image[(channel * input[0] + row) * input[1] + column])
                };
                let line =
                    |row: f64| pixel(row, x.floor()) * (1.0 - x.fract()) + pixel(row, x.floor() + 1.0) * x.fract();
                output.push((line(y.floor()) * (1.0 - y.fract()) + line(y.floor() + 1.0) * y.fract()) as f32);
            }
        }
    }
    output
}

/// Panics unless `src` and `dst` are blocked images of these sizes.
#[inline(always)]
fn check(channels: usize, input: [usize; 2], scale: [usize; 2], src: &[f32], dst: &[f32]) {
    let blocks = channels.div_ceil(LANES);
    assert_eq!(src.len(), product([blocks, input[0], input[1], LANES]));
    assert_eq!(dst.len(), product([blocks, input[0], input[1], LANES, scale[0], scale[1]]));
}

/// Repeats each pixel, as `torch.nn.Upsample`.
#[derive(Debug)]
pub struct Nearest<'a> {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// How often each row and each column is repeated.
    pub scale: [usize; 2],
    /// The image, blocked.
    pub src: &'a [f32],
    /// The output, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for Nearest<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, input, scale, src, dst } = self;
        check(channels, input, scale, src, dst);
        let width = input[1] * scale[1];
        let rows = src.as_chunks::<LANES>().0.chunks_exact(input[1]);
        // The rows of all blocks follow one another.
        for (src, dst) in rows.zip(dst.as_chunks_mut::<LANES>().0.chunks_exact_mut(width * scale[0])) {
            let (first, others) = dst.split_at_mut(width);
            for (pixel, dst) in src.iter().zip(first.chunks_exact_mut(scale[1])) {
                dst.fill(*pixel);
            }
            others.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(first));
        }
    }
}

/// Where an output lies between two pixels of an axis, and how much it takes of the second.
#[derive(Clone, Copy)]
struct Between<R> {
    pixels: [usize; 2],
    second: R,
}

impl<R: Real> Between<R> {
    /// In whole numbers, so that a place on a pixel is exactly there.
    #[inline(always)]
    fn new(corners: bool, size: usize, scale: usize, output: usize) -> Self {
        let (place, unit) = if corners {
            (output * (size - 1), (size * scale - 1).max(1))
        } else {
            ((2 * output + 1).saturating_sub(scale), 2 * scale)
        };
        let first = place / unit;
        Self { pixels: [first, (first + 1).min(size - 1)], second: R::of((place % unit) as f64) / R::of(unit as f64) }
    }

    /// How much it takes of the first (0) or second (1).
    #[inline(always)]
    fn share(self, which: usize) -> R {
        if which == 0 { R::ONE - self.second } else { self.second }
    }
}

impl Between<f32> {
    #[inline(always)]
    fn blend<S: Simd>(self, simd: S, first: S::Vector, second: S::Vector) -> S::Vector {
        simd.mul_add(second, simd.splat(self.second), simd.mul(first, simd.splat(1.0 - self.second)))
    }

    /// The blend of two pixels of a row.
    #[inline(always)]
    fn load<S: Simd>(self, simd: S, row: &[[f32; LANES]]) -> S::Vector {
        self.blend(simd, simd.load(&row[self.pixels[0]]), simd.load(&row[self.pixels[1]]))
    }
}

/// Blends the four pixels around each output, as `torch.nn.Upsample(mode='bilinear')`.
#[derive(Debug)]
pub struct Bilinear<'a> {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// What they are multiplied by.
    pub scale: [usize; 2],
    /// Whether the corners of image and output are pixels' centres, instead of pixels' corners (`align_corners`).
    pub corners: bool,
    /// The image, blocked.
    pub src: &'a [f32],
    /// The output, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for Bilinear<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { channels, input, scale, corners, src, dst } = self;
        check(channels, input, scale, src, dst);
        let [height, width] = input;
        let src = src.as_chunks::<LANES>().0;
        let mut dst = dst.as_chunks_mut::<LANES>().0.iter_mut();
        for block in 0..channels.div_ceil(LANES) {
            for y in 0..height * scale[0] {
                let y = Between::new(corners, height, scale[0], y);
                let [above, below] = y.pixels.map(|row| (block * height + row) * width);
                for (x, dst) in (0..width * scale[1]).zip(&mut dst) {
                    let x = Between::new(corners, width, scale[1], x);
                    let above = x.load(simd, &src[above..]);
                    let below = x.load(simd, &src[below..]);
                    simd.store(y.blend(simd, above, below), dst);
                }
            }
        }
    }
}

/// Repeats each pixel, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct NearestOp {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// How often each row and each column is repeated.
    pub scale: [usize; 2],
}

impl Op for NearestOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let width = self.input[1] * self.scale[1];
        let rows = cx.inputs[0].chunks_exact(self.input[1]);
        for (input, output) in rows.zip(cx.output.chunks_exact_mut(width * self.scale[0])) {
            for row in output.chunks_exact_mut(width) {
                for (pixel, output) in input.iter().zip(row.chunks_exact_mut(self.scale[1])) {
                    output.fill(*pixel);
                }
            }
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let [width, scale] = [self.input[1], self.scale[1]];
        for (row, gradient) in cx.output_grad.chunks_exact(width * product(self.scale)).enumerate() {
            cx.input_grads[0].put_part(row * width..(row + 1) * width, |at| {
                let mut sum = L::Values::ZERO;
                for gradient in gradient.chunks_exact(width * scale) {
                    for gradient in &gradient[(at - row * width) * scale..][..scale] {
                        sum = L::Values::each(|i| sum.as_ref()[i] + gradient.as_ref()[i]);
                    }
                }
                sum
            });
        }
    }
}

/// Blends the four pixels around each output, while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct BilinearOp {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub input: [usize; 2],
    /// What they are multiplied by.
    pub scale: [usize; 2],
    /// As [`Bilinear::corners`].
    pub corners: bool,
}

impl BilinearOp {
    /// The four pixels that each output blends, in order, and how much of each.
    #[inline(always)]
    fn blends<R: Real>(&self) -> impl Iterator<Item = [(usize, R); 4]> {
        let Self { channels, input: [height, width], scale, corners } = *self;
        (0..channels).flat_map(move |channel| {
            (0..height * scale[0]).flat_map(move |y| {
                let y = Between::<R>::new(corners, height, scale[0], y);
                (0..width * scale[1]).map(move |x| {
                    let x = Between::<R>::new(corners, width, scale[1], x);
                    [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(row, column)| {
                        let pixel = (channel * height + y.pixels[row]) * width + x.pixels[column];
                        (pixel, y.share(row) * x.share(column))
                    })
                })
            })
        })
    }
}

impl Op for BilinearOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let input = cx.inputs[0];
        for (output, blend) in cx.output.iter_mut().zip(self.blends::<L::Real>()) {
            let mut sum = L::Values::ZERO;
            for (pixel, share) in blend {
                let input = &input[pixel];
                sum = L::Values::each(|i| sum.as_ref()[i] + input.as_ref()[i] * share);
            }
            *output = sum;
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let sums = cx.input_grads[0].sum();
        if sums.is_empty() {
            return;
        }
        for (gradient, blend) in cx.output_grad.iter().zip(self.blends::<L::Real>()) {
            for (pixel, share) in blend {
                let sum = &mut sums[pixel];
                *sum = L::Values::each(|i| sum.as_ref()[i] + gradient.as_ref()[i] * share);
            }
        }
    }
}
