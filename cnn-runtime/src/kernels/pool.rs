//! What the poolings have in common: sizes, windows clipped to the image, and the way over the output.

use std::ops::Range;

use super::areas::Areas;
use super::{product, taps_fit, taps_inside};
use crate::simd::{LANES, Simd};
use crate::team::{Parts, Shares, Threads};
use crate::train::{Backward, Forward, InputGrad, Lanes, Real, Values};

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
    /// How many there are with those on the padding, where the dilation is 1.
    pub padded: usize,
}

impl Pool2d {
    /// The taps of output `output`'s window along `axis` (0 down, 1 right).
    #[inline(always)]
    fn taps(&self, axis: usize, output: usize) -> Taps {
        let size = [self.in_height, self.in_width][axis];
        let outputs = [self.out_height, self.out_width][axis];
        let [kernel, stride] = [self.kernel[axis], self.stride[axis]];
        let [padding, dilation] = [self.padding[axis], self.dilation[axis]];
        let start = output * stride;
        if padding == 0 && taps_fit(outputs, stride, kernel, dilation, size) {
            // The same for all outputs: with constant sizes, the loop over the taps unrolls.
            return Taps { start, count: kernel, padded: kernel };
        }
        let inside = taps_inside(size, padding, start, kernel, dilation);
        // Where `ceil_mode` lets windows reach beyond the padding, nothing counts.
        let padded = kernel.min((size + 2 * padding).saturating_sub(start));
        // Where no tap lies inside, the first of none is no further than the end.
        let start = (start + inside.start * dilation).saturating_sub(padding).min(size);
        Taps { start, count: inside.len(), padded }
    }

    /// The outputs of a row whose windows reach over neither side of the image.
    #[inline(always)]
    fn whole_windows(&self) -> Range<usize> {
        let [padding, stride] = [self.padding[1], self.stride[1]];
        let reach = (self.kernel[1] - 1) * self.dilation[1] + 1;
        let end = (self.in_width + padding).checked_sub(reach).map_or(0, |last| last / stride + 1).min(self.out_width);
        padding.div_ceil(stride).min(end)..end
    }
}

/// What a pooling makes of a window.
pub(super) trait Window: Sync {
    /// The outputs of `N` windows in a block of the input. The first one has these `taps`, down and right; each of the others
    /// begins `stride[1]` columns further right, and all of them lie in the image where there are others.
    ///
    /// To be marked `#[inline(always)]` by every implementation.
    fn pool<S: Simd, const N: usize>(
        &self,
        simd: S,
        shape: &Pool2d,
        image: &[[f32; LANES]],
        taps: [Taps; 2],
    ) -> [S::Vector; N];
}

/// Computes a pooling's output. Panics unless `src` and `dst` are blocked images of the shape's sizes.
#[inline(always)]
pub(super) fn pool<S: Simd>(
    simd: S,
    team: impl Threads,
    shape: Pool2d,
    window: impl Window,
    src: &[f32],
    dst: &mut [f32],
) {
    let blocks = shape.channels.div_ceil(LANES);
    assert_eq!(src.len(), product([blocks, shape.in_height, shape.in_width, LANES]));
    assert_eq!(dst.len(), product([blocks, shape.out_height, shape.out_width, LANES]));
    let areas = Areas::new(team, blocks, shape.out_height, [shape.in_height, shape.in_width]);
    team.run(simd, areas.parts(), Rows { shape, areas, window, src, dst: Shares::new(dst) });
}

/// How many windows are computed at once.
const MANY: usize = 4;

/// Whoever makes one has checked the images, and the areas are the output's.
struct Rows<'a, W> {
    shape: Pool2d,
    areas: Areas,
    window: W,
    src: &'a [f32],
    dst: Shares<'a>,
}

impl<W: Window> Parts for Rows<'_, W> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, part: usize) {
        let [blocks, rows] = self.areas.part(part);
        for block in blocks {
            self.rows(simd, block, rows.clone());
        }
    }
}

impl<W: Window> Rows<'_, W> {
    /// Computes these rows of a block, of an area that nothing else writes.
    #[inline(always)]
    fn rows<S: Simd>(&self, simd: S, block: usize, rows: Range<usize>) {
        let shape = &self.shape;
        let pixels = shape.in_height * shape.in_width;
        let image = &self.src.as_chunks::<LANES>().0[block * pixels..][..pixels];
        let of_row = shape.out_width * LANES;
        // SAFETY: the rows are of the output, and no other part has them.
        let dst = unsafe { self.dst.part((block * shape.out_height + rows.start) * of_row, rows.len() * of_row) };
        let whole = shape.whole_windows();
        let alone = if whole.len() < MANY { whole.end } else { whole.start };
        for (y, dst) in rows.zip(dst.as_chunks_mut::<LANES>().0.chunks_exact_mut(shape.out_width)) {
            let rows = shape.taps(0, y);
            for x in (0..alone).chain(whole.end..shape.out_width) {
                let [output] = self.window.pool(simd, shape, image, [rows, shape.taps(1, x)]);
                simd.store(output, &mut dst[x]);
            }
            for x in (alone..whole.end).step_by(MANY) {
                // The last ones reach back.
                let x = x.min(whole.end - MANY);
                let columns = Taps {
                    start: x * shape.stride[1] - shape.padding[1],
                    count: shape.kernel[1],
                    padded: shape.kernel[1],
                };
                let outputs: [_; MANY] = self.window.pool(simd, shape, image, [rows, columns]);
                for (n, dst) in dst[x..x + MANY].iter_mut().enumerate() {
                    simd.store(outputs[n], dst);
                }
            }
        }
    }
}

/// The taps of a window that lie inside a planar image: indices of values.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlanarTaps {
    pub first: usize,
    /// Rows and columns of them.
    pub size: [usize; 2],
    /// From one row, or column, to the next.
    pub steps: [usize; 2],
    /// How many taps there are with those on the padding.
    pub padded: usize,
}

impl PlanarTaps {
    /// How many there are.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Calls `each` with the index of each tap, row by row.
    #[inline(always)]
    pub fn for_each(self, mut each: impl FnMut(usize)) {
        for row in 0..self.size[0] {
            for column in 0..self.size[1] {
                each(self.first + row * self.steps[0] + column * self.steps[1]);
            }
        }
    }
}

/// The windows of planar images.
pub(super) trait Windows {
    /// Calls `each` with the index of each output, and the taps of its window.
    fn for_each(&self, each: impl FnMut(usize, PlanarTaps));

    /// Whether each value of the input is in exactly one window.
    fn partition(&self) -> bool;

    /// Where the windows' parts of the gradient go, and whether they need only be put there: else they are added.
    #[inline(always)]
    fn sums<'a, V: Values>(&self, input_grad: &'a mut InputGrad<'_, V>) -> (&'a mut [V], bool) {
        let put = self.partition() && !input_grad.add;
        (if put { &mut *input_grad.values } else { input_grad.sum() }, put)
    }
}

impl Windows for Pool2d {
    #[inline(always)]
    fn for_each(&self, mut each: impl FnMut(usize, PlanarTaps)) {
        let steps = [self.dilation[0] * self.in_width, self.dilation[1]];
        let mut output = 0;
        for channel in 0..self.channels {
            for y in 0..self.out_height {
                let rows = self.taps(0, y);
                let start = (channel * self.in_height + rows.start) * self.in_width;
                for x in 0..self.out_width {
                    let columns = self.taps(1, x);
                    let (first, size) = (start + columns.start, [rows.count, columns.count]);
                    each(output, PlanarTaps { first, size, steps, padded: rows.padded * columns.padded });
                    output += 1;
                }
            }
        }
    }

    #[inline(always)]
    fn partition(&self) -> bool {
        let sizes = [self.in_height, self.in_width];
        let outputs = [self.out_height, self.out_width];
        self.padding == [0; 2]
            && (0..2).all(|axis| {
                let dense = self.dilation[axis] == 1 || self.kernel[axis] == 1;
                dense && self.kernel[axis] == self.stride[axis] && outputs[axis] * self.stride[axis] >= sizes[axis]
            })
    }
}

/// The sum of each window over its `area`.
#[inline(always)]
pub(super) fn average<L: Lanes>(
    lanes: L,
    windows: impl Windows,
    area: impl Fn(&PlanarTaps) -> usize,
    cx: Forward<'_, L>,
) {
    let (input, zero) = (cx.inputs[0], lanes.splat(L::Real::ZERO));
    windows.for_each(|at, taps| {
        let factor = lanes.splat(L::Real::ONE / L::Real::of(area(&taps) as f64));
        let mut sum = zero;
        taps.for_each(|tap| sum = lanes.add(sum, lanes.load(&input[tap])));
        lanes.store(lanes.mul_add(sum, factor, zero), &mut cx.output[at]);
    });
}

/// Adds each window's gradient, over its `area`, to all of its values.
#[inline(always)]
pub(super) fn spread<L: Lanes>(
    lanes: L,
    windows: impl Windows,
    area: impl Fn(&PlanarTaps) -> usize,
    cx: Backward<'_, L>,
) {
    let [input_grad] = cx.input_grads else { return };
    if !input_grad.is_wanted() {
        return;
    }
    let zero = lanes.splat(L::Real::ZERO);
    let (sums, put) = windows.sums(input_grad);
    windows.for_each(|at, taps| {
        let factor = lanes.splat(L::Real::ONE / L::Real::of(area(&taps) as f64));
        let part = lanes.mul_add(lanes.load(&cx.output_grad[at]), factor, zero);
        taps.for_each(|tap| {
            let sum = if put { part } else { lanes.add(part, lanes.load(&sums[tap])) };
            lanes.store(sum, &mut sums[tap]);
        });
    });
}
