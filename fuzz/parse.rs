//! Any text compiles to nets or to faults, as a file and as a macro call:
//! `cargo +nightly fuzz run parse -- -timeout=5 -max_total_time=60 -dict=fuzz/words.dict`.

#![no_main]

use cnn_compiler::parse::Loader;
use cnn_compiler::{Compilation, Input, compile, render};
use libfuzzer_sys::fuzz_target;
use quote::quote;

/// Every file holds the text that is tried.
struct Everywhere<'a>(&'a str);

impl Loader for Everywhere<'_> {
    fn load(&mut self, _: &str) -> Result<String, String> {
        Ok(self.0.to_owned())
    }
}

fn check(compilation: &Compilation) {
    assert_eq!(compilation.plans.is_some(), compilation.faults.is_empty());
    for fault in &compilation.faults {
        assert!(!render::terminal(fault, &compilation.source, true).is_empty());
    }
    compilation.rust(&quote!(::cnn), &compilation.hover());
}

fuzz_target!(|text: &str| {
    check(&compile(Input::Text { path: "net.cnn", text }, &mut Everywhere(text)));
    if let Ok(tokens) = text.parse() {
        check(&compile(Input::Rust(tokens), &mut Everywhere(text)));
    }
});
