//! Batches of small nets: several images at once, each in a lane of all registers, with the operations of training.

use super::{Machine, WORTHWHILE};
use crate::Network;
use crate::params::{as_mut_slice, as_slice};
use crate::simd::{Kernel, Simd};
use crate::team::{Parts, Pool, Shares, Team, Threads, share};
use crate::train::{Images, Lanes, Pass, Values};

impl Machine {
    /// The forward pass of a batch: of small nets, as many images at once as a register has lanes.
    pub(super) fn forward_batch<N: Network>(&mut self, inputs: &[N::Input], outputs: &mut [N::Output]) {
        let lanes = self.token.lanes();
        // A group that is not full takes as long as one that is.
        let in_groups = match inputs.len() % lanes {
            _ if N::SIDE_BY_SIDE.arena_len == 0 => 0,
            rest if rest < lanes * 3 / 4 => inputs.len() - rest,
            _ => inputs.len(),
        };
        let (inputs, rest_inputs) = inputs.split_at(in_groups);
        let (outputs, rest_outputs) = outputs.split_at_mut(in_groups);
        if in_groups > 0 {
            let params = &self.packed.as_slice()[N::PACKED_LEN..];
            let (pool, memory) = (&self.pool, self.groups.as_mut_slice());
            self.token.dispatch::<ForwardGroups<'_, N>>(ForwardGroups { pool, params, memory, inputs, outputs });
        }
        self.forward::<N>(rest_inputs, rest_outputs);
    }
}

/// The forward pass of groups of images.
struct ForwardGroups<'a, N: Network> {
    pool: &'a Pool,
    params: &'a [f32],
    memory: &'a mut [f32],
    inputs: &'a [N::Input],
    outputs: &'a mut [N::Output],
}

impl<N: Network> Kernel for ForwardGroups<'_, N> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let lanes = <S as Lanes>::Values::LANES;
        let groups = self.inputs.len().div_ceil(lanes);
        let worth = (WORTHWHILE / (lanes as u64 * N::MACS).max(1)).max(1) as usize;
        let parts = groups.div_ceil(worth);
        let (memory, outputs) = (Shares::new(self.memory), Shares::new(self.outputs));
        let groups = Groups::<N> { params: self.params, memory, inputs: self.inputs, outputs, groups, parts };
        Team::new(self.pool).run(simd, parts, groups);
    }
}

/// So many parts of so many groups.
struct Groups<'a, N: Network> {
    params: &'a [f32],
    memory: Shares<'a>,
    inputs: &'a [N::Input],
    outputs: Shares<'a, N::Output>,
    groups: usize,
    parts: usize,
}

impl<N: Network> Parts for Groups<'_, N> {
    #[inline(always)]
    fn part<S: Simd>(&self, simd: S, thread: usize, part: usize) {
        for group in share(part, self.parts, self.groups) {
            self.group(simd, thread, group);
        }
    }
}

impl<N: Network> Groups<'_, N> {
    #[inline(always)]
    fn group<L: Lanes<Real = f32>>(&self, lanes: L, thread: usize, group: usize) {
        let width = L::Values::LANES;
        let (first, end) = (group * width, ((group + 1) * width).min(self.inputs.len()));
        let inputs = &self.inputs[first..end];
        let len = width * (N::INPUT_SHAPE.len() + N::SIDE_BY_SIDE.arena_len);
        // SAFETY: each thread has its own memory. The images are of this group, which is of one part.
        let (memory, outputs) =
            unsafe { (self.memory.part(thread * len, len), self.outputs.part(first, inputs.len())) };
        let (input, arena) = memory.split_at_mut(width * N::INPUT_SHAPE.len());
        let input: &mut [L::Values] = bytemuck::cast_slice_mut(input);
        let arena: &mut [L::Values] = bytemuck::cast_slice_mut(arena);
        lanes.interleave(inputs.len(), |image| as_slice(&inputs[image]), input);
        let images = Images { count: inputs.len(), first, batch: self.inputs.len(), draw: 0 };
        let (params, watch) = (self.params, None);
        let (totals, partial): (&[f32], &mut [f32]) = (&[], &mut []);
        N::forward_side_by_side(lanes, Pass { images, params, watch, totals, partial, input, arena: &mut *arena });
        let values = &arena[N::SIDE_BY_SIDE.output..];
        for (lane, output) in outputs.iter_mut().enumerate() {
            for (output, value) in as_mut_slice(output).iter_mut().zip(values) {
                *output = value.as_ref()[lane];
            }
        }
    }
}
