//! The project's tasks: `cargo xtask help` lists them.

mod bench;
mod check;
mod codegen;
mod command;
mod error_index;
mod parity;
mod python;
mod spec;
mod summary;

use std::env;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use cnn_compiler::plan::training::Load;

/// The project's tasks.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
enum Task {
    /// Writes examples/generated and docs/errors.md
    Codegen {
        /// Only says which files are stale
        #[arg(long)]
        check: bool,
        /// The repository, if it is not this one
        #[arg(long, default_value_os_t = repository(), hide_default_value = true)]
        root: PathBuf,
    },
    /// Says what is wrong with .cnn files
    Check {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Prints the layers of a .cnn file's nets, with shapes and costs
    Summary {
        /// The file
        file: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Prints what a .cnn file's nets compute, step by step: algorithm, tile, layout, memory, bytes and multiply-adds
    Plan {
        /// The file, or the name of one of examples/specs
        net: PathBuf,
        /// How the nets are trained instead: what is kept, where values and gradients lie, and the memory of a step
        #[arg(long)]
        train: bool,
        /// Images of a step
        #[arg(long, default_value_t = 64, requires = "train", value_parser = clap::value_parser!(u64).range(1..))]
        batch: u64,
        /// Threads that compute a step
        #[arg(long, default_value_t = 1, requires = "train", value_parser = clap::value_parser!(u64).range(1..))]
        threads: u64,
    },
    /// Measures inference or training, beside other engines if they are asked for, or what a net costs to build
    Bench(Box<bench::Bench>),
    /// Compares nets with PyTorch, live: outputs and gradients of random ones, the catalogue, and nets that are trained
    Parity(parity::Options),
    /// Rewrites what the tests compare with: then read the diff
    Bless,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Codegen { check: true, root } => codegen::check(&root),
        Task::Codegen { check: false, root } => codegen::write(&root),
        Task::Check { files } => return check::run(&files),
        Task::Summary { file, json } => summary::run(&file, json),
        Task::Plan { net, train: false, .. } => plan(&net, None),
        Task::Plan { net, train: true, batch, threads } => plan(&net, Some(Load { batch, threads })),
        Task::Bench(bench) => bench::run(&bench, &repository()),
        Task::Parity(options) => parity::run(&repository(), &options),
        Task::Bless => bless(),
    };
    let Err(error) = done else { return ExitCode::SUCCESS };
    complain(&error);
    ExitCode::FAILURE
}

/// Prints an error; faults of a net come with their own `error: `.
fn complain(error: &anyhow::Error) {
    let io = error.downcast_ref::<io::Error>();
    // Nobody reads on: `cargo xtask summary net.cnn | head`.
    if io.is_some_and(|io| io.kind() == ErrorKind::BrokenPipe) {
        return;
    }
    let prefix = if error.is::<spec::Faults>() { "" } else { "error: " };
    let _ = writeln!(io::stderr(), "{prefix}{error:#}");
}

/// Prints the plans of a file's nets: of inference, or of steps of training.
fn plan(net: &Path, training: Option<Load>) -> Result<()> {
    let spec = repository().join("examples/specs").join(net).with_extension("cnn");
    let file = if net.extension().is_none() && spec.exists() { &spec } else { net };
    for (net, plan) in spec::nets(&spec::open(file)?) {
        writeln!(io::stdout(), "{}", spec::name(net))?;
        match training {
            Some(load) => write!(io::stdout(), "{}", plan.training.table(net, load))?,
            None => write!(io::stdout(), "{plan}")?,
        }
    }
    Ok(())
}

/// The folder above this package. cargo says at run time where that is: a shared target folder may hold another's build.
fn repository() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    Path::new(&package).join("..")
}

fn bless() -> Result<()> {
    codegen::write(&repository())?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["test", "--workspace", "--no-fail-fast"]).env("TRYBUILD", "overwrite").env("UPDATE_EXPECT", "1");
    let status = cargo.current_dir(repository()).status().context("cannot run cargo")?;
    ensure!(status.success(), "`cargo test --workspace` failed");
    Ok(())
}
