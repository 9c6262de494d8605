use std::ops::Range;

use super::depthwise::Image;
use super::{Conv2d, ZEROS, packed_block};
use crate::simd::{Kernel, LANES, Simd, WIDEST};

/// Tiles of so many registers, the largest first.
const TILES: [usize; 4] = [7, 4, 2, 1];

/// Of how many registers a tile of a row of `pixels` outputs should be, with `vectors` of them in a register: of so many that all
/// tiles together take least time, and that they and the weights of the kernel's `columns` are no more than there are. And
/// what the row costs then.
#[inline(always)]
fn registers(pixels: usize, vectors: usize, columns: usize) -> (usize, usize) {
    let mut best = (1, usize::MAX);
    for tile in TILES {
        // What a tile loads is a little more than what it computes.
        let cost = pixels.div_ceil(tile * vectors) * (2 * tile + 3);
        if tile * vectors <= pixels && tile + columns < 13 && cost < best.1 {
            best = (tile, cost);
        }
    }
    best
}

/// Whether registers of two pixels pay for a row of `pixels` outputs: they have to save a third, since some CPUs take twice
/// as long for them, and half of their loads reach over the end of a cache line.
#[inline(always)]
pub(super) fn wide_pays(pixels: usize, columns: usize) -> bool {
    let [narrow, wide] = [1, 2].map(|vectors| registers(pixels, vectors, columns).1);
    wide <= narrow / 3 * 2
}

/// Rows of blocks of a depthwise convolution whose kernel has a constant number of columns `K`.
///
/// Neighbouring outputs share most of what they read. Here each input value is loaded once for all outputs of a tile, in one row
/// or, with stride 1 and registers enough, in two:
///
/// ```text
/// for rows and columns of the input under the tile
///     for outputs that have a tap there
///         sum of the output += input * weight of that tap
/// ```
///
/// A register holds one pixel's eight channels, or two neighbouring pixels'; from one register to the next it is `STEP`
/// input columns.
///
/// Whoever makes one has met the conditions of [`Image::tile`] for all pixels of the rows, and
/// - the dilation is 1;
/// - the stride to the right is `STEP` where a register holds one pixel, and 1 where it holds `STEP`;
/// - a register holds no more pixels than a row has;
/// - no window lies beside the image: padding is less than `K`, on either side.
pub(super) struct Slide<'a, const K: usize, const STEP: usize> {
    pub image: &'a Image<'a>,
    pub blocks: Range<usize>,
    pub rows: Range<usize>,
    /// How many there are where this is compiled, which may be more than a part of an instruction set has by itself.
    pub registers: usize,
}

impl<const K: usize, const STEP: usize> Kernel for Slide<'_, K, STEP> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // SAFETY: as whoever made this says.
        unsafe {
            match registers(self.image.shape.out_width, S::VECTORS, K).0 {
                7 => self.rows::<S, 7>(simd),
                4 => self.rows::<S, 4>(simd),
                2 => self.rows::<S, 2>(simd),
                _ => self.rows::<S, 1>(simd),
            }
        }
    }
}

impl<const K: usize, const STEP: usize> Slide<'_, K, STEP> {
    /// Computes and stores all rows, `TILE` registers at a time.
    ///
    /// # Safety
    ///
    /// As [`Slide`] says, and a row has at least as many pixels as the registers.
    #[inline(always)]
    unsafe fn rows<S: Simd, const TILE: usize>(&self, simd: S) {
        // Sums and weights of two rows, and an input.
        let pairs = self.image.shape.stride[0] == 1 && 2 * (TILE + K) < self.registers;
        for block in self.blocks.clone() {
            let mut rows = self.rows.clone();
            if pairs {
                // A pair of which only one is among these rows is all theirs in every other block, and none of theirs in the others.
                let edge = |y: usize| match y % 2 {
                    1 if y < self.image.shape.out_height => y + 1 - block % 2 * 2,
                    _ => y,
                };
                rows = edge(rows.start)..edge(rows.end);
            }
            while pairs && rows.len() > 1 {
                // SAFETY: as the caller says.
                unsafe { self.row::<S, 2, TILE>(simd, block, rows.start) }
                rows.start += 2;
            }
            for y in rows {
                // SAFETY: as the caller says.
                unsafe { self.row::<S, 1, TILE>(simd, block, y) }
            }
        }
    }

    /// Computes and stores `ROWS` rows from `y` on, `TILE` registers of each at a time.
    ///
    /// # Safety
    ///
    /// As [`Slide`] says, a row has at least as many pixels as the registers, and where there are two rows the stride down is 1.
    #[inline(always)]
    unsafe fn row<S: Simd, const ROWS: usize, const TILE: usize>(&self, simd: S, block: usize, y: usize) {
        let width = self.image.shape.out_width;
        let pixels = TILE * S::VECTORS;
        let mut first = 0;
        while first < width {
            // The last tile reaches back.
            // SAFETY: as the caller says; the tile ends in the row.
            unsafe { self.image.slide_tile::<S, K, STEP, ROWS, TILE>(simd, block, [y, first.min(width - pixels)]) }
            first += pixels;
        }
    }
}

impl Image<'_> {
    /// Computes and stores `TILE` registers in each of `ROWS` rows of a block, from row `y` and column `first` on.
    ///
    /// # Safety
    ///
    /// As [`Slide`] says, all of them are in the output, and where there are two rows the stride down is 1.
    #[inline(always)]
    unsafe fn slide_tile<S: Simd, const K: usize, const STEP: usize, const ROWS: usize, const TILE: usize>(
        &self,
        simd: S,
        block: usize,
        [y, first]: [usize; 2],
    ) {
        let Conv2d { in_height, in_width, out_height, out_width, kernel, stride, padding, .. } = self.shape;
        let src = &self.src.as_chunks::<LANES>().0[block * in_height * in_width..];
        let (bias, weights) = self.weights.split_at(self.shape.out_channels.next_multiple_of(WIDEST));
        let weights = &weights[packed_block(block, kernel[0] * K)..];
        let twice = |vector| simd.join([vector, vector]);
        // Above and left of the image these wrap around, and are larger than any size.
        let [top, start] = [(y * stride[0]).wrapping_sub(padding[0]), (first * stride[1]).wrapping_sub(padding[1])];
        let mut sums = [[twice(simd.load(&bias.as_chunks::<LANES>().0[block])); TILE]; ROWS];
        let mut of_rows = [[sums[0][0]; K]; ROWS];
        for input in 0..kernel[0] + ROWS - 1 {
            let row = top.wrapping_add(input);
            if row >= in_height {
                continue;
            }
            // This row of the input is another one of the kernel's to each row of the output.
            for (r, of_columns) in of_rows.iter_mut().enumerate() {
                let ky = input.wrapping_sub(r);
                if ky < kernel[0] {
                    for (kx, weight) in of_columns.iter_mut().enumerate() {
                        // SAFETY: each block of channels has a row of weights for each tap.
                        *weight = twice(simd.load(unsafe { &*weights.as_ptr().add((ky * K + kx) * WIDEST).cast() }));
                    }
                }
            }
            let line = Line { pixels: &src[row * in_width..][..in_width], start };
            /// For the rows from one to another; written out, since the compiler does not unroll a loop of so many columns, and
            /// then keeps sums in memory.
            macro_rules! columns {
                ($from:literal to $to:literal: $($column:literal)*) => {$(
                    if $column < STEP * (TILE - 1) + K {
                        line.multiply_add::<S, K, STEP, ROWS, TILE, $column, $from, $to>(simd, &of_rows, &mut sums);
                    }
                )*};
            }
            if const { ROWS == 1 } || input == 0 {
                columns!(0 to 1: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18);
            } else if input < kernel[0] {
                columns!(0 to 2: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18);
            } else {
                columns!(1 to 2: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18);
            }
        }
        self.activation.apply_to_tile(simd, &mut sums);
        #[expect(clippy::needless_range_loop, reason = "iterators over the sums would put them into memory")]
        for r in 0..ROWS {
            let at = (block * out_height + y + r) * out_width + first;
            for register in 0..TILE {
                // SAFETY: these outputs are in the row, one behind the other, and nothing else writes them.
                unsafe { simd.wide_store(sums[r][register], self.dst.vector(at + register * S::VECTORS).as_mut_ptr()) }
            }
        }
    }
}

/// A row of the image.
struct Line<'a> {
    pixels: &'a [[f32; LANES]],
    /// Where the tile's first column lies, wrapped around where that is left of the image.
    start: usize,
}

impl Line<'_> {
    /// Adds the products of a column of the tile to all sums of which it is a part, in the output rows from `FROM` to `TO`.
    #[inline(always)]
    fn multiply_add<
        S: Simd,
        const K: usize,
        const STEP: usize,
        const ROWS: usize,
        const TILE: usize,
        const COLUMN: usize,
        const FROM: usize,
        const TO: usize,
    >(
        &self,
        simd: S,
        weights: &[[S::Wide; K]; ROWS],
        sums: &mut [[S::Wide; TILE]; ROWS],
    ) {
        let x = self.start.wrapping_add(COLUMN);
        let end = x.wrapping_add(S::VECTORS);
        // The last column of the first window and the first one of the last are in the image, and so is all between them.
        let between = K <= COLUMN + 1 && COLUMN <= STEP * (TILE - 1);
        let value = if between || end <= self.pixels.len() && x < end {
            // SAFETY: the pixels are in the line.
            unsafe { simd.wide_load(self.pixels.as_ptr().add(x).cast()) }
        } else {
            let [a, b] = [x, x.wrapping_add(1)].map(|x| self.pixels.get(x).unwrap_or(&ZEROS));
            simd.join([simd.load(a), simd.load(b)])
        };
        for r in FROM..TO.min(ROWS) {
            for (kx, weight) in weights[r].iter().enumerate() {
                let from_first = COLUMN.wrapping_sub(kx);
                if from_first.is_multiple_of(STEP) && from_first / STEP < TILE {
                    let sum = &mut sums[r][from_first / STEP];
                    *sum = simd.wide_mul_add(value, *weight, *sum);
                }
            }
        }
    }
}
