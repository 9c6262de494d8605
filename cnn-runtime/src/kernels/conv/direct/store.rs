//! What becomes of a tile's sums.

use super::super::Conv2d;
use super::{Image, Place, Sizes};
use crate::simd::{LANES, Simd};

impl<Z: Sizes<Conv2d>, const L: usize, const POOL: usize> Image<'_, Z, L, POOL> {
    /// Adds to a tile the values in its place of `other`, which is laid out like the output.
    ///
    /// # Safety
    ///
    /// `place` is one of the output, `other` is valid for reads of as many values, and nobody writes those in this place now.
    #[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
    #[inline(always)]
    pub(super) unsafe fn add<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        other: *const f32,
        place: &Place<ROWS>,
        sums: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        let pixels = self.sizes.get().pixels();
        let last = self.sizes.get().out_channels.div_ceil(LANES) - 1;
        for r in 0..ROWS {
            // The last register may reach over the last block.
            let blocks = [place.first_blocks[r], last.min(place.first_blocks[r] + S::VECTORS - 1)];
            let mut rows = [other; 2];
            for v in 0..2 {
                // SAFETY: the block and the pixel are in `other`.
                rows[v] = unsafe { other.add((blocks[v] * pixels + place.first_pixel) * LANES) };
            }
            for p in 0..PIXELS {
                if place.pixels.contains(&p) {
                    // SAFETY: the blocks' pixel is in `other`, and nobody writes it now.
                    let [low, high] = unsafe { [&*rows[0].add(p * LANES).cast(), &*rows[1].add(p * LANES).cast()] };
                    let values = simd.join([simd.load(low), simd.load(high)]);
                    sums[r][p] = simd.wide_add(sums[r][p], values);
                }
            }
        }
    }

    /// Stores a tile, with all that follows where its sums are `complete`.
    ///
    /// # Safety
    ///
    /// `place` is one of the output, and nothing else writes it now.
    #[expect(clippy::needless_range_loop, reason = "r and p are a sum's place in the tile")]
    #[inline(always)]
    pub unsafe fn store<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        place: &Place<ROWS>,
        mut sums: [[S::Wide; PIXELS]; ROWS],
        complete: bool,
    ) {
        if complete {
            if !self.residual.is_empty() {
                // SAFETY: as the caller says; `residual` is as long as `dst`.
                unsafe { self.add(simd, self.residual.as_ptr(), place, &mut sums) }
            }
            self.activation.apply_to_tile(simd, &mut sums);
        }
        let shape = self.sizes.get();
        let (blocks, pixels) = (shape.out_channels.div_ceil(LANES), shape.pixels());
        // Of large tiles the compiler would make so many pairs of pixels for wider stores that some wait in memory.
        let all = ROWS <= 2 && place.pixels == (0..PIXELS);
        for r in 0..ROWS {
            for v in 0..S::VECTORS {
                let block = place.first_blocks[r] + v;
                // The last register may reach over the last block.
                if v == 0 || block < blocks {
                    let first = block * pixels + place.first_pixel;
                    for p in 0..PIXELS {
                        if all || place.pixels.contains(&p) {
                            // SAFETY: the block and the pixel are in `dst`, and nothing else writes them now.
                            simd.store(simd.vectors(sums[r][p])[v], unsafe { self.dst.vector(first + p) });
                        }
                    }
                }
            }
        }
    }

    /// Stores the largest of each 2 × 2 values of two rows, NaN where one is.
    ///
    /// # Safety
    ///
    /// `place` is one of the pooled output, and nothing else writes it now.
    #[inline(always)]
    pub(super) unsafe fn store_pooled<S: Simd, const ROWS: usize, const PIXELS: usize>(
        &self,
        simd: S,
        place: &Place<ROWS>,
        [above, below]: [&[[S::Wide; PIXELS]; ROWS]; 2],
    ) {
        let shape = self.sizes.get();
        let [height, width] = shape.pooled(POOL);
        let blocks = shape.out_channels.div_ceil(LANES);
        for r in 0..ROWS {
            // NaN where a value is, or where there are infinities of both signs: cheaper than to look out for it in each maximum.
            // Four sums, since one would wait for each addition.
            let mut totals = [simd.wide_splat(0.0); 4];
            for p in 0..PIXELS {
                totals[p % 4] = simd.wide_add(totals[p % 4], simd.wide_add(above[r][p], below[r][p]));
            }
            let [a, b, c, d] = totals;
            let [low, high] = simd.vectors(simd.wide_add(simd.wide_add(a, b), simd.wide_add(c, d)));
            let has_nan = simd.has_nan(simd.add(low, high));
            for p in 0..PIXELS / 2 {
                let mut largest = above[r][2 * p];
                for other in [above[r][2 * p + 1], below[r][2 * p], below[r][2 * p + 1]] {
                    largest = if has_nan { simd.wide_max(largest, other) } else { simd.wide_larger(largest, other) };
                }
                for v in 0..S::VECTORS {
                    let block = place.first_blocks[r] + v;
                    // The last register may reach over the last block.
                    if place.pixels.contains(&p) && (v == 0 || block < blocks) {
                        let at = block * height * width + place.first_pixel + p;
                        // SAFETY: the block and the pixel are in `dst`, and nothing else writes them now.
                        simd.store(simd.vectors(largest)[v], unsafe { self.dst.vector(at) });
                    }
                }
            }
        }
    }
}
