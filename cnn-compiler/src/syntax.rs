//! The tree of what was written. Every node keeps its tokens.

use crate::source::Span;
use crate::weights::WeightFile;

/// A macro call or a `.cnn` file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The blocks, in order.
    pub blocks: Vec<Block>,
    /// The nets, in order; a nameless one stands alone.
    pub nets: Vec<Net>,
}

/// A name and its tokens; `layer1.0.conv1` is one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// As written, without spaces.
    pub text: String,
    /// Its tokens.
    pub span: Span,
}

/// `pub DummyNet(3x7x7) -> 10 { … }`, or a body alone.
#[derive(Clone, Debug)]
pub struct Net {
    /// Attributes and doc comments, each with its `#`.
    pub attributes: Vec<Span>,
    /// What the language's own attributes ask.
    pub checks: Checks,
    /// `pub`, `pub(crate)`.
    pub visibility: Option<Span>,
    /// None for a nameless net.
    pub name: Option<Name>,
    /// `(3x7x7)`.
    pub input: Option<Dims>,
    /// `-> 10`.
    pub output: Option<Dims>,
    /// The layers.
    pub body: Vec<Node>,
    /// The header, or the first token of a body.
    pub span: Span,
    /// Something in it could not be read; it was reported.
    pub faulty: bool,
}

/// What a net has to satisfy beyond its own arithmetic, by the attributes before it.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    /// `#[budget(…)]`; each figure once.
    pub limits: Vec<Limit>,
    /// `#[weights("net.safetensors")]`.
    pub weights: Option<Weights>,
}

/// `weights("net.safetensors", embed)`.
#[derive(Clone, Debug)]
pub struct Weights {
    /// The path as it was written.
    pub path: String,
    /// Its tokens.
    pub span: Span,
    /// Whether the file becomes a part of the program.
    pub embed: bool,
    /// What the file holds; None where it could not be read, which was reported.
    pub file: Option<WeightFile>,
}

/// `params <= 10K`.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What is limited.
    pub figure: Figure,
    /// The most that it may be.
    pub most: u64,
    /// Its tokens.
    pub span: Span,
}

/// A number that a budget may limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// How many parameters there are.
    Params,
    /// Multiply-adds for one image.
    Macs,
    /// Bytes for intermediate values.
    Arena,
}

impl Figure {
    /// All of them.
    pub const ALL: [Figure; 3] = [Figure::Params, Figure::Macs, Figure::Arena];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Figure::Params => "params",
            Figure::Macs => "macs",
            Figure::Arena => "arena",
        }
    }

    /// What `K` stands for: bytes are counted by 1024.
    pub fn kilo(self) -> u128 {
        if self == Figure::Arena { 1024 } else { 1000 }
    }
}

/// `block basic(c, s) { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// `basic`.
    pub name: Name,
    /// `c`, `s`.
    pub params: Vec<Name>,
    /// The layers.
    pub body: Vec<Node>,
}

/// A layer, a block's use or a group, with its label and its repetition.
#[derive(Clone, Debug)]
pub struct Node {
    /// `conv1:`.
    pub label: Option<Name>,
    /// What stands there.
    pub kind: NodeKind,
    /// `* 2`.
    pub repeat: Option<Expr>,
    /// All of it.
    pub span: Span,
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `conv(3 -> 9, k3)`, `relu`.
    Call(Call),
    /// `{ conv(9 -> 9, k3) relu }`.
    Group(Vec<Node>),
    /// What could not be read; it was reported.
    Error,
}

/// A layer, a block's use, or a combinator with its branches.
#[derive(Clone, Debug)]
pub struct Call {
    /// `conv`.
    pub name: Name,
    /// What stands between the parentheses.
    pub args: Vec<Arg>,
    /// Name and parentheses.
    pub span: Span,
    /// An argument could not be read; it was reported.
    pub faulty: bool,
    /// `{ a | b }`, of a combinator.
    pub branches: Vec<Vec<Node>>,
    /// `else { … }`, of a `residual`.
    pub otherwise: Option<Vec<Node>>,
}

impl Call {
    /// The branches, and what stands behind `else`.
    pub fn bodies(&self) -> impl Iterator<Item = &Vec<Node>> {
        self.branches.iter().chain(&self.otherwise)
    }
}

/// An argument.
#[derive(Clone, Debug)]
pub struct Arg {
    /// Its form.
    pub kind: ArgKind,
    /// Its tokens.
    pub span: Span,
}

/// The form of an [`Arg`].
#[derive(Clone, Debug)]
pub enum ArgKind {
    /// `3 -> 9`.
    Flow(Dims, Dims),
    /// `k = 3`.
    Keyed(Name, Dims),
    /// `225`, `3x5`, `c + 1`; also `k3` and `nobias`, which only the layer can tell from a parameter's name.
    Plain(Dims),
}

/// `3x7x7`, `10`: one or more numbers.
#[derive(Clone, Debug)]
pub struct Dims {
    /// The numbers; empty where they could not be read, which was reported.
    pub items: Vec<Expr>,
    /// All tokens.
    pub span: Span,
}

/// Arithmetic, of whole numbers but for the options that take others.
#[derive(Clone, Debug)]
pub struct Expr {
    /// Its form.
    pub kind: ExprKind,
    /// Its tokens.
    pub span: Span,
}

/// The form of an [`Expr`].
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `3`.
    Int(i64),
    /// `0.5`, `1e-5`: digits as Rust's `f64` reads them.
    Real(String),
    /// `_`.
    Hole,
    /// A block's parameter.
    Name(String),
    /// `-1`.
    Neg(Box<Expr>),
    /// `a + b` with one of `+ - * / %`.
    Binary(char, Box<Expr>, Box<Expr>),
    /// What could not be read; it was reported.
    Error,
}
