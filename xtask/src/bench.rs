//! `cargo xtask bench`.

mod compile;

use anyhow::Result;
use clap::Subcommand;

/// What is measured.
#[derive(Subcommand)]
pub enum Bench {
    /// How long a crate with a net takes to compile, beside an empty one
    Compile {
        /// A file of examples/specs, without its extension
        #[arg(long, default_value = "resnet50")]
        net: String,
        /// How often each crate is built
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
}

/// Measures, and prints what was found.
pub fn run(bench: &Bench, root: &std::path::Path) -> Result<()> {
    match bench {
        Bench::Compile { net, rounds } => compile::run(root, net, *rounds),
    }
}
