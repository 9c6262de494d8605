//! How many outputs a convolution's kernel computes at a time.

/// A convolution's register tile: so many vectors of output channels times so many pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Vectors of eight output channels.
    pub blocks: u64,
    /// Pixels.
    pub pixels: u64,
}

impl Tile {
    /// The tile that takes least time for `blocks` × `height` × `width` outputs.
    pub fn choose(blocks: u64, height: u64, width: u64) -> Tile {
        // Sixteen registers hold at most twelve sums beside their operands. Left out: 3×4 and one block of more than
        // eight pixels, for which the compiler keeps operands on the stack.
        const TILES: [(u64, u64); 16] = [
            (4, 3),
            (2, 6),
            (2, 5),
            (3, 3),
            (2, 4),
            (4, 2),
            (3, 2),
            (2, 3),
            (1, 8),
            (1, 7),
            (1, 6),
            (1, 5),
            (1, 4),
            (2, 2),
            (2, 1),
            (1, 1),
        ];
        let cost = |&(b, p): &(u64, u64)| {
            let tiles = blocks.div_ceil(b).saturating_mul((height * width).div_ceil(p));
            // A tile's sums have to cover the latency of eight multiply-adds, its loads run beside them,
            // and a single block pays for pixels that are not a constant distance apart.
            let quarters = if b == 1 && !width.is_multiple_of(p) { 5 } else { 4 };
            tiles.saturating_mul((b * p).max(b + p).max(8) * quarters)
        };
        let (blocks, pixels) = TILES.into_iter().min_by_key(cost).unwrap_or((1, 1));
        Tile { blocks, pixels }
    }
}
