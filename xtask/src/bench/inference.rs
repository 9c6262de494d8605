//! `cargo xtask bench`: inference, round by round beside other engines.

use std::fmt::Write as _;
use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use super::measure::{Row, duration, rounds, rows};
use super::programs::{Common, Peers, ours};
use super::results;
use super::worker::Worker;
use crate::command::output;

/// Nets and batches that are measured unless one is named.
const CASES: [(&str, usize); 11] = [
    ("dummy", 1),
    ("dummy", 64),
    ("lenet5", 1),
    ("lenet5", 64),
    ("alexnet", 1),
    ("vgg16", 1),
    ("squeezenet1_1", 1),
    ("resnet18", 1),
    ("resnet18", 8),
    ("resnet50", 1),
    ("mobilenet_v2", 1),
];

/// Engines that `benches/peers/engines.py` runs.
const PYTHON_ENGINES: [&str; 6] = ["litert", "ncnn", "onnxruntime", "openvino", "torch_compile", "torch_eager"];

/// Engines that `benches/peers/rust` runs.
const RUST_ENGINES: [&str; 4] = ["burn", "candle", "rten", "tract"];

/// For how long an engine is measured in a round, in milliseconds.
const TURN: u64 = 60;

/// How far an engine's outputs may be from ours, as a part of their root mean square.
const TOLERANCE: f64 = 1e-3;

#[derive(Args)]
pub struct Options {
    /// A file of examples/specs, without its extension; the nets of the table in benches/RESULTS.md unless given
    #[arg(long)]
    net: Option<String>,
    /// How many images a forward pass takes; those of the table unless given
    #[arg(long)]
    batch: Option<usize>,
    /// The instruction set that ours uses: avx512, avx2, neon or scalar, if it is not the best that the CPU has
    #[arg(long, default_value = "best", hide_default_value = true)]
    isa: String,
    /// How ours computes, one engine for each: fast, strict or half
    #[arg(long, value_delimiter = ',', value_enum, default_value = "fast,strict")]
    arithmetic: Vec<Arithmetic>,
    /// Writes what was found to benches/RESULTS.md
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    common: Common,
}

/// An arithmetic of ours.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Arithmetic {
    Fast,
    Strict,
    Half,
}

impl Arithmetic {
    /// The name of an engine that computes so, and what its program calls it.
    fn names(self) -> [&'static str; 2] {
        match self {
            Self::Fast => ["cnn", "fast"],
            Self::Strict => ["cnn-strict", "strict"],
            Self::Half => ["cnn-half", "half"],
        }
    }
}

/// Measures all cases, and prints what was found.
pub fn run(root: &Path, options: &Options) -> Result<()> {
    options.common.check()?;
    ensure!(options.batch != Some(0), "there is nothing to measure without images");
    let bench = Bench::new(root, options)?;
    let mut rows = Vec::new();
    for &threads in &options.common.threads {
        for (net, batch) in cases(options) {
            let found = bench.case(&net, batch, threads)?;
            options.common.print(&found, table)?;
            rows.extend(found);
        }
    }
    if options.write {
        results::write(&root.join("benches/RESULTS.md"), options.common.rounds, &rows)?;
    }
    Ok(())
}

fn cases(options: &Options) -> Vec<(String, usize)> {
    let named = |net: &str| options.net.as_deref().is_none_or(|name| name == net);
    let mut cases: Vec<_> =
        CASES.iter().filter(|(net, _)| named(net)).map(|&(net, batch)| (net.to_owned(), batch)).collect();
    if let Some(net) = options.net.as_ref().filter(|_| cases.is_empty()) {
        cases.push((net.clone(), 1));
    }
    if let Some(batch) = options.batch {
        cases.iter_mut().for_each(|case| case.1 = batch);
        cases.dedup();
    }
    cases
}

/// The programs that run engines.
struct Bench<'a> {
    root: PathBuf,
    folder: PathBuf,
    /// Ours.
    engine: PathBuf,
    peers: Option<Peers>,
    options: &'a Options,
}

impl Bench<'_> {
    /// Builds what is needed.
    fn new<'a>(root: &Path, options: &'a Options) -> Result<Bench<'a>> {
        let root = root.canonicalize()?;
        let folder = root.join("target/xtask/bench");
        fs::create_dir_all(&folder)?;
        let engine = ours(&root, "engine")?;
        let peers = options.common.peers(&root, &folder)?;
        Ok(Bench { root, folder, engine, peers, options })
    }

    /// Measures all engines on a net.
    fn case(&self, net: &str, batch: usize, threads: usize) -> Result<Vec<Row>> {
        let folder = self.folder.join(format!("{net}-{batch}"));
        fs::create_dir_all(&folder)?;
        let numbers = [batch.to_string(), threads.to_string()];
        let mut workers = Vec::new();
        for [name, arithmetic] in self.options.arithmetic.iter().map(|arithmetic| arithmetic.names()) {
            let mut program = Command::new(&self.engine);
            program.arg(net).args(&numbers).args([arithmetic, &self.options.isa]);
            workers.push(Worker::start(name, program, &folder).with_context(|| format!("{name} cannot run {net}"))?);
        }
        if let Some(peers) = &self.peers {
            self.export(&peers.python, net, batch, &folder)?;
            for (name, mut program) in self.peers(peers, net, batch, threads) {
                program.arg(name).arg(&folder).arg(net).args(&numbers);
                match Worker::start(name, program, &folder) {
                    Ok(worker) => {
                        let apart = distance(&worker.outputs, &workers[0].outputs);
                        if apart <= TOLERANCE {
                            workers.push(worker);
                        } else {
                            writeln!(stderr(), "{net}: {name} is left out, its outputs differ by {apart:.1e} of ours")?;
                        }
                    }
                    Err(error) => writeln!(stderr(), "{net}: {name} is left out: {error:#}")?,
                }
            }
        }
        let rounds = rounds(&mut workers, self.options.common.rounds, TURN)?;
        Ok(rows(net, batch, threads, &workers, &rounds))
    }

    /// Writes the net for other engines, unless that is done.
    fn export(&self, python: &Path, net: &str, batch: usize, folder: &Path) -> Result<()> {
        let done = folder.join("exported");
        if !done.exists() {
            writeln!(stderr(), "exporting {net}, batch {batch}")?;
            let mut export = Command::new(python);
            export.arg(self.root.join("benches/peers/export.py")).args([net, &batch.to_string()]).arg(folder);
            output(&mut export)?;
            fs::write(done, "")?;
        }
        Ok(())
    }

    /// The other engines that can run this.
    fn peers(&self, peers: &Peers, net: &str, batch: usize, threads: usize) -> Vec<(&'static str, Command)> {
        let in_python = PYTHON_ENGINES.iter().filter(|&&engine| engine != "ncnn" || batch == 1).map(|&engine| {
            let mut program = Command::new(&peers.python);
            program.arg(self.root.join("benches/peers/engines.py"));
            (engine, program)
        });
        let small = ["dummy", "lenet5"].contains(&net);
        let runs = |engine: &str| match engine {
            "tract" => threads == 1,
            "burn" | "candle" => small,
            _ => true,
        };
        let in_rust =
            RUST_ENGINES.iter().filter(|engine| runs(engine)).map(|&engine| (engine, Command::new(&peers.rust)));
        in_python.chain(in_rust).collect()
    }
}

/// The largest difference, as a part of the second's root mean square.
fn distance(theirs: &[f32], ours: &[f32]) -> f64 {
    if theirs.len() != ours.len() {
        return f64::INFINITY;
    }
    let rms = (ours.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / ours.len() as f64).sqrt();
    let apart = theirs.iter().zip(ours).map(|(a, b)| f64::from((a - b).abs()) / rms);
    apart.max_by(f64::total_cmp).unwrap_or(f64::INFINITY)
}

/// A table for people.
fn table(rows: &[Row]) -> String {
    let mut text = String::new();
    let Some(Row { net, batch, threads, .. }) = rows.first() else { return text };
    let (images, plural) = (if *batch == 1 { "image" } else { "images" }, if *threads == 1 { "" } else { "s" });
    let _ = writeln!(text, "{net}, {batch} {images}, {threads} thread{plural}");
    let _ = writeln!(
        text,
        "  {:14} {:>12} {:>12} {:>9} {:>9} {:>10} {:>9}",
        "engine", "median", "minimum", "FMA peak", "error", "best peer÷", "by minima"
    );
    for row in rows {
        let [median, min] = [row.median_ms, row.min_ms].map(duration);
        let cell = |value: Option<f64>, show: fn(f64) -> String| value.map_or(String::new(), show);
        let share = cell(row.peak_share, |share| format!("{:.0} %", 100.0 * share));
        let error = cell(row.error, |error| format!("{error:.1e}"));
        let [ratio_median, ratio_min] =
            [row.ratio_median, row.ratio_min].map(|ratio| cell(ratio, |ratio| format!("{ratio:.2}")));
        let _ = writeln!(
            text,
            "  {:14} {median:>12} {min:>12} {share:>9} {error:>9} {ratio_median:>10} {ratio_min:>9}",
            row.engine
        );
    }
    text
}
