//! The proc macro behind `cnn::network!`: tokens to tokens, and the files that are included.

use std::path::{Path, PathBuf};

use cnn_compiler::parse::Loader;
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

impl Loader for CrateFiles {
    fn load(&mut self, path: &str) -> Result<String, String> {
        let root = std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo does not say where the crate is")?;
        let file = Path::new(&root).join(path);
        let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        self.tracked.push(file);
        Ok(text)
    }
}
