//! `cargo xtask bench instructions`: how many instructions a forward pass of a small net takes, as callgrind counts them.
//!
//! Times of such nets differ from run to run by more than most changes make; this number does not. callgrind knows AVX2, not AVX-512.

use std::fmt::Write as _;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::programs::ours;

/// The nets that are counted, by the names of their files in examples/specs, and the sizes of their batches.
const CASES: [(&str, usize); 5] = [("mlp", 1), ("dummy", 1), ("dummy", 64), ("lenet5", 1), ("lenet5", 64)];

/// Forward passes between the two counts.
const PASSES: u64 = 20;

/// Counts, and prints; with `write` into benches/INSTRUCTIONS.md too.
pub fn run(root: &Path, write: bool) -> Result<()> {
    let engine = ours(root, "engine")?;
    let mut table = String::from("| net, batch | instructions of a forward pass |\n|---|---:|\n");
    for (net, batch) in CASES {
        let [none, some] = [0, PASSES].map(|passes| count(&engine, net, batch, passes));
        writeln!(table, "| {net}, {batch} | {} |", (some? - none?) / PASSES)?;
    }
    write!(stdout(), "{table}")?;
    if write {
        let text = format!(
            "# Instructions of small nets\n\nWritten by `cargo xtask bench instructions --write`: one thread, AVX2, counted by callgrind.\n\n{table}"
        );
        fs::write(root.join("benches/INSTRUCTIONS.md"), text).context("cannot write benches/INSTRUCTIONS.md")?;
    }
    Ok(())
}

/// The instructions of the whole program with so many forward passes, beside the one that it makes anyway.
fn count(engine: &Path, net: &str, batch: usize, passes: u64) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(engine);
    valgrind.args([net, &batch.to_string(), "1", "fast", "avx2", "/dev/null"]);
    valgrind.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = valgrind.spawn().context("cannot run valgrind, which counts")?;
    if let Some(mut stdin) = child.stdin.take() {
        writeln!(stdin, "#{passes}")?;
    }
    let output = child.wait_with_output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed:\n{log}");
    let counted = log.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    counted.with_context(|| format!("valgrind did not say what it counted:\n{log}"))
}
