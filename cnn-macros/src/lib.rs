//! The proc macro behind `cnn::network!`: tokens to tokens, and the files that are included.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cnn_compiler::parse::{Loader, Start};
use cnn_compiler::{Input, compile};
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

/// Expands `network!`, which passes the path of the crate `cnn` in brackets before the user's tokens.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let mut tokens = TokenStream::from(input).into_iter();
    let krate = match tokens.next() {
        Some(TokenTree::Group(path)) => path.stream(),
        _ => quote!(::cnn),
    };
    let mut files = CrateFiles { tracked: Vec::new() };
    let compilation = compile(Input::Rust(tokens.collect()), &mut files);
    // rustc rebuilds the crate when a file changes whose bytes it includes.
    let tracked = files.tracked.iter().map(|path| path.to_string_lossy().into_owned());
    let tracked = quote!(#(const _: &[::core::primitive::u8] = ::core::include_bytes!(#tracked);)*);
    let hover = compilation.hover();
    compilation.rust(&krate, &quote!(#tracked #hover)).into()
}

/// Reads files relative to the crate that is being compiled.
struct CrateFiles {
    tracked: Vec<PathBuf>,
}

impl CrateFiles {
    /// Opens a file, whose edits are to rebuild the crate.
    fn open(&mut self, path: &str) -> Result<File, String> {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo does not say where the crate is")?;
        let file = Path::new(&root).join(path);
        let opened = File::open(&file).map_err(|error| error.to_string())?;
        if !self.tracked.contains(&file) {
            self.tracked.push(file);
        }
        Ok(opened)
    }
}

impl Loader for CrateFiles {
    fn load(&mut self, path: &str) -> Result<String, String> {
        io::read_to_string(self.open(path)?).map_err(|error| error.to_string())
    }

    fn start(&mut self, path: &str, len: u64) -> Result<Start, String> {
        start(self.open(path)?, len).map_err(|error| error.to_string())
    }
}

fn start(file: File, len: u64) -> io::Result<Start> {
    let mut bytes = Vec::new();
    let whole = file.metadata()?.len();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(Start { bytes, len: whole })
}
