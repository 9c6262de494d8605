//! What layers add their steps to.

mod turns;

use std::collections::HashSet;
use std::ops::Range;

use super::{
    Constant, Field, Geometry, LANES, Layout, Operand, Pack, Place, PlacedPack, PlacedTensor, Plan, Pooling, Step,
    Tensor, Value, arena, training,
};
use crate::graph::{Feed, Param, Shape, ShapedNet, ShapedNode, field_name};

/// Nets below this many multiply-adds are compiled with all sizes as constants; larger ones share their kernels' code.
const MAX_INLINE_MACS: u64 = 1_000_000;

/// And nets of at most this many kernels, since each of them is compiled anew.
const MAX_INLINE_STEPS: usize = 64;

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
        last_packs: Vec::new(),
        steps: Vec::new(),
        sizes: Vec::new(),
        params: 0,
        buffers: net.param_count,
        packed_len: 0,
        saved: 0,
        small: net.macs < MAX_INLINE_MACS,
    };
    planner.set_planar(net.input);
    let input = planner.value;
    for node in &net.nodes {
        planner.node = Some(node);
        planner.value = planner.fed(node.node.inputs[0], input);
        planner.branches = node.node.inputs.iter().map(|&feed| planner.fed(feed, input)).collect();
        node.node.layer.lower(&mut planner);
        planner.values.push(planner.value);
        planner.params += lens(&node.params).sum::<u64>();
        planner.buffers += lens(&node.buffers).sum::<u64>();
    }
    planner.value = planner.fed(net.end, input);
    planner.finish(net)
}

/// The values of each of a layer's tensors.
fn lens(tensors: &[Param]) -> impl Iterator<Item = u64> {
    tensors.iter().map(|tensor| tensor.len().unwrap_or(0))
}

/// How many layers read the net's input, and the output of each layer.
pub(super) fn uses(net: &ShapedNet) -> Vec<usize> {
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
    /// What follows all of `packs`.
    last_packs: Vec<PlacedPack>,
    steps: Vec<Step>,
    /// Floats of each buffer.
    sizes: Vec<u64>,
    /// Where the current layer's parameters start.
    params: u64,
    /// Where its buffers start, behind all parameters.
    buffers: u64,
    packed_len: u64,
    /// Multiply-adds that the net's definition takes, and the steps do not.
    saved: u64,
    /// The net takes so few multiply-adds that its kernels may be compiled for it alone.
    small: bool,
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

    /// Whether the sizes of the net's kernels are constants, unless there are too many kernels.
    pub fn is_small(&self) -> bool {
        self.small
    }

    /// The multiply-adds of the current layer.
    pub fn macs(&self) -> u64 {
        self.node.map_or(0, |node| node.macs)
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

pub(super) fn geometry(shape: Shape) -> Geometry {
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
    /// A struct that the current layer's kernel and packing share, and other layers of the same sizes.
    pub fn constant(&mut self, ty: &'static str, fields: Vec<Field>) -> Operand {
        let name = self.node.map_or(String::new(), |node| field_name(&node.node.name).to_uppercase());
        Operand::Constant(self.add_constant(Constant { name, ty, fields }))
    }

    /// The index of a constant like this one, or of this one, with a name that no other has.
    fn add_constant(&mut self, mut constant: Constant) -> usize {
        let like = |other: &Constant| (other.ty, &other.fields) == (constant.ty, &constant.fields);
        if let Some(same) = self.constants.iter().position(like) {
            return same;
        }
        while !self.names.insert(constant.name.clone()) {
            constant.name.push('_');
        }
        self.constants.push(constant);
        self.constants.len() - 1
    }

    /// Packs tensors of the current layer.
    pub fn pack(&mut self, pack: Pack) -> Range<u64> {
        let packed = self.packed_len..self.packed_len + pack.len;
        self.packed_len = arena::aligned(packed.end);
        self.pack_into(packed.clone(), pack);
        packed
    }

    /// Packs weights once more, when all else is packed.
    pub fn pack_last(&mut self, packed: Range<u64>, pack: Pack) {
        self.last_packs.push(PlacedPack { pack, tensors: Vec::new(), packed });
    }

    /// Lets the weights of the last step scale and shift each of its `channels` sums, as `fold` does with the weights
    /// in their place; false where the current values are no such sums.
    pub fn fold(&mut self, channels: u64, fold: Pack) -> bool {
        let Some(at) = self.producer() else { return false };
        let step = &self.steps[at];
        let untouched = step.fields.contains(&Field::activation()) && !step.adds();
        let pack = self.packs.iter().find(|pack| Some(&pack.packed) == step.weights.as_ref());
        let (Some(weights), Some(sums)) = (&step.weights, pack.and_then(|pack| pack.pack.sums)) else { return false };
        if !untouched || sums.count != channels || self.value.channels != channels {
            return false;
        }
        self.pack_into(weights.start..weights.start + sums.len, fold);
        self.join_last(at);
        true
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

    /// Gives each thread memory of its own in the last step.
    pub fn scratch(&mut self, floats: u64) {
        if let Some(last) = self.steps.last_mut() {
            last.scratch = floats;
        }
    }

    /// Lets the last step pool its outputs, with these constant parameters, if a layer asks for it.
    pub fn may_pool(&mut self, consts: Vec<u64>) {
        let Geometry { height, width, .. } = self.output_maps();
        if let Some(last) = self.steps.last_mut() {
            last.pooling = Pooling::Possible([height, width], consts);
        }
    }

    /// The current layer is computed with so many multiply-adds less than it is defined with.
    pub fn saves(&mut self, macs: u64) {
        self.saved = self.saved.saturating_add(macs);
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
        let whole = self.value;
        let mut first: u64 = 0;
        for at in 0..branches.len() {
            let branch = branches[at];
            let channels = branch.channels;
            // A branch that has its blocks to itself is made where it belongs, and the others are copied.
            let alone = first.is_multiple_of(LANES) && (channels.is_multiple_of(LANES) || at + 1 == branches.len());
            if !(alone && self.relocate(branch, whole.place.part(first * pixels), &mut branches)) {
                let blocks = (first + channels).div_ceil(LANES) - first / LANES;
                let part = Value { channels: blocks * LANES, ..whole };
                self.value = Value { place: whole.place.part(first / LANES * LANES * pixels), ..part };
                let fields = channel_fields(0, first % LANES, channels, pixels);
                self.push_into("CopyChannels", Vec::new(), fields, None, &[("src", branch)]);
            }
            first += channels;
        }
        self.value = whole;
    }

    /// Lets a value that fills a buffer be made, and read, at `target` in another one; false where it has to be copied there.
    fn relocate(&mut self, value: Value, target: Place, branches: &mut [Value]) -> bool {
        let Place::Buffer(old, 0) = value.place else { return false };
        if self.sizes[old] != value.floats() {
            return false;
        }
        let steps = self.steps.iter_mut();
        let places =
            steps.flat_map(|step| step.sources.iter_mut().map(|(_, place, _)| place).chain([&mut step.target.0]));
        let values = self.values.iter_mut().chain(branches).map(|value| &mut value.place);
        for place in places.chain(values) {
            match *place {
                Place::Buffer(buffer, from) if buffer == old => *place = target.part(from),
                _ => {}
            }
        }
        true
    }

    /// Takes the current layer's channels out of a blocked value, from `first` on.
    pub fn slice(&mut self, first: u64) {
        let Geometry { channels, height, width } = self.output_maps();
        let target = Value { channels, pixels: height * width, ..self.value };
        self.push("CopyChannels", Vec::new(), channel_fields(first, 0, channels, height * width), None, target);
    }

    /// Lets the step that made the current values apply an activation before it stores them; false where it cannot.
    pub fn fuse_activation(&mut self, name: &'static str) -> bool {
        let Some(at) = self.producer() else { return false };
        let free = Field::activation();
        let Some(field) = self.steps[at].fields.iter_mut().find(|field| **field == free) else { return false };
        field.value = Operand::Activation(name);
        self.join_last(at);
        true
    }

    /// Lets the step that made the current values store the largest of each 2 × 2 of them instead; false where it cannot.
    pub fn fuse_pool(&mut self) -> bool {
        let Some(at) = self.producer() else { return false };
        let (image, Geometry { height, width, .. }) = (self.input_maps(), self.output_maps());
        let step = &mut self.steps[at];
        let (Pooling::Possible(size, consts), Place::Buffer(buffer, 0)) = (&step.pooling, step.target.0) else {
            return false;
        };
        // The same values may have become another image.
        if *size != [image.height, image.width] || step.adds() || step.target.1 != self.sizes[buffer] {
            return false;
        }
        step.consts = consts.clone();
        step.pooling = Pooling::Done;
        self.value.pixels = height * width;
        step.target.1 = self.value.floats();
        self.sizes[buffer] = step.target.1;
        self.join_last(at);
        true
    }

    /// Lets the step that made the later of two values, which lie alike, add the other one before it stores it; false where it
    /// cannot.
    pub fn add_into(&mut self, a: Value, b: Value) -> bool {
        let writer = |value: Value| self.steps.iter().rposition(|step| step.target.0 == value.place);
        let (last, other) = if writer(a) > writer(b) { (a, b) } else { (b, a) };
        self.value = last;
        let Some(at) = self.producer() else { return false };
        let step = &mut self.steps[at];
        let residual = step.fields.iter().position(|field| *field == Field::residual());
        let free = step.fields.contains(&Field::activation()) && step.target.1 == other.floats();
        let (Some(residual), true) = (residual, free) else { return false };
        step.fields.remove(residual);
        step.sources.push(("residual", other.place, other.floats()));
        self.join_last(at);
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
            // To copy a value takes about as long as ten products.
            Field::team((10 * blocks * lanes).saturating_mul(height * width)),
        ];
        self.reframe("Pad", vec![lanes], fields, height * width);
    }

    /// Moves the current layer's input into a frame of so many pixels.
    pub fn reframe(&mut self, kernel: &'static str, consts: Vec<u64>, fields: Vec<Field>, pixels: u64) {
        let target = Value { channels: self.input_maps().channels, pixels, ..self.value };
        self.push(kernel, consts, fields, None, target);
    }
}

impl<'a> Planner<'a> {
    /// The step that wrote the current values by itself as it computed them, where no other layer reads them.
    fn producer(&self) -> Option<usize> {
        let Place::Buffer(buffer, _) = self.value.place else { return None };
        let writes = |step: &Step| matches!(step.target.0, Place::Buffer(other, _) if other == buffer);
        let mut writers = (0..self.steps.len()).filter(|&at| writes(&self.steps[at]));
        match (writers.next(), writers.next()) {
            (Some(only), None) if !self.value.shared && self.steps[only].pooling != Pooling::Done => Some(only),
            _ => None,
        }
    }

    /// Step `at` computes the current layer as well.
    fn join_last(&mut self, at: usize) {
        self.steps[at].layers.extend(self.node.map(|node| node.node.name.clone()));
    }

    fn pack_into(&mut self, packed: Range<u64>, pack: Pack) {
        let tensors = pack.tensors.iter().map(|tensor| match *tensor {
            Tensor::Own(name) => PlacedTensor::Own(self.tensor(name).unwrap_or_default()),
            Tensor::Optional(name) => PlacedTensor::Optional(self.tensor(name)),
        });
        let tensors = tensors.collect();
        self.packs.push(PlacedPack { pack, tensors, packed });
    }

    /// Where a tensor of the current layer lies among the net's floats.
    fn tensor(&self, name: &str) -> Option<Range<u64>> {
        let node = self.node?;
        [(&node.params, self.params), (&node.buffers, self.buffers)].into_iter().find_map(|(tensors, first)| {
            let at = tensors.iter().position(|tensor| tensor.tensor == name)?;
            let start = first + lens(&tensors[..at]).sum::<u64>();
            Some(start..start + lens(&tensors[at..=at]).sum::<u64>())
        })
    }

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
        Value { place: Place::Buffer(self.sizes.len() - 1, 0), shared: false, ..value }
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
            layout: self.value.layout,
            // Of a layer's steps, the one with the weights computes.
            macs: if weights.is_some() { self.macs() } else { 0 },
            weights,
            scratch: 0,
            pooling: Pooling::Never,
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
        self.take_turns();
        self.packs.append(&mut self.last_packs);
        let scratch_len = self.steps.iter().map(|step| step.scratch).max().unwrap_or(0);
        let arena = arena::of_steps(&self.steps, &self.sizes);
        let inline = self.small && self.steps.len() <= MAX_INLINE_STEPS;
        let mut training = training::plan(net);
        // Operations side by side are those of the definition, and use all lanes; Winograd's algorithm may save more than that.
        let worthwhile = inline && self.saved <= net.macs / 4;
        training.side_by_side = training.side_by_side.filter(|plan| worthwhile && plan.is_small());
        Plan {
            constants: self.constants,
            packs: self.packs,
            steps: self.steps,
            buffers: arena.buffers,
            packed_len: self.packed_len,
            arena_len: arena.len,
            arena_bound: arena.bound,
            scratch_len,
            inline,
            training,
        }
    }
}
