//! The forward pass alone, with the operations of training: of a batch, several images side by side.

use std::ops::Range;

use super::{Planner, Slot, Step, forward_steps};
use crate::plan::arena::{self, Life};

/// The most values that stand between layers. Each is there once for each of up to 16 images, in half a megabyte: a core's cache.
const MAX_ARENA_LEN: u64 = 8192;

/// How a net computes several images at once.
#[derive(Clone, Debug)]
pub struct SideBySide {
    /// The forward pass.
    pub steps: Vec<Step>,
    /// Where the result lies.
    pub output: Range<u64>,
    /// Values in the arena, for each image.
    pub arena_len: u64,
}

impl SideBySide {
    /// Whether everything stays in a core's cache.
    pub fn is_small(&self) -> bool {
        self.arena_len <= MAX_ARENA_LEN
    }
}

impl Planner {
    /// The same steps, whose values live until the last of them has read them.
    pub(super) fn side_by_side(&self, end: usize) -> Option<SideBySide> {
        if self.ops.iter().any(|placed| placed.op.random || placed.op.sync.is_some()) {
            return None;
        }
        let mut lives: Vec<Life> = vec![None; self.values.len()];
        for (time, draft) in self.drafts.iter().enumerate() {
            lives[draft.output] = Some((time, time));
            for &input in &draft.inputs {
                lives[input] = lives[input].map(|(first, _)| (first, time));
            }
        }
        lives[end] = lives[end].map(|(first, _)| (first, self.drafts.len()));
        let sizes: Vec<u64> = self.values.iter().map(|value| value.len).collect();
        let arena = arena::lay_out(&lives, &sizes);
        let slot = |value: usize| match self.values[value].buffer {
            Some(_) => Slot::Arena(arena.buffers[value].clone()),
            None => Slot::Input,
        };
        let steps = forward_steps(&self.drafts, slot);
        Some(SideBySide { steps, output: arena.buffers[end].clone(), arena_len: arena.len })
    }
}
