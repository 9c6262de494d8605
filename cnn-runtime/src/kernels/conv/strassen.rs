//! 1×1 convolution with fewer multiplications: Strassen's algorithm, in Winograd's form (Higham 2002, Accuracy and Stability of
//! Numerical Algorithms, 23.1).
//!
//! The output is a matrix product, C = A B, of pixels × input channels and input channels × output channels. Each is cut in half both
//! ways, and seven products of halves take the place of eight. The halves of the pixels are those of a tile, so that threads can
//! compute bands of an image:
//!
//! ```text
//! S1 = A21 + A22    T1 = B12 − B11    P1 = A11 B11    P5 = S1 T1    U2 = P1 + P6         C11 = P1 + P2
//! S2 = S1 − A11     T2 = B22 − T1     P2 = A12 B21    P6 = S2 T2    U3 = U2 + P7         C12 = U2 + P5 + P3
//! S3 = A11 − A21    T3 = B22 − B12    P3 = S4 B22     P7 = S3 T3                         C21 = U3 − P4
//! S4 = A12 − S2     T4 = T2 − B21     P4 = A22 T4                                        C22 = U3 + P5
//! ```
//!
//! The sums of weights are made when they are packed. Most sums of products cost nothing, since a tile of sums that is in
//! registers goes on to take up the next product.

use std::ops::Range;

use super::{Conv2d, Fetch, direct, packed_block, sum_channels, tile_blocks};
use crate::Arithmetic;
use crate::kernels::{Activation, product};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads, share, shares_evenly};

/// The products, by their places in the order in which they are computed and their weights packed. Each chain of them begins with a
/// tile of new sums and ends with outputs.
const P1: usize = 0;
const P2: usize = 1;
const P6: usize = 2;
const P7: usize = 3;
/// −P4.
const P4: usize = 4;
const P5: usize = 5;
const P3: usize = 6;
const PRODUCTS: usize = 7;
const CHAINS: [Range<usize>; 3] = [P1..P6, P6..P5, P5..PRODUCTS];

/// The sums of inputs: S2, S3, S1 and S4, in the order in which they are needed.
const SUMS: usize = 4;

/// The most pixels of a tile.
const MAX_PIXELS: usize = 8;

/// Rows of packed weights for each sixteen outputs.
#[inline(always)]
const fn packed_rows(shape: &Conv2d) -> usize {
    shape.in_channels / 4 * PRODUCTS
}

/// The length of what [`pack_strassen`] writes.
#[inline(always)]
pub const fn strassen_packed_len(shape: &Conv2d) -> usize {
    product([shape.out_channels, packed_rows(shape) + 1])
}

/// The length of a [`Strassen`]'s `scratch`, for each thread, with so many output `blocks` in the registers of a tile.
#[inline(always)]
pub const fn strassen_scratch_len(shape: &Conv2d, strip: usize, blocks: usize) -> usize {
    let products = product([2, blocks, strip.saturating_add(MAX_PIXELS), LANES]);
    sums_len(shape, strip).saturating_add(products)
}

/// The length of a strip's sums of inputs.
#[inline(always)]
const fn sums_len(shape: &Conv2d, strip: usize) -> usize {
    product([SUMS, shape.in_channels / 2, strip.saturating_add(MAX_PIXELS)])
}

/// Packs `weight`, O×I, and `bias`, O, for [`Strassen`], before [`sum_filters`]: as [`pack_conv`](super::pack_conv) does, with more
/// rows.
///
/// # Panics
///
/// If a slice's length does not fit the shape.
pub fn pack_strassen(shape: &Conv2d, weight: &[f32], bias: Option<&[f32]>, packed: &mut [f32]) {
    assert_eq!(packed.len(), strassen_packed_len(shape));
    super::pack_rows(shape, LANES, packed_rows(shape), weight, bias, packed);
}

/// Brings what [`pack_strassen`] wrote, and others may have scaled, into the order in which [`Strassen`] reads it: biases, then for
/// each sixteen outputs of the first half `[products][I / 2][16]`. It stays as it is where `arithmetic` is strict.
///
/// # Panics
///
/// If the slice's length does not fit the shape.
pub fn sum_filters(shape: &Conv2d, arithmetic: Arithmetic, packed: &mut [f32]) {
    assert_eq!(packed.len(), strassen_packed_len(shape));
    if arithmetic == Arithmetic::Strict {
        return;
    }
    let (half, rows) = (shape.in_channels / 2, packed_rows(shape));
    let weights = &mut packed[shape.out_channels..];
    let filters: Vec<f32> =
        weights.chunks(rows * WIDEST).flat_map(|rows| &rows[..2 * half * WIDEST]).copied().collect();
    let (first, second) = filters.split_at(filters.len() / 2);
    let groups = first.chunks(2 * half * WIDEST).zip(second.chunks(2 * half * WIDEST));
    for (packed, (first, second)) in weights.chunks_mut(2 * rows * WIDEST).zip(groups) {
        for i in 0..half * WIDEST {
            let [b11, b21, b12, b22] = [first[i], first[half * WIDEST + i], second[i], second[half * WIDEST + i]];
            let t1 = b12 - b11;
            let t2 = b22 - t1;
            for (product, value) in [b11, b21, t2, b22 - b12, b21 - t2, t1, b22].into_iter().enumerate() {
                packed[product * half * WIDEST + i] = value;
            }
        }
    }
}

/// 1×1 convolution with stride 1 of blocked images, plus `residual`, and an activation; as [`Conv`](super::Conv) computes it where
/// `arithmetic` is strict.
///
/// ```text
/// for strips of pixels
///     sums of inputs, all input blocks
///     for output channels of the first half, ROWS registers at a time, and as many of the second
///         for pixels of the strip, two times PIXELS at a time
///             seven products, ROWS × PIXELS, Σ over half of the input channels, and what becomes of them
/// ```
///
/// Registers and pixels are as in [`Conv`](super::Conv).
#[derive(Debug)]
pub struct Strassen<'a, T: Threads, const ROWS: usize, const PIXELS: usize, const ROWS16: usize, const PIXELS16: usize>
{
    /// Whether fewer multiplications are allowed.
    pub arithmetic: Arithmetic,
    /// Sizes: 1×1, stride 1, one group, whole blocks of 16 input channels and of 32 output channels; at least as many pixels as both
    /// halves of a tile have.
    pub shape: Conv2d,
    /// How many pixels, and as many others, are finished in all channels before the next ones.
    pub strip: usize,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// What is added to the output, laid out like it; empty where nothing is.
    pub residual: &'a [f32],
    /// The image, I×H×W, blocked.
    pub src: &'a [f32],
    /// From [`pack_strassen`] and [`sum_filters`].
    pub weights: &'a [f32],
    /// Memory for sums, [`strassen_scratch_len`] for each thread.
    pub scratch: &'a mut [f32],
    /// The output, O×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<T: Threads, const ROWS: usize, const PIXELS: usize, const ROWS16: usize, const PIXELS16: usize> Kernel
    for Strassen<'_, T, ROWS, PIXELS, ROWS16, PIXELS16>
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { arithmetic, shape, strip, team, activation, residual, src, weights, scratch, dst } = self;
        assert!(shape.is_pointwise());
        assert!(shape.in_channels.is_multiple_of(2 * LANES) && shape.out_channels.is_multiple_of(2 * WIDEST));
        assert!(PIXELS.max(PIXELS16) <= MAX_PIXELS.min(shape.pixels() / 2) && strip > 0);
        assert_eq!(src.len(), product([shape.in_channels, shape.pixels()]));
        assert_eq!(dst.len(), product([shape.out_channels, shape.pixels()]));
        assert_eq!(weights.len(), strassen_packed_len(&shape));
        let scratch_len = strassen_scratch_len(&shape, strip, tile_blocks(ROWS, ROWS16));
        assert!(scratch.len() >= product([team.threads(), scratch_len]));
        assert!(residual.is_empty() || residual.len() == dst.len());
        let (rows, dst) = (packed_rows(&shape), Shares::new(dst));
        let image = &direct::Image::<Conv2d, LANES, 1> {
            sizes: shape,
            activation,
            fits: true,
            residual,
            src,
            frame: None,
            weights,
            rows,
            dst,
        };
        if arithmetic == Arithmetic::Strict {
            // SAFETY: the slices and the shape, which has one group, are checked; the rows are more than the taps.
            return unsafe { image.tiles::<S, T, ROWS, PIXELS, ROWS16, PIXELS16>(simd, team, shape.pixels()) };
        }
        let halves = Halves { image, scratch: Shares::new(scratch), scratch_len, sums_len: sums_len(&shape, strip) };
        if const { S::VECTORS == 2 } {
            halves.strips::<S, ROWS16, PIXELS16>(simd, team, strip);
        } else {
            halves.strips::<S, ROWS, PIXELS>(simd, team, strip);
        }
    }
}

/// A [`Strassen`] without its tile; the slices are checked.
struct Halves<'a> {
    image: &'a direct::Image<'a, Conv2d, LANES, 1>,
    /// For each thread, a strip's sums of inputs, `[sums][half of the input blocks][tiles][PIXELS][8]`, then P1 or U2, and U3, of its
    /// tiles.
    scratch: Shares<'a>,
    /// Of each thread.
    scratch_len: usize,
    /// Of the sums in it.
    sums_len: usize,
}

/// So many tiles from one on, each of two halves of `PIXELS` pixels.
#[derive(Clone, Copy)]
struct Strip {
    first_tile: usize,
    tiles: usize,
}

/// A part for each strip, which a thread computes from beginning to end.
struct Strips<'a, const ROWS: usize, const PIXELS: usize> {
    halves: &'a Halves<'a>,
    strips: usize,
}

impl<const ROWS: usize, const PIXELS: usize> Parts for Strips<'_, ROWS, PIXELS> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        let Self { halves, strips } = *self;
        let strip = halves.strip::<PIXELS>(part, strips);
        let shape = &halves.image.sizes;
        // SAFETY: each thread has its own sums, and writes the pixels of its strip alone.
        unsafe {
            for block in 0..shape.in_channels / LANES / 2 {
                halves.sum_inputs::<S, PIXELS>(simd, thread, strip, block);
            }
            for first_row in (0..shape.out_channels / (2 * LANES * S::VECTORS)).step_by(ROWS) {
                halves.multiply::<S, ROWS, PIXELS>(simd, [thread; 2], strip, 0..strip.tiles, first_row);
            }
        }
    }
}

/// A part for each two blocks of input channels: the sums of a strip, for all threads.
struct Sums<'a, const PIXELS: usize>(&'a Halves<'a>, Strip);

impl<const PIXELS: usize> Parts for Sums<'_, PIXELS> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, block: usize) {
        // SAFETY: each part writes the sums of its blocks alone, and nothing reads them yet.
        unsafe { self.0.sum_inputs::<S, PIXELS>(simd, 0, self.1, block) }
    }
}

/// A part for each `ROWS` registers of output channels and some tiles of a strip, whose inputs are summed.
struct Products<'a, const ROWS: usize, const PIXELS: usize> {
    halves: &'a Halves<'a>,
    strip: Strip,
    /// Parts of a row.
    chunks: usize,
}

impl<const ROWS: usize, const PIXELS: usize> Parts for Products<'_, ROWS, PIXELS> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        let Self { halves, strip, chunks } = *self;
        let [row, chunk] = [part / chunks, part % chunks];
        let tiles = chunk * strip.tiles / chunks..(chunk + 1) * strip.tiles / chunks;
        // SAFETY: nothing writes the sums of inputs now; each thread has its own sums of products, each part its own outputs.
        unsafe { halves.multiply::<S, ROWS, PIXELS>(simd, [0, thread], strip, tiles, row * ROWS) }
    }
}

impl Halves<'_> {
    /// Computes all pixels, `strip` and as many others at a time.
    #[inline(always)]
    fn strips<S: Simd, const ROWS: usize, const PIXELS: usize>(&self, simd: S, team: impl Threads, strip: usize) {
        let threads = team.threads();
        let tiles = self.image.sizes.pixels().div_ceil(2 * PIXELS);
        let strips = tiles.div_ceil((strip / PIXELS).max(1));
        // The longest share of a thread, of the tiles that it computes from beginning to end, is to be little more than the others'.
        let even = strips.next_multiple_of(threads);
        if shares_evenly(tiles, even) {
            let strips = even.min(tiles);
            return team.run(simd, strips, Strips::<ROWS, PIXELS> { halves: self, strips });
        }
        // Too few for all threads, who take one after the other together.
        let rows = self.image.sizes.out_channels / (2 * LANES * S::VECTORS);
        let row_tiles = rows.div_ceil(ROWS);
        for part in 0..strips {
            let strip = self.strip::<PIXELS>(part, strips);
            team.run(simd, self.image.sizes.in_channels / LANES / 2, Sums::<PIXELS>(self, strip));
            let chunks = team.parts().div_ceil(row_tiles).min(strip.tiles);
            team.run(simd, row_tiles * chunks, Products::<ROWS, PIXELS> { halves: self, strip, chunks });
        }
    }

    /// Strip `index` of `strips`.
    #[inline(always)]
    fn strip<const PIXELS: usize>(&self, index: usize, strips: usize) -> Strip {
        let tiles = self.image.sizes.pixels().div_ceil(2 * PIXELS);
        let tiles = share(index, strips, tiles);
        Strip { first_tile: tiles.start, tiles: tiles.len() }
    }

    /// The first pixel of a tile: the last one ends with the image, and overlaps the one before.
    #[inline(always)]
    fn tile_start<const PIXELS: usize>(&self, tile: usize) -> usize {
        (tile * 2 * PIXELS).min(self.image.sizes.pixels() - 2 * PIXELS)
    }

    /// S2, S3, S1 and S4 of a strip and a block of each half of the input channels, for the sums of `thread`.
    ///
    /// # Safety
    ///
    /// The strip and the blocks exist, and nothing else reads or writes these sums now.
    #[inline(always)]
    unsafe fn sum_inputs<S: Simd, const PIXELS: usize>(&self, simd: S, thread: usize, strip: Strip, block: usize) {
        let shape = &self.image.sizes;
        let blocks = shape.in_channels / LANES / 2;
        let src = self.image.src.as_chunks::<LANES>().0;
        // SAFETY: as the caller says.
        let sums = [0, 1, 2, 3].map(|sum| unsafe {
            let count = strip.tiles * PIXELS * LANES;
            self.scratch.part(thread * self.scratch_len + (sum * blocks + block) * count, count)
        });
        let [s2, s3, s1, s4] = sums.map(|sums| sums.as_chunks_mut::<LANES>().0);
        for tile in 0..strip.tiles {
            let first = self.tile_start::<PIXELS>(strip.first_tile + tile);
            let halves = [block, block + blocks].map(|block| &src[block * shape.pixels() + first..][..2 * PIXELS]);
            let [(a11, a21), (a12, a22)] = halves.map(|pixels| pixels.split_at(PIXELS));
            let [s2, s3, s1, s4] = [&mut *s2, s3, s1, s4].map(|sums| &mut sums[tile * PIXELS..][..PIXELS]);
            for p in 0..PIXELS {
                let [a11, a12, a21, a22] = [&a11[p], &a12[p], &a21[p], &a22[p]].map(|values| simd.load(values));
                let sum = simd.add(a21, a22);
                let second = simd.sub(sum, a11);
                simd.store(second, &mut s2[p]);
                simd.store(simd.sub(a11, a21), &mut s3[p]);
                simd.store(sum, &mut s1[p]);
                simd.store(simd.sub(a12, second), &mut s4[p]);
            }
        }
    }

    /// The outputs of some tiles of a strip, in `ROWS` registers of channels of each half, from `first_row` on: from the sums of inputs
    /// of the first of `threads`, in the memory of the second.
    ///
    /// # Safety
    ///
    /// The tiles, whose inputs are summed, and the first row exist; nothing writes these sums now, or reads or writes the sums of
    /// products of that thread or these outputs.
    #[inline(always)]
    unsafe fn multiply<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        threads: [usize; 2],
        strip: Strip,
        tiles: Range<usize>,
        first_row: usize,
    ) {
        /// Bytes of weights that fit into a core's own cache beside as many that are used meanwhile.
        const AHEAD: usize = 200 << 10;
        let shape = &self.image.sizes;
        let rows = shape.out_channels / (2 * LANES * S::VECTORS);
        let mut first_blocks = [0; ROWS];
        for (r, block) in first_blocks.iter_mut().enumerate() {
            *block = (first_row + r).min(rows - 1) * S::VECTORS;
        }
        // Meanwhile the weights of the next registers come closer, some of each block with each tile.
        let next = direct::registers::<S>(ROWS) * PRODUCTS * shape.in_channels / 2 * WIDEST;
        let lines = if next * size_of::<f32>() <= AHEAD { LANES } else { 0 };
        let lines_of_tile = lines.div_ceil(tiles.len());
        for chain in CHAINS {
            for (nth, tile) in tiles.clone().enumerate() {
                let lines = (nth * lines_of_tile).min(lines)..((nth + 1) * lines_of_tile).min(lines);
                let fetch = Fetch { next, lines, first: 0, step: WIDEST / (S::VECTORS * LANES) };
                // SAFETY: as the caller says; the scratch memory of a thread begins with its sums of inputs, and behind them is room
                // for those of the products of all tiles of the strip.
                unsafe {
                    let kept = ROWS * PIXELS * S::VECTORS * LANES;
                    let first = threads[1] * self.scratch_len + self.sums_len + nth * 2 * kept;
                    let [u2, u3] = [first, first + kept].map(|first| self.scratch.part(first, kept).as_mut_ptr());
                    let sums = self.scratch.start().add(threads[0] * self.scratch_len);
                    let tile = Tile {
                        first_blocks,
                        first_pixel: self.tile_start::<PIXELS>(strip.first_tile + tile),
                        new: (strip.first_tile + tile) * 2 * PIXELS,
                        sums: sums.add(tile * PIXELS * LANES),
                        count: strip.tiles * PIXELS,
                        u2,
                        u3,
                    };
                    self.chain::<S, ROWS, PIXELS>(simd, &tile, chain.clone(), &fetch);
                }
            }
        }
    }

    /// Some products of a tile in turn.
    ///
    /// # Safety
    ///
    /// As [`multiply`](Self::multiply) says of the tile.
    #[inline(always)]
    unsafe fn chain<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        tile: &Tile<ROWS>,
        chain: Range<usize>,
        fetch: &Fetch,
    ) {
        let image = self.image;
        let inputs = image.sizes.in_channels / 2;
        let weights = image.weights[image.sizes.out_channels..].as_ptr();
        let mut sums = [[simd.wide_splat(0.0); PIXELS]; ROWS];
        // SAFETY: P1 has been kept where U2 is to be.
        unsafe {
            if chain.start == P6 {
                load(simd, tile.u2, &mut sums);
            } else {
                self.load_bias(simd, chain.start, tile.first_blocks, &mut sums);
            }
        }
        for product in chain {
            let mut filters = [weights; ROWS];
            for (filter, block) in filters.iter_mut().zip(tile.first_blocks) {
                *filter = weights.wrapping_add(packed_block(block, PRODUCTS * inputs) + product * inputs * WIDEST);
            }
            // SAFETY: as the caller says; each product has a row of weights for each input channel of a half.
            unsafe {
                let (first, plane) = self.operand::<ROWS, PIXELS>(product, tile);
                sum_channels(simd, inputs, first, plane, filters, fetch, &mut sums);
                match product {
                    P1 | P6 => store(simd, &sums, tile.u2),
                    P7 => store(simd, &sums, tile.u3),
                    _ => self.finish(simd, product, tile, &mut sums),
                }
            }
        }
    }

    /// Begins a chain's sums: with the biases of the first half of the output channels; with P5, which becomes part of the outputs of
    /// the second half alone, with what theirs are more.
    ///
    /// # Safety
    ///
    /// The blocks are of the first half.
    #[inline(always)]
    unsafe fn load_bias<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        product: usize,
        first_blocks: [usize; ROWS],
        sums: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        for (sums, block) in sums.iter_mut().zip(first_blocks) {
            let first = self.image.weights[block * LANES..].as_ptr();
            // SAFETY: there is a bias for each output.
            unsafe {
                let bias = simd.wide_load(first);
                let second = simd.wide_load(first.wrapping_add(self.image.sizes.out_channels / 2));
                *sums = [if product == P5 { simd.wide_sub(second, bias) } else { bias }; PIXELS];
            }
        }
    }

    /// Where the left factor of a product begins, and how far behind a block the next one is.
    ///
    /// # Safety
    ///
    /// The tile exists.
    #[inline(always)]
    unsafe fn operand<const ROWS: usize, const PIXELS: usize>(
        &self,
        product: usize,
        tile: &Tile<ROWS>,
    ) -> (*const f32, usize) {
        let shape = &self.image.sizes;
        let blocks = shape.in_channels / LANES / 2;
        let vector = match product {
            P1 => tile.first_pixel,
            P2 => blocks * shape.pixels() + tile.first_pixel,
            P4 => blocks * shape.pixels() + tile.first_pixel + PIXELS,
            _ => {
                let sum = match product {
                    P6 => 0,
                    P7 => 1,
                    P5 => 2,
                    _ => 3,
                };
                // SAFETY: the tile has this sum.
                return (unsafe { tile.sums.add(sum * blocks * tile.count * LANES) }, tile.count * LANES);
            }
        };
        // SAFETY: the image has this vector.
        (unsafe { self.image.src.as_ptr().add(vector * LANES) }, shape.pixels() * LANES)
    }

    /// Stores the outputs that are complete with a product, and leaves the sums that the chain goes on with.
    ///
    /// # Safety
    ///
    /// As [`multiply`](Self::multiply) says of the tile, and its sums that come before the product have been kept.
    #[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
    #[inline(always)]
    unsafe fn finish<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        product: usize,
        tile: &Tile<ROWS>,
        sums: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        let [lower, right] = [matches!(product, P4 | P5), matches!(product, P5 | P3)];
        let first_pixel = tile.first_pixel + if lower { PIXELS } else { 0 };
        let mut place = direct::Place {
            first_blocks: tile.first_blocks,
            first_pixel,
            pixels: tile.new.saturating_sub(first_pixel).min(PIXELS)..PIXELS,
        };
        if right {
            for block in &mut place.first_blocks {
                *block += self.image.sizes.out_channels / LANES / 2;
            }
        }
        // SAFETY: as the caller says.
        unsafe {
            if product == P5 {
                for r in 0..ROWS {
                    for p in 0..PIXELS {
                        let at = (r * PIXELS + p) * S::VECTORS * LANES;
                        let [u2, u3] = [tile.u2, tile.u3].map(|values| values.add(at));
                        simd.wide_store(simd.wide_add(sums[r][p], simd.wide_load(u2)), u2);
                        sums[r][p] = simd.wide_add(sums[r][p], simd.wide_load(u3));
                    }
                }
            }
            self.image.store(simd, &place, *sums, true);
            // Only P5 has one after it, to which U2 + P5 is added. But so the sums take no registers while they are stored.
            load(simd, tile.u2, sums);
        }
    }
}

/// A tile: registers of output channels × two halves of pixels.
struct Tile<const ROWS: usize> {
    /// The first blocks of its registers.
    first_blocks: [usize; ROWS],
    first_pixel: usize,
    /// The first pixel that is not of the tile before.
    new: usize,
    /// Its part of the first of its strip's sums of inputs, which have so many pixels.
    sums: *const f32,
    count: usize,
    /// Where it keeps P1, and then U2.
    u2: *mut f32,
    /// Where it keeps U3.
    u3: *mut f32,
}

/// Stores a tile's sums, register by register.
///
/// # Safety
///
/// `to` is valid for writes of them.
#[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
#[inline(always)]
unsafe fn store<S: Simd, const ROWS: usize, const PIXELS: usize>(
    simd: S,
    sums: &[[S::Wide; PIXELS]; ROWS],
    to: *mut f32,
) {
    for r in 0..ROWS {
        for p in 0..PIXELS {
            // SAFETY: as the caller says.
            unsafe { simd.wide_store(sums[r][p], to.add((r * PIXELS + p) * S::VECTORS * LANES)) }
        }
    }
}

/// Loads what [`store`] stored.
///
/// # Safety
///
/// `from` is valid for reads of it.
#[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
#[inline(always)]
unsafe fn load<S: Simd, const ROWS: usize, const PIXELS: usize>(
    simd: S,
    from: *const f32,
    sums: &mut [[S::Wide; PIXELS]; ROWS],
) {
    for r in 0..ROWS {
        for p in 0..PIXELS {
            // SAFETY: as the caller says.
            sums[r][p] = unsafe { simd.wide_load(from.add((r * PIXELS + p) * S::VECTORS * LANES)) };
        }
    }
}
