//! Half-typed nets, as an editor compiles them: nothing panics, and the type is there as soon as its name is.

use cnn_compiler::Compilation;
use cnn_tests::{compile_rust, compile_text, emitted};
use expect_test::{ExpectFile, expect_file};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// DummyNet and LeNet-5 with a block.
const PROGRAM: &str = include_str!("snapshots/incomplete.cnn");

/// A line for each prefix that has other faults than the one before it: what it ends with, and the faults.
fn check(prefixes: impl Iterator<Item = (String, Vec<&'static str>, Compilation)>, snapshot: ExpectFile) {
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut broken: Vec<String> = Vec::new();
    for (end, expected, compilation) in prefixes {
        let tokens = emitted(&compilation);
        let text = tokens.to_string();
        if syn::parse2::<syn::File>(wrapped(tokens)).is_err() {
            broken.push(format!("at {end}: no Rust: {text}"));
        }
        let lost = expected.iter().filter(|name| !text.contains(&format!("struct {name} ")));
        broken.extend(lost.map(|name| format!("at {end}: no {name}: {text}")));
        let faults = compilation.faults.iter().map(|fault| format!("{}: {}", fault.code.name, fault.message));
        let faults = faults.collect::<Vec<_>>().join(" | ");
        if lines.last().is_none_or(|(_, last)| *last != faults) {
            lines.push((end, faults));
        }
    }
    let lines: Vec<String> = lines.iter().map(|(end, faults)| format!("{end:28} | {faults}\n")).collect();
    snapshot.assert_eq(&lines.concat());
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
}

/// A nameless net's expression as an item, so that `syn` reads both.
fn wrapped(tokens: TokenStream) -> TokenStream {
    quote::quote!(fn f() { #tokens })
}

/// The nets whose names, and the `(` behind them, lie before `end`.
fn named_before(end: usize) -> Vec<&'static str> {
    ["DummyNet", "LeNet5"]
        .into_iter()
        .filter(|name| PROGRAM.find(&format!("{name}(")).unwrap() + name.len() <= end)
        .collect()
}

#[test]
fn every_prefix_of_the_text() {
    let ends = PROGRAM.char_indices().map(|(at, c)| at + c.len_utf8());
    let prefixes = ends.map(|end| {
        let line = PROGRAM[..end].rsplit('\n').next().unwrap_or_default().trim_start().to_owned();
        (line, named_before(end), compile_text(&PROGRAM[..end]))
    });
    check(prefixes, expect_file!["snapshots/incomplete_text.txt"]);
}

#[test]
fn every_prefix_of_the_tokens() {
    let program = PROGRAM.replace('→', "->").replace('×', "x");
    let tokens: TokenStream = program.parse().unwrap();
    let count = count(&tokens);
    let prefixes = (1..=count).map(|n| {
        let prefix = prefix(tokens.clone(), &mut { n });
        let text = prefix.to_string();
        let named = ["DummyNet", "LeNet5"].into_iter().filter(|name| text.contains(name)).collect();
        let end: String = text.chars().rev().take(28).collect::<Vec<_>>().into_iter().rev().collect();
        (end.replace('\n', " "), named, compile_rust(prefix))
    });
    check(prefixes, expect_file!["snapshots/incomplete_tokens.txt"]);
}

/// The number of tokens, a group's delimiters being one.
fn count(tokens: &TokenStream) -> usize {
    let trees = tokens.clone().into_iter();
    trees.map(|tree| if let TokenTree::Group(group) = tree { 1 + count(&group.stream()) } else { 1 }).sum()
}

/// The first `n` tokens, with all groups closed: Rust's lexer lets nothing else through to a macro.
fn prefix(tokens: TokenStream, n: &mut usize) -> TokenStream {
    let mut result = TokenStream::new();
    for tree in tokens {
        if *n == 0 {
            break;
        }
        *n -= 1;
        result.extend([match tree {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                TokenTree::from(Group::new(group.delimiter(), prefix(group.stream(), n)))
            }
            tree => tree,
        }]);
    }
    result
}
