use std::ops::Range;

use crate::team::{Threads, share, shares_evenly};

/// Input pixels of a block that a thread's band has at least: cores that share smaller ones fetch too much of each other's, since
/// windows and prefetchers reach over the edge.
const BAND: usize = 512;

/// How threads share out an output whose channels are windows of the same channels of an image: a part is some rows of some
/// blocks. Of large images a thread's share is a band, as in other kernels, so that it reads what it has written; of small ones it
/// is all rows of some blocks.
#[derive(Clone, Copy)]
pub(super) struct Areas {
    rows: usize,
    blocks: usize,
    /// Parts of a row's blocks.
    groups: usize,
    /// Parts of a block's rows.
    chunks: usize,
    /// All parts of a chunk follow each other; else those of a group.
    bands: bool,
}

impl Areas {
    /// Shares out so many `rows` of `blocks`, computed from an `image` of this height and width.
    #[inline(always)]
    pub fn new(team: impl Threads, blocks: usize, rows: usize, image: [usize; 2]) -> Self {
        let (threads, parts) = (team.threads(), team.parts());
        let bands = shares_evenly(rows, threads) && image[0] * image[1] >= BAND * threads;
        let chunks = if bands { threads } else { parts.div_ceil(blocks).min(rows) };
        Self { rows, blocks, groups: parts.div_ceil(chunks).min(blocks), chunks, bands }
    }

    /// How many parts there are.
    #[inline(always)]
    pub fn parts(&self) -> usize {
        self.groups * self.chunks
    }

    /// The blocks and the rows of a part.
    #[inline(always)]
    pub fn part(&self, part: usize) -> [Range<usize>; 2] {
        let Self { rows, blocks, groups, chunks, bands } = *self;
        let [chunk, group] = if bands { [part / groups, part % groups] } else { [part % chunks, part / chunks] };
        [share(group, groups, blocks), share(chunk, chunks, rows)]
    }
}
