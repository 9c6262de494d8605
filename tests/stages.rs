//! What each stage makes of a net: tokens, syntax, names, shapes, plan and Rust, one after the other in one file.

use std::fmt::Write;

use cnn_compiler::diagnostic::Diagnostics;
use cnn_compiler::graph::Init;
use cnn_compiler::source::{Source, TextFile, TokenKind};
use cnn_compiler::syntax::{ArgKind, Call, Dims, Expr, ExprKind, File, Node, NodeKind};
use cnn_compiler::{Compilation, parse};
use cnn_tests::{Files, compile_text, emitted, rendered};
use expect_test::{ExpectFile, expect_file};

fn check(text: &str, stages: ExpectFile, rust: ExpectFile) {
    let compilation = compile_text(text);
    assert!(compilation.faults.is_empty(), "{}", rendered(&compilation));
    let (nets, plans) = shapes_and_plans(&compilation);
    let (tokens, syntax) = (tokens(&compilation.source), syntax(text));
    stages.assert_eq(&format!(
        "{text}\n--- tokens\n{tokens}\n--- syntax\n{syntax}\n--- names and shapes\n{nets}\n--- plan\n{plans}"
    ));
    let tokens = emitted(&compilation);
    let file = syn::parse2(tokens.clone()).unwrap_or_else(|error| panic!("{error}: {tokens}"));
    rust.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn dummy_net() {
    check(
        include_str!("../examples/specs/dummy.cnn"),
        expect_file!["snapshots/dummy_net.txt"],
        expect_file!["snapshots/dummy_net.expanded"],
    );
}

#[test]
fn blocks_repeats_labels_and_groups() {
    check(
        include_str!("snapshots/staged.cnn"),
        expect_file!["snapshots/staged.txt"],
        expect_file!["snapshots/staged.expanded"],
    );
}

/// A line for each line's tokens.
fn tokens(source: &Source) -> String {
    let mut text = String::new();
    for token in &source.tokens {
        let _ = match &token.kind {
            TokenKind::Open(mark, close) => write!(text, "{mark}{close} "),
            TokenKind::Close(mark) => write!(text, "{mark} "),
            TokenKind::Punct(mark) => write!(text, "{mark} "),
            TokenKind::Ident(word) => write!(text, "{word} "),
            TokenKind::Int(digits) => write!(text, "#{digits} "),
            kind => write!(text, "{kind:?} "),
        };
        if matches!(token.kind, TokenKind::Open('{', _) | TokenKind::Close('}' | ']') | TokenKind::Punct(';')) {
            text.push('\n');
        }
    }
    text
}

/// The tree, each node once, numbers in full parentheses.
fn syntax(text: &str) -> String {
    let mut source = Source::default();
    let mut cx = Diagnostics::default();
    let (first, _) = source.add_text(TextFile { path: "net.cnn".into(), text: text.into(), included_at: None });
    let File { blocks, nets } = parse::file(&mut source, first, None, &mut Files(&[]), &mut cx);
    assert!(cx.into_sorted().is_empty());
    let mut out = String::new();
    for block in blocks {
        let params: Vec<&str> = block.params.iter().map(|param| param.text.as_str()).collect();
        let _ = writeln!(out, "block {} {params:?}", block.name.text);
        body(&block.body, 1, &mut out);
    }
    for net in nets {
        let name = net.name.map(|name| name.text);
        let (input, output) = (net.input.as_ref().map(dims), net.output.as_ref().map(dims));
        let _ = writeln!(out, "net {name:?} {input:?} -> {output:?}, {} attributes", net.attributes.len());
        body(&net.body, 1, &mut out);
    }
    out
}

fn body(nodes: &[Node], depth: usize, out: &mut String) {
    for node in nodes {
        let label = node.label.as_ref().map_or(String::new(), |label| format!("{}: ", label.text));
        let repeat = node.repeat.as_ref().map_or(String::new(), |repeat| format!(" * {}", expr(repeat)));
        let indent = "    ".repeat(depth);
        let what = match &node.kind {
            NodeKind::Call(layer) => call(layer),
            NodeKind::Group(_) => "group".into(),
            NodeKind::Error => "error".into(),
        };
        let _ = writeln!(out, "{indent}{label}{what}{repeat}");
        if let NodeKind::Group(inner) = &node.kind {
            body(inner, depth + 1, out);
        }
    }
}

fn call(call: &Call) -> String {
    let args = call.args.iter().map(|arg| match &arg.kind {
        ArgKind::Flow(from, to) => format!("{} -> {}", dims(from), dims(to)),
        ArgKind::Keyed(key, value) => format!("{} = {}", key.text, dims(value)),
        ArgKind::Plain(value) => dims(value),
    });
    format!("{}({})", call.name.text, args.collect::<Vec<_>>().join(", "))
}

fn dims(dims: &Dims) -> String {
    dims.items.iter().map(expr).collect::<Vec<_>>().join(" x ")
}

fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Int(value) => value.to_string(),
        ExprKind::Real(text) => text.clone(),
        ExprKind::Hole => "_".into(),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Neg(inner) => format!("-{}", expr(inner)),
        ExprKind::Binary(op, left, right) => format!("({} {op} {})", expr(left), expr(right)),
        ExprKind::Error => "error".into(),
    }
}

fn shapes_and_plans(compilation: &Compilation) -> (String, String) {
    let (mut nets, mut plans) = (String::new(), String::new());
    for net in &compilation.nets {
        for node in &net.nodes {
            let (name, layer) = (&node.node.name, &node.node.layer);
            let params: Vec<_> = node.params.iter().map(|param| (param.tensor, &param.shape, param.init)).collect();
            let _ = writeln!(nets, "{name:20} {layer:32} {} -> {}, {} MACs", node.input, node.output, node.macs);
            for (tensor, shape, init) in params {
                let shape: Vec<u64> = shape.iter().flatten().copied().collect();
                let init = match init {
                    Init::Uniform(fan_in) => format!("sums {}", fan_in.unwrap_or(0)),
                    Init::Constant(value) => format!("is {value}"),
                };
                let _ = writeln!(nets, "    {tensor} {shape:?} {init}");
            }
        }
        let _ = writeln!(nets, "{} -> {}: {} parameters, {} MACs", net.input, net.output, net.param_count, net.macs);
    }
    for plan in compilation.plans.iter().flatten() {
        let _ = write!(plans, "{plan}");
    }
    (nets, plans)
}
