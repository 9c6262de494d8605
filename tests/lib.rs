//! Tests of the whole: what `network!` and `.cnn` files say, accept and compute.
//!
//! Each test binary is named for what it checks. `UPDATE_EXPECT=1 TRYBUILD=overwrite cargo test -p cnn-tests` rewrites
//! all snapshots and messages; read the difference before it is committed.

pub mod soup;

use cnn_compiler::codes::Code;
use cnn_compiler::parse::Loader;
use cnn_compiler::{Compilation, Input, compile, render};
use proc_macro2::TokenStream;

/// Files that are not on a disk: path and text.
pub struct Files(pub &'static [(&'static str, &'static str)]);

impl Loader for Files {
    fn load(&mut self, path: &str) -> Result<String, String> {
        let file = self.0.iter().find(|(name, _)| *name == path);
        file.map(|(_, text)| (*text).to_owned()).ok_or("no such file".to_owned())
    }
}

/// Compiles `text` as the file `net.cnn`.
pub fn compile_text(text: &str) -> Compilation {
    compile(Input::Text { path: "net.cnn", text }, &mut Files(&[]))
}

/// Compiles `tokens` as `network!` does.
pub fn compile_rust(tokens: TokenStream) -> Compilation {
    compile(Input::Rust(tokens), &mut Files(&[]))
}

/// What the macro expands to, where the crate is called `cnn`.
pub fn emitted(compilation: &Compilation) -> TokenStream {
    compilation.rust(&quote::quote!(::cnn), &TokenStream::new())
}

/// The names of the faults' codes.
pub fn codes(compilation: &Compilation) -> Vec<&'static str> {
    compilation.faults.iter().map(|fault| fault.code.name).collect()
}

/// All faults as a terminal shows them.
pub fn rendered(compilation: &Compilation) -> String {
    let faults = compilation.faults.iter().map(|fault| render::terminal(fault, &compilation.source, false));
    faults.collect::<Vec<_>>().join("\n\n")
}

/// The name of a code as a file has it.
pub fn file_stem(code: &Code) -> String {
    code.name.replace('-', "_")
}
