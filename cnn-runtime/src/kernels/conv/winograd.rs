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

use super::{Conv2d, ZEROS, direct};
use crate::Arithmetic;
use crate::kernels::{Activation, product};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads};

/// The most output blocks whose products are kept at a time.
const CHUNK: usize = 8;

/// Vectors between one place's values and the next one's: a cache line. Without it places would often lie a power of two
/// apart, and the 36 values of a tile in the same few lines of the cache.
const GAP: usize = WIDEST / LANES;

/// Finite points, each with 1 divided by the product of its distances from the others, with the sign that makes it simplest.
const FOUR: [(f64, f64); 3] = [(0.0, 1.0), (1.0, 0.5), (-1.0, 0.5)];
const SIX: [(f64, f64); 5] =
    [(0.0, 1.0), (1.0, 1.0 / 3.0), (-1.0, -1.0 / 3.0), (0.5, -16.0 / 15.0), (-2.0, 1.0 / 15.0)];

/// G: what tap `tap` of `taps` adds to the value at a point, by its index in `patch` of them; the last one is ∞.
fn at_point(patch: usize, point: usize, tap: usize, taps: usize) -> f64 {
    match if patch == 4 { FOUR.get(point) } else { SIX.get(point) } {
        Some((point, scale)) => scale * point.powi(tap as i32),
        None if tap + 1 == taps => 1.0,
        None => 0.0,
    }
}

/// The length of what [`pack_winograd`] writes.
#[inline(always)]
pub const fn winograd_packed_len(shape: &Conv2d, patch: usize) -> usize {
    let rows = (patch * patch).saturating_mul(shape.in_channels).saturating_add(1);
    product([shape.out_channels.div_ceil(WIDEST), rows, WIDEST])
}

/// The length of a [`Winograd`]'s `scratch`, for each thread.
#[inline(always)]
pub const fn winograd_scratch_len(shape: &Conv2d, patch: usize, strip: usize) -> usize {
    let blocks = shape.in_channels.div_ceil(LANES).saturating_add(CHUNK);
    product([patch * patch, blocks.saturating_mul(strip).saturating_add(2 * GAP), LANES])
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
    let mut points = [[0.0; 5]; 6];
    for (point, of_taps) in points.iter_mut().enumerate().take(patch) {
        for (tap, value) in of_taps.iter_mut().enumerate().take(taps) {
            *value = at_point(patch, point, tap, taps);
        }
    }
    for (filter, weight) in weight.chunks_exact(taps * taps).enumerate() {
        let [o, i] = [filter / inputs, filter % inputs];
        let group = &mut weights[o / WIDEST * places * inputs * WIDEST..];
        let values = transform_filter(weight, &points, patch, taps);
        for (place, &value) in values.as_flattened()[..places].iter().enumerate() {
            group[(place * inputs + i) * WIDEST + o % WIDEST] = value;
        }
    }
}

/// G g Gᵀ, of `patch²` values, one after the other; G has a row of `points` for each point.
fn transform_filter(filter: &[f32], points: &[[f64; 5]; 6], patch: usize, taps: usize) -> [[f32; 6]; 6] {
    let mut rows = [[0.0; 5]; 6];
    for (row, points) in rows.iter_mut().zip(points) {
        for (x, value) in row.iter_mut().enumerate().take(taps) {
            *value = (0..taps).map(|y| points[y] * f64::from(filter[taps * y + x])).sum();
        }
    }
    let mut places = [[0.0; 6]; 6];
    for (place, value) in places.as_flattened_mut().iter_mut().enumerate().take(patch * patch) {
        let [row, points] = [&rows[place / patch], &points[place % patch]];
        *value = (0..taps).map(|x| row[x] * points[x]).sum::<f64>() as f32;
    }
    places
}

/// Bᵀ of four or six values.
#[inline(always)]
fn transform_patch<S: Simd, const PATCH: usize>(simd: S, d: [S::Vector; PATCH]) -> [S::Vector; PATCH] {
    let [half, three_halves, two] = [0.5, 1.5, 2.0].map(|factor| simd.splat(factor));
    let sub = |a, b| simd.mul_add(b, simd.splat(-1.0), a);
    let mut points = d;
    match d[..] {
        [a, b, c, d] => points.copy_from_slice(&[sub(a, c), simd.add(b, c), sub(c, b), sub(d, b)]),
        [a, b, c, d, e, f] => {
            let [g, h] = [sub(e, c), sub(d, b)];
            points.copy_from_slice(&[
                sub(simd.mul_add(three_halves, h, simd.add(a, e)), simd.mul(two, c)),
                simd.mul_add(three_halves, simd.add(c, d), simd.add(g, h)),
                simd.mul_add(three_halves, sub(d, c), sub(g, h)),
                simd.mul_add(two, h, g),
                sub(g, simd.mul(half, h)),
                sub(simd.mul_add(three_halves, g, simd.add(b, f)), simd.mul(two, d)),
            ]);
        }
        _ => unreachable!(),
    }
    points
}

/// Aᵀ of four or six values: at each point, its powers, and the value at ∞ to the highest one.
#[inline(always)]
fn transform_products<S: Simd, const PATCH: usize, const TILE: usize>(
    simd: S,
    m: [S::Vector; PATCH],
) -> [S::Vector; TILE] {
    let sum = simd.add(m[1], m[2]);
    let difference = simd.mul_add(m[2], simd.splat(-1.0), m[1]);
    let mut powers = [simd.add(m[0], sum), difference, sum, difference];
    if let [_, _, _, half, minus_two, _] = m[..] {
        let of_points = [(1.0, 1.0), (0.5, -2.0), (0.25, 4.0), (0.125, -8.0)];
        for (power, (of_half, of_minus_two)) in powers.iter_mut().zip(of_points).take(TILE) {
            *power = simd.mul_add(simd.splat(of_half), half, *power);
            *power = simd.mul_add(simd.splat(of_minus_two), minus_two, *power);
        }
    }
    powers[TILE - 1] = simd.add(powers[TILE - 1], m[PATCH - 1]);
    let mut tile = [powers[0]; TILE];
    tile.copy_from_slice(&powers[..TILE]);
    tile
}

/// Convolution with stride 1 of blocked images, plus `residual`, and an activation; as [`Conv`](super::Conv) computes it where
/// `arithmetic` is strict. Tiles of `TILE` × `TILE` outputs depend on patches of `PATCH` × `PATCH`.
///
/// ```text
/// for strips of tiles
///     transform their patches, all input blocks
///     for output channels, ROWS registers at a time
///         for the places
///             products[ROWS][tiles] = Σ over input channels, TILES tiles at a time
///         transform the products, and store
/// ```
///
/// Registers and tiles in registers are as in [`Conv`](super::Conv), a strip's transformed patches and products stay in the
/// cache.
#[derive(Debug)]
pub struct Winograd<
    'a,
    T: Threads,
    const TILE: usize,
    const PATCH: usize,
    const ROWS: usize,
    const TILES: usize,
    const ROWS16: usize,
    const TILES16: usize,
> {
    /// Whether fewer multiplications are allowed.
    pub arithmetic: Arithmetic,
    /// Sizes: one group, a kernel of `PATCH + 1 - TILE`, stride and dilation 1.
    pub shape: Conv2d,
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
    const TILE: usize,
    const PATCH: usize,
    const ROWS: usize,
    const TILES: usize,
    const ROWS16: usize,
    const TILES16: usize,
> Kernel for Winograd<'_, T, TILE, PATCH, ROWS, TILES, ROWS16, TILES16>
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { arithmetic, shape, strip, team, activation, residual, src, weights, scratch, dst } = self;
        let Conv2d { kernel, stride, dilation, groups, .. } = shape;
        assert_eq!((kernel, stride, dilation, groups), ([PATCH + 1 - TILE; 2], [1, 1], [1, 1], 1));
        assert!(strip > 0);
        let [in_blocks, out_blocks] = [shape.in_channels, shape.out_channels].map(|channels| channels.div_ceil(LANES));
        assert_eq!(src.len(), product([in_blocks, shape.in_height, shape.in_width, LANES]));
        assert_eq!(dst.len(), product([out_blocks, shape.out_height, shape.out_width, LANES]));
        assert_eq!(weights.len(), winograd_packed_len(&shape, PATCH));
        let scratch_len = winograd_scratch_len(&shape, PATCH, strip);
        assert!(scratch.len() >= product([team.threads(), scratch_len]));
        assert!(residual.is_empty() || residual.len() == dst.len());
        let dst = Shares::new(dst);
        if arithmetic == Arithmetic::Strict {
            let [rows, strip] = [PATCH * PATCH * shape.in_channels, shape.out_height * shape.out_width];
            let fits = shape.fits();
            let image = direct::Image::<LANES> { shape, activation, fits, residual, src, weights, rows, dst };
            // SAFETY: the slices and the shape, which has one group, are checked; the rows are more than the taps.
            return unsafe { image.tiles::<S, T, ROWS, TILES, ROWS16, TILES16>(simd, team, strip) };
        }
        let columns = shape.out_width.div_ceil(TILE);
        let tiles = shape.out_height.div_ceil(TILE) * columns;
        let patches_len = PATCH * PATCH * (in_blocks * strip + GAP) * LANES;
        let scratch = Shares::new(scratch);
        let image = Image::<TILE, PATCH> {
            shape,
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
        if S::VECTORS == 2 {
            image.strips::<S, ROWS16, TILES16>(simd, team, tiles, strip);
        } else {
            image.strips::<S, ROWS, TILES>(simd, team, tiles, strip);
        }
    }
}

/// A [`Winograd`] without its tile; the slices are checked.
struct Image<'a, const TILE: usize, const PATCH: usize> {
    shape: Conv2d,
    /// Tiles in a row of the output.
    columns: usize,
    activation: Activation,
    residual: &'a [f32],
    src: &'a [f32],
    weights: &'a [f32],
    /// For each thread, transformed patches `[places][input blocks][tiles][8]`, then products `[places][output blocks of a chunk][tiles][8]`,
    /// with a gap behind each place.
    scratch: Shares<'a>,
    /// Of each thread.
    scratch_len: usize,
    /// Of the patches in it.
    patches_len: usize,
    dst: Shares<'a>,
}

/// A part for each strip of tiles, which a thread computes from beginning to end.
struct Strips<'a, const TILE: usize, const PATCH: usize, const ROWS: usize, const TILES: usize> {
    image: &'a Image<'a, TILE, PATCH>,
    tiles: usize,
    strip: usize,
}

impl<const TILE: usize, const PATCH: usize, const ROWS: usize, const TILES: usize> Parts
    for Strips<'_, TILE, PATCH, ROWS, TILES>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        let Self { image, tiles, strip } = *self;
        let strip = Strip { first: part * strip, count: strip.min(tiles - part * strip) };
        // SAFETY: each thread has its own patches and products, and writes the tiles of its strip alone.
        unsafe {
            for block in 0..image.shape.in_channels.div_ceil(LANES) {
                image.transform_patches(simd, thread, strip, block);
            }
            for first_row in (0..image.shape.out_channels.div_ceil(LANES * S::VECTORS)).step_by(ROWS) {
                image.multiply::<S, ROWS, TILES>(simd, [thread, thread], strip, first_row);
            }
        }
    }
}

/// A part for each block of input channels: the patches of a strip, for all threads.
struct Patches<'a, const TILE: usize, const PATCH: usize>(&'a Image<'a, TILE, PATCH>, Strip);

impl<const TILE: usize, const PATCH: usize> Parts for Patches<'_, TILE, PATCH> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, _: usize, block: usize) {
        // SAFETY: each part writes the patches of its block alone, and nothing reads them yet.
        unsafe { self.0.transform_patches(simd, 0, self.1, block) }
    }
}

/// A part for each `ROWS` registers of output channels of a strip, whose patches are transformed.
struct Products<'a, const TILE: usize, const PATCH: usize, const ROWS: usize, const TILES: usize>(
    &'a Image<'a, TILE, PATCH>,
    Strip,
);

impl<const TILE: usize, const PATCH: usize, const ROWS: usize, const TILES: usize> Parts
    for Products<'_, TILE, PATCH, ROWS, TILES>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        // SAFETY: nothing writes the patches now; each thread has its own products, and each part its own output channels.
        unsafe { self.0.multiply::<S, ROWS, TILES>(simd, [0, thread], self.1, part * ROWS) }
    }
}

/// So many tiles from `first` on.
#[derive(Clone, Copy)]
struct Strip {
    first: usize,
    count: usize,
}

/// One of the places, and which weights are wanted next.
#[derive(Clone, Copy)]
struct Place {
    index: usize,
    /// How much further on the next weights are.
    next: usize,
    /// Those of every so-manieth register from this one on are to be fetched.
    first: usize,
    step: usize,
}

impl<const TILE: usize, const PATCH: usize> Image<'_, TILE, PATCH> {
    /// Computes all tiles, `strip` at a time.
    #[inline(always)]
    fn strips<S: Simd, const ROWS: usize, const TILES: usize>(
        &self,
        simd: S,
        team: impl Threads,
        tiles: usize,
        strip: usize,
    ) {
        let strips = tiles.div_ceil(strip);
        if strips >= team.parts() / 2 {
            return team.run(simd, strips, Strips::<TILE, PATCH, ROWS, TILES> { image: self, tiles, strip });
        }
        // Too few for all threads, who take one after the other together.
        let Conv2d { in_channels, out_channels, .. } = self.shape;
        for first in (0..tiles).step_by(strip) {
            let strip = Strip { first, count: strip.min(tiles - first) };
            team.run(simd, in_channels.div_ceil(LANES), Patches(self, strip));
            let rows = out_channels.div_ceil(LANES * S::VECTORS);
            team.run(simd, rows.div_ceil(ROWS), Products::<TILE, PATCH, ROWS, TILES>(self, strip));
        }
    }

    /// Bᵀ d B of a strip's tiles and a block of input channels, for the patches of `thread`.
    ///
    /// # Safety
    ///
    /// The strip and the block exist, and nothing else reads or writes these patches now.
    #[inline(always)]
    unsafe fn transform_patches<S: Simd>(&self, simd: S, thread: usize, strip: Strip, block: usize) {
        let Conv2d { in_height, in_width, padding, .. } = self.shape;
        let in_blocks = self.shape.in_channels.div_ceil(LANES);
        let src = &self.src.as_chunks::<LANES>().0[block * in_height * in_width..][..in_height * in_width];
        for tile in 0..strip.count {
            let [row, column] = [(strip.first + tile) / self.columns, (strip.first + tile) % self.columns];
            // Above and left of the image these wrap around, and are larger than any size.
            let [top, left] = [(TILE * row).wrapping_sub(padding[0]), (TILE * column).wrapping_sub(padding[1])];
            let mut rows = [[simd.splat(0.0); PATCH]; PATCH];
            for x in 0..PATCH {
                let mut values = [simd.splat(0.0); PATCH];
                for (y, value) in values.iter_mut().enumerate() {
                    let [y, x] = [top.wrapping_add(y), left.wrapping_add(x)];
                    let inside = y < in_height && x < in_width;
                    *value = simd.load(if inside { &src[y * in_width + x] } else { &ZEROS });
                }
                for (row, value) in rows.iter_mut().zip(transform_patch(simd, values)) {
                    row[x] = value;
                }
            }
            for (y, row) in rows.into_iter().enumerate() {
                for (x, value) in transform_patch(simd, row).into_iter().enumerate() {
                    let at = (y * PATCH + x) * (in_blocks * strip.count + GAP) + block * strip.count + tile;
                    // SAFETY: as the caller says.
                    simd.store(value, unsafe { self.scratch.vector(thread * self.scratch_len / LANES + at) });
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
            (patches, self.scratch.part(products + self.patches_len, products_len).as_chunks_mut::<LANES>().0)
        };
        let rows = self.shape.out_channels.div_ceil(LANES * S::VECTORS);
        for index in 0..PATCH * PATCH {
            // Meanwhile the weights of the next place come closer, some of the registers with each tile.
            let next = if index + 1 < PATCH * PATCH { 1 } else { ROWS * PATCH * PATCH - index };
            let next = next * self.shape.in_channels * WIDEST;
            for (nth, tile) in (0..strip.count).step_by(TILES).enumerate() {
                let place = Place { index, next, first: nth, step: strip.count.div_ceil(TILES) };
                let mut tiles = [0; TILES];
                for (t, tile_t) in tiles.iter_mut().enumerate() {
                    *tile_t = (tile + t).min(strip.count - 1);
                }
                let mut of_rows = [0; ROWS];
                for (r, row) in of_rows.iter_mut().enumerate() {
                    *row = (first_row + r).min(rows - 1);
                }
                // SAFETY: the slices are checked; the place, the rows and the tiles exist.
                let sums =
                    unsafe { self.products::<S, ROWS, TILES>(simd, patches, place, of_rows, tiles, strip.count) };
                for (r, sums) in sums.into_iter().enumerate() {
                    for (sum, tile) in sums.into_iter().zip(tiles) {
                        for (v, &vector) in simd.vectors(sum)[..S::VECTORS].iter().enumerate() {
                            let block = r * S::VECTORS + v;
                            let at = index * (CHUNK * strip.count + GAP) + block * strip.count + tile;
                            simd.store(vector, &mut products[at]);
                        }
                    }
                }
            }
        }
        let blocks =
            first_row * S::VECTORS..((first_row + ROWS) * S::VECTORS).min(self.shape.out_channels.div_ceil(LANES));
        for (chunk_block, block) in blocks.enumerate() {
            // SAFETY: the block and the strip are of the output, and nothing else writes them.
            unsafe { self.transform_products(simd, products, block, chunk_block, strip) }
        }
    }

    /// The products of a place: Σ over input channels, for some registers of output channels and some tiles.
    ///
    /// # Safety
    ///
    /// - The slices have the lengths that the kernel checks, and `patches` holds `count` tiles;
    /// - `place` is one of the places, `rows` are registers of output channels, and `tiles` are below `count`.
    #[inline(always)]
    unsafe fn products<S: Simd, const ROWS: usize, const TILES: usize>(
        &self,
        simd: S,
        patches: &[f32],
        place: Place,
        rows: [usize; ROWS],
        tiles: [usize; TILES],
        count: usize,
    ) -> [[S::Wide; TILES]; ROWS] {
        let inputs = self.shape.in_channels;
        let weights = &self.weights[self.shape.out_channels.next_multiple_of(WIDEST)..];
        let in_blocks = inputs.div_ceil(LANES);
        let patches = patches[place.index * (in_blocks * count + GAP) * LANES..].as_ptr();
        let values = tiles.map(|tile| patches.wrapping_add(tile * LANES));
        let filters = rows.map(|row| {
            let [group, lane] = [row * S::VECTORS * LANES / WIDEST, row * S::VECTORS * LANES % WIDEST];
            weights.as_ptr().wrapping_add((group * PATCH * PATCH + place.index) * inputs * WIDEST + lane)
        });
        let mut sums = [[simd.wide_splat(0.0); TILES]; ROWS];
        let mut input = 0;
        for block in 0..in_blocks {
            let at = block * count * LANES;
            for row in (place.first..ROWS).step_by(place.step) {
                for line in input..input + LANES {
                    simd.prefetch(filters[row].wrapping_add(place.next + line * WIDEST));
                }
            }
            for at in at..at + LANES.min(inputs - input) {
                // SAFETY: each tile has a value for each input channel, and each filter a row of weights.
                unsafe { direct::multiply_add(simd, values, filters, at, input, &mut sums) }
                input += 1;
            }
        }
        sums
    }

    /// Aᵀ M A of block `chunk_block` of the products, which is `block` of the output, for a strip.
    ///
    /// # Safety
    ///
    /// The block and the strip are of the output, and nothing else writes them now.
    #[inline(always)]
    unsafe fn transform_products<S: Simd>(
        &self,
        simd: S,
        products: &[[f32; LANES]],
        block: usize,
        chunk_block: usize,
        Strip { first, count }: Strip,
    ) {
        let Conv2d { out_height, out_width, .. } = self.shape;
        let bias = simd.load(&self.weights.as_chunks::<LANES>().0[block]);
        let plane = block * out_height * out_width;
        let residual = self.residual.as_chunks::<LANES>().0.get(plane..).unwrap_or_default();
        for tile in 0..count {
            let mut rows = [[simd.splat(0.0); PATCH]; TILE];
            for x in 0..PATCH {
                let mut column = [simd.splat(0.0); PATCH];
                for (y, value) in column.iter_mut().enumerate() {
                    let place = y * PATCH + x;
                    *value = simd.load(&products[place * (CHUNK * count + GAP) + chunk_block * count + tile]);
                }
                for (row, value) in rows.iter_mut().zip(transform_products::<S, PATCH, TILE>(simd, column)) {
                    row[x] = value;
                }
            }
            let [top, left] = [(first + tile) / self.columns * TILE, (first + tile) % self.columns * TILE];
            for (y, row) in (top..out_height).zip(rows) {
                for (x, value) in (left..out_width).zip(transform_products::<S, PATCH, TILE>(simd, row)) {
                    let at = y * out_width + x;
                    let value = simd.add(value, bias);
                    let value = residual.get(at).map_or(value, |residual| simd.add(value, simd.load(residual)));
                    // SAFETY: the pixel is one of the block's, and as the caller says.
                    simd.store(self.activation.apply(simd, value), unsafe { self.dst.vector(plane + at) });
                }
            }
        }
    }
}
