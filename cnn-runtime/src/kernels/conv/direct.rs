mod store;

use std::hint::black_box;
use std::ops::Range;

use super::super::{Activation, Sizes, product};
use super::padded::Frame;
use super::{Conv2d, Fetch, Window, ZEROS, lanes_in_block, multiply_add, packed_block, sum_channels};
use crate::simd::{Kernel, LANES, Simd, WIDEST};
use crate::team::{Parts, Shares, Threads, Within, shares_evenly};

/// Convolution, plus `residual`, and an activation, where the eight channels of an output block are of
/// one group: `groups` is 1, or O / groups a multiple of 8. Where `POOL` is 2, the largest of each 2 × 2 outputs is stored in their
/// place; a last row or column without a partner is left out.
///
/// The input is planar (`L` = 1) or blocked (`L` = 8), the output blocked. A tile is so many wide registers of output
/// channels × so many output pixels, and stays in registers while the taps go by:
///
/// ```text
/// for strips of pixels
///     for output channels of each group, ROWS registers at a time
///         for pixels of the strip, PIXELS at a time
///             sums[ROWS][PIXELS] = bias
///             for input blocks, ky, kx, lanes of the input block
///                 sums += weights[ROWS] ⊗ inputs[PIXELS]
///             store
/// ```
///
/// With registers of eight values a tile is `ROWS`×`PIXELS`: of sixteen registers twelve at most may be sums. With those
/// of sixteen values it is `ROWS16`×`PIXELS16`, and there are 32; a single vector of outputs, which would leave half of one empty, is
/// computed in vectors, 1×`PIXELS16` where those are more, and one that is left over 1×16. The last tile repeats the last register
/// and pixel where it reaches over the edge.
#[derive(Debug)]
pub struct Conv<
    'a,
    T: Threads,
    Z: Sizes<Conv2d>,
    const L: usize,
    const POOL: usize,
    const ROWS: usize,
    const PIXELS: usize,
    const ROWS16: usize,
    const PIXELS16: usize,
> {
    /// Sizes; with padding 0, and no tap outside, where the input is planar.
    pub shape: Z,
    /// How many pixels are finished in all channels before the next ones, so that their windows stay in the cache.
    pub strip: usize,
    /// Who computes.
    pub team: T,
    /// What follows.
    pub activation: Activation,
    /// What is added to the output, laid out like it; empty where nothing is.
    pub residual: &'a [f32],
    /// The image, I×H×W, planar or blocked.
    pub src: &'a [f32],
    /// From [`pack_conv`](super::pack_conv) with `lanes` = `L`.
    pub weights: &'a [f32],
    /// The output, O×H×W, blocked; pooled where `POOL` is 2.
    pub dst: &'a mut [f32],
}

impl<
    T: Threads,
    Z: Sizes<Conv2d>,
    const L: usize,
    const POOL: usize,
    const ROWS: usize,
    const PIXELS: usize,
    const ROWS16: usize,
    const PIXELS16: usize,
> Kernel for Conv<'_, T, Z, L, POOL, ROWS, PIXELS, ROWS16, PIXELS16>
{
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { shape: sizes, strip, team, activation, residual, src, weights, dst } = self;
        let shape = sizes.get();
        shape.check(L, POOL, src, weights, dst);
        assert!(shape.groups == 1 || shape.group_outputs().is_multiple_of(LANES));
        assert!(strip > 0);
        assert!(residual.is_empty() || POOL == 1 && residual.len() == dst.len());
        let fits = shape.fits();
        assert!(L == LANES || fits);
        let (rows, dst) = (shape.taps(), Shares::new(dst));
        let image = Image::<Z, L, POOL> { sizes, activation, fits, residual, src, frame: None, weights, rows, dst };
        // SAFETY: the shape and the slices are checked.
        unsafe { image.tiles::<S, T, ROWS, PIXELS, ROWS16, PIXELS16>(simd, team, strip) }
    }
}

/// A [`Conv`] without its tile.
#[derive(Clone, Copy)]
pub(super) struct Image<'a, Z, const L: usize, const POOL: usize> {
    pub sizes: Z,
    pub activation: Activation,
    /// No tap lies outside of the image.
    pub fits: bool,
    pub residual: &'a [f32],
    pub src: &'a [f32],
    /// What becomes of the source before it is read, where `L` is 1.
    pub frame: Option<Frame<'a>>,
    pub weights: &'a [f32],
    /// Rows of weights for each sixteen output channels: a row for each tap comes first.
    pub rows: usize,
    pub dst: Shares<'a>,
}

/// All tiles of an image, with one kind of register. A part is a row of them: so many registers of output channels, for all
/// pixels of a chunk. Where the rows of a chunk follow each other, a thread's share is a band of the image; else some channels.
/// Other kernels share images out likewise, and so find most of what they read in their thread's cache.
///
/// Whoever makes one has met the conditions of [`Image::tiles`].
struct Tiles<'a, Z, const L: usize, const POOL: usize, const ROWS: usize, const PIXELS: usize> {
    image: &'a Image<'a, Z, L, POOL>,
    /// Parts of a row.
    chunks: usize,
    /// The rows of a chunk follow each other.
    chunk_by_chunk: bool,
    /// The first block of output channels.
    first_block: usize,
    /// Registers of output channels in a group.
    rows: usize,
    /// Parts of a chunk, those of all groups.
    row_tiles: usize,
}

/// What is summed for a tile: some blocks of a group's input channels.
#[derive(Clone)]
struct Depth {
    /// Each output pixel is a sum of the channels of the same pixel, and these lie in blocks of `LANES`.
    pointwise: bool,
    blocks: Range<usize>,
    /// They are the last ones of the group.
    last: bool,
    fetch: Fetch,
}

/// Where a tile lies in the output.
pub(super) struct Place<const ROWS: usize> {
    /// The first blocks of its registers.
    pub first_blocks: [usize; ROWS],
    pub first_pixel: usize,
    /// Which of its pixels are those of the output.
    pub pixels: Range<usize>,
}

impl<Z: Sizes<Conv2d>, const L: usize, const POOL: usize, const ROWS: usize, const PIXELS: usize> Parts
    for Tiles<'_, Z, L, POOL, ROWS, PIXELS>
{
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        // A copy, since what is stored might change what is behind a reference.
        let mut image = *self.image;
        let sizes = image.sizes;
        let shape = sizes.get();
        let [out_blocks, in_blocks] = [shape.group_outputs().div_ceil(LANES), shape.group_inputs().div_ceil(L)];
        let [chunk, tile] = if self.chunk_by_chunk {
            [part / self.row_tiles, part % self.row_tiles]
        } else {
            [part % self.chunks, part / self.chunks]
        };
        let pixels = image.pixels::<PIXELS>();
        let [start, end] =
            [chunk, chunk + 1].map(|chunk| (chunk * pixels.div_ceil(PIXELS) / self.chunks * PIXELS).min(pixels));
        if L == 1
            && let Some(frame) = image.frame
        {
            let of_row = pixels / shape.pooled(POOL)[0];
            let [first, last] = [start / of_row * POOL, (end - 1) / of_row * POOL + POOL - 1];
            let rows = first * shape.stride[0]..last * shape.stride[0] + (shape.kernel[0] - 1) * shape.dilation[0] + 1;
            // SAFETY: no tap lies outside, and each thread has its own frame.
            image.src = unsafe { frame.fill(simd, shape, thread, rows) };
        }
        let tiles_of_group = self.row_tiles / shape.groups;
        let [group, tile] = [tile / tiles_of_group, tile % tiles_of_group];
        let mut first_blocks = [0; ROWS];
        for (r, block) in first_blocks.iter_mut().enumerate() {
            *block = self.first_block + group * out_blocks + (tile * ROWS + r).min(self.rows - 1) * S::VECTORS;
        }
        let [tiles, rows] = [(end - start).div_ceil(PIXELS), product(shape.kernel) * L];
        let depth = self.depth::<S>(tiles);
        let pointwise = L == LANES && POOL == 1 && shape.is_pointwise();
        for first in (0..in_blocks).step_by(depth) {
            let blocks = first..in_blocks.min(first + depth);
            let last = blocks.end == in_blocks;
            let next = if last { image.rows * registers::<S>(ROWS) - first * rows } else { depth * rows };
            let lines_of_tile = rows.div_ceil(tiles);
            for tile in 0..tiles {
                let lines = (tile * lines_of_tile).min(rows)..((tile + 1) * lines_of_tile).min(rows);
                let fetch = Fetch { next: next * WIDEST, lines, first: 0, step: WIDEST / (S::VECTORS * LANES) };
                let depth = Depth { pointwise, blocks: blocks.clone(), last, fetch };
                // SAFETY: as whoever made this says; the blocks are of `group`, the first pixel is of the output, other parts
                // write other blocks or pixels, and the blocks of input channels in front have been summed.
                unsafe { image.tile::<S, ROWS, PIXELS>(simd, group, first_blocks, start + tile * PIXELS, &depth) }
            }
        }
    }
}

/// How many rows of sixteen weights so many registers take.
#[inline(always)]
pub(super) const fn registers<S: Simd>(count: usize) -> usize {
    (count * S::VECTORS * LANES).div_ceil(WIDEST)
}

impl<Z: Sizes<Conv2d>, const L: usize, const POOL: usize, const ROWS: usize, const PIXELS: usize>
    Tiles<'_, Z, L, POOL, ROWS, PIXELS>
{
    /// How many blocks of input channels are summed for all of a part's `tiles` before the next ones: as many as have weights
    /// that stay in the nearest cache from one tile to the next one, if all have not.
    #[inline(always)]
    fn depth<S: Simd>(&self, tiles: usize) -> usize {
        /// The bytes of weights that stay in the nearest cache, and those that come fast enough from the next one.
        const NEAREST: usize = 128 << 10;
        const NEXT: usize = 384 << 10;
        let shape = self.image.sizes.get();
        let blocks = shape.group_inputs().div_ceil(L);
        let bytes = product(shape.kernel) * L * registers::<S>(ROWS) * WIDEST * size_of::<f32>();
        let whole = shape.groups == 1 || shape.group_inputs().is_multiple_of(L);
        // Pooled sums are stored once.
        if L == 1 || POOL > 1 || tiles == 1 || !whole || blocks * bytes <= NEXT {
            return blocks;
        }
        let chunks = blocks.div_ceil((NEAREST / bytes).max(1));
        blocks.div_ceil(chunks)
    }
}

impl<Z: Sizes<Conv2d>, const L: usize, const POOL: usize> Image<'_, Z, L, POOL> {
    /// The pixels that tiles cover, one behind the other; where rows are pooled two at a time, those of the upper ones, in whole tiles.
    #[inline(always)]
    fn pixels<const PIXELS: usize>(&self) -> usize {
        let [height, width] = self.sizes.get().pooled(POOL);
        if POOL == 1 { height * width } else { height * (POOL * width).next_multiple_of(PIXELS) }
    }

    /// Computes all tiles, `strip` pixels of all channels before the next ones.
    ///
    /// # Safety
    ///
    /// - `src` and `dst` have the sizes of the shape, which divides its channels into groups of whole blocks, or into one;
    /// - `fits` is true only where [`Conv2d::fits`] says so, and always where `L` is 1;
    /// - `weights` holds a row of biases and `rows` rows of weights, at least one for each tap, for each sixteen outputs;
    /// - `residual` is empty or as long as `dst`.
    #[inline(always)]
    pub unsafe fn tiles<
        S: Simd,
        T: Threads,
        const ROWS: usize,
        const PIXELS: usize,
        const ROWS16: usize,
        const PIXELS16: usize,
    >(
        &self,
        simd: S,
        team: T,
        strip: usize,
    ) {
        // Rows are pooled two at a time, two pixels of each.
        assert!(POOL <= 2 && PIXELS.is_multiple_of(POOL) && PIXELS16.is_multiple_of(POOL));
        let shape = self.sizes.get();
        let blocks = shape.group_outputs().div_ceil(LANES);
        // Eight channels would leave half of a wide register empty, which takes some CPUs twice as long as a vector.
        let wide = blocks > 1;
        // SAFETY: as the caller says. A wide register's channels are of one group.
        unsafe {
            if const { S::VECTORS == 2 } && wide && (shape.groups == 1 || blocks.is_multiple_of(2)) {
                let rest = blocks % 2;
                self.tiles_of::<S, ROWS16, PIXELS16>(simd, team, strip, 0..blocks - rest);
                if rest > 0 {
                    let blocks = blocks - rest..blocks;
                    self.tiles_of::<S::Narrow, 1, 16>(simd.narrow(), Within { simd, team }, strip, blocks);
                }
            } else if const { S::VECTORS == 2 && ROWS == 1 && PIXELS16 >= PIXELS } && !wide {
                // A tile of vectors that needs more registers than there are without wide ones.
                self.tiles_of::<S::Narrow, 1, PIXELS16>(simd.narrow(), Within { simd, team }, strip, 0..blocks);
            } else {
                self.tiles_of::<S::Narrow, ROWS, PIXELS>(simd.narrow(), team, strip, 0..blocks);
            }
        }
    }

    /// Computes all tiles of these blocks of a group's output channels with one kind of register.
    ///
    /// # Safety
    ///
    /// As for [`tiles`](Self::tiles), and the blocks begin with a whole register; there is one group, or they are all of a
    /// group's, whole registers.
    #[inline(always)]
    unsafe fn tiles_of<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        team: impl Threads,
        strip: usize,
        blocks: Range<usize>,
    ) {
        let shape = self.sizes.get();
        let rows = blocks.len().div_ceil(S::VECTORS);
        let row_tiles = rows.div_ceil(ROWS) * shape.groups;
        let pixels = self.pixels::<PIXELS>();
        let threads = team.threads();
        let strips = pixels.div_ceil(strip.div_ceil(POOL));
        let inputs = product([shape.in_channels, shape.in_height, shape.in_width]);
        // A thread computes a band of the image where that shares the pixels out evenly, and all weights are no more than its input.
        let pixel_tiles = pixels.div_ceil(PIXELS);
        let bands = threads > 1 && shares_evenly(pixel_tiles, threads) && shape.taps() * shape.out_channels <= inputs;
        // Where the rows are too few for all threads, they take fewer pixels at a time, and so that all threads get as many parts.
        let even =
            (1..threads).find(|chunks| !bands && (row_tiles * chunks).is_multiple_of(threads)).unwrap_or(threads);
        let chunks = team.parts().div_ceil(row_tiles).max(strips).next_multiple_of(even).min(pixel_tiles);
        let chunk_by_chunk = bands || strips > 1;
        let first_block = blocks.start;
        let tiles =
            Tiles::<Z, L, POOL, ROWS, PIXELS> { image: self, chunks, chunk_by_chunk, first_block, rows, row_tiles };
        team.run(simd, chunks * row_tiles, tiles);
    }

    /// Computes and stores the registers that begin with `first_blocks`, of the pixels from `first_pixel` on.
    ///
    /// # Safety
    ///
    /// As for [`tiles_of`](Self::tiles_of), and
    /// - `first_blocks` are blocks of output channels in `group`, one of the groups, each a multiple of a register's;
    /// - `first_pixel` is one of [`pixels`](Self::pixels);
    /// - nothing else writes these blocks of these pixels now, which hold the sums of the input blocks in front of `depth`.
    #[inline(always)]
    unsafe fn tile<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        group: usize,
        first_blocks: [usize; ROWS],
        first_pixel: usize,
        depth: &Depth,
    ) {
        let shape = self.sizes.get();
        // SAFETY: as the caller says, whose pixels are those of the output, or the first ones of tiles of its pooled rows.
        unsafe {
            if const { POOL == 1 } {
                let pixels = 0..PIXELS.min(shape.pixels() - first_pixel);
                let place = Place { first_blocks, first_pixel, pixels };
                let sums = self.sums::<S, ROWS, PIXELS>(simd, group, &place, depth);
                return self.store(simd, &place, sums, depth.last);
            }
            let [height, width] = shape.pooled(POOL);
            let of_row = self.pixels::<PIXELS>() / height;
            let [row, column] = [first_pixel / of_row, first_pixel % of_row];
            let mut place =
                Place { first_blocks, first_pixel: POOL * row * shape.out_width + column, pixels: 0..PIXELS };
            let mut above = self.sums::<S, ROWS, PIXELS>(simd, group, &place, depth);
            self.activation.apply_to_tile(simd, &mut above);
            place.first_pixel += shape.out_width;
            let mut below = self.sums(simd, group, &place, depth);
            self.activation.apply_to_tile(simd, &mut below);
            place.first_pixel = row * width + column / POOL;
            place.pixels = 0..(PIXELS / POOL).min(width - column / POOL);
            self.store_pooled(simd, &place, [&above, &below]);
        }
    }

    /// The sums of a tile, as far as `depth` reaches.
    ///
    /// # Safety
    ///
    /// As for [`tile`](Self::tile), and the first pixel of `place` is one of the output.
    #[inline(always)]
    unsafe fn sums<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        group: usize,
        place: &Place<ROWS>,
        depth: &Depth,
    ) -> [[S::Wide; PIXELS]; ROWS] {
        let shape = self.sizes.get();
        let inputs = shape.group_inputs();
        let (bias, weights) = self.weights.split_at(shape.out_channels.next_multiple_of(WIDEST));
        let mut filters = [weights.as_ptr(); ROWS];
        let mut sums = [[simd.wide_splat(0.0); PIXELS]; ROWS];
        for r in 0..ROWS {
            // SAFETY: there are a row of biases and `rows` rows of weights for each sixteen channels, and a register of
            // sixteen begins at a multiple of them.
            unsafe {
                filters[r] = filters[r].add(packed_block(place.first_blocks[r], self.rows));
                if depth.blocks.start == 0 {
                    sums[r] = [simd.wide_load(bias.as_ptr().add(place.first_blocks[r] * LANES)); PIXELS];
                }
            }
        }
        if depth.blocks.start > 0 {
            // SAFETY: as the caller says.
            unsafe { self.add(simd, self.dst.start(), place, &mut sums) }
        }

        // SAFETY: as the caller says, the filters are those of the blocks, and the windows of the output.
        unsafe {
            if const { L == LANES && POOL == 1 } && depth.pointwise && place.pixels.end == PIXELS {
                let Range { start, end } = depth.blocks;
                let (channels, plane) = (inputs.min(end * L) - start * L, shape.pixels() * L);
                let first = self.src.as_ptr().add(start * plane + place.first_pixel * L);
                for filter in &mut filters {
                    *filter = filter.add(start * L * WIDEST);
                }
                sum_channels(simd, channels, first, plane, filters, &depth.fetch, &mut sums);
            } else {
                let windows = shape.windows::<PIXELS>(place.first_pixel);
                let inside = self.fits || windows.iter().all(|&window| shape.surrounds(window));
                // Two loops, so that the one inside of the image does not pay for what the other has to find out.
                if const { L == 1 } || inside && (group * inputs).is_multiple_of(L) {
                    self.sum_inside::<S, ROWS, PIXELS>(simd, group, windows, filters, depth, &mut sums);
                } else {
                    self.sum::<S, ROWS, PIXELS>(simd, group, windows, filters, depth, &mut sums);
                }
            }
        }
        sums
    }

    /// Adds the products of all taps of `windows`, which lie in the image, to the sums.
    ///
    /// # Safety
    ///
    /// - The group is one of the groups, which begin with a block each; all taps of the windows lie in the image;
    /// - `filters` point to the weights of registers of the group's output channels.
    #[inline(always)]
    unsafe fn sum_inside<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        group: usize,
        windows: [Window; PIXELS],
        filters: [*const f32; ROWS],
        depth: &Depth,
        sums: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        let Conv2d { in_height, in_width, dilation, .. } = *self.sizes.get();
        let inputs = self.sizes.get().group_inputs();
        // Loops over a constant number of taps would be unrolled, and then the compiler holds on to
        // inputs that neighbouring taps share, and spills sums for them. With one row it gains.
        let opaque = |size| if ROWS > 1 { black_box(size) } else { size };
        let [kernel_height, kernel_width] = self.sizes.get().kernel.map(opaque);
        let block = if L > 1 { opaque(L) } else { L };
        let plane = in_height * in_width * L;
        let group_start = group * inputs / L * plane;
        let values =
            windows.map(|window| self.src.as_ptr().wrapping_add(group_start + (window.y * in_width + window.x) * L));
        // From one tap to the next one, in floats.
        let right = dilation[1] * L;
        let down = (dilation[0] * in_width * L).wrapping_sub(kernel_width * right);
        let deeper = plane.wrapping_sub(kernel_height * dilation[0] * in_width * L);
        let Range { start, end } = depth.blocks;
        let (mut at, mut tap) = (start * plane, start * L * product(self.sizes.get().kernel));
        let mut left = inputs.min(end * L) - start * L;
        while left > 0 {
            let lanes = block.min(left);
            left -= lanes;
            // The weights of planar images are few.
            for line in if L > 1 { depth.fetch.lines.clone() } else { 0..0 } {
                for r in (0..ROWS).step_by(depth.fetch.step) {
                    simd.prefetch(filters[r].wrapping_add(depth.fetch.next + (tap + line) * WIDEST));
                }
            }
            for _ in 0..kernel_height {
                for _ in 0..kernel_width {
                    for at in at..at + lanes {
                        // SAFETY: this tap lies in the image, and there is a row of weights for each tap.
                        unsafe { multiply_add(simd, values, filters, at, tap, sums) }
                        tap += 1;
                    }
                    at += right;
                }
                at = at.wrapping_add(down);
            }
            at = at.wrapping_add(deeper);
        }
    }

    /// Adds the products of all taps of `windows`, which may lie outside of the image, to the sums.
    ///
    /// # Safety
    ///
    /// - The group is one of the groups, the windows are of the output, and `L` is [`LANES`];
    /// - `filters` point to the weights of registers of the group's output channels.
    #[inline(always)]
    unsafe fn sum<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        group: usize,
        windows: [Window; PIXELS],
        filters: [*const f32; ROWS],
        depth: &Depth,
        sums: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        let inputs = self.sizes.get().group_inputs();
        let [kernel_height, kernel_width] = self.sizes.get().kernel.map(black_box);
        let first = group * inputs;
        let mut tap = depth.blocks.start * L * kernel_height * kernel_width;
        let end = (first + inputs).div_ceil(L);
        for in_block in first / L + depth.blocks.start..if depth.last { end } else { first / L + depth.blocks.end } {
            let (start, end) = lanes_in_block(black_box(L), in_block, first, inputs);
            for ky in 0..kernel_height {
                for kx in 0..kernel_width {
                    // SAFETY: `in_block` is one of the image's.
                    let values = unsafe { self.values(windows, in_block, ky, kx) };
                    for lane in start..end {
                        // SAFETY: `lane` is in a block, and `tap` counts up to the number of taps.
                        unsafe { multiply_add(simd, values, filters, lane, tap, sums) }
                        tap += 1;
                    }
                }
            }
        }
    }

    /// Where each window has its `L` values of `in_block` under tap (`ky`, `kx`).
    ///
    /// # Safety
    ///
    /// `in_block` is a block of the image; where `inside`, all taps of all windows lie in the image; else `L` is [`LANES`].
    #[inline(always)]
    unsafe fn values<const PIXELS: usize>(
        &self,
        windows: [Window; PIXELS],
        in_block: usize,
        ky: usize,
        kx: usize,
    ) -> [*const f32; PIXELS] {
        let Conv2d { in_height, in_width, .. } = *self.sizes.get();
        let plane = in_block * in_height * in_width;
        let mut values = [ZEROS.as_ptr(); PIXELS];
        for p in 0..PIXELS {
            if let Some(at) = self.sizes.get().tap(windows[p], ky, kx) {
                // SAFETY: this tap lies in the image.
                values[p] = unsafe { self.src.as_ptr().add((plane + at) * L) };
            }
        }
        values
    }
}
