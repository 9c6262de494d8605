//! The programs that compile nets and compare them: packages of their own, which xtask writes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Net;
use crate::command::output;
use crate::error_index::capitalized;
use crate::spec;

/// Nets in one module of a program.
const NETS_PER_MODULE: usize = 50;

/// A program, by its package's name.
pub struct Program {
    pub name: &'static str,
    /// `src/main.rs`.
    pub main: &'static str,
    /// Of the code that is compiled for each net. What is not, `cnn-runtime` has at 3.
    pub opt_level: u8,
}

impl Program {
    /// Writes the package into a folder of `folder`, with these nets, and returns where it lies.
    pub fn write(&self, root: &Path, folder: &Path, nets: &[Net]) -> Result<PathBuf> {
        let package = folder.join(self.name);
        let source = package.join("src");
        let _ = fs::remove_dir_all(&source);
        fs::create_dir_all(source.join("nets"))?;
        fs::write(package.join("Cargo.toml"), self.manifest(root))?;
        fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
        fs::write(source.join("main.rs"), self.main)?;
        fs::write(source.join("shared.rs"), include_str!("programs/shared.rs"))?;
        let mut modules = String::from("use std::path::Path;\n\n");
        let mut calls = String::new();
        for (index, nets) in nets.chunks(NETS_PER_MODULE).enumerate() {
            fs::write(source.join("nets").join(format!("part{index}.rs")), part(root, &package, nets)?)?;
            modules += &format!("mod part{index};\n");
            calls += &format!("    part{index}::check_all(folder);\n");
        }
        fs::write(source.join("nets.rs"), format!("{modules}\npub fn check_all(folder: &Path) {{\n{calls}}}\n"))?;
        Ok(package)
    }

    fn manifest(&self, root: &Path) -> String {
        let Self { name, opt_level, .. } = self;
        format!(
            "[package]\nname = \"parity-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
            [dependencies]\nbytemuck = {{ version = \"1\", features = [\"extern_crate_alloc\"] }}\n\
            cnn = {{ path = {root:?} }}\nsafetensors = {{ version = \"0.8\", default-features = false, features = [\"std\"] }}\n\n\
            [profile.dev]\nopt-level = {opt_level}\ndebug = false\nincremental = false\n\n\
            [profile.dev.package.cnn-runtime]\nopt-level = 3\n\n[workspace]\n"
        )
    }
}

/// Builds and runs a package with the folder of its nets' files, and returns what it prints.
pub fn run(package: &Path, nets: &Path) -> Result<String> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--"]).arg(nets).current_dir(package);
    output(cargo.env("CARGO_TARGET_DIR", package.with_file_name("target")))
}

/// A module of nets and their checks, each net in a module of its own, since their blocks share names.
fn part(root: &Path, package: &Path, nets: &[Net]) -> Result<String> {
    let (mut modules, mut calls) = (String::new(), String::new());
    for Net { name, source, output } in nets {
        let (tokens, ty) = match source {
            Some(source) => (source.clone(), capitalized(name)),
            None => specified(root, package, name)?,
        };
        modules += &format!("mod {name} {{\n    cnn::network! {{ {tokens} }}\n}}\n");
        calls += &format!("    crate::check::<{name}::{ty}>(folder, {name:?}, &{output:?});\n");
    }
    Ok(format!("{modules}\npub fn check_all(folder: &std::path::Path) {{\n{calls}}}\n"))
}

/// The tokens and the type of a net of examples/specs, whose file is copied into the package.
fn specified(root: &Path, package: &Path, name: &str) -> Result<(String, String)> {
    let file = root.join("examples/specs").join(name).with_extension("cnn");
    let compilation = spec::open(&file)?;
    let net = compilation.nets.first().with_context(|| format!("no net in {}", file.display()))?;
    let path = Path::new("nets").join(file.file_name().unwrap_or(OsStr::new("")));
    fs::create_dir_all(package.join("nets"))?;
    fs::copy(&file, package.join(&path))?;
    Ok((format!("include {:?}", path.display().to_string()), spec::name(net).to_owned()))
}
