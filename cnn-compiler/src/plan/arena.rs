//! Where each buffer lies in the arena: values whose lives overlap lie apart.
//!
//! Greedy by size, as TFLM's and XNNPACK's planners (Pisarchyk & Lee 2020, arXiv:2001.03288, section 5.2):
//! the largest buffer first, each at the lowest offset that is free for all of its life.

use std::ops::Range;

use super::{Place, Step};

/// Buffers and packed weights start at multiples of this many floats: 64 bytes, a cache line.
const ALIGNMENT: u64 = 16;

pub(super) fn aligned(floats: u64) -> u64 {
    floats.next_multiple_of(ALIGNMENT)
}

pub(super) struct Arena {
    /// The range of each buffer; empty for one that nothing uses.
    pub buffers: Vec<Range<u64>>,
    pub len: u64,
    /// The largest sum of buffers that live at once.
    pub bound: u64,
}

pub(super) fn lay_out(steps: &[Step], sizes: &[u64]) -> Arena {
    let lives: Vec<Option<(usize, usize)>> = (0..sizes.len()).map(|buffer| life(steps, buffer)).collect();
    let mut order: Vec<usize> = (0..sizes.len()).filter(|&buffer| lives[buffer].is_some()).collect();
    order.sort_by_key(|&buffer| (std::cmp::Reverse(sizes[buffer]), buffer));

    let mut buffers = vec![0..0; sizes.len()];
    for (placed, &buffer) in order.iter().enumerate() {
        let mut taken: Vec<Range<u64>> = order[..placed]
            .iter()
            .filter(|&&other| overlap(lives[buffer], lives[other]))
            .map(|&other| buffers[other].clone())
            .collect();
        taken.sort_by_key(|range| range.start);
        let size = aligned(sizes[buffer]);
        let mut start = 0;
        for range in taken {
            if start + size <= range.start {
                break;
            }
            start = start.max(range.end);
        }
        buffers[buffer] = start..start + size;
    }
    let alive = |step: usize| {
        let alive = order.iter().filter(|&&buffer| overlap(lives[buffer], Some((step, step))));
        alive.map(|&buffer| aligned(sizes[buffer])).sum()
    };
    Arena {
        len: buffers.iter().map(|range| range.end).max().unwrap_or(0),
        bound: (0..steps.len()).map(alive).max().unwrap_or(0),
        buffers,
    }
}

/// The first and the last step that touch a buffer.
fn life(steps: &[Step], buffer: usize) -> Option<(usize, usize)> {
    let place = Place::Buffer(buffer);
    let touches = |step: &Step| step.source.0 == place || step.target.0 == place;
    Some((steps.iter().position(touches)?, steps.iter().rposition(touches)?))
}

fn overlap(a: Option<(usize, usize)>, b: Option<(usize, usize)>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.0 <= b.1 && b.0 <= a.1)
}
