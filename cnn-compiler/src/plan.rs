//! [`ShapedNet`] to [`Plan`]: the kernels in order, where their values lie, and how weights are packed.
//! No later stage decides anything.

mod arena;
mod display;
mod tile;

use std::collections::HashSet;
use std::ops::Range;

pub use tile::Tile;

use crate::graph::{Feed, Shape, ShapedNet, ShapedNode, field_name};

/// Values that a vector register holds, for every instruction set.
pub const LANES: u64 = 8;

/// Nets below this many multiply-adds are compiled with all sizes as constants; larger ones share their kernels' code.
const MAX_INLINE_MACS: u64 = 1_000_000;

/// And nets of at most this many kernels, since each of them is compiled anew.
const MAX_INLINE_STEPS: usize = 64;

/// How the values of one image lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// C×H×W, PyTorch's order; also a vector.
    Planar,
    /// ⌈C/8⌉×H×W×8: eight channels of a pixel side by side.
    Blocked,
}

/// Whose memory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The caller's image.
    Input,
    /// The result.
    Output,
    /// A buffer in the arena, by index.
    Buffer(usize),
}

/// The values between two steps.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// Where they lie.
    pub place: Place,
    /// How they lie.
    pub layout: Layout,
    /// Channels; all values of a planar vector.
    pub channels: u64,
    /// Height × width; 1 for a planar vector.
    pub pixels: u64,
    /// Another layer reads them too, so that they have to stay as they are.
    shared: bool,
}

impl Value {
    /// The number of values, without unused lanes.
    pub fn len(&self) -> u64 {
        self.channels * self.pixels
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The floats that they take in memory.
    pub fn floats(&self) -> u64 {
        match self.layout {
            Layout::Planar => self.len(),
            Layout::Blocked => self.channels.next_multiple_of(LANES) * self.pixels,
        }
    }
}

/// Channels, height and width of feature maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Channels.
    pub channels: u64,
    /// Height.
    pub height: u64,
    /// Width.
    pub width: u64,
}

/// An argument of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A size.
    Size(u64),
    /// Height and width.
    Pair([u64; 2]),
    /// A number that need not be whole.
    Real(f32),
    /// A flag.
    Flag(bool),
    /// One of [`Plan::constants`], by index.
    Constant(usize),
}

/// A kernel's argument with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The field of the kernel's struct.
    pub name: &'static str,
    /// Its value.
    pub value: Operand,
}

impl Field {
    /// A size.
    pub fn size(name: &'static str, value: u64) -> Field {
        Field { name, value: Operand::Size(value) }
    }

    /// Height and width.
    pub fn pair(name: &'static str, value: [u64; 2]) -> Field {
        Field { name, value: Operand::Pair(value) }
    }

    /// A number that need not be whole.
    pub fn real(name: &'static str, value: f32) -> Field {
        Field { name, value: Operand::Real(value) }
    }

    /// A flag.
    pub fn flag(name: &'static str, value: bool) -> Field {
        Field { name, value: Operand::Flag(value) }
    }
}

/// A struct that kernel and packing share.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name in emitted code.
    pub name: String,
    /// Its type.
    pub ty: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// One call of a packing function, which lays parameters out for a kernel.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The function in the runtime.
    pub function: &'static str,
    /// Its first arguments.
    pub operands: Vec<Operand>,
    /// Whether a bias follows the weight.
    pub bias: bool,
    /// Floats of the packed weights.
    pub len: u64,
}

/// A [`Pack`] in its place.
#[derive(Clone, Debug)]
pub struct PlacedPack {
    /// What is called.
    pub pack: Pack,
    /// The weight among the parameters.
    pub weight: Range<u64>,
    /// The bias among the parameters.
    pub bias: Option<Range<u64>>,
    /// The packed weights.
    pub packed: Range<u64>,
}

/// One kernel.
#[derive(Clone, Debug)]
pub struct Step {
    /// The layers that it computes, for a reader.
    pub layers: Vec<String>,
    /// The kernel's struct in the runtime.
    pub kernel: &'static str,
    /// Its constant parameters: lanes, tile sizes.
    pub consts: Vec<u64>,
    /// Its arguments.
    pub fields: Vec<Field>,
    /// Its packed weights.
    pub weights: Option<Range<u64>>,
    /// What it reads: the kernel's field, where, and how many floats.
    pub sources: Vec<(&'static str, Place, u64)>,
    /// Where it writes, and how many floats. Several steps may write one buffer.
    pub target: (Place, u64),
}

/// What is emitted.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Shared structs.
    pub constants: Vec<Constant>,
    /// The packing of all weights.
    pub packs: Vec<PlacedPack>,
    /// The forward pass.
    pub steps: Vec<Step>,
    /// The arena range of each buffer, in floats.
    pub buffers: Vec<Range<u64>>,
    /// Floats of all packed weights.
    pub packed_len: u64,
    /// Floats of the arena.
    pub arena_len: u64,
    /// No arena could be smaller than this many floats.
    pub arena_bound: u64,
    /// Whether kernels are compiled for this net alone, with all sizes constant.
    pub inline: bool,
}

/// Plans a net. Its shapes are all known.
pub fn plan(net: &ShapedNet) -> Plan {
    let mut planner = Planner {
        node: None,
        branches: Vec::new(),
        value: Value { place: Place::Input, layout: Layout::Planar, channels: 0, pixels: 1, shared: false },
        values: Vec::new(),
        uses: uses(net),
        constants: Vec::new(),
        names: HashSet::new(),
        packs: Vec::new(),
        steps: Vec::new(),
        sizes: Vec::new(),
        params: 0,
        packed_len: 0,
    };
    planner.set_planar(net.input);
    let input = planner.value;
    for node in &net.nodes {
        planner.node = Some(node);
        planner.value = planner.fed(node.node.inputs[0], input);
        planner.branches = node.node.inputs.iter().map(|&feed| planner.fed(feed, input)).collect();
        node.node.layer.lower(&mut planner);
        planner.values.push(planner.value);
        planner.params += node.param_lens().sum::<u64>();
    }
    planner.value = planner.fed(net.end, input);
    planner.finish(net)
}

/// How many layers read the net's input, and the output of each layer.
fn uses(net: &ShapedNet) -> Vec<usize> {
    let mut uses = vec![0; net.nodes.len() + 1];
    for feed in net.nodes.iter().flat_map(|node| &node.node.inputs).chain([&net.end]) {
        match feed {
            Feed::Input => uses[net.nodes.len()] += 1,
            Feed::Node(index) => uses[*index] += 1,
        }
    }
    uses
}

/// What layers add their steps to.
pub struct Planner<'a> {
    node: Option<&'a ShapedNode>,
    /// The current values, to begin with the first input of the current layer.
    value: Value,
    /// All inputs of the current layer.
    branches: Vec<Value>,
    /// The outputs of the layers so far.
    values: Vec<Value>,
    /// How many layers read each output and, last, the net's input.
    uses: Vec<usize>,
    constants: Vec<Constant>,
    names: HashSet<String>,
    packs: Vec<PlacedPack>,
    steps: Vec<Step>,
    /// Floats of each buffer.
    sizes: Vec<u64>,
    /// Where the current layer's parameters start.
    params: u64,
    packed_len: u64,
}

/// What a layer asks.
impl Planner<'_> {
    /// The current values.
    pub fn value(&self) -> Value {
        self.value
    }

    /// The shape that arrives at the current layer.
    pub fn logical(&self) -> Shape {
        self.node.map_or(Shape::Unknown, |node| node.input)
    }

    /// The feature maps that arrive at the current layer.
    pub fn input_maps(&self) -> Geometry {
        geometry(self.logical())
    }

    /// The feature maps that leave the current layer.
    pub fn output_maps(&self) -> Geometry {
        geometry(self.output())
    }

    /// The number of values that leave the current layer.
    pub fn output_len(&self) -> u64 {
        self.output().len().unwrap_or(0)
    }

    fn output(&self) -> Shape {
        self.node.map_or(Shape::Unknown, |node| node.output)
    }
}

fn channel_fields(src_channel: u64, dst_channel: u64, channels: u64, pixels: u64) -> Vec<Field> {
    vec![
        Field::size("src_channel", src_channel),
        Field::size("dst_channel", dst_channel),
        Field::size("channels", channels),
        Field::size("pixels", pixels),
    ]
}

fn geometry(shape: Shape) -> Geometry {
    match shape {
        Shape::Maps([channels, height, width]) => {
            let [channels, height, width] = [channels, height, width].map(|size| size.unwrap_or(0));
            Geometry { channels, height, width }
        }
        other => Geometry { channels: other.len().unwrap_or(0), height: 1, width: 1 },
    }
}

/// What a layer says.
impl Planner<'_> {
    /// A struct that the current layer's kernel and packing share.
    pub fn constant(&mut self, ty: &'static str, fields: Vec<Field>) -> Operand {
        let mut name = self.node.map_or(String::new(), |node| field_name(&node.node.name).to_uppercase());
        while !self.names.insert(name.clone()) {
            name.push('_');
        }
        self.constants.push(Constant { name, ty, fields });
        Operand::Constant(self.constants.len() - 1)
    }

    /// Packs the current layer's weight and bias, its first two tensors.
    pub fn pack(&mut self, pack: Pack) -> Range<u64> {
        let lens = self.node.into_iter().flat_map(ShapedNode::param_lens);
        let mut start = self.params;
        let mut ranges = lens.map(|len| {
            let range = start..start + len;
            start += len;
            range
        });
        let weight = ranges.next().unwrap_or_default();
        let bias = ranges.next().filter(|_| pack.bias);
        let packed = self.packed_len..self.packed_len + pack.len;
        self.packed_len = arena::aligned(packed.end);
        self.packs.push(PlacedPack { pack, weight, bias, packed: packed.clone() });
        packed
    }

    /// Computes the current layer's output into a new buffer.
    pub fn step(
        &mut self,
        kernel: &'static str,
        consts: Vec<u64>,
        fields: Vec<Field>,
        weights: Option<Range<u64>>,
        layout: Layout,
    ) {
        let target = match (self.output(), layout) {
            (Shape::Vector(_), Layout::Planar) => {
                Value { channels: self.output_len(), pixels: 1, layout, ..self.value }
            }
            _ => {
                let Geometry { channels, height, width } = self.output_maps();
                Value { channels, pixels: height * width, layout, ..self.value }
            }
        };
        self.push(kernel, consts, fields, weights, target);
    }

    /// Computes the current layer value by value, as they lie, into a new buffer.
    pub fn elementwise(&mut self, kernel: &'static str, fields: Vec<Field>, weights: Option<Range<u64>>) {
        self.push(kernel, Vec::new(), fields, weights, self.value);
    }

    /// The values that the current layer joins, all in one layout: blocks for feature maps, PyTorch's order for vectors.
    pub fn gather(&mut self) -> Vec<Value> {
        let maps = matches!(self.output(), Shape::Maps(_));
        let branches = std::mem::take(&mut self.branches);
        let laid_out = branches.into_iter().map(|value| {
            self.value = value;
            if maps {
                self.make_blocked()
            } else {
                self.make_planar()
            }
            self.value
        });
        laid_out.collect()
    }

    /// Computes the current layer's output from several values that lie alike.
    pub fn join(&mut self, kernel: &'static str, fields: Vec<Field>, sources: &[(&'static str, Value)]) {
        self.value = self.allocate(Value { shared: false, ..sources[0].1 });
        self.push_into(kernel, Vec::new(), fields, None, sources);
    }

    /// Puts the channels of the current layer's branches behind one another.
    pub fn concatenate(&mut self) {
        let mut branches = self.gather();
        let Geometry { channels, height, width } = self.output_maps();
        let pixels = height * width;
        // A vector is one pixel.
        for value in branches.iter_mut().filter(|value| value.layout == Layout::Planar) {
            self.value = Value { channels: value.len(), pixels: 1, ..*value };
            self.make_blocked();
            *value = self.value;
        }
        self.value = self.allocate(Value { layout: Layout::Blocked, channels, pixels, ..self.value });
        let mut first = 0;
        for branch in branches {
            let fields = channel_fields(0, first, branch.channels, pixels);
            self.push_into("CopyChannels", Vec::new(), fields, None, &[("src", branch)]);
            first += branch.channels;
        }
    }

    /// Takes the current layer's channels out of a blocked value, from `first` on.
    pub fn slice(&mut self, first: u64) {
        let Geometry { channels, height, width } = self.output_maps();
        let target = Value { channels, pixels: height * width, ..self.value };
        self.push("CopyChannels", Vec::new(), channel_fields(first, 0, channels, height * width), None, target);
    }

    /// Lets the last step compute `relu` as well; false where it cannot.
    pub fn fuse_relu(&mut self) -> bool {
        if self.value.shared {
            return false;
        }
        let producer = self.steps.iter_mut().rfind(|step| step.target.0 == self.value.place);
        let Some(last) = producer else { return false };
        let Some(relu) = last.fields.iter_mut().find(|field| field.name == "relu") else { return false };
        relu.value = Operand::Flag(true);
        last.layers.extend(self.node.map(|node| node.node.name.clone()));
        true
    }

    /// The same values under another shape: nothing moves unless their order in memory depends on the old one.
    pub fn reinterpret(&mut self) {
        match self.output() {
            Shape::Maps(_) => {
                let Geometry { channels, height, width } = self.output_maps();
                if (self.value.channels, self.value.pixels) != (channels, height * width) {
                    self.make_planar();
                    self.set_planar(self.output());
                }
            }
            output if self.value.layout == Layout::Planar => self.set_planar(output),
            // The layer that reads a blocked vector knows its order.
            _ => {}
        }
    }

    /// Brings the values into PyTorch's order.
    pub fn make_planar(&mut self) {
        if self.value.layout == Layout::Blocked {
            let target = Value { layout: Layout::Planar, ..self.value };
            // The blocks of a single pixel are its channels in order.
            if target.pixels == 1 { self.value = target } else { self.rearrange("Unblock", target) }
        }
    }

    /// Brings feature maps into blocks of eight channels.
    pub fn make_blocked(&mut self) {
        if self.value.layout == Layout::Planar {
            self.rearrange("Block", Value { layout: Layout::Blocked, ..self.value });
        }
    }

    fn rearrange(&mut self, kernel: &'static str, target: Value) {
        let fields = vec![Field::size("channels", target.channels), Field::size("pixels", target.pixels)];
        self.push(kernel, Vec::new(), fields, None, target);
    }

    /// Copies the current layer's input into a frame of zeros of `height` × `width`.
    pub fn pad(&mut self, [top, left]: [u64; 2], [height, width]: [u64; 2]) {
        let image = self.input_maps();
        let (blocks, lanes) = match self.value.layout {
            Layout::Planar => (image.channels, 1),
            Layout::Blocked => (image.channels.div_ceil(LANES), LANES),
        };
        let fields = vec![
            Field::size("blocks", blocks),
            Field::size("height", image.height),
            Field::size("width", image.width),
            Field::size("top", top),
            Field::size("left", left),
            Field::size("padded_height", height),
            Field::size("padded_width", width),
        ];
        let target = Value { channels: image.channels, pixels: height * width, ..self.value };
        self.push("Pad", vec![lanes], fields, None, target);
    }
}

impl<'a> Planner<'a> {
    fn set_planar(&mut self, shape: Shape) {
        let Geometry { channels, height, width } = geometry(shape);
        self.value = Value { layout: Layout::Planar, channels, pixels: height * width, ..self.value };
    }

    /// What a layer receives from `feed`.
    fn fed(&self, feed: Feed, input: Value) -> Value {
        let (value, uses) = match feed {
            Feed::Input => (input, self.uses[self.uses.len() - 1]),
            Feed::Node(index) => (self.values[index], self.uses[index]),
        };
        Value { shared: value.shared || uses > 1, ..value }
    }

    fn push(
        &mut self,
        kernel: &'static str,
        consts: Vec<u64>,
        fields: Vec<Field>,
        weights: Option<Range<u64>>,
        target: Value,
    ) {
        let sources = vec![("src", self.value)];
        self.value = self.allocate(target);
        self.push_into(kernel, consts, fields, weights, &sources);
    }

    /// A new buffer for a value.
    fn allocate(&mut self, value: Value) -> Value {
        self.sizes.push(value.floats());
        Value { place: Place::Buffer(self.sizes.len() - 1), shared: false, ..value }
    }

    /// A step that writes the current value's buffer.
    fn push_into(
        &mut self,
        kernel: &'static str,
        consts: Vec<u64>,
        fields: Vec<Field>,
        weights: Option<Range<u64>>,
        sources: &[(&'static str, Value)],
    ) {
        self.steps.push(Step {
            layers: self.node.iter().map(|node| node.node.name.clone()).collect(),
            kernel,
            consts,
            fields,
            weights,
            sources: sources.iter().map(|(name, value)| (*name, value.place, value.floats())).collect(),
            target: (self.value.place, self.value.floats()),
        });
    }

    /// Brings the values to the output and lays out the arena.
    fn finish(mut self, net: &'a ShapedNet) -> Plan {
        self.node = net.nodes.last();
        self.make_planar();
        let target = (self.value.place, self.value.len());
        let only = |step: &&mut Step| step.target == target;
        let writes = self.steps.iter().filter(|step| step.target.0 == target.0).count();
        match self.steps.iter_mut().find(only) {
            Some(last) if writes == 1 && !self.value.shared => last.target.0 = Place::Output,
            _ => {
                self.push("Copy", Vec::new(), Vec::new(), None, self.value);
                self.steps.last_mut().expect("one was pushed").target.0 = Place::Output;
            }
        }
        let arena = arena::lay_out(&self.steps, &self.sizes);
        let inline = net.macs < MAX_INLINE_MACS && self.steps.len() <= MAX_INLINE_STEPS;
        Plan {
            constants: self.constants,
            packs: self.packs,
            steps: self.steps,
            buffers: arena.buffers,
            packed_len: self.packed_len,
            arena_len: arena.len,
            arena_bound: arena.bound,
            inline,
        }
    }
}
