//! Sizes that nobody means: each is compiled in less than a second, and is an error where it is one.

use std::time::{Duration, Instant};

use cnn_compiler::parse::Loader;
use cnn_compiler::{Compilation, Input, compile};
use cnn_tests::{codes, compile_rust, compile_text, emitted, rendered};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// For compiling; emission and rendering, of thousands of nets or faults, have as much again three times.
const LIMIT: Duration = Duration::from_secs(1);

/// Compiles, and returns the codes of the faults, each once. The machine may be busy: the fastest of three tries counts.
fn in_time(mut compile: impl FnMut() -> Compilation) -> Vec<&'static str> {
    let mut times = Vec::new();
    while times.len() < 3 {
        let start = Instant::now();
        let compilation = compile();
        let compiled = start.elapsed();
        emitted(&compilation);
        rendered(&compilation);
        if compiled < LIMIT && start.elapsed() < 4 * LIMIT {
            let mut codes = codes(&compilation);
            codes.sort_unstable();
            codes.dedup();
            return codes;
        }
        times.push((compiled, start.elapsed()));
    }
    panic!("compiled, and emitted and rendered, after {times:?}");
}

/// `text` has faults of these kinds alone, as a file and, where Rust's lexer takes it, as a macro call.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let shown: String = text.chars().take(200).collect();
    assert_eq!(in_time(|| compile_text(text)), expected, "{shown}");
    if let Ok(tokens) = text.parse::<TokenStream>() {
        assert_eq!(in_time(|| compile_rust(tokens.clone())), expected, "as tokens: {shown}");
    }
}

fn net(body: &str) -> String {
    format!("pub Net(3x9x9) {{ {body} }}")
}

/// `count` pieces of text, each made from its number.
fn repeat(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

#[test]
fn numbers() {
    for number in ["9223372036854775807", "9223372036854775808", "18446744073709551616", "1000000000000000000000000"] {
        check(&net(&format!("conv(3 -> {number}, k3)")), &["too-large"]);
        check(&net(&format!("flatten fc(_ -> {number})")), &["too-large"]);
        check(&format!("pub Net({number}x{number}x{number}) {{ relu }}"), &["too-large"]);
    }
    check(&net("conv(3 -> 9, k = 9223372036854775808)"), &["too-large"]);
    check(&net("conv(3 -> 9, k2, d = 1152921504606846976, p = 576460752303423488)"), &["too-large"]);
    check(&net("conv(3 -> 9, k3, s0, d0) maxpool(k0)"), &["zero"]);
    let rounds_up_beyond_count = "maxpool(k2, p = 5000000000000000000, s = 9223372036854775807, ceil)";
    check(&net(rounds_up_beyond_count), &["pool-padding", "too-large"]);
    check(&net("conv(3 -> 9, k3, p = 9223372036854775807)"), &["too-large"]);
    check(&net("conv(3 -> 9, k2, d = 9223372036854775807)"), &["kernel-too-large"]);
    check(&net("conv(3 -> 9, k3, s = 9223372036854775807)"), &[]);
    check(&net("conv(3 -> 9, k1, g = 9223372036854775807)"), &["conv-groups"]);
    check(&net("flatten fc(_ -> 9223372036854775807 * 2)"), &["arithmetic"]);
    check(&net("flatten fc(_ -> 1 - -9223372036854775807)"), &["arithmetic"]);
    check("pub Net { conv(1 -> 1, k1); flatten; fc(9223372036854775807 -> 1) }", &["too-large"]);
    check("pub Net(1000x1000x1000) { flatten { fc(_ -> 1000) } * 2 }", &[]);
    check("pub Net(1000000x1000x1000) { relu * 4096 }", &[]);
}

#[test]
fn repeats() {
    let many = "1000000000000000000";
    check(&net(&format!("relu * {many}")), &["too-large"]);
    check(&net(&format!("{{ {{ relu * {many} }} * {many} }} * {many}")), &["too-large"]);
    check(&net(&format!("{{ }} * {many} relu")), &["too-large"]);
    check(&net(&format!("{{ relu * 0 }} * {many} relu")), &["too-large"]);
    check(&format!("block none {{ }} {}", net(&format!("none * {many} relu"))), &["too-large"]);
    let doubling = repeat(40, |i| format!("block b{i} {{ b{} b{} }}\n", i + 1, i + 1));
    check(&format!("{doubling} block b40 {{ }} {}", net("b0 relu")), &["too-large"]);
}

#[test]
fn nesting() {
    for [open, close] in
        [["{", "}"], ["conv(", ")"], ["(", ")"], ["[", "]"], ["fc(_ -> (", "))"], ["{ { conv(3 -> ((", "))) } }"]]
    {
        let text = net(&format!("{}{}", open.repeat(10_000), close.repeat(10_000)));
        assert!(!in_time(|| compile_text(&text)).is_empty(), "{open}");
    }
    check(&"/*".repeat(10_000), &["syntax"]);
    for delimiter in [Delimiter::Brace, Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::None] {
        let mut tokens: TokenStream = "relu".parse().unwrap();
        for _ in 0..10_000 {
            tokens = TokenTree::from(Group::new(delimiter, tokens)).into();
        }
        let tokens: TokenStream = ["pub Net(3x9x9)".parse().unwrap(), tokens].into_iter().collect();
        assert!(!in_time(|| compile_rust(tokens.clone())).is_empty(), "{delimiter:?}");
    }
}

#[test]
fn operators() {
    for operator in ["+", "-", "*", "/", "%"] {
        let sum = repeat(100_000, |_| format!("1 {operator} ")) + "1";
        check(&net(&format!("flatten fc(_ -> {sum})")), &["too-deep"]);
    }
    check(&net(&format!("flatten fc(_ -> {}1)", "-".repeat(100_000))), &[]);
    check(&format!("pub Net({}1) {{ relu }}", "1 x ".repeat(100_000)), &["syntax"]);
    check(&net(&format!("view(-1{})", ", 1".repeat(100_000))), &["view-batch"]);
}

#[test]
fn many_nets() {
    check(&repeat(2_000, |i| format!("pub Net{i}(3) {{ relu }}\n")), &[]);
}

#[test]
fn blocks_that_call_each_other() {
    let chain = repeat(10_000, |i| format!("block b{i}(c) {{ b{}(c) }}\n", (i + 1) % 10_000));
    check(&format!("{chain} {}", net("b0(1)")), &["too-deep"]);
}

#[test]
fn many_blocks() {
    let flat = repeat(10_000, |i| format!("block b{i} {{ }}\n"));
    check(&format!("{flat} {}", net("b9999 * 60000 relu")), &[]);
}

#[test]
fn many_layers() {
    check(&net("relu * 4096"), &[]);
    check(&net(&"relu ".repeat(100_000)), &["too-large"]);
    check(&net(&format!("relu * 4000; flatten; {}", fcs())), &["fc-inputs"]);
    check(&net(&format!("{}: relu", "a.".repeat(10_000) + "b")), &[]);
    check(&net(&format!("{} relu", "a".repeat(1_000_000))), &["unknown-layer"]);
}

#[test]
fn many_layers_and_no_input() {
    check(&format!("pub Net {{ conv(3 -> 3, k3, p1) * 4000; flatten; {} }}", fcs()), &["fc-inputs", "missing-input"]);
}

/// Layers each of which is wrong.
fn fcs() -> String {
    repeat(64, |i| format!("fc({} -> 9) ", i + 10))
}

#[test]
fn many_faults() {
    check(&net(&", ".repeat(10_000)), &["syntax"]);
    check(&net(&"nolayer\n".repeat(4000)), &["unknown-layer"]);
    check(&net(&"?\n".repeat(10_000)), &["syntax"]);
    for open in ["{", "conv(", "(", "[", "fc(_ -> (", "{ { conv(3 -> (("] {
        assert!(!in_time(|| compile_text(&net(&open.repeat(30_000 / open.len())))).is_empty(), "{open}");
    }
}

/// Files `0.cnn` to `last.cnn`, each of which includes the next so many times.
struct Chain {
    last: usize,
    times: usize,
}

impl Loader for Chain {
    fn load(&mut self, path: &str) -> Result<String, String> {
        let index: usize = path.trim_end_matches(".cnn").parse().map_err(|_| "no such file")?;
        Ok(if index < self.last {
            format!("include \"{}.cnn\"\n", index + 1).repeat(self.times)
        } else {
            String::new()
        })
    }
}

/// Whatever the limit's code may be, there is a limit.
fn check_includes(mut files: Chain) {
    let text = "include \"0.cnn\" pub Net(3) { relu }";
    assert!(!in_time(|| compile(Input::Text { path: "net.cnn", text }, &mut files)).is_empty());
}

#[test]
fn a_chain_of_includes() {
    check_includes(Chain { last: 10_000, times: 1 });
}

#[test]
fn a_tree_of_includes() {
    check_includes(Chain { last: 40, times: 2 });
}
