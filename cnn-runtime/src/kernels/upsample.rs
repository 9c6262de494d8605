//! Blocked images made larger by whole numbers.

use super::product;
use crate::simd::{Kernel, LANES, Simd};

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
struct Between {
    pixels: [usize; 2],
    second: f32,
}

impl Between {
    /// In whole numbers, so that a place on a pixel is exactly there.
    #[inline(always)]
    fn new(corners: bool, size: usize, scale: usize, output: usize) -> Self {
        let (place, unit) = if corners {
            (output * (size - 1), (size * scale - 1).max(1))
        } else {
            ((2 * output + 1).saturating_sub(scale), 2 * scale)
        };
        let first = place / unit;
        Self { pixels: [first, (first + 1).min(size - 1)], second: (place % unit) as f32 / unit as f32 }
    }

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
