//! From one layout to another, and zeros around images.

use super::product;
use crate::simd::{Kernel, LANES, Simd};
use crate::team::{Parts, Shares, Threads, share};
use crate::train::{Backward, Forward, Lanes, Op, Values};

/// `input`, C×H×W, inside C×`padded_height`×`padded_width` zeros, `top` and `left` from the corner.
pub fn reference_pad(
    [channels, height, width]: [usize; 3],
    [top, left]: [usize; 2],
    [padded_height, padded_width]: [usize; 2],
    input: &[f32],
) -> Vec<f32> {
    let mut output = vec![0.0; channels * padded_height * padded_width];
    for channel in 0..channels {
        for y in 0..height {
            for x in 0..width {
                output[(channel * padded_height + top + y) * padded_width + left + x] =
                    input[(channel * height + y) * width + x];
            }
        }
    }
    output
}

/// `input`, C×H×W with `pixels` = H·W, in blocked layout, with zeros for channels from C on.
pub fn reference_block(channels: usize, pixels: usize, input: &[f32]) -> Vec<f32> {
    let mut output = vec![0.0; channels.div_ceil(LANES) * pixels * LANES];
    for channel in 0..channels {
        for pixel in 0..pixels {
            output[(channel / LANES * pixels + pixel) * LANES + channel % LANES] = input[channel * pixels + pixel];
        }
    }
    output
}

/// An image with zeros around it: planar (`L` = 1) or blocked (`L` = 8).
#[derive(Debug)]
pub struct Pad<'a, T: Threads, const L: usize> {
    /// Planes of `L` channels: C, or C / 8 rounded up.
    pub blocks: usize,
    /// Rows of the image.
    pub height: usize,
    /// Columns of the image.
    pub width: usize,
    /// Rows of zeros above it.
    pub top: usize,
    /// Columns of zeros left of it.
    pub left: usize,
    /// Rows of the output.
    pub padded_height: usize,
    /// Columns of the output.
    pub padded_width: usize,
    /// Who copies.
    pub team: T,
    /// The image.
    pub src: &'a [f32],
    /// The padded image.
    pub dst: &'a mut [f32],
}

impl<T: Threads, const L: usize> Kernel for Pad<'_, T, L> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { blocks, height, width, padded_height, padded_width, top, left, team, src, dst } = self;
        assert_eq!(src.len(), product([blocks, height, width, L]));
        assert_eq!(dst.len(), product([blocks, padded_height, padded_width, L]));
        let chunks = team.parts().min(padded_height);
        let [left, row, padded_row] = [left, width, padded_width].map(|columns| columns * L);
        let rows =
            Rows { blocks, height, top, padded_height, left, row, padded_row, chunks, src, dst: Shares::new(dst) };
        team.run(simd, chunks, rows);
    }
}

/// A part of a [`Pad`] for some rows of the output, in all planes: there are so many `chunks` of them.
struct Rows<'a> {
    blocks: usize,
    height: usize,
    top: usize,
    padded_height: usize,
    /// Floats of zeros on the left, of a row of the image, and of one of the output.
    left: usize,
    row: usize,
    padded_row: usize,
    chunks: usize,
    src: &'a [f32],
    dst: Shares<'a>,
}

impl Parts for Rows<'_> {
    #[inline(always)]
    fn part<S: Simd>(&self, _: S, _: usize, part: usize) {
        let Self { blocks, height, top, padded_height, left, row, padded_row, chunks, .. } = *self;
        for block in 0..blocks {
            for y in share(part, chunks, padded_height) {
                // SAFETY: the row is of the output, and no other part writes it.
                let dst = unsafe { self.dst.part((block * padded_height + y) * padded_row, padded_row) };
                if (top..top + height).contains(&y) {
                    dst[..left].fill(0.0);
                    dst[left..left + row].copy_from_slice(&self.src[(block * height + y - top) * row..][..row]);
                    dst[left + row..].fill(0.0);
                } else {
                    dst.fill(0.0);
                }
            }
        }
    }
}

/// From planar to blocked, with zeros for channels from C on.
#[derive(Debug)]
pub struct Block<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// The image, C×H×W, planar.
    pub src: &'a [f32],
    /// The image, blocked.
    pub dst: &'a mut [f32],
}

impl Kernel for Block<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, pixels, src, dst } = self;
        assert_eq!(src.len(), product([channels, pixels]));
        assert_eq!(dst.len(), product([channels.div_ceil(LANES), pixels, LANES]));
        let dst = dst.as_chunks_mut::<LANES>().0;
        for (block, dst) in dst.chunks_exact_mut(pixels.max(1)).enumerate() {
            let src = &src[block * LANES * pixels..];
            for (pixel, vector) in dst.iter_mut().enumerate() {
                for (lane, value) in vector.iter_mut().enumerate() {
                    *value = src.get(lane * pixels + pixel).copied().unwrap_or(0.0);
                }
            }
        }
    }
}

/// From blocked to planar.
#[derive(Debug)]
pub struct Unblock<'a> {
    /// C.
    pub channels: usize,
    /// H·W.
    pub pixels: usize,
    /// The image, C×H×W, blocked.
    pub src: &'a [f32],
    /// The image, planar.
    pub dst: &'a mut [f32],
}

impl Kernel for Unblock<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { channels, pixels, src, dst } = self;
        assert_eq!(src.len(), product([channels.div_ceil(LANES), pixels, LANES]));
        assert_eq!(dst.len(), product([channels, pixels]));
        let src = src.as_chunks::<LANES>().0;
        for (channel, dst) in dst.chunks_exact_mut(pixels.max(1)).enumerate() {
            let src = &src[channel / LANES * pixels..];
            for (value, vector) in dst.iter_mut().zip(src) {
                *value = vector[channel % LANES];
            }
        }
    }
}

/// From `src` to `dst`, which are equally long.
#[derive(Debug)]
pub struct Copy<'a> {
    /// The input.
    pub src: &'a [f32],
    /// The output.
    pub dst: &'a mut [f32],
}

impl Kernel for Copy<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.dst.copy_from_slice(self.src);
    }
}

/// Zeros around images while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct PadOp {
    /// C.
    pub channels: usize,
    /// Rows and columns of the image.
    pub image: [usize; 2],
    /// Rows of zeros above it, and columns left of it.
    pub before: [usize; 2],
    /// Rows and columns of the output.
    pub padded: [usize; 2],
}

impl PadOp {
    /// Where each row of the image, in order, begins in the output.
    #[inline(always)]
    fn rows(&self) -> impl Iterator<Item = usize> {
        let Self { channels, image: [height, _], before: [top, left], padded: [padded_height, padded_width] } = *self;
        (0..channels).flat_map(move |channel| {
            (0..height).map(move |y| (channel * padded_height + top + y) * padded_width + left)
        })
    }
}

impl Op for PadOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        cx.output.fill(L::Values::ZERO);
        for (first, row) in self.rows().zip(cx.inputs[0].chunks_exact(self.image[1])) {
            cx.output[first..][..row.len()].copy_from_slice(row);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let width = self.image[1];
        for (row, first) in self.rows().enumerate() {
            let gradient = &cx.output_grad[first..][..width];
            cx.input_grads[0].put_part(row * width..(row + 1) * width, |at| gradient[at - row * width]);
        }
    }
}
