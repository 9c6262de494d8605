//! Where each buffer lies in the arena: values whose lives overlap lie apart.
//!
//! Greedy by size, as TFLM's and XNNPACK's planners (Pisarchyk & Lee 2020, arXiv:2001.03288, section 5.2):
//! the largest buffer first, each in the place of one of its size that has just ended, or at the lowest offset that is free for
//! all of its life. Where that takes more than the largest sum of buffers that live at once, other orders are tried.

use std::ops::Range;

use super::{Peak, Place, Plan, Step};

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

/// How often another order is tried, where the arena is larger than it has to be.
const ATTEMPTS: usize = 32;

/// As many floats as a core's cache holds, about: 1 MiB, the L2 cache of many CPUs.
pub(super) const CACHED: u64 = 1 << 18;

/// Lays out the buffers of a forward pass.
pub(super) fn of_steps(steps: &[Step], sizes: &[u64]) -> Arena {
    let sizes: Vec<u64> = sizes.iter().map(|&floats| aligned(floats)).collect();
    lay_out(&lives(steps, sizes.len()), &sizes)
}

/// Lays out buffers of these lives and sizes.
pub(super) fn lay_out(lives: &[Life], sizes: &[u64]) -> Arena {
    let bound = bound(lives, sizes);
    let used: Vec<usize> = (0..sizes.len()).filter(|&buffer| lives[buffer].is_some()).collect();
    let mut by_size = used.clone();
    by_size.sort_by_key(|&buffer| (std::cmp::Reverse(sizes[buffer]), buffer));
    let mut best: Option<(u64, Vec<Range<u64>>)> = None;
    // The other order is that of their first use.
    for mut order in [by_size, used] {
        for _ in 0..ATTEMPTS {
            let buffers = place(&order, lives, sizes);
            let len = buffers.iter().map(|range| range.end).max().unwrap_or(0);
            // What reaches the end comes first in the next attempt.
            order.sort_by_key(|&buffer| buffers[buffer].end != len);
            if best.as_ref().is_none_or(|(shortest, _)| len < *shortest) {
                best = Some((len, buffers));
            }
            if best.as_ref().is_some_and(|(len, _)| *len == bound) {
                break;
            }
        }
    }
    let (len, buffers) = best.unwrap_or_default();
    Arena { buffers, len, bound }
}

/// Puts each buffer in turn in the place of one of its size that caches still hold, or else at the lowest offset that is free for
/// all of its life.
///
/// So the two values that are largest in each of a net's blocks change places from block to block. The second one, made by a quick
/// layer, is then written where a core has lines to itself, and the first one, made by a slow layer, where all cores have read.
fn place(order: &[usize], lives: &[Life], sizes: &[u64]) -> Vec<Range<u64>> {
    let mut buffers = vec![0..0; sizes.len()];
    let written = written_before(lives, sizes);
    for (placed, &buffer) in order.iter().enumerate() {
        let (size, life) = (sizes[buffer], lives[buffer]);
        let mut taken = Vec::new();
        // The one of this size that ended last, and when.
        let mut latest: Option<(usize, usize)> = None;
        for &other in &order[..placed] {
            if overlap(life, lives[other]) {
                taken.push(buffers[other].clone());
            } else if let (Some((first, _)), Some((_, end))) = (life, lives[other])
                && (end < first && sizes[other] == size && latest.is_none_or(|(latest, _)| latest < end))
            {
                latest = Some((end, other));
            }
        }
        if let (Some((end, other)), Some((first, _))) = (latest, life) {
            let place = buffers[other].clone();
            let free = taken.iter().all(|taken| taken.end <= place.start || place.end <= taken.start);
            if free && written[first] - written[end + 1] + size <= CACHED {
                buffers[buffer] = place;
                continue;
            }
        }
        taken.sort_by_key(|range| range.start);
        let mut start = 0;
        for range in taken {
            if start + size <= range.start {
                break;
            }
            start = start.max(range.end);
        }
        buffers[buffer] = start..start + size;
    }
    buffers
}

/// For each step, the size of all buffers that are first written before it.
fn written_before(lives: &[Life], sizes: &[u64]) -> Vec<u64> {
    let steps = lives.iter().flatten().map(|&(_, last)| last + 1).max().unwrap_or(0);
    let mut written = vec![0; steps + 1];
    for (life, &size) in lives.iter().zip(sizes) {
        if let Some((first, _)) = *life {
            written[first + 1] += size;
        }
    }
    for step in 0..steps {
        written[step + 1] += written[step];
    }
    written
}

/// The first and the last step that touch a buffer.
pub(super) type Life = Option<(usize, usize)>;

fn lives(steps: &[Step], buffers: usize) -> Vec<Life> {
    let mut lives = vec![None; buffers];
    for (index, step) in steps.iter().enumerate() {
        for place in step.sources.iter().map(|source| source.1).chain([step.target.0]) {
            if let Place::Buffer(buffer, _) = place {
                let (first, _) = lives[buffer].unwrap_or((index, index));
                lives[buffer] = Some((first, index));
            }
        }
    }
    lives
}

fn overlap(a: Life, b: Life) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a.0 <= b.1 && b.0 <= a.1)
}

impl Plan {
    /// The step during which most memory is in use; None where no step uses any.
    pub fn peak(&self) -> Option<Peak<'_>> {
        let lives = lives(&self.steps, self.buffers.len());
        let alive = |step: usize| {
            let alive = move |life: &Life| life.is_some_and(|(first, last)| (first..=last).contains(&step));
            lives.iter().zip(&self.buffers).filter(move |(life, _)| alive(life))
        };
        let floats = |step| alive(step).map(|(_, buffer)| buffer.end - buffer.start).sum::<u64>();
        // The first of several.
        let step = (0..self.steps.len()).rev().max_by_key(|&step| floats(step))?;
        let values = alive(step).filter_map(|(life, buffer)| {
            let (first, _) = (*life)?;
            Some((&self.steps[first], buffer.end - buffer.start))
        });
        let values: Vec<_> = values.collect();
        (!values.is_empty()).then(|| Peak { step: &self.steps[step], floats: floats(step), values })
    }
}

/// The largest sum of buffers that live at once.
fn bound(lives: &[Life], sizes: &[u64]) -> u64 {
    let steps = lives.iter().flatten().map(|&(_, last)| last + 1).max().unwrap_or(0);
    let (mut born, mut dies) = (vec![0; steps], vec![0; steps]);
    for (life, &size) in lives.iter().zip(sizes) {
        if let Some((first, last)) = *life {
            born[first] += size;
            dies[last] += size;
        }
    }
    let mut alive = 0;
    let sums = born.into_iter().zip(dies).map(|(born, dies)| {
        let now = alive + born;
        alive = now - dies;
        now
    });
    sums.max().unwrap_or(0)
}
