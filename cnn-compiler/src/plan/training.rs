//! How a net is trained: which values the backward pass keeps, where they and their gradients lie, and when the whole batch has to
//! be known.
//!
//! A pass is over a group of images, each value standing there once for each of them; sizes here are those of one image.

mod display;
mod side_by_side;

use std::ops::Range;

pub use self::display::{Load, Memory};
pub use self::side_by_side::SideBySide;
use super::arena::{self, Life};
use super::planner::{geometry, uses};
use super::{Field, Geometry};
use crate::graph::{Feed, Shape, ShapedNet, ShapedNode};

/// What a layer is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sizes<'a> {
    /// The shape that arrives; of a join, from its first branch.
    pub shape: Shape,
    /// What arrives, from each branch.
    pub inputs: &'a [Geometry],
    /// What leaves.
    pub output: Geometry,
    /// The layer's index.
    pub layer: u64,
}

impl Sizes<'_> {
    /// What arrives, of a layer with one input.
    pub fn input(&self) -> Geometry {
        self.inputs[0]
    }

    /// How many values arrive from each branch.
    pub fn input_lens(&self) -> Vec<u64> {
        self.inputs.iter().map(|&input| len(input)).collect()
    }

    /// How many values leave.
    pub fn output_len(&self) -> u64 {
        len(self.output)
    }
}

fn len(Geometry { channels, height, width }: Geometry) -> u64 {
    channels * height * width
}

/// What computes a layer while the net is trained: a struct of the runtime's, and what it needs once more in the backward pass.
#[derive(Clone, Debug)]
pub struct Op {
    /// The struct.
    pub ty: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The inputs are kept.
    pub keeps_input: bool,
    /// The output is kept, even without ReLU.
    pub keeps_output: bool,
    /// It can apply ReLU to its output, by its field `relu`.
    pub fuses_relu: bool,
    /// That makes no difference to ReLU of its input.
    pub commutes_with_relu: bool,
    /// The layer needs statistics of the whole batch.
    pub sync: Option<Sync>,
    /// What it computes is random.
    pub random: bool,
}

/// The field of operations that can apply ReLU.
const RELU: &str = "relu";

/// The operation that is ReLU alone.
const RELU_OP: &str = "ReluOp";

impl Op {
    /// ReLU, which some operations can apply themselves.
    pub fn relu() -> Op {
        Op::new(RELU_OP, Vec::new()).keep_output()
    }

    /// An operation whose backward pass needs the gradient of its output alone.
    pub fn new(ty: &'static str, fields: Vec<Field>) -> Op {
        Op {
            ty,
            fields,
            keeps_input: false,
            keeps_output: false,
            fuses_relu: false,
            commutes_with_relu: false,
            sync: None,
            random: false,
        }
    }

    /// The backward pass needs the inputs.
    pub fn keep_input(self) -> Op {
        Op { keeps_input: true, ..self }
    }

    /// It can apply ReLU to its output, whose backward pass then needs the output.
    pub fn fuse_relu(mut self) -> Op {
        self.fields.push(Field::flag(RELU, false));
        Op { fuses_relu: true, ..self }
    }

    /// The backward pass needs the output.
    pub fn keep_output(self) -> Op {
        Op { keeps_output: true, ..self }
    }

    /// Whether the output is kept: ReLU's slope is told by it.
    pub fn keeps_output(&self) -> bool {
        self.keeps_output || self.has_relu()
    }

    /// Whether it applies ReLU to its output.
    pub fn has_relu(&self) -> bool {
        self.fields.contains(&Field::flag(RELU, true))
    }

    /// Applies ReLU to the output, or no longer.
    fn set_relu(&mut self, relu: bool) {
        self.fields.retain(|field| field.name != RELU);
        self.fields.push(Field::flag(RELU, relu));
    }
}

/// Statistics of a whole batch.
#[derive(Clone, Copy, Debug)]
pub struct Sync {
    /// For so many channels.
    pub channels: u64,
    /// Each of so many values of an image.
    pub pixels: u64,
    /// The weight of a batch in the running statistics.
    pub momentum: f32,
}

/// Where values are read.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// The images.
    Input,
    /// This part of the arena.
    Arena(Range<u64>),
    /// Nowhere: they are not needed.
    Nowhere,
}

/// One layer, forward or backward.
#[derive(Clone, Debug)]
pub struct Step {
    /// Index of its operation.
    pub op: usize,
    /// Its inputs.
    pub inputs: Vec<Slot>,
    /// Its output.
    pub output: Slot,
    /// Backward: the gradient of its output.
    pub output_grad: Slot,
    /// Backward: the gradients of its inputs, and whether to add to what stands there.
    pub input_grads: Vec<(Slot, bool)>,
}

/// The operation of a layer.
#[derive(Clone, Debug)]
pub struct PlacedOp {
    /// The layer's index.
    pub layer: usize,
    /// The operation.
    pub op: Op,
    /// The layer's parameters.
    pub params: Range<u64>,
    /// Where its running statistics begin, among parameters and buffers.
    pub buffers: u64,
    /// Its statistics of the batch: four values a channel.
    pub statistics: Range<u64>,
}

/// How a net is trained.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operations.
    pub ops: Vec<PlacedOp>,
    /// The forward pass.
    pub forward: Vec<Step>,
    /// The backward pass.
    pub backward: Vec<Step>,
    /// Where the result lies.
    pub output: Range<u64>,
    /// Where its gradient goes.
    pub output_grad: Range<u64>,
    /// Values in the arena, for each image.
    pub arena_len: u64,
    /// No arena could be smaller than this many values.
    pub arena_bound: u64,
    /// Values of all statistics.
    pub statistics_len: u64,
    /// The forward pass alone, where images of a batch are computed several at once, each in a lane of all registers; None where
    /// layers compute something else while a net is trained, or another way is faster.
    pub side_by_side: Option<SideBySide>,
}

/// A value that stays for a while: something between two layers, or a gradient.
struct Buffer {
    len: u64,
    life: Life,
}

/// A value between layers.
struct Value {
    /// Its buffer; None for the images.
    buffer: Option<usize>,
    len: u64,
    /// Some parameter has an influence on it.
    wants_grad: bool,
    /// Its gradient.
    grad: Option<usize>,
}

/// A step before the arena is laid out: values by their indices.
struct Draft {
    op: usize,
    inputs: Vec<usize>,
    output: usize,
}

/// Plans the training of a net. Its shapes are all known.
pub fn plan(net: &ShapedNet) -> Plan {
    let mut planner = Planner::new(net);
    for (index, node) in net.nodes.iter().enumerate() {
        planner.layer(index, node);
    }
    planner.finish(net.end)
}

/// What a layer hands on.
#[derive(Clone, Copy)]
struct Output {
    /// The value, by its index.
    value: usize,
    geometry: Geometry,
    /// Another layer reads the value too, maybe under another shape.
    shared: bool,
}

struct Planner {
    ops: Vec<PlacedOp>,
    drafts: Vec<Draft>,
    values: Vec<Value>,
    /// What the net's input hands on, and then each layer.
    outputs: Vec<Output>,
    buffers: Vec<Buffer>,
    /// How many layers read each output and, last, the net's input.
    uses: Vec<usize>,
    params: u64,
    running: u64,
    statistics: u64,
}

impl Planner {
    fn new(net: &ShapedNet) -> Planner {
        let input = geometry(net.input);
        Planner {
            uses: uses(net),
            ops: Vec::new(),
            drafts: Vec::new(),
            values: vec![Value { buffer: None, len: len(input), wants_grad: false, grad: None }],
            outputs: vec![Output { value: 0, geometry: input, shared: false }],
            buffers: Vec::new(),
            params: 0,
            running: net.param_count,
            statistics: 0,
        }
    }

    /// What a layer receives from `feed`.
    fn fed(&self, feed: Feed) -> Output {
        let (output, uses) = match feed {
            Feed::Input => (self.outputs[0], self.uses[self.uses.len() - 1]),
            Feed::Node(index) => (self.outputs[index + 1], self.uses[index]),
        };
        Output { shared: output.shared || uses > 1, ..output }
    }

    fn layer(&mut self, index: usize, node: &ShapedNode) {
        let fed: Vec<Output> = node.node.inputs.iter().map(|&feed| self.fed(feed)).collect();
        let geometries: Vec<Geometry> = fed.iter().map(|output| output.geometry).collect();
        let output = geometry(node.output);
        let sizes = Sizes { shape: node.input, inputs: &geometries, output, layer: index as u64 };
        let params: u64 = node.param_lens().sum();
        let running = node.buffers.iter().map(|buffer| buffer.len().unwrap_or(0)).sum::<u64>();
        let output = match node.node.layer.op(&sizes) {
            None => Output { geometry: output, ..fed[0] },
            Some(op) if op.ty == RELU_OP && self.fuse_relu(fed[0]) => Output { geometry: output, ..fed[0] },
            Some(mut op) => {
                // The output is smaller.
                if op.commutes_with_relu && self.take_relu(fed[0]) {
                    op.set_relu(true);
                }
                let mut inputs: Vec<usize> = fed.iter().map(|output| output.value).collect();
                // No value is read, and no gradient written, twice by one layer.
                for at in 1..inputs.len() {
                    if inputs[..at].contains(&inputs[at]) {
                        inputs[at] =
                            self.push(index, Op::new("CopyOp", Vec::new()), 0, vec![inputs[at]], len(geometries[at]));
                    }
                }
                Output { value: self.push(index, op, params, inputs, len(output)), geometry: output, shared: false }
            }
        };
        self.params += params;
        self.running += running;
        self.outputs.push(output);
    }

    /// The operation that made a value, where nothing else reads it.
    fn maker(&mut self, value: Output) -> Option<&mut Op> {
        let draft = self.drafts.iter().find(|draft| draft.output == value.value && !value.shared)?;
        Some(&mut self.ops[draft.op].op)
    }

    /// Lets the step that made a value apply ReLU to it, where nothing else reads it; false where it cannot.
    fn fuse_relu(&mut self, input: Output) -> bool {
        let maker = self.maker(input).filter(|op| op.fuses_relu && !op.has_relu());
        maker.map(|op| op.set_relu(true)).is_some()
    }

    /// Takes ReLU from the step that made a value, where nothing else reads it; false where it has none.
    fn take_relu(&mut self, input: Output) -> bool {
        let maker = self.maker(input).filter(|op| op.has_relu());
        maker.map(|op| op.set_relu(false)).is_some()
    }

    /// Adds a step, and returns its output.
    fn push(&mut self, layer: usize, op: Op, params: u64, inputs: Vec<usize>, len: u64) -> usize {
        let statistics = self.statistics;
        self.statistics += op.sync.map_or(0, |sync| 4 * sync.channels);
        self.ops.push(PlacedOp {
            layer,
            op,
            params: self.params..self.params + params,
            buffers: self.running,
            statistics: statistics..self.statistics,
        });
        let wants_grad = params > 0 || inputs.iter().any(|&input| self.values[input].wants_grad);
        let buffer = self.allocate(len);
        self.values.push(Value { buffer: Some(buffer), len, wants_grad, grad: None });
        let output = self.values.len() - 1;
        self.drafts.push(Draft { op: self.ops.len() - 1, inputs, output });
        output
    }

    fn allocate(&mut self, len: u64) -> usize {
        self.buffers.push(Buffer { len, life: None });
        self.buffers.len() - 1
    }

    /// A buffer is in use at a time.
    fn touch(&mut self, buffer: Option<usize>, time: usize) {
        let Some(buffer) = buffer else { return };
        let life = &mut self.buffers[buffer].life;
        *life = Some(life.map_or((time, time), |(first, last)| (first.min(time), last.max(time))));
    }

    /// The gradient of a value, and whether it has been begun.
    fn grad(&mut self, value: usize, time: usize) -> (usize, bool) {
        let begun = self.values[value].grad;
        let buffer = begun.unwrap_or_else(|| self.allocate(self.values[value].len));
        self.values[value].grad = Some(buffer);
        self.touch(Some(buffer), time);
        (buffer, begun.is_some())
    }

    fn finish(mut self, end: Feed) -> Plan {
        let mut end = self.fed(end).value;
        if self.values[end].buffer.is_none() {
            let layer = self.outputs.len().saturating_sub(2);
            end = self.push(layer, Op::new("CopyOp", Vec::new()), 0, vec![end], self.values[end].len);
        }
        let side_by_side = self.side_by_side(end);
        let drafts = std::mem::take(&mut self.drafts);
        let loss = drafts.len();
        for (time, draft) in drafts.iter().enumerate() {
            for value in draft.inputs.iter().chain([&draft.output]) {
                self.touch(self.values[*value].buffer, time);
            }
        }
        self.touch(self.values[end].buffer, loss);
        let (output_grad, _) = self.grad(end, loss);
        let backward = self.backward(&drafts);
        let lives: Vec<Life> = self.buffers.iter().map(|buffer| buffer.life).collect();
        let sizes: Vec<u64> = self.buffers.iter().map(|buffer| buffer.len).collect();
        let arena = arena::lay_out(&lives, &sizes);
        let slot = |buffer: usize| Slot::Arena(arena.buffers[buffer].clone());
        let value = |value: usize| self.values[value].buffer.map_or(Slot::Input, slot);
        let forward = forward_steps(&drafts, value);
        let backward = backward.into_iter().map(|step| {
            let (draft, op) = (&drafts[step.draft], &self.ops[drafts[step.draft].op].op);
            let kept = |keeps: bool, at: usize| if keeps { value(at) } else { Slot::Nowhere };
            Step {
                op: draft.op,
                inputs: draft.inputs.iter().map(|&input| kept(op.keeps_input, input)).collect(),
                output: kept(op.keeps_output(), draft.output),
                output_grad: slot(step.output_grad),
                input_grads: step
                    .input_grads
                    .iter()
                    .map(|grad| grad.map_or((Slot::Nowhere, false), |(buffer, add)| (slot(buffer), add)))
                    .collect(),
            }
        });
        Plan {
            forward,
            backward: backward.collect(),
            output: arena.buffers[self.values[end].buffer.unwrap_or_default()].clone(),
            output_grad: arena.buffers[output_grad].clone(),
            ops: self.ops,
            arena_len: arena.len,
            arena_bound: arena.bound,
            statistics_len: self.statistics,
            side_by_side,
        }
    }

    /// The backward pass, from the last layer to the first.
    fn backward(&mut self, drafts: &[Draft]) -> Vec<Backward> {
        let mut steps = Vec::new();
        for (index, draft) in drafts.iter().enumerate().rev() {
            let Some(output_grad) = self.values[draft.output].grad.filter(|_| self.values[draft.output].wants_grad)
            else {
                continue;
            };
            let time = 2 * drafts.len() - index;
            let op = &self.ops[draft.op].op;
            let (keeps_input, keeps_output) = (op.keeps_input, op.keeps_output());
            self.touch(Some(output_grad), time);
            if keeps_output {
                self.touch(self.values[draft.output].buffer, time);
            }
            if keeps_input {
                for &input in &draft.inputs {
                    self.touch(self.values[input].buffer, time);
                }
            }
            let input_grads =
                draft.inputs.iter().map(|&input| self.values[input].wants_grad.then(|| self.grad(input, time)));
            let input_grads = input_grads.collect();
            steps.push(Backward { draft: index, output_grad, input_grads });
        }
        steps
    }
}

/// The forward pass, of values that lie where `slot` says.
fn forward_steps(drafts: &[Draft], slot: impl Fn(usize) -> Slot) -> Vec<Step> {
    let step = |draft: &Draft| Step {
        op: draft.op,
        inputs: draft.inputs.iter().map(|&input| slot(input)).collect(),
        output: slot(draft.output),
        output_grad: Slot::Nowhere,
        input_grads: Vec::new(),
    };
    drafts.iter().map(step).collect()
}

/// A step of the backward pass before the arena is laid out.
struct Backward {
    draft: usize,
    output_grad: usize,
    input_grads: Vec<Option<(usize, bool)>>,
}
