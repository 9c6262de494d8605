//! Convolution with fewer multiplications: Winograd's F(m×m, r×r) (Lavin & Gray 2015, arXiv:1509.09308).
//!
//! m values of an output row take n = m + r − 1 multiplications instead of m·r: a polynomial product by its values at n points. In
//! two dimensions:
//!
//! ```text
//! Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A
//! ```
//!
//! for an r×r filter g, an n×n patch d of the image and the m×m output Y. The sum over channels is taken between the
//! transforms: a matrix product for each of the n² places.
//!
//! | | points | multiplications, instead of |
//! |---|---|---:|
//! | F(4×4, 3×3) | 0, 1, −1, ½, −2, ∞ | 36, 144 |
//! | F(2×2, 5×5) | the same | 36, 100 |
//! | F(2×2, 3×3) | 0, 1, −1, ∞ | 16, 36 |
//!
//! Six points lose more to rounding than four; these least (Barabasz et al. 2018, arXiv:1803.10986).

mod transforms;

use transforms::{points, transform_filter, transform_patch, transform_products};

use super::{Conv2d, Fetch, ZEROS, direct, packed_block, sum_channels, tile_blocks};
use crate::Arithmetic;
use crate::kernels::{Activation, Sizes, product};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};

/// The most tiles whose products of a place are computed at a time.
const ABREAST: usize = 8;

/// Vectors between one place's values and the next one's: a cache line. Without it places would often lie a power of two
/// apart, and the 36 values of a tile in the same few lines of the cache.
const GAP: usize = WIDEST / LANES;

/// The length of what [`pack_winograd`] writes.
#[inline(always)]
pub const fn winograd_packed_len(shape: &Conv2d, patch: usize) -> usize {
    let rows = (patch * patch).saturating_mul(shape.in_channels).saturating_add(1);
    product([shape.out_channels.div_ceil(WIDEST), rows, WIDEST])
}

/// The length of a [`Winograd`]'s `scratch`, for each thread, with so many output `blocks` in the registers of a tile.
#[inline(always)]
pub const fn winograd_scratch_len(shape: &Conv2d, patch: usize, strip: usize, blocks: usize) -> usize {
    let products = product([patch * patch, blocks, strip.saturating_add(ABREAST + GAP), LANES]);
    patches_len(shape, patch, strip).saturating_add(products)
}

/// The length of transformed patches, and of what is read behind the last of them.
#[inline(always)]
const fn patches_len(shape: &Conv2d, patch: usize, strip: usize) -> usize {
    let of_place = shape.in_channels.div_ceil(LANES).saturating_mul(strip).saturating_add(GAP);
    product([patch * patch, of_place, LANES]).saturating_add(ABREAST * LANES)
}

/// Packs `weight`, O×I×r×r, and `bias`, O, for [`Winograd`] with patches of `patch` × `patch`, 4 or 6: biases `[O / 16, rounded up][16]`,
/// then the transformed filters `[O / 16, rounded up][patch²][I][16]`, with zeros for channels from O on. Where `arithmetic` is
/// strict the filters are as [`pack_conv`](super::pack_conv) lays them out, in the same memory.
///
/// # Panics
///
/// If a slice's length does not fit the shape.
pub fn pack_winograd(
    shape: &Conv2d,
    patch: usize,
    arithmetic: Arithmetic,
    weight: &[f32],
    bias: Option<&[f32]>,
    packed: &mut [f32],
) {
    let [outputs, inputs, taps, places] = [shape.out_channels, shape.in_channels, shape.kernel[0], patch * patch];
    assert_eq!(weight.len(), product([outputs, inputs, taps, taps]));
    assert_eq!(packed.len(), winograd_packed_len(shape, patch));
    if arithmetic == Arithmetic::Strict {
        return super::pack_rows(shape, LANES, places * inputs, weight, bias, packed);
    }
    packed.fill(0.0);
    let (biases, weights) = packed.split_at_mut(outputs.next_multiple_of(WIDEST));
    if let Some(bias) = bias {
        biases[..outputs].copy_from_slice(bias);
    }
    let points = points(patch, taps);
    for (filter, weight) in weight.chunks_exact(taps * taps).enumerate() {
        let [o, i] = [filter / inputs, filter % inputs];
        let group = &mut weights[o / WIDEST * places * inputs * WIDEST..];
        let values = transform_filter(weight, &points, patch, taps);
        for (place, &value) in values.as_flattened()[..places].iter().enumerate() {
            group[(place * inputs + i) * WIDEST + o % WIDEST] = value;
        }
    }
}

/// Convolution with stride 1 of blocked images, plus `residual`, and an activation; as [`Conv`](super::Conv) computes it where
/// `arithmetic` is strict, and pooled as there. Tiles of `TILE` × `TILE` outputs depend on patches of `PATCH` × `PATCH`.
///
/// ```text
/// for strips of tiles
///     transform their patches, all input blocks
///     for output channels, ROWS registers at a time
///         for groups of the strip's tiles
///             for the places
///                 products[ROWS][tiles] = Σ over input channels, TILES tiles at a time
///             transform the products, and store
/// ```
///
/// Registers and tiles in registers are as in [`Conv`](super::Conv), a strip's transformed patches and products stay in the
/// cache.
#[derive(Debug)]
pub struct Winograd<
    'a,
    T: Threads,
    Z: Sizes<Conv2d>,
    const TILE: usize,
    const PATCH: usize,
    const POOL: usize,
    const ROWS: usize,
    const TILES: usize,
    const ROWS16: usize,
    const TILES16: usize,
> {
    /// Whether fewer multiplications are allowed.
    pub arithmetic: Arithmetic,
    /// Sizes: one group, a kernel of `PATCH + 1 - TILE`, stride and dilation 1.
    pub shape: Z,
    /// How many tiles are transformed at a time.
    pub strip: usize,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// What is added to the output, laid out like it; empty where nothing is.
    pub residual: &'a [f32],
    /// The image, I×H×W, blocked.
    pub src: &'a [f32],
    /// From [`pack_winograd`].
    pub weights: &'a [f32],
    /// Memory for transformed values, [`winograd_scratch_len`] for each thread.
    pub scratch: &'a mut [f32],
    /// The output, O×H×W, blocked.
    pub dst: &'a mut [f32],
}

impl<
    T: Threads,
    Z: Sizes<Conv2d>,
    const TILE: usize,
    const PATCH: usize,
    const POOL: usize,
    const ROWS: usize,
    const TILES: usize,
    const ROWS16: usize,
    const TILES16: usize,
> Kernel for Winograd<'_, T, Z, TILE, PATCH, POOL, ROWS, TILES, ROWS16, TILES16>
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { arithmetic, shape: sizes, strip, team, activation, residual, src, weights, scratch, dst } = self;
        let shape = sizes.get();
        let Conv2d { kernel, stride, dilation, groups, .. } = *shape;
        assert_eq!((kernel, stride, dilation, groups), ([PATCH + 1 - TILE; 2], [1, 1], [1, 1], 1));
        assert!(strip > 0 && TILES <= ABREAST && TILES16 <= ABREAST);
        let [in_blocks, out_blocks] = [shape.in_channels, shape.out_channels].map(|channels| channels.div_ceil(LANES));
        assert_eq!(src.len(), product([in_blocks, shape.in_height, shape.in_width, LANES]));
        let [height, width] = shape.pooled(POOL);
        assert_eq!(dst.len(), product([out_blocks, height, width, LANES]));
        assert_eq!(weights.len(), winograd_packed_len(shape, PATCH));
        let scratch_len = winograd_scratch_len(shape, PATCH, strip, tile_blocks(ROWS, ROWS16));
        assert!(scratch.len() >= product([team.threads(), scratch_len]));
        assert!(residual.is_empty() || POOL == 1 && residual.len() == dst.len());
        let dst = Shares::new(dst);
        if arithmetic == Arithmetic::Strict {
            let [rows, strip] = [PATCH * PATCH * shape.in_channels, shape.out_height * shape.out_width];
            let fits = shape.fits();
            let image = direct::Image::<Z, LANES, POOL> {
                sizes,
                activation,
                fits,
                residual,
                src,
                frame: None,
                weights,
                rows,
                dst,
            };
            // SAFETY: the slices and the shape, which has one group, are checked; the rows are more than the taps.
            return unsafe {
                if const { POOL == 1 } {
                    image.tiles::<S, T, ROWS, TILES, ROWS16, TILES16>(simd, team, strip)
                } else {
                    image.tiles::<S, T, ROWS, 4, ROWS16, 4>(simd, team, strip)
                }
            };
        }
        let columns = shape.out_width.div_ceil(TILE);
        let tiles = shape.out_height.div_ceil(TILE) * columns;
        let patches_len = patches_len(shape, PATCH, strip);
        let scratch = Shares::new(scratch);
        let image = Image::<Z, TILE, PATCH, POOL> {
            sizes,
            columns,
            activation,
            residual,
            src,
            weights,
            scratch,
            scratch_len,
            patches_len,
            dst,
        };
        if const { S::VECTORS == 2 } {
            image.strips::<S, ROWS16, TILES16>(simd, team, tiles, strip);
        } else {
            image.strips::<S, ROWS, TILES>(simd, team, tiles, strip);
        }
    }
}

/// A [`Winograd`] without its tile; the slices are checked.
struct Image<'a, Z, const TILE: usize, const PATCH: usize, const POOL: usize> {
    sizes: Z,
    /// Tiles in a row of the output.
    columns: usize,
    activation: Activation,
    residual: &'a [f32],
    src: &'a [f32],
    weights: &'a [f32],
    /// For each thread, transformed patches `[places][input blocks][tiles][8]`, then products `[places][registers of output channels][tiles]`,
    /// a register each, with gaps between.
    scratch: Shares<'a>,
    /// Of each thread.
    scratch_len: usize,
    /// Of the patches in it.
    patches_len: usize,
    dst: Shares<'a>,
}

/// A part for each strip of tiles, which a thread computes from beginning to end.
struct Strips<'a, Z, const TILE: usize, const PATCH: usize, const POOL: usize, const ROWS: usize, const TILES: usize> {
    image: &'a Image<'a, Z, TILE, PATCH, POOL>,
    tiles: usize,
    strip: usize,
}

impl<Z: Sizes<Conv2d>, const TILE: usize, const PATCH: usize, const POOL: usize, const ROWS: usize, const TILES: usize>
    Parts for Strips<'_, Z, TILE, PATCH, POOL, ROWS, TILES>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        let Self { image, tiles, strip } = *self;
        let strip = Strip { first: part * strip, count: strip.min(tiles - part * strip) };
        // SAFETY: each thread has its own patches and products, and writes the tiles of its strip alone.
        unsafe {
            for block in 0..image.sizes.get().in_channels.div_ceil(LANES) {
                image.transform_patches(simd, thread, strip, block);
            }
            for first_row in (0..image.sizes.get().out_channels.div_ceil(LANES * S::VECTORS)).step_by(ROWS) {
                image.multiply::<S, ROWS, TILES>(simd, [thread, thread], strip, first_row);
            }
        }
    }
}

/// A part for each block of input channels: the patches of a strip, for all threads.
struct Patches<'a, Z, const TILE: usize, const PATCH: usize, const POOL: usize>(
    &'a Image<'a, Z, TILE, PATCH, POOL>,
    Strip,
);

impl<Z: Sizes<Conv2d>, const TILE: usize, const PATCH: usize, const POOL: usize> Parts
    for Patches<'_, Z, TILE, PATCH, POOL>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, block: usize) {
        // SAFETY: each part writes the patches of its block alone, and nothing reads them yet.
        unsafe { self.0.transform_patches(simd, 0, self.1, block) }
    }
}

/// A part for each `ROWS` registers of output channels of a strip, whose patches are transformed.
struct Products<'a, Z, const TILE: usize, const PATCH: usize, const POOL: usize, const ROWS: usize, const TILES: usize>(
    &'a Image<'a, Z, TILE, PATCH, POOL>,
    Strip,
);

impl<Z: Sizes<Conv2d>, const TILE: usize, const PATCH: usize, const POOL: usize, const ROWS: usize, const TILES: usize>
    Parts for Products<'_, Z, TILE, PATCH, POOL, ROWS, TILES>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        // SAFETY: nothing writes the patches now; each thread has its own products, and each part its own output channels.
        unsafe { self.0.multiply::<S, ROWS, TILES>(simd, [0, thread], self.1, part * ROWS) }
    }
}

/// Of all strips of whole tiles of products, at most as long as `strip`, the longest of those with which all threads are done
/// soonest.
fn even_strip(tiles: usize, strip: usize, threads: usize, of_products: usize) -> usize {
    let longest = |strip: usize| tiles.div_ceil(strip).div_ceil(threads) * strip;
    let strips = (1..=strip / of_products).rev().map(|count| count * of_products);
    strips.min_by_key(|&strip| longest(strip)).unwrap_or(strip)
}

/// So many tiles from `first` on.
#[derive(Clone, Copy)]
struct Strip {
    first: usize,
    count: usize,
}

/// One of the places.
struct Place {
    index: usize,
    fetch: Fetch,
}

impl<Z: Sizes<Conv2d>, const TILE: usize, const PATCH: usize, const POOL: usize> Image<'_, Z, TILE, PATCH, POOL> {
    /// Computes all tiles, `strip` at a time.
    #[inline(always)]
    fn strips<S: Simd, const ROWS: usize, const TILES: usize>(
        &self,
        simd: S,
        team: impl Threads,
        tiles: usize,
        strip: usize,
    ) {
        let Conv2d { in_channels, out_channels, .. } = *self.sizes.get();
        let threads = team.threads();
        let products = out_channels.div_ceil(LANES * S::VECTORS).div_ceil(ROWS);
        if threads == 1 || tiles.div_ceil(strip) >= 2 * threads || products < threads {
            let strip = if threads == 1 { strip } else { even_strip(tiles, strip, threads, TILES) };
            let strips = Strips::<Z, TILE, PATCH, POOL, ROWS, TILES> { image: self, tiles, strip };
            return team.run(simd, tiles.div_ceil(strip), strips);
        }
        // Too few for all threads, who take one after the other together.
        for first in (0..tiles).step_by(strip) {
            let strip = Strip { first, count: strip.min(tiles - first) };
            team.run(simd, in_channels.div_ceil(LANES), Patches(self, strip));
            team.run(simd, products, Products::<Z, TILE, PATCH, POOL, ROWS, TILES>(self, strip));
        }
    }

    /// Bᵀ d B of a strip's tiles and a block of input channels, for the patches of `thread`.
    ///
    /// # Safety
    ///
    /// The strip and the block exist, and nothing else reads or writes these patches now.
    #[inline(always)]
    unsafe fn transform_patches<S: Simd>(&self, simd: S, thread: usize, strip: Strip, block: usize) {
        let Conv2d { in_height, in_width, padding, .. } = *self.sizes.get();
        let in_blocks = self.sizes.get().in_channels.div_ceil(LANES);
        let src = &self.src.as_chunks::<LANES>().0[block * in_height * in_width..][..in_height * in_width];
        let of_place = in_blocks * strip.count + GAP;
        let first = thread * self.scratch_len / LANES + block * strip.count;
        let mut rows = [[simd.splat(0.0); PATCH]; PATCH];
        for tile in 0..strip.count {
            let [row, column] = [(strip.first + tile) / self.columns, (strip.first + tile) % self.columns];
            // Above and left of the image these wrap around, and are larger than any size.
            let [top, left] = [(TILE * row).wrapping_sub(padding[0]), (TILE * column).wrapping_sub(padding[1])];
            let inside = top < in_height.saturating_sub(PATCH - 1) && left < in_width.saturating_sub(PATCH - 1);
            for (y, row) in rows.iter_mut().enumerate() {
                let y = top.wrapping_add(y);
                let mut values = [simd.splat(0.0); PATCH];
                if inside {
                    for (value, src) in values.iter_mut().zip(&src[y * in_width + left..][..PATCH]) {
                        *value = simd.load(src);
                    }
                } else {
                    for (x, value) in values.iter_mut().enumerate() {
                        let x = left.wrapping_add(x);
                        *value = simd.load(if y < in_height && x < in_width { &src[y * in_width + x] } else { &ZEROS });
                    }
                }
                *row = transform_patch(simd, values);
            }
            for x in 0..PATCH {
                let mut column = [simd.splat(0.0); PATCH];
                for (value, row) in column.iter_mut().zip(&rows) {
                    *value = row[x];
                }
                for (y, value) in transform_patch(simd, column).into_iter().enumerate() {
                    // SAFETY: as the caller says.
                    simd.store(value, unsafe { self.scratch.vector(first + (y * PATCH + x) * of_place + tile) });
                }
            }
        }
    }

    /// The products of `ROWS` registers of output channels, from `first_row` on, for a strip, and what becomes of them: from the
    /// patches of the first of `threads`, in the memory of the second.
    ///
    /// # Safety
    ///
    /// The strip, whose patches are transformed, and the first row exist; nothing writes these patches now, or reads or writes
    /// the products of that thread or these outputs.
    #[inline(always)]
    unsafe fn multiply<S: Simd, const ROWS: usize, const TILES: usize>(
        &self,
        simd: S,
        threads: [usize; 2],
        strip: Strip,
        first_row: usize,
    ) {
        let [patches, products] = threads.map(|thread| thread * self.scratch_len);
        // SAFETY: the scratch memory of a thread begins with its patches, and products follow.
        let (patches, products) = unsafe {
            let products_len = self.scratch_len - self.patches_len;
            let patches = &*self.scratch.part(patches, self.patches_len);
            (patches, self.scratch.part(products + self.patches_len, products_len))
        };
        let rows = self.sizes.get().out_channels.div_ceil(LANES * S::VECTORS);
        let mut of_rows = [0; ROWS];
        for (r, row) in of_rows.iter_mut().enumerate() {
            *row = (first_row + r).min(rows - 1);
        }
        let (wide, group) = (S::VECTORS * LANES, self.group::<S, ROWS, TILES>(strip.count));
        // From a register's products to the next one's, and from a place's to the next one's.
        let of_row = group * wide + GAP * LANES;
        let of_place = ROWS * of_row;
        assert!(products.len() >= PATCH * PATCH * of_place);
        for start in (0..strip.count).step_by(group) {
            let count = group.min(strip.count - start);
            for index in 0..PATCH * PATCH {
                // Meanwhile the weights of the next place come closer, some of the registers with each tile.
                let next = if index + 1 < PATCH * PATCH { 1 } else { ROWS * PATCH * PATCH - index };
                let next = next * self.sizes.get().in_channels * WIDEST;
                for (nth, tile) in (0..count).step_by(TILES).enumerate() {
                    let fetch = Fetch { next, lines: 0..LANES, first: nth, step: count.div_ceil(TILES) };
                    let place = Place { index, fetch };
                    // SAFETY: the slices are checked; the place and the rows exist, and so do the tiles, or memory for them.
                    // There are products for as many tiles, all that are computed at a time.
                    unsafe {
                        let sums = self.products::<S, ROWS, TILES>(simd, patches, place, of_rows, start + tile, strip);
                        let products = products.as_mut_ptr().add(index * of_place + tile * wide);
                        for (r, sums) in sums.into_iter().enumerate() {
                            for (t, sum) in sums.into_iter().enumerate() {
                                simd.wide_store(sum, products.add(r * of_row + t * wide));
                            }
                        }
                    }
                }
            }
            for row in first_row..rows.min(first_row + ROWS) {
                let tiles = Strip { first: strip.first + start, count };
                // SAFETY: the register and the tiles are of the output, which nothing else writes, and have products.
                unsafe {
                    let products = products.as_ptr().add((row - first_row) * of_row);
                    self.transform_products(simd, products, of_place, row, tiles);
                }
            }
        }
    }

    /// How many tiles of a strip are finished before the next ones: so few that their products stay in the nearest cache, where
    /// the weights, which are read again for each group, stay in the next one.
    #[inline(always)]
    fn group<S: Simd, const ROWS: usize, const TILES: usize>(&self, count: usize) -> usize {
        /// What products may occupy, and what weights, in bytes.
        const NEAREST: usize = 24 << 10;
        const NEXT: usize = 512 << 10;
        let rows = PATCH * PATCH * ROWS * S::VECTORS * LANES * size_of::<f32>();
        let all = count.next_multiple_of(TILES);
        if rows * self.sizes.get().in_channels > NEXT {
            return all;
        }
        ((NEAREST / rows / TILES).max(1) * TILES).min(all)
    }

    /// The products of a place: Σ over input channels, for some registers of output channels and some tiles.
    ///
    /// # Safety
    ///
    /// - The slices have the lengths that the kernel checks, and `patches` holds the tiles of the strip;
    /// - `place` is one of the places, `rows` are registers of output channels, and `tile` is one of the strip's.
    #[inline(always)]
    unsafe fn products<S: Simd, const ROWS: usize, const TILES: usize>(
        &self,
        simd: S,
        patches: &[f32],
        place: Place,
        rows: [usize; ROWS],
        tile: usize,
        strip: Strip,
    ) -> [[S::Wide; TILES]; ROWS] {
        let inputs = self.sizes.get().in_channels;
        let weights = &self.weights[self.sizes.get().out_channels.next_multiple_of(WIDEST)..];
        let in_blocks = inputs.div_ceil(LANES);
        let first = patches[(place.index * (in_blocks * strip.count + GAP) + tile) * LANES..].as_ptr();
        let filters = rows.map(|row| {
            let first = packed_block(row * S::VECTORS, PATCH * PATCH * inputs) + place.index * inputs * WIDEST;
            weights.as_ptr().wrapping_add(first)
        });
        let mut sums = [[simd.wide_splat(0.0); TILES]; ROWS];
        // SAFETY: each tile has a value for each input channel, and so have, behind the strip's, tiles that are not; and each filter
        // has a row of weights.
        unsafe { sum_channels(simd, inputs, first, strip.count * LANES, filters, &place.fetch, &mut sums) }
        sums
    }

    /// Aᵀ M A of the products of register `row` of output channels, for some tiles; a place's are `of_place` behind those of the one
    /// before.
    ///
    /// # Safety
    ///
    /// The register and the tiles are of the output, and nothing else writes them now; `products` are valid for reads.
    #[expect(clippy::needless_range_loop, reason = "y and x are a value's place in the tile")]
    #[inline(always)]
    unsafe fn transform_products<S: Simd>(
        &self,
        simd: S,
        products: *const f32,
        of_place: usize,
        row: usize,
        Strip { first, count }: Strip,
    ) {
        let Conv2d { out_height, out_width, out_channels, .. } = *self.sizes.get();
        let [pooled_height, pooled_width] = self.sizes.get().pooled(POOL);
        let pixels = pooled_height * pooled_width;
        let block = row * S::VECTORS;
        // The last register may reach over the last block.
        let last = (out_channels.div_ceil(LANES) - 1).min(block + S::VECTORS - 1);
        // SAFETY: there is a bias for each output of a register.
        let bias = unsafe { simd.wide_load(self.weights.as_ptr().add(block * LANES)) };
        let mut rows = [[simd.wide_splat(0.0); TILE]; PATCH];
        for tile in 0..count {
            for (y, row) in rows.iter_mut().enumerate() {
                let mut values = [bias; PATCH];
                for (x, value) in values.iter_mut().enumerate() {
                    // SAFETY: as the caller says.
                    *value =
                        unsafe { simd.wide_load(products.add((y * PATCH + x) * of_place + tile * S::VECTORS * LANES)) };
                }
                *row = transform_products(simd, values);
            }
            let mut outputs = [[bias; TILE]; TILE];
            for x in 0..TILE {
                let mut column = [bias; PATCH];
                for (value, row) in column.iter_mut().zip(&rows) {
                    *value = row[x];
                }
                let column = transform_products::<S, PATCH, TILE>(simd, column);
                for y in 0..TILE {
                    outputs[y][x] = simd.wide_add(column[y], bias);
                }
            }
            let [top, left] = [(first + tile) / self.columns * TILE, (first + tile) % self.columns * TILE];
            let [height, width] = [TILE.min(out_height - top), TILE.min(out_width - left)];
            let first = top / POOL * pooled_width + left / POOL;
            let [low, high] = [block, last].map(|block| block * pixels + first);
            if !self.residual.is_empty() {
                let residual = self.residual.as_chunks::<LANES>().0;
                for y in 0..height {
                    for x in 0..width {
                        let at = y * out_width + x;
                        let values = [&residual[low + at], &residual[high + at]].map(|values| simd.load(values));
                        outputs[y][x] = simd.wide_add(outputs[y][x], simd.join(values));
                    }
                }
            }
            self.activation.apply_to_tile(simd, &mut outputs);
            for y in 0..height / POOL {
                for x in 0..width / POOL {
                    let at = y * pooled_width + x;
                    let mut output = outputs[y * POOL][x * POOL];
                    for other in 1..POOL * POOL {
                        output = simd.wide_max(output, outputs[y * POOL + other / POOL][x * POOL + other % POOL]);
                    }
                    let [first, second] = simd.vectors(output);
                    // SAFETY: the pixel is one of the blocks', and as the caller says.
                    unsafe {
                        simd.store(first, self.dst.vector(low + at));
                        if const { S::VECTORS == 2 } && last > block {
                            simd.store(second, self.dst.vector(high + at));
                        }
                    }
                }
            }
        }
    }
}
