use std::hint::black_box;
use std::ops::Range;

use super::super::{Activation, Sizes, product};
use super::{Conv2d, direct};
use crate::simd::{Kernel, LANES, Simd};
use crate::team::{Shares, Threads};

/// [`Conv`](super::Conv) of a planar image around which zeros are to be put: each thread copies the rows that it needs into a frame
/// of its own. So nothing is copied that goes from one core to another, which takes small nets longer than to copy more.
#[derive(Debug)]
pub struct PaddedConv<
    'a,
    T: Threads,
    Z: Sizes<Conv2d>,
    const POOL: usize,
    const ROWS: usize,
    const PIXELS: usize,
    const ROWS16: usize,
    const PIXELS16: usize,
> {
    /// Sizes, of the padded image: with padding 0, and no tap outside.
    pub shape: Z,
    /// Rows of the image.
    pub height: usize,
    /// Columns of the image.
    pub width: usize,
    /// Rows of zeros above it.
    pub top: usize,
    /// Columns of zeros left of it.
    pub left: usize,
    /// As in [`Conv`](super::Conv).
    pub strip: usize,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// The image, I×H×W.
    pub src: &'a [f32],
    /// From [`pack_conv`](super::pack_conv) with `lanes` = 1.
    pub weights: &'a [f32],
    /// Memory for a padded image, for each thread.
    pub scratch: &'a mut [f32],
    /// The output, O×H×W, blocked; pooled where `POOL` is 2.
    pub dst: &'a mut [f32],
}

impl<
    T: Threads,
    Z: Sizes<Conv2d>,
    const POOL: usize,
    const ROWS: usize,
    const PIXELS: usize,
    const ROWS16: usize,
    const PIXELS16: usize,
> Kernel for PaddedConv<'_, T, Z, POOL, ROWS, PIXELS, ROWS16, PIXELS16>
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape: sizes, height, width, top, left, strip, team, activation, src, weights, scratch, dst } = self;
        let shape = sizes.get();
        let padded = product([shape.in_channels, shape.in_height, shape.in_width]);
        assert_eq!(src.len(), product([shape.in_channels, height, width]));
        assert!(top + height <= shape.in_height && left + width <= shape.in_width);
        assert!(scratch.len() >= product([team.threads(), padded]));
        shape.check(1, POOL, &scratch[..padded], weights, dst);
        assert!(shape.groups == 1 && shape.fits() && strip > 0);
        // As far apart as in other kernels, so that what one thread writes does not lie where another one reads.
        let apart = scratch.len() / team.threads();
        let scratch = Shares::new(scratch);
        let frame = Some(Frame { height, width, top, left, src, apart, scratch });
        let (rows, residual, dst) = (shape.taps(), &[][..], Shares::new(dst));
        let image = direct::Image::<Z, 1, POOL> {
            sizes,
            activation,
            fits: true,
            residual,
            src: &[],
            frame,
            weights,
            rows,
            dst,
        };
        // SAFETY: the shape and the slices are checked; the source is the frame.
        unsafe { image.tiles::<S, T, ROWS, PIXELS, ROWS16, PIXELS16>(simd, team, strip) }
    }
}

/// An image that is to be padded, and where; the slices are checked.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    height: usize,
    width: usize,
    top: usize,
    left: usize,
    src: &'a [f32],
    /// A padded image for each thread, so many values apart.
    apart: usize,
    scratch: Shares<'a>,
}

impl<'a> Frame<'a> {
    /// The image of `thread`, padded to the size of `shape`'s input, with these `rows` filled in.
    ///
    /// # Safety
    ///
    /// The rows are of the padded image, and nothing else reads or writes the memory of the thread as long as the result lives.
    #[inline(always)]
    pub unsafe fn fill<S: Simd>(&self, simd: S, shape: &Conv2d, thread: usize, rows: Range<usize>) -> &'a [f32] {
        let Self { height, width, top, left, src, apart, scratch } = *self;
        let len = product([shape.in_channels, shape.in_height, shape.in_width]);
        // SAFETY: as the caller says.
        let padded = unsafe { scratch.part(thread * apart, len) };
        for channel in 0..shape.in_channels {
            for y in rows.clone() {
                let dst = &mut padded[(channel * shape.in_height + y) * shape.in_width..][..shape.in_width];
                if (top..top + height).contains(&y) {
                    let src = &src[(channel * height + y - top) * width..][..width];
                    let (before, rest) = dst.split_at_mut(left);
                    let (image, behind) = rest.split_at_mut(width);
                    copy(simd, None, before);
                    copy(simd, Some(src), image);
                    copy(simd, None, behind);
                } else {
                    copy(simd, None, dst);
                }
            }
        }
        padded
    }
}

/// Copies a row, or zeros: few values take longer to call for than to copy.
#[inline(always)]
fn copy<S: Simd>(simd: S, src: Option<&[f32]>, dst: &mut [f32]) {
    let len = dst.len();
    let (dst, rest) = dst.as_chunks_mut::<LANES>();
    let first = dst.len() * LANES;
    for (i, dst) in dst.iter_mut().enumerate() {
        let vector = src.map_or(simd.splat(0.0), |src| simd.load(&src.as_chunks().0[i]));
        simd.store(vector, dst);
    }
    for (value, i) in rest.iter_mut().zip(first..len) {
        // Not to be made a call of `memcpy` or `memset`.
        *value = black_box(src.map_or(0.0, |src| src[i]));
    }
}
