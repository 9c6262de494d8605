//! `cargo xtask check`.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;

use crate::spec;

/// Prints a line for each net of the good files, and the faults of the others.
pub fn run(files: &[PathBuf]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        if let Err(error) = check(file) {
            crate::complain(&error);
            code = ExitCode::FAILURE;
        }
    }
    code
}

fn check(file: &Path) -> Result<()> {
    let compilation = spec::open(file)?;
    for net in &compilation.nets {
        let (name, params, macs) = (spec::name(net), grouped(net.param_count), grouped(net.macs));
        writeln!(stdout(), "{name}: {} -> {}, {params} parameters, {macs} multiply-adds", net.input, net.output)?;
    }
    if compilation.nets.is_empty() {
        writeln!(stdout(), "{}: no net", file.display())?;
    }
    Ok(())
}

/// `n` with a comma before every three digits: 8,325.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let first = (digits.len() - 1) % 3 + 1;
    let rest = (first..digits.len()).step_by(3).map(|at| format!(",{}", &digits[at..at + 3]));
    format!("{}{}", &digits[..first], rest.collect::<String>())
}
