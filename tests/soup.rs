//! Texts that are nearly programs, made of any bytes: what the fuzz target and the properties try.

use cnn_compiler::codes;
use proc_macro2::TokenStream;

use crate::{compile_rust, compile_text, emitted, rendered};

/// What nets are made of, and what they are not.
const WORDS: &[&str] = &[
    "conv",
    "fc",
    "view",
    "flatten",
    "relu",
    "maxpool",
    "avgpool",
    "softmax",
    "block",
    "include",
    "pub",
    "crate",
    "Net",
    "a",
    "b",
    "_",
    "x",
    "k3",
    "k3x5",
    "s2",
    "p1",
    "d2",
    "g2",
    "same",
    "ceil",
    "nobias",
    "exclude_pad",
    "kernel",
    "stride",
    "->",
    "→",
    "×",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    ":",
    ".",
    "=",
    "*",
    "+",
    "-",
    "/",
    "%",
    "(3x7x7)",
    "(3 -> 9, k3)",
    "(225 -> 10)",
    "(-1, 225)",
    "{ relu }",
    "* 3",
    "0",
    "1",
    "3",
    "225",
    "3x7x7",
    "9223372036854775807",
    "9223372036854775808",
    "1000000000000000000",
    "\"net.cnn\"",
    "\"",
    "#",
    "#[a]",
    "/// d\n",
    "/*",
    "*/",
    "//",
    "\n",
    "'",
    "é",
    "🙂",
    "\u{feff}",
    "\0",
    "type",
    "self",
    "r#fn",
    "1.5",
    "0x10",
    "1e9",
    "2usize",
    "'a",
    "b\"c\"",
    "$",
    "?",
    "!",
    "@",
    "..",
    "::",
    "\\",
    "\t",
];

/// A program with edits. The first byte chooses the program; then each four bytes delete, double, replace or insert
/// something somewhere.
pub fn program(bytes: &[u8]) -> String {
    let mut programs = vec![
        "",
        "pub Net(3x7x7) { }",
        "conv(3 -> 9, k3) relu; flatten; fc(225 -> 10)",
        include_str!("snapshots/incomplete.cnn"),
        include_str!("snapshots/staged.cnn"),
        include_str!("nets/forms.cnn"),
    ];
    programs.extend(codes::ALL.iter().flat_map(|code| [code.wrong, code.mended]));
    let (&first, edits) = bytes.split_first().unwrap_or((&0, &[]));
    let mut chars: Vec<char> = programs[usize::from(first) % programs.len()].chars().collect();
    for &[edit, high, low, word] in edits.as_chunks::<4>().0 {
        let start = usize::from(u16::from_be_bytes([high, low])) % (chars.len() + 1);
        let end = (start + usize::from(edit >> 2) % 16).min(chars.len());
        let word = WORDS[usize::from(word) % WORDS.len()];
        let old = &chars[start..end];
        let new: Vec<char> = match edit % 4 {
            0 => Vec::new(),
            1 => old.iter().chain(old).copied().collect(),
            2 => word.chars().collect(),
            _ => word.chars().chain([' ']).chain(old.iter().copied()).collect(),
        };
        chars.splice(start..end, new);
    }
    chars.into_iter().collect()
}

/// Compiles, renders and emits a text, and its tokens where Rust's lexer takes it.
///
/// # Panics
///
/// If a stage does, or says that a net is right and wrong, or emits what is no Rust.
pub fn survives(text: &str) {
    let tokens: Option<TokenStream> = text.parse().ok();
    for compilation in [Some(compile_text(text)), tokens.map(compile_rust)].into_iter().flatten() {
        let (tokens, hover) = (emitted(&compilation), compilation.hover());
        assert_eq!(compilation.plans.is_some(), compilation.faults.is_empty());
        assert_eq!(rendered(&compilation).is_empty(), compilation.faults.is_empty());
        // Attributes pass through as they are, right or wrong.
        let rust = quote::quote!(fn f() { #hover #tokens });
        assert!(text.contains('#') || syn::parse2::<syn::File>(rust).is_ok(), "{tokens}");
    }
}
