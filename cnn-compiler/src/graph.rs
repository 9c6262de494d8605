//! What the stages after the parser hand on: layers in order, with their arguments evaluated, then with their shapes.

use std::fmt;

use crate::layers::{Kind, Layer, Opt};
use crate::source::Span;
use crate::syntax::{Checks, Name};

/// A size; None where an earlier error, or the input that is still to be inferred, hides it.
pub type Dim = Option<u64>;

/// The shape of one image's values between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing is known.
    Unknown,
    /// A vector of so many values.
    Vector(Dim),
    /// Feature maps: channels, height, width.
    Maps([Dim; 3]),
}

impl Shape {
    /// The number of values, if it is known and below 2^63.
    pub fn len(&self) -> Dim {
        match *self {
            Shape::Unknown => None,
            Shape::Vector(n) => n,
            Shape::Maps([c, h, w]) => c?.checked_mul(h?)?.checked_mul(w?).filter(|&n| n < 1 << 63),
        }
    }

    /// Whether the shape is known to have no value.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether every size is known.
    pub fn is_known(&self) -> bool {
        match self {
            Shape::Unknown => false,
            Shape::Vector(n) => n.is_some(),
            Shape::Maps(sizes) => sizes.iter().all(Option::is_some),
        }
    }

    /// The same shape with its sizes forgotten, channels excepted.
    pub fn blurred(&self) -> Shape {
        match *self {
            Shape::Maps([c, _, _]) => Shape::Maps([c, None, None]),
            _ => Shape::Unknown,
        }
    }

    /// The same shape if it is known, else what a fault leaves of it.
    pub fn blurred_unless_known(&self) -> Shape {
        if self.is_known() { *self } else { self.blurred() }
    }

    /// Whether the two cannot be the same shape.
    pub fn contradicts(&self, other: &Shape) -> bool {
        let differ = |a: Dim, b: Dim| a.is_some() && b.is_some() && a != b;
        match (self, other) {
            (Shape::Unknown, _) | (_, Shape::Unknown) => false,
            (Shape::Vector(a), Shape::Vector(b)) => differ(*a, *b),
            (Shape::Maps(a), Shape::Maps(b)) => a.iter().zip(b).any(|(a, b)| differ(*a, *b)),
            _ => true,
        }
    }

    /// As it is written in Rust source: `3x7x7`.
    pub fn spelled(&self) -> String {
        self.to_string().replace('×', "x")
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dim = |dim: Dim| dim.map_or("?".to_owned(), |n| n.to_string());
        match *self {
            Shape::Unknown => f.pad("?"),
            Shape::Vector(n) => f.pad(&dim(n)),
            Shape::Maps([c, h, w]) => f.pad(&format!("{}×{}×{}", dim(c), dim(h), dim(w))),
        }
    }
}

/// The evaluated arguments of one layer.
#[derive(Clone, Debug)]
pub struct Args {
    /// `3 -> 9`, each with its tokens; None for `_`.
    pub flow: Option<[(Dim, Span); 2]>,
    /// The sizes of `view` and `reshape`; None for `_`.
    pub sizes: Vec<(Option<i64>, Span)>,
    /// `k3`, `nobias`.
    pub options: Vec<(&'static Opt, [u64; 2], Span)>,
    /// `slope = 0.2`.
    pub reals: Vec<(&'static Opt, f32, Span)>,
    /// Name and parentheses.
    pub span: Span,
    /// An argument was reported: what follows from this layer's sizes is not to be reported again.
    pub faulty: bool,
}

impl Args {
    /// The value of an option as height and width, and its tokens.
    pub fn option(&self, name: &str) -> Option<([u64; 2], Span)> {
        self.options.iter().find(|(opt, ..)| opt.name == name).map(|&(_, value, span)| (value, span))
    }

    /// The value of an option that need not be whole, and its tokens.
    pub fn real(&self, name: &str) -> Option<(f32, Span)> {
        self.reals.iter().find(|(opt, ..)| opt.name == name).map(|&(_, value, span)| (value, span))
    }

    /// The value of an option, or `default` in both directions.
    pub fn pair(&self, name: &str, default: u64) -> [u64; 2] {
        self.option(name).map_or([default; 2], |(value, _)| value)
    }

    /// Whether a flag stands.
    pub fn flag(&self, name: &str) -> bool {
        self.option(name).is_some()
    }

    /// The tokens of an option, or of the whole layer where it is not written.
    pub fn span_of(&self, name: &str) -> Span {
        self.option(name).map_or(self.span, |(_, span)| span)
    }
}

/// Where an input of a layer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// The net's input.
    Input,
    /// The output of an earlier layer, by index.
    Node(usize),
}

/// A layer in its place, before shapes are known.
#[derive(Debug)]
pub struct Node {
    /// Its inputs: one, or the ends of the branches that it joins.
    pub inputs: Vec<Feed>,
    /// `layer1.0.conv1`.
    pub name: String,
    /// The label, or the layer's name where it has none.
    pub name_span: Span,
    /// The layer's own name in the source: `conv`.
    pub call: Name,
    /// What kind it is; None where the name is unknown.
    pub kind: Option<&'static Kind>,
    /// The layer itself.
    pub layer: Box<dyn Layer>,
    /// Its arguments were at fault: sizes that follow from them are unknown.
    pub faulty: bool,
    /// Its arguments could not even be read: it is not checked further.
    pub unreadable: bool,
}

/// What stands before a net's layers.
#[derive(Clone, Debug)]
pub struct Header {
    /// Attributes, each with its `#`.
    pub attributes: Vec<Span>,
    /// What the language's own attributes ask.
    pub checks: Checks,
    /// `pub`.
    pub visibility: Option<Span>,
    /// None for a nameless net.
    pub name: Option<Name>,
    /// What a nameless net is called that is a file of its own.
    pub file_name: Option<String>,
    /// The input, if it is written.
    pub input: Option<(Shape, Span)>,
    /// The output, if it is written.
    pub output: Option<(Shape, Span)>,
    /// The name, or the first token of a nameless net.
    pub span: Span,
}

impl Header {
    /// The net's name for messages.
    pub fn title(&self) -> String {
        self.name.as_ref().map_or("this net".to_owned(), |name| format!("`{}`", name.text))
    }
}

/// A net before shapes are known.
#[derive(Debug)]
pub struct Net {
    /// What stands before the layers.
    pub header: Header,
    /// All layers; each stands behind its inputs.
    pub nodes: Vec<Node>,
    /// The result.
    pub end: Feed,
}

/// A tensor of parameters, or a buffer: what a layer keeps beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// `weight`, `bias`; `running_mean`.
    pub tensor: &'static str,
    /// Its shape in PyTorch's order; a None was hidden by an error.
    pub shape: Vec<Dim>,
    /// PyTorch's default initialisation.
    pub init: Init,
}

/// What a tensor holds before training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Init {
    /// Values uniform in ±1/√n, n being how many inputs one output value sums over.
    Uniform(Dim),
    /// The same value everywhere.
    Constant(f32),
}

impl Param {
    /// The tensor's name in weight files, of the layer `layer`: `conv1.weight`.
    pub fn full_name(&self, layer: &str) -> String {
        if self.tensor.is_empty() { layer.to_owned() } else { format!("{layer}.{}", self.tensor) }
    }

    /// The number of values, if it is known and below 2^63.
    pub fn len(&self) -> Dim {
        self.shape.iter().try_fold(1u64, |n, &dim| n.checked_mul(dim?)).filter(|&n| n < 1 << 63)
    }

    /// Whether the tensor is known to have no value.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

/// A layer with its shapes.
#[derive(Debug)]
pub struct ShapedNode {
    /// The layer.
    pub node: Node,
    /// What arrives; of a join, from its first branch.
    pub input: Shape,
    /// What leaves.
    pub output: Shape,
    /// Its parameters, in PyTorch's order.
    pub params: Vec<Param>,
    /// Its buffers, in PyTorch's order.
    pub buffers: Vec<Param>,
    /// Multiply-adds for one image.
    pub macs: u64,
}

impl ShapedNode {
    /// The values of each of its parameters.
    pub fn param_lens(&self) -> impl Iterator<Item = u64> {
        self.params.iter().map(|param| param.len().unwrap_or(0))
    }
}

/// A net with its shapes.
#[derive(Debug)]
pub struct ShapedNet {
    /// What stands before the layers.
    pub header: Header,
    /// Shape of one image.
    pub input: Shape,
    /// Shape of one result.
    pub output: Shape,
    /// The layers.
    pub nodes: Vec<ShapedNode>,
    /// The result.
    pub end: Feed,
    /// Number of parameters, buffers not counted.
    pub param_count: u64,
    /// Multiply-adds for one image.
    pub macs: u64,
}

impl ShapedNet {
    /// Whether the net stands in Rust source as an expression: it has no name.
    pub fn is_expression(&self) -> bool {
        self.header.name.is_none() && self.header.file_name.is_none()
    }
}

/// The field that holds a layer's parameters: its name with `_` for `.` and `-`, a valid Rust identifier.
pub fn field_name(name: &str) -> String {
    let field = name.trim_start_matches("r#").replace(['.', '-'], "_");
    if field.starts_with(|c: char| c.is_ascii_digit()) { format!("_{field}") } else { field }
}
