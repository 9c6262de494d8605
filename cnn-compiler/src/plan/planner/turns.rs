//! A convolution whose output no cache holds, and what computes each of its channels alone, depthwise convolution or a pool, take
//! turns: some channels of the one, then the same channels of the other, which finds them where they have just been written.

use std::ops::Range;

use super::super::arena::CACHED;
use super::super::{Loads, Operand, Place, PlacedPack, PlacedTensor, Pooling, Step, Tile, WIDEST};
use super::Planner;

/// More turns would be too much code.
const MOST: u64 = 32;

impl Planner<'_> {
    /// Lets all pairs of steps take turns for which that pays.
    pub(super) fn take_turns(&mut self) {
        let mut at = 0;
        while at + 1 < self.steps.len() {
            match self.turns(at) {
                Some(turns) => at += self.split(at, turns),
                None => at += 1,
            }
        }
    }

    /// In how many turns step `at` and the next one are done, so that what lies between them stays in a cache; None where at once.
    fn turns(&self, at: usize) -> Option<u64> {
        let [conv, next] = &self.steps[at..at + 2] else { return None };
        let (place @ Place::Buffer(buffer, 0), floats) = conv.target else { return None };
        let uses = |step: &Step| {
            let places = step.sources.iter().map(|source| source.1).chain([step.target.0]);
            places.filter(|place| matches!(*place, Place::Buffer(other, _) if other == buffer)).count()
        };
        let reads = next.sources == [("src", place, floats)] && matches!(next.target.0, Place::Buffer(..));
        if self.small || floats <= CACHED || !reads || conv.adds() || conv.pooling == Pooling::Done {
            return None;
        }
        let [shape, of_next] = [&self.constants[shape_of(conv)?], &self.constants[shape_of(next)?]];
        let channels = shape.size("out_channels");
        let each_alone = match next.kernel {
            "Depthwise" => of_next.size("groups") == channels,
            "MaxPool" | "AvgPool" => of_next.size("channels") == channels,
            _ => false,
        };
        // A turn's weights lie side by side, since those of an output do; not so those of a transposed convolution.
        let in_order = self.packs.iter().any(|placed| {
            placed.pack.function == "pack_conv"
                && conv.weights.as_ref().is_some_and(|weights| placed.packed == *weights)
        });
        let pair = conv.kernel == "Conv" && shape.size("groups") == 1 && in_order && each_alone;
        let alone = || self.sizes[buffer] == floats && self.steps.iter().map(uses).sum::<usize>() == 2;
        if !pair || !alone() {
            return None;
        }
        (2..=MOST).find(|turns| channels.is_multiple_of(turns * WIDEST) && floats / turns <= CACHED)
    }

    /// Replaces step `at` and the next one by so many of each: returns how many that are.
    fn split(&mut self, at: usize, turns: u64) -> usize {
        let mut pair: Vec<Step> = self.steps.drain(at..at + 2).collect();
        for step in &mut pair {
            self.shrink(step, turns);
        }
        if let Place::Buffer(between, _) = pair[0].target.0 {
            self.sizes[between] = pair[0].target.1;
        }
        let steps = (0..turns).flat_map(|turn| {
            pair.iter().enumerate().map(move |(i, step)| {
                let mut step = step.clone();
                step.weights = step.weights.map(|weights| part(&weights, turn, turns));
                // All turns of the first write the same place, and those of the second one behind the other.
                step.target.0 = step.target.0.part(i as u64 * turn * step.target.1);
                step
            })
        });
        let steps: Vec<Step> = steps.collect();
        let count = steps.len();
        self.steps.splice(at..at, steps);
        count
    }

    /// Makes a step one of so many turns of it, but for its weights, and packs these for all of them.
    fn shrink(&mut self, step: &mut Step, turns: u64) {
        for operand in step.fields.iter_mut().map(|field| &mut field.value) {
            self.shrink_sizes(operand, turns);
        }
        step.macs /= turns;
        step.target.1 /= turns;
        if step.kernel != "Conv" {
            step.sources[0].2 /= turns;
        }
        let Some(weights) = &step.weights else { return };
        for placed in std::mem::take(&mut self.packs) {
            if weights.start <= placed.packed.start && placed.packed.end <= weights.end {
                self.split_pack(placed, turns);
            } else {
                self.packs.push(placed);
            }
        }
        if let ("Conv", Some(shape)) = (step.kernel, shape_of(step)) {
            let [channels, height, width] =
                ["out_channels", "out_height", "out_width"].map(|name| self.constants[shape].size(name));
            // A row of biases, and one for each product of a sum.
            let taps = (weights.end - weights.start) / (channels * turns) - 1;
            let tiles = Tile::choose_both(taps, channels, [height, width], Loads::DIRECT);
            let first = step.consts.len() - tiles.len();
            step.consts[first..].copy_from_slice(&tiles);
        }
    }

    /// Packs a turn's weights after the other's.
    fn split_pack(&mut self, placed: PlacedPack, turns: u64) {
        let mut pack = placed.pack;
        for operand in &mut pack.operands {
            self.shrink_sizes(operand, turns);
        }
        self.packs.extend((0..turns).map(|turn| {
            let tensors = placed.tensors.iter().map(|tensor| match tensor {
                PlacedTensor::Own(range) => PlacedTensor::Own(part(range, turn, turns)),
                PlacedTensor::Optional(range) => {
                    PlacedTensor::Optional(range.as_ref().map(|range| part(range, turn, turns)))
                }
            });
            PlacedPack { pack: pack.clone(), tensors: tensors.collect(), packed: part(&placed.packed, turn, turns) }
        }));
    }

    /// Makes sizes those of one of so many turns.
    fn shrink_sizes(&mut self, operand: &mut Operand, turns: u64) {
        match operand {
            Operand::Outputs(channels) => *channels /= turns,
            Operand::Constant(index) | Operand::ConstantOnThreads(index) => {
                let mut shape = self.constants[*index].clone();
                let fewer: &[&str] = match shape.size("groups") {
                    1 => &["out_channels"],
                    _ => &["in_channels", "out_channels", "groups", "channels"],
                };
                for field in shape.fields.iter_mut().filter(|field| fewer.contains(&field.name)) {
                    if let Operand::Size(size) = &mut field.value {
                        *size /= turns;
                    }
                }
                shape.name.push_str("_TURN");
                *index = self.add_constant(shape);
            }
            _ => {}
        }
    }
}

/// The constant that is a step's shape.
fn shape_of(step: &Step) -> Option<usize> {
    step.fields.iter().find(|field| field.name == "shape").and_then(|field| field.value.constant())
}

/// One of so many parts of a range.
fn part(range: &Range<u64>, part: u64, parts: u64) -> Range<u64> {
    let len = (range.end - range.start) / parts;
    range.start + part * len..range.start + (part + 1) * len
}
