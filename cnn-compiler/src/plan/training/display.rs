//! A plan of training for readers: both passes, a line for each step, and totals.

use std::fmt;

use super::{Plan, Slot, Step};
use crate::graph::ShapedNet;

/// Bytes of a float.
const FLOAT: u64 = 4;

/// Images that a pass takes at once: with AVX-512, and without it.
const LANES: [u64; 2] = [16, 8];

/// A batch, and the threads that it is divided among.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Images of a step.
    pub batch: u64,
    /// Threads that share them.
    pub threads: u64,
}

/// The memory of a step, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Groups of images side by side, and their values and gradients in the arenas.
    pub arenas: u64,
    /// Statistics of the groups, and of the batch.
    pub statistics: u64,
    /// A gradient of the parameters for each thread.
    pub gradients: u64,
    /// Losses and outputs.
    pub outputs: u64,
}

impl Memory {
    /// All of it.
    pub fn total(&self) -> u64 {
        self.arenas + self.statistics + self.gradients + self.outputs
    }
}

impl Plan {
    /// What the runtime needs for a step beside parameters and optimizer, with groups of `lanes` images: its `Backprop` asks for it.
    pub fn memory(&self, net: &ShapedNet, Load { batch, threads }: Load, lanes: u64) -> Memory {
        let groups = batch.div_ceil(lanes);
        let parts = threads.min(groups).max(1);
        // Where statistics of the whole batch are needed, all groups wait for one another and keep what is theirs.
        let arenas = if self.statistics_len == 0 { parts } else { groups };
        let [input, output] = [net.input, net.output].map(|shape| shape.len().unwrap_or(0));
        Memory {
            arenas: FLOAT * arenas * lanes * (self.arena_len + input),
            statistics: FLOAT * (groups + 1) * self.statistics_len,
            gradients: FLOAT * parts * net.param_count,
            // In `f64`: a loss for each group, and for each part an output and its gradient.
            outputs: FLOAT * batch * output + 2 * FLOAT * (groups + 2 * parts * output),
        }
    }

    /// Values of an image that stay until the backward pass reads them.
    pub fn kept_len(&self) -> u64 {
        let kept = self.backward.iter().flat_map(|step| step.inputs.iter().chain([&step.output]));
        let mut ranges: Vec<_> = kept
            .filter_map(|slot| match slot {
                Slot::Arena(range) => Some((range.start, range.end)),
                _ => None,
            })
            .collect();
        ranges.sort_unstable();
        ranges.dedup();
        ranges.iter().map(|(start, end)| end - start).sum()
    }

    /// The plan for readers, and what a step needs.
    pub fn table<'a>(&'a self, net: &'a ShapedNet, load: Load) -> impl fmt::Display {
        Table { plan: self, net, load }
    }
}

struct Table<'a> {
    plan: &'a Plan,
    net: &'a ShapedNet,
    load: Load,
}

impl Table<'_> {
    fn forward(&self, step: &Step) -> [String; 4] {
        // Where no gradient arrives, since no parameter has an influence, nothing is kept.
        let backward = self.plan.backward.iter().find(|backward| backward.op == step.op);
        let kept = backward.map_or("", |backward| {
            let keeps_input = backward.inputs.iter().any(|slot| *slot != Slot::Nowhere);
            match (keeps_input, backward.output != Slot::Nowhere) {
                (true, true) => "input, output",
                (true, false) => "input",
                (false, true) => "output",
                (false, false) => "",
            }
        });
        self.row(step, kept, &format!("{} -> {}", places(&step.inputs), places([&step.output])))
    }

    fn backward(&self, step: &Step) -> [String; 4] {
        let is_somewhere = |slot: &&Slot| **slot != Slot::Nowhere;
        let kept = step.inputs.iter().chain([&step.output]).filter(is_somewhere);
        let grads = step.input_grads.iter().filter(|(slot, _)| *slot != Slot::Nowhere);
        let grads = grads.map(|(slot, adds)| if *adds { format!("+{}", place(slot)) } else { place(slot) });
        let mut grads: Vec<String> = grads.collect();
        if self.plan.ops[step.op].params.end > self.plan.ops[step.op].params.start {
            grads.push("parameters".to_owned());
        }
        self.row(step, &places(kept), &format!("{} -> {}", place(&step.output_grad), grads.join(", ")))
    }

    fn row(&self, step: &Step, kept: &str, places: &str) -> [String; 4] {
        let op = &self.plan.ops[step.op];
        let layer = self.net.nodes.get(op.layer).map_or("", |node| &node.node.name);
        // One that can apply ReLU keeps its output for that alone.
        let relu = if op.op.has_relu() { " + Relu" } else { "" };
        [layer, &format!("{}{relu}", op.op.ty.trim_end_matches("Op")), kept, places].map(str::to_owned)
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { plan, net, load } = self;
        let head = |cells: [&str; 4]| cells.map(str::to_owned);
        let mut rows = vec![head(["forward", "operation", "keeps", "reads -> writes, in values of an image"])];
        rows.extend(plan.forward.iter().map(|step| self.forward(step)));
        rows.push(head(["backward", "operation", "was kept", "gradients: reads -> writes, or adds to what has a +"]));
        rows.extend(plan.backward.iter().map(|step| self.backward(step)));
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [layers, ops, kepts] = [0, 1, 2].map(width);
        for [layer, op, kept, places] in &rows {
            writeln!(f, "{layer:layers$}  {op:ops$}  {kept:kepts$}  {places}")?;
        }
        let (len, bound) = (plan.arena_len, plan.arena_bound);
        let percent = 100.0 * len as f64 / bound.max(1) as f64 - 100.0;
        let kept = plan.kept_len();
        writeln!(
            f,
            "arena {len} values of each image, its lower bound {bound} ({percent:+.1} %), {kept} of them kept"
        )?;
        let [wide, narrow] = LANES.map(|lanes| FLOAT * lanes * len);
        writeln!(f, "arena {wide} bytes for 16 images at once (AVX-512), {narrow} for 8")?;
        let [params, statistics] = [net.param_count, plan.statistics_len].map(|floats| FLOAT * floats);
        writeln!(f, "parameters {params} bytes, a gradient as many, statistics of the batch {statistics} bytes")?;
        let Load { batch, threads } = load;
        let [images, threads] = [(*batch, "image"), (*threads, "thread")]
            .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }));
        for lanes in LANES {
            let memory = plan.memory(net, *load, lanes);
            let Memory { arenas, statistics, gradients, outputs } = memory;
            writeln!(
                f,
                "a step of {images}, {lanes} at once, {threads}: {} bytes, of which {arenas} arenas and images, {statistics} statistics, \
                {gradients} gradients, {outputs} losses and outputs",
                memory.total(),
            )?;
        }
        writeln!(f, "beside them the parameters, and what the optimizer remembers of each: Adam {} bytes", 2 * params)
    }
}

/// Where values are, one or several.
fn places<'a>(slots: impl IntoIterator<Item = &'a Slot>) -> String {
    slots.into_iter().map(place).collect::<Vec<_>>().join(", ")
}

fn place(slot: &Slot) -> String {
    match slot {
        Slot::Input => "input".to_owned(),
        Slot::Arena(range) => format!("arena[{}..{}]", range.start, range.end),
        Slot::Nowhere => "nothing".to_owned(),
    }
}
