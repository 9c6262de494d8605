//! Other programs, run for what they print.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What a command prints; an error, with all that it said, where it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("cannot run {}", program.display()))?;
    let [said, complained] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    ensure!(output.status.success(), "{} failed:\n{said}{complained}", program.display());
    Ok(said.into_owned())
}
