//! `cargo xtask parity`: PyTorch, live, beside our nets.
//!
//! `tests/parity/live.py` draws nets and runs them; a program that compiles them all with `network!` loads their state_dicts and
//! compares the outputs; and PyTorch loads what that program saved.

use std::ffi::OsStr;
use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use cnn_compiler::graph::Shape;
use cnn_compiler::{Input, compile};
use serde::Deserialize;

use crate::command::output;
use crate::error_index::{NoFiles, capitalized};
use crate::python::environment;
use crate::spec;

/// Nets in one module of the program.
const NETS_PER_MODULE: usize = 50;

#[derive(Args)]
pub struct Options {
    /// How many random nets, and how many random chains for PyTorch's verdict
    #[arg(long, default_value_t = 300)]
    nets: usize,
    /// Where the random numbers start
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leaves the catalogue out
    #[arg(long)]
    random_only: bool,
    /// A Python that has tests/parity/requirements.txt, instead of a virtual environment in .venv
    #[arg(long)]
    python: Option<PathBuf>,
}

/// A net that live.py drew.
#[derive(Deserialize)]
struct Net {
    name: String,
    /// None for a net of examples/specs.
    source: Option<String>,
    output: Vec<u64>,
}

/// What PyTorch says of a net.
#[derive(Deserialize)]
struct Verdict {
    source: String,
    output: Option<Vec<u64>>,
}

/// How many comparisons passed and failed.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Counts lines that begin with `ok` or `FAILED`, and prints the latter.
    fn count(&mut self, lines: &str, nets: &[Net]) -> Result<()> {
        for line in lines.lines() {
            self.passed += usize::from(line.starts_with("ok "));
            let Some(failure) = line.strip_prefix("FAILED ") else { continue };
            self.failed += 1;
            writeln!(stdout(), "{line}")?;
            let net = nets.iter().find(|net| failure.starts_with(&format!("{}:", net.name)));
            if let Some(source) = net.and_then(|net| net.source.as_ref()) {
                writeln!(stdout(), "{source}")?;
            }
        }
        Ok(())
    }
}

/// Draws, compares, and prints how many comparisons passed and failed; an error where one failed.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    let root = root.canonicalize()?;
    let folder = root.join("target/xtask/parity");
    let python = match &options.python {
        Some(python) => python.clone(),
        None => environment(&root, ".venv", "tests/parity/requirements.txt")?,
    };
    writeln!(stdout(), "PyTorch draws and runs {} nets", options.nets)?;
    let _ = fs::remove_dir_all(folder.join("nets"));
    live(&python, &root, &folder, "draw", options)?;
    let nets: Vec<Net> = lines(&folder.join("nets/nets.jsonl"))?;

    let mut tally = Tally::default();
    verdicts(&lines(&folder.join("nets/verdicts.jsonl"))?, &mut tally)?;
    writeln!(stdout(), "the same nets are compiled, and run")?;
    write_program(&root, &folder, &nets)?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "--"]).arg(folder.join("nets")).current_dir(folder.join("program"));
    let checked = output(cargo.env("CARGO_TARGET_DIR", folder.join("target")))?;
    tally.count(&checked, &nets)?;
    writeln!(stdout(), "PyTorch loads what they saved")?;
    tally.count(&live(&python, &root, &folder, "reload", options)?, &nets)?;

    let expected = 2 * nets.len() + options.nets;
    let Tally { passed, failed } = tally;
    ensure!(passed + failed == expected, "expected {expected} comparisons, found {}", passed + failed);
    writeln!(stdout(), "parity: {passed} passed, {failed} failed")?;
    ensure!(failed == 0, "{failed} comparisons failed; what they compared lies in {}", folder.join("nets").display());
    Ok(())
}

/// Runs live.py, and returns what it prints.
fn live(python: &Path, root: &Path, folder: &Path, task: &str, options: &Options) -> Result<String> {
    let mut command = Command::new(python);
    command.arg(root.join("tests/parity/live.py")).arg(task).arg(folder.join("nets"));
    command.args(["--nets", &options.nets.to_string(), "--seed", &options.seed.to_string()]);
    command.args(options.random_only.then_some("--random-only"));
    output(&mut command)
}

fn lines<T: for<'a> Deserialize<'a>>(file: &Path) -> Result<Vec<T>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// Whether we accept what PyTorch accepts, with the same output, and reject the rest.
fn verdicts(verdicts: &[Verdict], tally: &mut Tally) -> Result<()> {
    for Verdict { source, output } in verdicts {
        let compilation = compile(Input::Text { path: "net.cnn", text: source }, &mut NoFiles);
        let ours = compilation.faults.is_empty().then(|| sizes(compilation.nets[0].output));
        if ours == *output {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            writeln!(stdout(), "FAILED {source}\nPyTorch's output: {output:?}, ours: {ours:?}")?;
        }
    }
    Ok(())
}

fn sizes(shape: Shape) -> Vec<u64> {
    match shape {
        Shape::Unknown => Vec::new(),
        Shape::Vector(n) => n.into_iter().collect(),
        Shape::Maps(sizes) => sizes.into_iter().flatten().collect(),
    }
}

/// Writes the package that compiles and checks all nets.
fn write_program(root: &Path, folder: &Path, nets: &[Net]) -> Result<()> {
    let program = folder.join("program");
    let source = program.join("src");
    let _ = fs::remove_dir_all(&source);
    fs::create_dir_all(source.join("nets"))?;
    let manifest = format!(
        "[package]\nname = \"parity\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
        [dependencies]\nbytemuck = {{ version = \"1\", features = [\"extern_crate_alloc\"] }}\n\
        cnn = {{ path = {root:?} }}\nsafetensors = {{ version = \"0.8\", default-features = false, features = [\"std\"] }}\n\n\
        [profile.dev]\nopt-level = 1\ndebug = false\nincremental = false\n\n[workspace]\n"
    );
    fs::write(program.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), program.join("Cargo.lock"))?;
    fs::write(source.join("main.rs"), include_str!("parity/check.rs"))?;
    let mut modules = String::from("use std::path::Path;\n\n");
    let mut calls = String::new();
    for (index, nets) in nets.chunks(NETS_PER_MODULE).enumerate() {
        fs::write(source.join("nets").join(format!("part{index}.rs")), part(root, nets)?)?;
        modules += &format!("mod part{index};\n");
        calls += &format!("    part{index}::check_all(folder);\n");
    }
    fs::write(source.join("nets.rs"), format!("{modules}\npub fn check_all(folder: &Path) {{\n{calls}}}\n"))?;
    Ok(())
}

/// A module of nets and their checks, each net in a module of its own, since their blocks share names.
fn part(root: &Path, nets: &[Net]) -> Result<String> {
    let (mut modules, mut calls) = (String::new(), String::new());
    for Net { name, source, output } in nets {
        let (tokens, ty) = match source {
            Some(source) => (source.clone(), capitalized(name)),
            None => {
                let file = root.join("examples/specs").join(name).with_extension("cnn");
                let compilation = spec::open(&file)?;
                let net = compilation.nets.first().with_context(|| format!("no net in {}", file.display()))?;
                let path = Path::new("nets").join(file.file_name().unwrap_or(OsStr::new("")));
                let ty = spec::name(net).to_owned();
                let copy = root.join("target/xtask/parity/program").join(&path);
                fs::create_dir_all(copy.parent().unwrap_or(root))?;
                fs::copy(&file, copy)?;
                (format!("include {:?}", path.display().to_string()), ty)
            }
        };
        modules += &format!("mod {name} {{\n    cnn::network! {{ {tokens} }}\n}}\n");
        calls += &format!("    crate::check::<{name}::{ty}>(folder, {name:?}, &{output:?});\n");
    }
    Ok(format!("{modules}\npub fn check_all(folder: &std::path::Path) {{\n{calls}}}\n"))
}
