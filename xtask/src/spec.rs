//! `.cnn` files, compiled.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, stderr};
use std::path::Path;

use anyhow::{Context, Result};
use cnn_compiler::graph::ShapedNet;
use cnn_compiler::parse::{Loader, Start};
use cnn_compiler::plan::Plan;
use cnn_compiler::{Compilation, Input, compile, render};

/// The nets of a file, which has no fault.
pub fn open(file: &Path) -> Result<Compilation> {
    open_in(Path::new(""), file)
}

/// The nets of a file, its path and those that it names being relative to `root`.
pub fn open_in(root: &Path, file: &Path) -> Result<Compilation> {
    let text = fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {}", file.display()))?;
    let path = file.to_string_lossy();
    let color = stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    Ok(compiled(&path, &text, &mut Files { root }, color)?)
}

/// The nets of a text, which has no fault; `path` is what messages call it.
pub fn compiled(path: &str, text: &str, files: &mut dyn Loader, color: bool) -> Result<Compilation, Faults> {
    let compilation = compile(Input::Text { path, text }, files);
    let faults = compilation.faults.iter().map(|fault| render::terminal(fault, &compilation.source, color));
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() { Ok(compilation) } else { Err(Faults(faults.join("\n\n"))) }
}

/// The nets with their plans.
pub fn nets(compilation: &Compilation) -> impl Iterator<Item = (&ShapedNet, &Plan)> {
    compilation.nets.iter().zip(compilation.plans.iter().flatten())
}

/// A net's name, or that of its file.
pub fn name(net: &ShapedNet) -> &str {
    let name = net.header.name.as_ref().map(|name| &name.text).or(net.header.file_name.as_ref());
    name.map_or("Net", |name| name.as_str())
}

/// All faults of a file, with excerpts, as a reader is to see them.
#[derive(Debug)]
pub struct Faults(String);

impl std::error::Error for Faults {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads what a file names.
struct Files<'a> {
    root: &'a Path,
}

impl Loader for Files<'_> {
    fn load(&mut self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|error| error.to_string())
    }

    fn start(&mut self, path: &str, len: u64) -> Result<Start, String> {
        start(&self.root.join(path), len).map_err(|error| error.to_string())
    }
}

fn start(path: &Path, len: u64) -> io::Result<Start> {
    let file = File::open(path)?;
    let mut bytes = Vec::new();
    let whole = file.metadata()?.len();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(Start { bytes, len: whole })
}
