//! The language of `cnn::network!`, from text or tokens to Rust.
//!
//! [`compile`] reads from top to bottom; ARCHITECTURE.md says what each stage may rely on. No stage does IO or panics.

pub mod budget;
pub mod codes;
pub mod diagnostic;
pub mod emit;
pub mod graph;
pub mod layers;
pub mod lexer;
pub mod parse;
pub mod plan;
pub mod render;
pub mod resolve;
pub mod shape;
pub mod source;
pub mod syntax;
pub mod weights;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::ShapedNet;
use crate::parse::Loader;
use crate::plan::Plan;
use crate::source::{Source, TextFile};

/// What is compiled.
pub enum Input<'a> {
    /// The tokens of a macro call.
    Rust(TokenStream),
    /// A `.cnn` file.
    Text {
        /// Its path, for messages.
        path: &'a str,
        /// Its content.
        text: &'a str,
    },
}

/// Everything that is known about the nets of one macro call or file.
pub struct Compilation {
    /// The tokens, with the files they came from.
    pub source: Source,
    /// The nets, in order.
    pub nets: Vec<ShapedNet>,
    /// A plan for each net, if their arithmetic has no fault; what attributes ask of them may have some.
    pub plans: Option<Vec<Plan>>,
    /// All faults, in the order of the source.
    pub faults: Vec<Diagnostic>,
}

/// Compiles a macro call or a file; `loader` reads the files that it includes.
pub fn compile(input: Input<'_>, loader: &mut dyn Loader) -> Compilation {
    let mut cx = Diagnostics::default();
    let mut source = Source::default();
    let path = match input {
        Input::Text { path, .. } => Some(path),
        Input::Rust(_) => None,
    };
    let first = lex(input, &mut source, &mut cx);
    let file = parse::file(&mut source, first, path, loader, &mut cx);
    let mut nets = resolve::nets(&file, &mut cx);
    for net in nets.iter_mut().filter(|net| net.header.name.is_none()) {
        net.header.file_name = path.map(type_name);
    }
    let nets: Vec<ShapedNet> = nets.into_iter().map(|net| shape::infer(net, &mut cx)).collect();
    let plans: Option<Vec<Plan>> = cx.is_empty().then(|| nets.iter().map(plan::plan).collect());
    for (net, plan) in nets.iter().zip(plans.iter().flatten()) {
        weights::check(net, &mut cx);
        budget::check(net, plan, &mut cx);
    }
    Compilation { source, nets, plans, faults: cx.into_sorted() }
}

/// `LeNet5` for `nets/le_net5.cnn`.
fn type_name(path: &str) -> String {
    let stem = path.rsplit(['/', '\\']).next().unwrap_or(path).split('.').next().unwrap_or_default();
    let words = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = String::new();
    for word in words {
        let mut chars = word.chars();
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.extend(chars);
    }
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("Net{name}") }
}

fn lex(input: Input<'_>, source: &mut Source, cx: &mut Diagnostics) -> usize {
    match input {
        Input::Rust(tokens) => source.add_rust(tokens),
        Input::Text { path, text } => {
            let file = TextFile { path: path.to_owned(), text: text.to_owned(), included_at: None };
            let (first, errors) = source.add_text(file);
            for error in errors {
                cx.error(&codes::SYNTAX, error.span, error.message);
            }
            first
        }
    }
}

impl Compilation {
    /// Items that show documentation and shapes in editors, for the macro to put among its `items`.
    pub fn hover(&self) -> TokenStream {
        self.nets.iter().map(|net| emit::hover(net, &self.source)).collect()
    }

    /// The nets as Rust, with the faults as `compile_error!`s. `krate` is the path of the crate `cnn`.
    /// `items` come first, inside the expression that a nameless net is; see [`Self::hover`].
    pub fn rust(&self, krate: &TokenStream, items: &TokenStream) -> TokenStream {
        let errors = render::compile_errors(&self.faults, &self.source);
        let nets = self.nets.iter().enumerate().map(|(index, net)| {
            let plan = self.plans.as_ref().map(|plans| &plans[index]);
            emit::net(net, plan, &self.source, krate)
        });
        let nameless = self.nets.iter().any(ShapedNet::is_expression);
        if nameless { quote!({ #items #errors #(#nets)* }) } else { quote!(#items #errors #(#nets)*) }
    }
}
