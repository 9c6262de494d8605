//! The programs that run engines, and what all comparisons with them may be told.

use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::command::output;
use crate::python::environment;

#[derive(Args)]
pub struct Common {
    /// How many threads each engine has; several numbers are measured one after the other
    #[arg(long, value_delimiter = ',', default_value = "1")]
    pub threads: Vec<usize>,
    /// Other engines beside ours: builds and installs them, which takes half an hour once
    #[arg(long)]
    peers: bool,
    /// Prints a line of JSON for each engine instead of a table
    #[arg(long)]
    json: bool,
    /// How often each engine is measured, in turn with the others
    #[arg(long, default_value_t = 15)]
    pub rounds: usize,
    /// A Python that has benches/peers/requirements.txt, instead of a virtual environment in .venv-bench
    #[arg(long)]
    python: Option<PathBuf>,
}

impl Common {
    /// Whether there is anything to measure.
    pub fn check(&self) -> Result<()> {
        ensure!(self.rounds > 0, "nothing is measured in 0 rounds");
        ensure!(!self.threads.contains(&0), "there is nothing to measure without threads");
        Ok(())
    }

    /// Prints what was found of a case: `table`, or a line of JSON for each row.
    pub fn print<T: Serialize>(&self, rows: &[T], table: impl FnOnce(&[T]) -> String) -> Result<()> {
        if self.json {
            for row in rows {
                writeln!(stdout(), "{}", serde_json::to_string(row)?)?;
            }
        } else {
            writeln!(stdout(), "{}", table(rows))?;
        }
        Ok(())
    }

    /// Builds and installs the other engines, if they are asked for; `folder` is for what is built.
    pub fn peers(&self, root: &Path, folder: &Path) -> Result<Option<Peers>> {
        if !self.peers {
            return Ok(None);
        }
        let python = match &self.python {
            Some(python) => python.clone(),
            None => environment(root, ".venv-bench", "benches/peers/requirements.txt")?,
        };
        writeln!(stderr(), "building the engines in Rust, which takes minutes once")?;
        let mut cargo = Command::new(env!("CARGO"));
        cargo.arg("build").current_dir(root.join("benches/peers/rust"));
        let rust = executable(cargo.env("CARGO_TARGET_DIR", folder.join("peers")))?;
        Ok(Some(Peers { python, rust }))
    }
}

/// What runs the other engines.
pub struct Peers {
    pub python: PathBuf,
    pub rust: PathBuf,
}

/// Builds one of the programs that run ours, and returns where it is.
pub fn ours(root: &Path, program: &str) -> Result<PathBuf> {
    writeln!(stderr(), "building cnn's program `{program}`")?;
    let mut cargo = Command::new(env!("CARGO"));
    executable(cargo.args(["build", "-p", "cnn-benches", "--bin", program]).current_dir(root))
}

/// Builds a package's only program, optimised, and returns where it is.
fn executable(cargo: &mut Command) -> Result<PathBuf> {
    let messages = output(cargo.args(["--quiet", "--release", "--message-format", "json-render-diagnostics"]))?;
    let program = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    });
    program.context("cargo built no program")
}
