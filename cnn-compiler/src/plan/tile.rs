//! How many outputs a convolution's kernel computes at a time.

use super::{LANES, WIDEST};

/// A convolution's tile: so many registers of output channels times so many pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    rows: u64,
    pixels: u64,
}

/// Sixteen registers hold at most twelve sums beside their operands. Left out: 3×4 and one row of more than eight pixels, for
/// which the compiler keeps operands on the stack.
const NARROW: [(u64, u64); 16] = [
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

/// There are 32 registers of sixteen values, but no more addresses than for eight pixels.
const WIDE: [(u64, u64); 20] = [
    (4, 6),
    (3, 8),
    (3, 7),
    (4, 5),
    (3, 6),
    (2, 8),
    (4, 4),
    (2, 7),
    (3, 5),
    (2, 6),
    (3, 4),
    (2, 5),
    (3, 3),
    (2, 4),
    (1, 8),
    (1, 7),
    (1, 6),
    (4, 1),
    (2, 1),
    (1, 1),
];

/// Tiles of wide registers for Strassen's algorithm, and what a sum in one costs, in percent: measured. More sums would have to
/// be stored between the products.
const WIDE_OF_HALVES: [(u64, u64, u64); 8] =
    [(2, 8, 102), (2, 7, 102), (3, 7, 102), (3, 5, 102), (2, 5, 103), (4, 5, 103), (1, 8, 104), (5, 5, 105)];

/// Where the weights and inputs of a tile come from: what it costs to load one for a register, in quarters of a multiply-add.
#[derive(Clone, Copy, Debug)]
pub struct Loads {
    weight: u64,
    input: u64,
    /// Sums of at most so many products take longer to store, in a large tile, than to load for in a small one: measured.
    short: u64,
    /// A tile's pixels are of one row, which is pooled with the next one, two pixels of each at a time.
    pooled: bool,
}

impl Loads {
    /// Direct convolution: neighbouring pixels share many inputs, and many pixels each weight.
    pub const DIRECT: Self = Self { weight: 4, input: 4, short: 32, pooled: false };
    /// The same, where each 2 × 2 outputs are pooled.
    pub const POOLED: Self = Self { short: 0, pooled: true, ..Self::DIRECT };
    /// Winograd's products: few tiles share the weights of a place.
    pub const WINOGRAD: Self = Self { weight: 8, input: 2, short: 0, pooled: false };
}

impl Tile {
    /// The tiles of both kinds of register that take least time for `channels` × `height` × `width` outputs, sums of `taps`
    /// products each: rows and pixels of registers of eight values, then of sixteen.
    pub fn choose_both(taps: u64, channels: u64, size: [u64; 2], loads: Loads) -> Vec<u64> {
        let tiles = [LANES, WIDEST].map(|lanes| Tile::choose(lanes, taps, channels, size, loads));
        tiles.into_iter().flat_map(|tile| [tile.rows, tile.pixels]).collect()
    }

    /// The same for Strassen's algorithm: half of the outputs' channels, and half of their pixels.
    pub fn choose_of_halves(taps: u64, channels: u64, pixels: u64) -> Vec<u64> {
        let narrow = Tile::choose(LANES, taps, channels, [1, pixels], Loads::DIRECT);
        let sums = |&(r, p, percent): &(u64, u64, u64)| {
            (channels / WIDEST).next_multiple_of(r) * pixels.next_multiple_of(p) * percent
        };
        let (rows, width, _) = WIDE_OF_HALVES.into_iter().min_by_key(sums).unwrap_or((1, 8, 0));
        vec![narrow.rows, narrow.pixels, rows, width]
    }

    /// The most output channels in the registers of tiles of both kinds.
    pub fn channels(tiles: &[u64]) -> u64 {
        (LANES * tiles[0]).max(WIDEST * tiles[2])
    }

    /// The tile for registers of `lanes` values.
    fn choose(lanes: u64, taps: u64, channels: u64, [height, width]: [u64; 2], loads: Loads) -> Tile {
        /// What a tile costs beside its multiply-adds, and to store each of its registers.
        const TILE: u64 = 60;
        const STORE: u64 = 3;
        let tiles: &[(u64, u64)] = match lanes {
            LANES => &NARROW,
            _ if taps <= loads.short && height == 1 && width >= 8 => &[(1, 8)],
            _ => &WIDE,
        };
        // What fills no more than half of the last wide register is computed in vectors.
        let rows = if lanes == WIDEST { (channels.div_ceil(LANES) / 2).max(1) } else { channels.div_ceil(lanes) };
        let cost = |&(r, p): &(u64, u64)| {
            let of_row = if loads.pooled { height * width.div_ceil(p) } else { (height * width).div_ceil(p) };
            let tiles = rows.div_ceil(r).saturating_mul(of_row);
            // A tile's sums have to cover the latency of eight multiply-adds; what is loaded for them comes from a cache that
            // is not always the nearest; and a single row pays for pixels that are not a constant distance apart.
            let products = 4 * (r * p).max(8) + loads.weight * r + loads.input * p;
            let products = if r == 1 && !width.is_multiple_of(p) { products + products / 4 } else { products };
            tiles.saturating_mul(taps.saturating_mul(products).saturating_add(4 * (TILE + STORE * r * p)))
        };
        let (rows, pixels) = tiles
            .iter()
            .copied()
            .filter(|(_, pixels)| !loads.pooled || pixels.is_multiple_of(2))
            .min_by_key(cost)
            .unwrap_or((1, 1));
        Tile { rows, pixels }
    }
}
