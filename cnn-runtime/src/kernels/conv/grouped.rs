use super::super::Activation;
use super::{Conv2d, ZEROS, packed_block};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};

/// Output pixels whose sums are in registers at a time.
const PIXELS: usize = 8;

/// Grouped convolution, and an activation, where the eight channels of an output block may be of different groups.
///
/// The input is planar (`L` = 1) or blocked (`L` = 8), the output blocked. Every lane of an output block reads input channels of
/// its own. Lanes from O on read the inputs of the last channel.
#[derive(Debug)]
pub struct GroupedConv<'a, T: Threads, const L: usize> {
    /// Sizes; with padding 0, and no tap outside, where the input is planar.
    pub shape: Conv2d,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// The image, I×H×W, planar or blocked.
    pub src: &'a [f32],
    /// From [`pack_conv`](super::pack_conv) with `lanes` = 1.
    pub weights: &'a [f32],
    /// The output, O×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<T: Threads, const L: usize> Kernel for GroupedConv<'_, T, L> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape, team, activation, src, weights, dst } = self;
        shape.check(L, 1, src, weights, dst);
        let fits = shape.fits();
        assert!(L == LANES || fits);
        let image = Image::<L> { shape, fits, activation, src, weights, dst: Shares::new(dst) };
        team.run(simd, shape.out_channels.div_ceil(LANES), image);
    }
}

/// A [`GroupedConv`] that is checked, with a part for each block of the output.
struct Image<'a, const L: usize> {
    shape: Conv2d,
    /// No tap lies outside of the image.
    fits: bool,
    activation: Activation,
    src: &'a [f32],
    weights: &'a [f32],
    dst: Shares<'a>,
}

impl<const L: usize> Parts for Image<'_, L> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, block: usize) {
        let pixels = self.shape.out_height * self.shape.out_width;
        for first_pixel in (0..pixels).step_by(PIXELS) {
            // SAFETY: the shape is checked, `block` and the first pixel are of the output, and no other part writes this block.
            unsafe { self.tile(simd, block, first_pixel) }
        }
    }
}

impl<const L: usize> Image<'_, L> {
    /// Computes and stores the pixels from `first_pixel` on of `block`.
    ///
    /// # Safety
    ///
    /// - The shape and the slices pass [`Conv2d::check`], and `fits` is true if it says so;
    /// - `block` is a block of output channels, `first_pixel` a pixel of the output, and nothing else writes them now.
    #[inline(always)]
    unsafe fn tile<S: Simd>(&self, simd: S, block: usize, first_pixel: usize) {
        let shape = &self.shape;
        let [inputs, taps] = [shape.group_inputs(), shape.taps()];
        let (bias, weights) = self.weights.split_at(shape.out_channels.next_multiple_of(WIDEST));
        let bias = bias.as_chunks::<LANES>().0;
        let filter = &weights[packed_block(block, taps)..];
        let pixels = shape.out_height * shape.out_width;
        let plane = shape.in_height * shape.in_width;

        let windows = shape.windows::<PIXELS>(first_pixel);
        let inside = self.fits || windows.iter().all(|&window| shape.surrounds(window));
        let mut sums = [simd.load(&bias[block]); PIXELS];
        let mut tap = 0;
        for i in 0..inputs {
            let mut channels = [0; LANES];
            for (lane, start) in channels.iter_mut().enumerate() {
                let o = (block * LANES + lane).min(shape.out_channels - 1);
                let channel = o / shape.group_outputs() * inputs + i;
                *start = channel / L * plane * L + channel % L;
            }
            for ky in 0..shape.kernel[0] {
                for kx in 0..shape.kernel[1] {
                    let weights = filter[tap * WIDEST..].first_chunk();
                    let weights = simd.load(weights.unwrap_or(&ZEROS));
                    tap += 1;
                    for p in 0..PIXELS {
                        let first = (windows[p].y.wrapping_add(ky * shape.dilation[0])).wrapping_mul(shape.in_width);
                        let at = first.wrapping_add(windows[p].x.wrapping_add(kx * shape.dilation[1]));
                        let at = if inside { Some(at) } else { shape.tap(windows[p], ky, kx) };
                        let mut values = [0.0; LANES];
                        if let Some(at) = at {
                            for (value, channel) in values.iter_mut().zip(channels) {
                                // SAFETY: this tap lies inside `src` in all channels.
                                *value = unsafe { *self.src.get_unchecked(channel + at * L) };
                            }
                        }
                        sums[p] = simd.mul_add(simd.load(&values), weights, sums[p]);
                    }
                }
            }
        }

        for p in 0..PIXELS {
            let sum = self.activation.apply(simd, sums[p]);
            let at = block * pixels + windows[p].pixel;
            // SAFETY: the block and the pixel are in `dst`, and nothing else writes them.
            simd.store(sum, unsafe { self.dst.vector(at) });
        }
    }
}
