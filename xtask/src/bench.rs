//! `cargo xtask bench`.

mod compile;
mod inference;
mod instructions;
mod measure;
mod programs;
mod results;
mod training;
mod worker;

use std::path::Path;

use anyhow::Result;
use clap::{Args, Subcommand};

/// What is measured.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    inference: inference::Options,
}

#[derive(Subcommand)]
enum Other {
    /// How long a crate with a net takes to compile, beside an empty one
    Compile {
        /// A file of examples/specs, without its extension
        #[arg(long, default_value = "resnet50")]
        net: String,
        /// How often each crate is built
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// How long a step of training takes, beside other engines if they are asked for
    Train(training::Options),
    /// How many instructions a forward pass of the small nets takes, counted by valgrind
    Instructions {
        /// Writes them to benches/INSTRUCTIONS.md
        #[arg(long)]
        write: bool,
    },
}

/// Measures, and prints what was found.
pub fn run(bench: &Bench, root: &Path) -> Result<()> {
    match &bench.other {
        Some(Other::Compile { net, rounds }) => compile::run(root, net, *rounds),
        Some(Other::Instructions { write }) => instructions::run(root, *write),
        Some(Other::Train(options)) => training::run(root, options),
        None => inference::run(root, &bench.inference),
    }
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    if times.len().is_multiple_of(2) { (times[middle - 1] + times[middle]) / 2.0 } else { times[middle] }
}
