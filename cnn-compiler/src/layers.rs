//! The vocabulary. A kind of layer is one file here, one line in [`ALL`], and one file in the runtime's `kernels`.

mod activation;
mod adaptive;
mod adaptiveavgpool;
mod adaptivemaxpool;
mod avgpool;
mod bn;
mod concat;
mod conv;
mod convolution;
mod convtranspose;
mod depthwise;
mod dropout;
mod elu;
mod fc;
mod flatten;
mod gelu;
mod globalavgpool;
mod globalmaxpool;
mod groupnorm;
mod hardsigmoid;
mod hardswish;
mod layernorm;
mod layerscale;
mod leakyrelu;
mod logsoftmax;
mod lrn;
mod maxpool;
mod mish;
mod pad;
mod prelu;
mod relu;
mod relu6;
mod reshape;
mod residual;
mod scale;
mod selu;
mod shuffle;
mod sigmoid;
mod silu;
mod softmax;
mod softplus;
mod split;
mod tanh;
mod unknown;
mod upsample;
mod view;
mod window;

use std::fmt;

use crate::graph::{Args, Dim, Param, Shape};
use crate::plan::Planner;
use crate::plan::training::{Op, Sizes};
use crate::shape::Inference;
pub(crate) use unknown::Unknown;

/// Every kind of layer, in alphabetical order: what parsing, documentation, suggestions and tests go by.
pub static ALL: &[&Kind] = &[
    &adaptiveavgpool::KIND,
    &adaptivemaxpool::KIND,
    &avgpool::KIND,
    &bn::KIND,
    &concat::KIND,
    &conv::KIND,
    &convtranspose::KIND,
    &depthwise::KIND,
    &dropout::KIND,
    &elu::KIND,
    &fc::KIND,
    &flatten::KIND,
    &gelu::KIND,
    &globalavgpool::KIND,
    &globalmaxpool::KIND,
    &groupnorm::KIND,
    &hardsigmoid::KIND,
    &hardswish::KIND,
    &layernorm::KIND,
    &layerscale::KIND,
    &leakyrelu::KIND,
    &logsoftmax::KIND,
    &lrn::KIND,
    &maxpool::KIND,
    &mish::KIND,
    &pad::KIND,
    &prelu::KIND,
    &relu::KIND,
    &relu6::KIND,
    &reshape::KIND,
    &residual::KIND,
    &scale::KIND,
    &selu::KIND,
    &shuffle::KIND,
    &sigmoid::KIND,
    &silu::KIND,
    &softmax::KIND,
    &softplus::KIND,
    &split::KIND,
    &tanh::KIND,
    &upsample::KIND,
    &view::KIND,
];

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.name == name).copied()
}

/// A kind of layer.
pub struct Kind {
    /// Its name in the language.
    pub name: &'static str,
    /// Documentation for users, in Markdown.
    pub doc: &'static str,
    /// What stands first between its parentheses.
    pub positional: Positional,
    /// The named arguments.
    pub options: &'static [Opt],
    /// The branches that stand behind it.
    pub branching: Branching,
    /// Makes the layer of its arguments, which were checked against `positional` and `options`.
    pub build: fn(&Args) -> Box<dyn Layer>,
    /// The file in the runtime's `kernels` that computes it.
    pub kernel: &'static str,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What a layer takes without a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Positional {
    /// Nothing.
    None,
    /// `in -> out`; the word is what they count.
    Flow(&'static str),
    /// Sizes, separated by commas; the text is an example.
    Sizes(&'static str),
}

/// The branches of a combinator, which is itself the layer that joins them.
#[derive(Clone, Copy, Debug)]
pub enum Branching {
    /// None: a plain layer.
    None,
    /// `{ body }`, joined with what arrives.
    Beside,
    /// `{ body }`, joined with what arrives or with what `else { … }` makes of it.
    Residual,
    /// `{ a | b | c }`, joined with one another. A branch starts with the layer that the function makes of its index
    /// and their number, if there is one.
    Parallel(Option<Entry>),
}

/// Makes the layer that a branch starts with, of the branch's index and the number of branches.
pub type Entry = fn(usize, usize) -> Box<dyn Layer>;

impl PartialEq for Branching {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A named argument.
#[derive(Debug)]
pub struct Opt {
    /// PyTorch's name, or the flag: `kernel`, `nobias`.
    pub name: &'static str,
    /// What may stand before a number: `k` in `k3`; empty for a flag.
    pub short: &'static str,
    /// How many numbers it takes.
    pub form: Form,
    /// The smallest value.
    pub min: u64,
    /// Whether the layer needs it.
    pub required: bool,
    /// Documentation for users: what it is, and its default.
    pub doc: &'static str,
}

/// How many numbers an [`Opt`] takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// One for height and width, or `HxW`.
    Pair,
    /// One.
    Number,
    /// One that need not be whole.
    Real,
    /// None.
    Flag,
}

impl Opt {
    /// `k`, a height and width.
    const fn pair(name: &'static str, short: &'static str, min: u64, doc: &'static str) -> Opt {
        Opt { name, short, form: Form::Pair, min, required: false, doc }
    }

    const fn number(name: &'static str, short: &'static str, min: u64, doc: &'static str) -> Opt {
        Opt { name, short, form: Form::Number, min, required: false, doc }
    }

    const fn real(name: &'static str, short: &'static str, doc: &'static str) -> Opt {
        Opt { name, short, form: Form::Real, min: 0, required: false, doc }
    }

    const fn flag(name: &'static str, doc: &'static str) -> Opt {
        Opt { name, short: "", form: Form::Flag, min: 0, required: false, doc }
    }

    const fn required(self) -> Opt {
        Opt { required: true, ..self }
    }

    /// How a user would write it: `k3`, `nobias`.
    pub fn example(&self) -> String {
        match self.form {
            Form::Flag => self.name.to_owned(),
            Form::Real => format!("{} = 0.5", self.short),
            _ => format!("{}{}", self.short, self.min.max(3)),
        }
    }
}

/// What a layer's own numbers say about its input, for a net whose input is not written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fixes {
    /// Nothing.
    Nothing,
    /// It takes feature maps with so many channels.
    Channels(u64),
    /// It takes so many values.
    Values(u64),
}

/// One layer. `Display` writes it as the language has it: `conv(3 -> 9, k3)`.
pub trait Layer: fmt::Debug + fmt::Display {
    /// The shape that leaves, after every fault was reported. Sizes that an earlier fault hides are None:
    /// nothing is said of them. After a fault of its own the layer returns what its numbers say.
    fn infer(&self, input: Shape, cx: &mut Inference<'_>) -> Shape;

    /// The arithmetic that leads to `output`, where there is any to show: `(8 − 3)/1 + 1 = 6`.
    fn arithmetic(&self, _input: Shape, _output: Shape) -> Option<String> {
        None
    }

    /// Its parameters, in PyTorch's order.
    fn params(&self, _input: Shape) -> Vec<Param> {
        Vec::new()
    }

    /// What it keeps beside its parameters, in PyTorch's order: running statistics.
    fn buffers(&self, _input: Shape) -> Vec<Param> {
        Vec::new()
    }

    /// Multiply-adds for one image; None on overflow or where a size is hidden.
    fn macs(&self, _input: Shape, _output: Shape) -> Dim {
        Some(0)
    }

    /// What it says about the net's input.
    fn fixes(&self) -> Fixes {
        Fixes::Nothing
    }

    /// What computes it while the net is trained, forward and backward; None where the values stay as they lie.
    fn op(&self, sizes: &Sizes<'_>) -> Option<Op>;

    /// Adds its steps to the plan. All sizes are known here.
    fn lower(&self, plan: &mut Planner<'_>);
}

/// `_` or the number.
fn hole(dim: Dim) -> String {
    dim.map_or("_".to_owned(), |n| n.to_string())
}

/// `k3` or `k3x5`.
pub(crate) fn pair(short: &str, [height, width]: [u64; 2]) -> String {
    if height == width { format!("{short}{height}") } else { format!("{short}{height}x{width}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_sorted_and_documented() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
        for kind in ALL {
            assert!(
                kind.doc.trim_start().starts_with(|c: char| c.is_uppercase()),
                "{} has no documentation",
                kind.name
            );
            for opt in kind.options {
                assert!(!opt.doc.is_empty(), "{}({}) has no documentation", kind.name, opt.name);
            }
        }
    }
}
