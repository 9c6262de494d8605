//! What the poolings have in common: sizes, and windows clipped to the image.

use super::{product, taps_fit, taps_inside};
use crate::simd::LANES;
use crate::team::Shares;
use crate::train::{Backward, Forward, Lanes, Values};

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

/// The taps of a window that lie inside the image, row by row: indices of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The first tap of the row.
    row: usize,
    /// Rows that are left.
    rows: usize,
    columns: usize,
    /// The column that is next.
    column: usize,
    row_step: usize,
    column_step: usize,
}

impl Window {
    /// So many rows and columns from tap `row` on, with the steps from one to the next.
    #[inline(always)]
    pub(super) fn new(row: usize, [rows, columns]: [usize; 2], [row_step, column_step]: [usize; 2]) -> Self {
        Self { row, rows, columns, column: 0, row_step, column_step }
    }

    /// How many taps it has, before any was taken.
    #[inline(always)]
    pub(super) fn area(&self) -> usize {
        self.rows * self.columns
    }
}

impl Iterator for Window {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.rows == 0 || self.columns == 0 {
            return None;
        }
        let tap = self.row + self.column * self.column_step;
        self.column += 1;
        if self.column == self.columns {
            self.column = 0;
            self.row += self.row_step;
            self.rows -= 1;
        }
        Some(tap)
    }
}

impl Pool2d {
    /// The windows of all outputs of planar images, in order.
    #[inline(always)]
    pub(super) fn windows(&self) -> impl Iterator<Item = Window> + use<> {
        let shape = *self;
        let [row_step, column_step] = [shape.dilation[0] * shape.in_width, shape.dilation[1]];
        (0..shape.channels).flat_map(move |channel| {
            (0..shape.out_height).flat_map(move |y| {
                let rows = shape.taps(0, y);
                let first = (channel * shape.in_height + rows.start) * shape.in_width;
                (0..shape.out_width).map(move |x| {
                    let columns = shape.taps(1, x);
                    Window::new(first + columns.start, [rows.count, columns.count], [row_step, column_step])
                })
            })
        })
    }
}

/// The sum of each window, times its factor.
#[inline(always)]
pub(super) fn average<L: Lanes>(windows: impl Iterator<Item = (Window, L::Real)>, cx: Forward<'_, L>) {
    let input = cx.inputs[0];
    for ((window, factor), output) in windows.zip(cx.output) {
        let mut sum = L::Values::ZERO;
        for tap in window {
            let input = &input[tap];
            sum = L::Values::each(|i| sum.as_ref()[i] + input.as_ref()[i]);
        }
        *output = L::Values::each(|i| sum.as_ref()[i] * factor);
    }
}

/// Adds each window's gradient, times its factor, to all of its values.
#[inline(always)]
pub(super) fn spread<L: Lanes>(windows: impl Iterator<Item = (Window, L::Real)>, cx: Backward<'_, L>) {
    let sums = cx.input_grads[0].sum();
    if sums.is_empty() {
        return;
    }
    for ((window, factor), gradient) in windows.zip(cx.output_grad) {
        let part = L::Values::each(|i| gradient.as_ref()[i] * factor);
        for tap in window {
            let sum = &mut sums[tap];
            *sum = L::Values::each(|i| sum.as_ref()[i] + part.as_ref()[i]);
        }
    }
}
