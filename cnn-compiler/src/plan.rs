//! [`ShapedNet`](crate::graph::ShapedNet) to [`Plan`]: the kernels in order, where their values lie, and how weights are packed.
//! No later stage decides anything.

mod arena;
mod display;
mod planner;
mod tile;
pub mod training;

use std::collections::HashSet;
use std::ops::Range;

pub use planner::{Planner, plan};
pub use tile::{Loads, Tile};

/// Values that a vector register holds, for every instruction set.
pub const LANES: u64 = 8;

/// Packed weights stand in groups of so many outputs, the values of the widest register.
pub const WIDEST: u64 = 16;

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
    /// A buffer in the arena, by index, from that float on.
    Buffer(usize, u64),
}

impl Place {
    /// The place `floats` further on.
    fn part(self, floats: u64) -> Place {
        match self {
            Place::Buffer(index, first) => Place::Buffer(index, first + floats),
            other => other,
        }
    }
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
    /// Channels of the output, all of which a kernel computes.
    Outputs(u64),
    /// Height and width.
    Pair([u64; 2]),
    /// Several sizes.
    Sizes(Vec<u64>),
    /// A number that need not be whole.
    Real(f32),
    /// A flag.
    Flag(bool),
    /// What follows, by the name of the runtime's `Activation`.
    Activation(&'static str),
    /// How the engine computes.
    Arithmetic,
    /// Who computes: all threads, where that is worth their while.
    Team {
        /// Whether it is in a net whose kernels are compiled for it alone.
        inline: bool,
        /// Whether it is in other nets.
        shared: bool,
    },
    /// No values.
    Nothing,
    /// A struct of the runtime's.
    Struct(&'static str, Vec<Field>),
    /// One of [`Plan::constants`], by index.
    Constant(usize),
    /// The same, for a kernel that knows it as a constant on all threads if it is compiled for a net alone.
    ConstantOnThreads(usize),
}

impl Operand {
    /// Which constant it is, if it is one.
    fn constant(&self) -> Option<usize> {
        match *self {
            Operand::Constant(index) | Operand::ConstantOnThreads(index) => Some(index),
            _ => None,
        }
    }
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

    /// Several sizes.
    pub fn sizes(name: &'static str, sizes: Vec<u64>) -> Field {
        Field { name, value: Operand::Sizes(sizes) }
    }

    /// Height and width.
    pub fn pair(name: &'static str, value: [u64; 2]) -> Field {
        Field { name, value: Operand::Pair(value) }
    }

    /// A number that need not be whole.
    pub fn real(name: &'static str, value: f32) -> Field {
        Field { name, value: Operand::Real(value) }
    }

    /// No activation yet.
    pub fn activation() -> Field {
        Field { name: "activation", value: Operand::Activation("Identity") }
    }

    /// How the engine computes.
    pub fn arithmetic() -> Field {
        Field { name: "arithmetic", value: Operand::Arithmetic }
    }

    /// Who does so many multiply-adds.
    pub fn team(macs: u64) -> Field {
        Field::team_of(macs, false)
    }

    /// Who does so many multiply-adds, in a kernel that is as fast on other threads where it is compiled for a net alone.
    pub fn team_in_any_net(macs: u64) -> Field {
        /// Half of these take twice as long as to call other threads and to wait for them.
        const WORTHWHILE: u64 = 40_000;
        Field::team_of(macs, macs >= WORTHWHILE)
    }

    fn team_of(macs: u64, inline: bool) -> Field {
        /// What takes one thread about as long as it takes to call others, several times over.
        const WORTHWHILE: u64 = 500_000;
        Field { name: "team", value: Operand::Team { inline, shared: macs >= WORTHWHILE } }
    }

    /// Nothing to be added to the output yet.
    pub fn residual() -> Field {
        Field { name: "residual", value: Operand::Nothing }
    }

    /// A struct of the runtime's.
    pub fn new(name: &'static str, ty: &'static str, fields: Vec<Field>) -> Field {
        Field { name, value: Operand::Struct(ty, fields) }
    }

    /// A flag.
    pub fn flag(name: &'static str, value: bool) -> Field {
        Field { name, value: Operand::Flag(value) }
    }
}

/// A struct that kernel and packing share.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name in emitted code: that of the first layer that has it.
    pub name: String,
    /// Its type.
    pub ty: &'static str,
    /// Its fields.
    pub fields: Vec<Field>,
}

impl Constant {
    /// The size that a field is; 0 where there is none.
    fn size(&self, name: &str) -> u64 {
        self.fields.iter().find(|field| field.name == name).map_or(0, |field| match field.value {
            Operand::Size(size) => size,
            _ => 0,
        })
    }
}

/// One call of a packing function, which lays parameters out for a kernel.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The function in the runtime.
    pub function: &'static str,
    /// Its first arguments.
    pub operands: Vec<Operand>,
    /// The tensors of the layer that follow them.
    pub tensors: &'static [Tensor],
    /// Floats of the packed weights.
    pub len: u64,
    /// Of outputs that are sums over weights of their own.
    pub sums: Option<Sums>,
}

/// What `fold_bn` takes: sums, each over its own weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sums {
    /// How many sums.
    pub count: u64,
    /// So many of the packed floats, from the first: a row of biases for each sixteen sums, then as many rows of what their
    /// products are multiplied by for each.
    pub len: u64,
}

/// A tensor that a packing function takes.
#[derive(Clone, Copy, Debug)]
pub enum Tensor {
    /// One that the layer has, by name.
    Own(&'static str),
    /// One that it may lack.
    Optional(&'static str),
}

/// Where a [`Tensor`] lies among the net's floats.
#[derive(Clone, Debug)]
pub enum PlacedTensor {
    /// As [`Tensor::Own`].
    Own(Range<u64>),
    /// As [`Tensor::Optional`].
    Optional(Option<Range<u64>>),
}

/// A [`Pack`] in its place.
#[derive(Clone, Debug)]
pub struct PlacedPack {
    /// What is called.
    pub pack: Pack,
    /// The layer's tensors, as the function takes them.
    pub tensors: Vec<PlacedTensor>,
    /// The packed weights.
    pub packed: Range<u64>,
}

/// Whether a step stores the largest of each 2 × 2 outputs in their place.
#[derive(Clone, Debug, PartialEq)]
pub enum Pooling {
    /// Its kernel does not know how.
    Never,
    /// It would outputs of this height and width, with these constant parameters.
    Possible([u64; 2], Vec<u64>),
    /// It does.
    Done,
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
    /// How its output lies.
    pub layout: Layout,
    /// Multiply-adds for one image.
    pub macs: u64,
    /// Floats that each thread needs for itself in it.
    pub scratch: u64,
    /// Whether it pools what it computes.
    pub pooling: Pooling,
    /// What it reads: the kernel's field, where, and how many floats.
    pub sources: Vec<(&'static str, Place, u64)>,
    /// Where it writes, and how many floats. Several steps may write one buffer.
    pub target: (Place, u64),
}

impl Step {
    /// Whether it adds other values to its output.
    fn adds(&self) -> bool {
        self.sources.iter().any(|(field, ..)| *field == "residual")
    }
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
    /// The most floats that a step needs for itself.
    pub scratch_len: u64,
    /// Whether kernels are compiled for this net alone, with all sizes constant.
    pub inline: bool,
    /// How the net is trained, and computed side by side.
    pub training: training::Plan,
}

/// The step of a plan during which most memory is in use.
#[derive(Clone, Debug)]
pub struct Peak<'a> {
    /// The step.
    pub step: &'a Step,
    /// All that is in use, in floats.
    pub floats: u64,
    /// The step that makes each of the values in use, and the floats that they take.
    pub values: Vec<(&'a Step, u64)>,
}

impl Plan {
    /// Floats of the memory that an engine needs beside weights and output: arena and scratch.
    pub fn memory(&self) -> u64 {
        self.arena_len + self.scratch_len
    }

    /// The constants that a step or the packing of its weights is given.
    pub fn used_constants(&self) -> impl Iterator<Item = &Constant> {
        let fields = self.steps.iter().flat_map(|step| &step.fields).map(|field| &field.value);
        let operands = fields.chain(self.packs.iter().flat_map(|placed| &placed.pack.operands));
        let used: HashSet<usize> = operands.filter_map(Operand::constant).collect();
        self.constants.iter().enumerate().filter(move |(index, _)| used.contains(index)).map(|(_, constant)| constant)
    }
}
