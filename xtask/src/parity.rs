//! `cargo xtask parity`: PyTorch, live, beside our nets.
//!
//! `tests/parity/live.py` draws nets and runs them; a program that compiles them all with `network!` loads their state_dicts and
//! compares the outputs; and PyTorch loads what that program saved. `gradients.py` draws others and computes a step of training,
//! which a second program compares with ours. A third one trains nets, and `trained.py` loads them and compares what they say.

mod program;

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use cnn_compiler::graph::Shape;
use cnn_compiler::{Input, compile};
use serde::Deserialize;

use self::program::Program;
use crate::command::output;
use crate::error_index::NoFiles;
use crate::python::environment;

const INFERENCE: Program =
    Program { name: "inference", main: include_str!("parity/programs/inference.rs"), opt_level: 1 };
const GRADIENTS: Program =
    Program { name: "gradients", main: include_str!("parity/programs/gradients.rs"), opt_level: 1 };
const TRAINING: Program = Program { name: "training", main: include_str!("parity/programs/training.rs"), opt_level: 2 };

/// A net with batch normalisation that learns to read digits, as trained.py has it.
const NORMALISED: &str = "pub Normalised(1x28x28) -> 10 {
    conv(1 -> 8, k5, s2, p2, nobias) bn relu;
    conv(8 -> 16, k3, s2, p1, nobias) bn relu;
    body: residual { conv3: conv(16 -> 16, k3, p1, nobias) bn3: bn } relu;
    flatten;
    fc(784 -> 10)
}";

#[derive(Args)]
pub struct Options {
    /// How many random nets, and how many random chains for PyTorch's verdict
    #[arg(long, default_value_t = 300)]
    nets: usize,
    /// How many random nets of which gradients are compared
    #[arg(long, default_value_t = 200)]
    gradients: usize,
    /// Where the random numbers start
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Leaves the catalogue out, and the nets that are trained
    #[arg(long)]
    random_only: bool,
    /// A Python that has tests/parity/requirements.txt, instead of a virtual environment in .venv
    #[arg(long)]
    python: Option<PathBuf>,
}

/// A net that is compared.
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
    /// Counts lines that begin with `ok` or `FAILED`, of which there is one for each net, and prints the latter.
    fn count(&mut self, lines: &str, nets: &[Net]) -> Result<()> {
        let before = self.passed + self.failed;
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
        let found = self.passed + self.failed - before;
        ensure!(found == nets.len(), "expected {} comparisons, found {found}", nets.len());
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
    let session = Session { root, folder, python, options };
    let mut tally = Tally::default();
    session.inference(&mut tally)?;
    session.gradients(&mut tally)?;
    if !options.random_only {
        session.training(&mut tally)?;
    }
    let Tally { passed, failed } = tally;
    writeln!(stdout(), "parity: {passed} passed, {failed} failed")?;
    ensure!(failed == 0, "{failed} comparisons failed; what they compared lies in {}", session.folder.display());
    Ok(())
}

/// What all comparisons need.
struct Session<'a> {
    root: PathBuf,
    /// Where everything is written.
    folder: PathBuf,
    python: PathBuf,
    options: &'a Options,
}

impl Session<'_> {
    /// Outputs of random nets and of the catalogue, their weights there and back, and verdicts.
    fn inference(&self, tally: &mut Tally) -> Result<()> {
        let Options { nets: count, seed, random_only, .. } = self.options;
        let files = self.empty("nets")?;
        let live = |task: &str| {
            let mut command = self.script("live.py");
            command.arg(task).arg(&files).args(["--nets", &count.to_string(), "--seed", &seed.to_string()]);
            output(command.args(random_only.then_some("--random-only")))
        };
        writeln!(stdout(), "PyTorch draws and runs {count} nets")?;
        live("draw")?;
        let nets: Vec<Net> = lines(&files.join("nets.jsonl"))?;
        verdicts(&lines(&files.join("verdicts.jsonl"))?, tally)?;
        writeln!(stdout(), "the same nets are compiled, and run")?;
        tally.count(&self.compile_and_run(&INFERENCE, &nets, &files)?, &nets)?;
        writeln!(stdout(), "PyTorch loads what they saved")?;
        tally.count(&live("reload")?, &nets)
    }

    /// A step of training of random nets: loss, gradients and running statistics.
    fn gradients(&self, tally: &mut Tally) -> Result<()> {
        let Options { gradients: count, seed, .. } = self.options;
        let files = self.empty("gradients")?;
        writeln!(stdout(), "PyTorch draws {count} nets, and computes their gradients")?;
        let mut command = self.script("gradients.py");
        output(command.arg(&files).args(["--gradients", &count.to_string(), "--seed", &seed.to_string()]))?;
        let nets: Vec<Net> = lines(&files.join("nets.jsonl"))?;
        writeln!(stdout(), "the same nets are compiled, and compute theirs")?;
        tally.count(&self.compile_and_run(&GRADIENTS, &nets, &files)?, &nets)
    }

    /// Nets that learn here and go back to PyTorch.
    fn training(&self, tally: &mut Tally) -> Result<()> {
        let files = self.empty("trained")?;
        let net = |name: &str, source: Option<&str>| Net {
            name: name.into(),
            source: source.map(Into::into),
            output: vec![10],
        };
        let nets = [net("lenet5", None), net("normalised", Some(NORMALISED))];
        writeln!(stdout(), "{} nets are trained", nets.len())?;
        self.compile_and_run(&TRAINING, &nets, &files)?;
        writeln!(stdout(), "PyTorch loads what they have learnt")?;
        tally.count(&output(self.script("trained.py").arg(&files))?, &nets)
    }

    /// A folder for the nets' files, without those of another time.
    fn empty(&self, name: &str) -> Result<PathBuf> {
        let files = self.folder.join(name);
        let _ = fs::remove_dir_all(&files);
        fs::create_dir_all(&files)?;
        Ok(files)
    }

    /// A script of tests/parity.
    fn script(&self, name: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.root.join("tests/parity").join(name));
        command
    }

    /// What a program prints that compiles these nets, given the folder of their files.
    fn compile_and_run(&self, program: &Program, nets: &[Net], files: &Path) -> Result<String> {
        program::run(&program.write(&self.root, &self.folder.join("programs"), nets)?, files)
    }
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
