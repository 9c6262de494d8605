//! `cargo xtask bench train`: steps of training, round by round beside other engines.

mod results;

use std::fmt::Write as _;
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Serialize;

use super::measure::{Row, duration, rounds, rows};
use super::programs::{Common, Peers, ours};
use super::worker::Worker;

/// A net, the images of a step, and how many times faster than the best peer ours must and should be.
struct Case {
    net: &'static str,
    batch: usize,
    must: f64,
    aim: f64,
}

const CASES: [Case; 3] = [
    Case { net: "lenet5", batch: 64, must: 4.0, aim: 7.0 },
    Case { net: "lenet5", batch: 128, must: 4.0, aim: 7.0 },
    Case { net: "dummy", batch: 32, must: 3.0, aim: 5.0 },
];

/// Engines that `benches/peers/train.py` runs.
const PYTHON_ENGINES: [&str; 4] = ["jax", "jax_scan", "torch_compile", "torch_eager"];

/// Engines that `benches/peers/rust` runs, and their names there.
const RUST_ENGINES: [(&str, &str); 2] = [("burn", "train-burn"), ("candle", "train-candle")];

/// How far each of an engine's first losses may be from ours.
const TOLERANCE: f64 = 1e-3;

/// For how long an engine is measured in a round, in milliseconds: the slowest take 60 for a step.
const TURN: u64 = 200;

/// Images of an epoch.
const EPOCH: f64 = 60_000.0;

#[derive(Args)]
pub struct Options {
    /// lenet5 or dummy; both unless given
    #[arg(long)]
    net: Option<String>,
    /// Writes what was found to benches/TRAINING.md
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    common: Common,
}

/// What was found of an engine.
#[derive(Serialize)]
struct Steps {
    #[serde(flatten)]
    row: Row,
    /// What an epoch of 60,000 images takes, by the median, in seconds.
    epoch_s: f64,
    /// The largest difference of its first losses from ours; none of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    loss_difference: Option<f64>,
}

impl Steps {
    /// Whether it does the same work as ours.
    fn is_comparable(&self) -> bool {
        self.loss_difference.is_none_or(|difference| difference <= TOLERANCE)
    }

    fn case(&self) -> Option<&'static Case> {
        CASES.iter().find(|case| (case.net, case.batch) == (&self.row.net, self.row.batch))
    }
}

/// Measures all cases, and prints what was found; fails if an engine does not do the same work as ours.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    options.common.check()?;
    let named = |case: &&Case| options.net.as_deref().is_none_or(|net| net == case.net);
    let cases: Vec<&Case> = CASES.iter().filter(named).collect();
    ensure!(!cases.is_empty(), "training is measured of lenet5 and dummy");
    let root = root.canonicalize()?;
    let folder = root.join("target/xtask/bench");
    fs::create_dir_all(&folder)?;
    let program = ours(&root, "train")?;
    let peers = options.common.peers(&root, &folder)?;
    let bench = Bench { root, folder, program, peers, rounds: options.common.rounds };
    let load = results::load();
    let mut found = Vec::new();
    for &threads in &options.common.threads {
        for case in &cases {
            let steps = bench.case(case, threads)?;
            options.common.print(&steps, table)?;
            found.extend(steps);
        }
    }
    if options.write {
        results::write(&bench.root.join("benches/TRAINING.md"), options.common.rounds, &load, &found)?;
    }
    let others = found.iter().filter(|steps| !steps.is_comparable());
    let others: Vec<_> =
        others.map(|Steps { row, .. }| format!("{} ({}, {})", row.engine, row.net, row.batch)).collect();
    if !others.is_empty() {
        bail!("losses differ from ours by more than {TOLERANCE:.0e}, so this is other work: {}", others.join(", "));
    }
    Ok(())
}

/// The programs that run engines.
struct Bench {
    root: PathBuf,
    folder: PathBuf,
    /// Ours.
    program: PathBuf,
    peers: Option<Peers>,
    rounds: usize,
}

impl Bench {
    /// Measures all engines on a net.
    fn case(&self, case: &Case, threads: usize) -> Result<Vec<Steps>> {
        let &Case { net, batch, .. } = case;
        let folder = self.folder.join(format!("train-{net}-{batch}"));
        fs::create_dir_all(&folder)?;
        let start = |name: &str, mut program: Command| {
            program.arg(&folder).args([net, &batch.to_string(), &threads.to_string()]);
            Worker::start(name, program, &folder)
        };
        // Ours comes first: it writes what the others read.
        let ours = start("cnn", Command::new(&self.program)).with_context(|| format!("cnn cannot train {net}"))?;
        let mut workers = vec![ours];
        let mut differences = vec![None];
        for (name, program) in self.peers.iter().flat_map(|peers| self.programs(peers)) {
            match start(name, program) {
                Ok(mut worker) => {
                    let difference = difference(&worker.outputs, &workers[0].outputs);
                    worker.is_comparable = difference <= TOLERANCE;
                    workers.push(worker);
                    differences.push(Some(difference));
                }
                Err(error) => writeln!(stderr(), "{net}: {name} is left out: {error:#}")?,
            }
        }
        let rounds = rounds(&mut workers, self.rounds, TURN)?;
        let rows = rows(net, batch, threads, &workers, &rounds).into_iter().zip(differences);
        let steps = rows.map(|(row, loss_difference)| {
            let epoch_s = row.median_ms / 1e3 * EPOCH / batch as f64;
            Steps { row, epoch_s, loss_difference }
        });
        Ok(steps.collect())
    }

    /// What runs each of the other engines.
    fn programs(&self, peers: &Peers) -> impl Iterator<Item = (&'static str, Command)> {
        let in_python = PYTHON_ENGINES.into_iter().map(|engine| {
            let mut program = Command::new(&peers.python);
            program.arg(self.root.join("benches/peers/train.py")).arg(engine);
            (engine, program)
        });
        let in_rust = RUST_ENGINES.into_iter().map(|(engine, name)| {
            let mut program = Command::new(&peers.rust);
            program.arg(name);
            (engine, program)
        });
        in_python.chain(in_rust)
    }
}

/// The largest difference of losses.
fn difference(theirs: &[f32], ours: &[f32]) -> f64 {
    if theirs.len() != ours.len() {
        return f64::INFINITY;
    }
    let apart = theirs.iter().zip(ours).map(|(a, b)| f64::from((a - b).abs()));
    // A NaN is the largest of all.
    apart.max_by(f64::total_cmp).unwrap_or(f64::INFINITY)
}

/// A table for people.
fn table(steps: &[Steps]) -> String {
    let mut text = String::new();
    let Some(Row { net, batch, threads, .. }) = steps.first().map(|steps| &steps.row) else { return text };
    let plural = if *threads == 1 { "" } else { "s" };
    let _ = writeln!(text, "training {net}, steps of {batch} images, {threads} thread{plural}");
    let _ = writeln!(
        text,
        "  {:14} {:>12} {:>12} {:>12} {:>10} {:>10} {:>9}  losses",
        "engine", "median", "minimum", "an image", "an epoch", "best peer÷", "by minima"
    );
    for steps in steps {
        let Steps { row, epoch_s, loss_difference } = steps;
        let [median, min, image] = [row.median_ms, row.min_ms, row.median_ms / *batch as f64].map(duration);
        let [ratio_median, ratio_min] =
            [row.ratio_median, row.ratio_min].map(|ratio| ratio.map_or(String::new(), |ratio| format!("{ratio:.2}")));
        let losses = match loss_difference {
            None => String::new(),
            Some(difference) if steps.is_comparable() => format!("as ours to {difference:.0e}"),
            Some(difference) => format!("differ by {difference:.0e}: other work"),
        };
        let _ = writeln!(
            text,
            "  {:14} {median:>12} {min:>12} {image:>12} {epoch_s:>8.2} s {ratio_median:>10} {ratio_min:>9}  {losses}",
            row.engine
        );
    }
    text
}
