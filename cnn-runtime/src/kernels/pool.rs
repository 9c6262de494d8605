//! What the poolings have in common: sizes, and windows clipped to the image.

use super::{product, taps_fit, taps_inside};
use crate::simd::LANES;
use crate::team::Shares;

/// A pooling's sizes.
#[derive(Clone, Copy, Debug)]
pub struct Pool2d {
    /// C, of input and output.
    pub channels: usize,
    /// Rows of the input.
    pub in_height: usize,
    /// Columns of the input.
    pub in_width: usize,
    /// Rows of the output.
    pub out_height: usize,
    /// Columns of the output.
    pub out_width: usize,
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    /// Steps between neighbouring windows, down and right.
    pub stride: [usize; 2],
    /// Rows above and columns left of the image that windows may cover; as many below and right.
    pub padding: [usize; 2],
    /// Steps between neighbouring taps, down and right.
    pub dilation: [usize; 2],
}

/// The taps of a window that lie inside the image, along one axis.
#[derive(Clone, Copy)]
pub(super) struct Taps {
    /// Where in the image the first one lies.
    pub start: usize,
    /// How many there are; `dilation` apart.
    pub count: usize,
}

impl Pool2d {
    /// Panics unless `src` and `dst` are blocked images of the shape's sizes.
    #[inline(always)]
    pub(super) fn check(&self, src: &[f32], dst: &[f32]) {
        let blocks = self.channels.div_ceil(LANES);
        assert_eq!(src.len(), product([blocks, self.in_height, self.in_width, LANES]));
        assert_eq!(dst.len(), product([blocks, self.out_height, self.out_width, LANES]));
    }

    /// A block of the output.
    ///
    /// # Safety
    ///
    /// `dst` is of the shape's size, which has the block, and nothing else reads or writes it as long as the returned slice lives.
    #[inline(always)]
    pub(super) unsafe fn output_block<'a>(&self, dst: Shares<'a>, block: usize) -> &'a mut [[f32; LANES]] {
        let len = self.out_height * self.out_width * LANES;
        // SAFETY: as the caller says.
        unsafe { dst.part(block * len, len) }.as_chunks_mut().0
    }

    /// The taps of output `output`'s window along `axis` (0 down, 1 right).
    #[inline(always)]
    pub(super) fn taps(&self, axis: usize, output: usize) -> Taps {
        let size = [self.in_height, self.in_width][axis];
        let outputs = [self.out_height, self.out_width][axis];
        let [kernel, stride] = [self.kernel[axis], self.stride[axis]];
        let [padding, dilation] = [self.padding[axis], self.dilation[axis]];
        let start = output * stride;
        if padding == 0 && taps_fit(outputs, stride, kernel, dilation, size) {
            // The same for all outputs: with constant sizes, the loop over the taps unrolls.
            return Taps { start, count: kernel };
        }
        let inside = taps_inside(size, padding, start, kernel, dilation);
        // Where no tap lies inside, the first of none is no further than the end.
        let start = (start + inside.start * dilation).saturating_sub(padding).min(size);
        Taps { start, count: inside.len() }
    }
}
