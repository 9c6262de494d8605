//! `benches/RESULTS.md`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::measure::{Row, duration};

/// Writes what was found, with the machine and the day.
pub fn write(file: &Path, rounds: usize, rows: &[Row]) -> Result<()> {
    replace(file, &markdown(rounds, rows)?)
}

/// Writes a file, all or nothing.
pub fn replace(file: &Path, text: &str) -> Result<()> {
    let temporary = file.with_extension("md.new");
    fs::write(&temporary, text).with_context(|| format!("cannot write {}", temporary.display()))?;
    fs::rename(&temporary, file).with_context(|| format!("cannot write {}", file.display()))
}

fn markdown(rounds: usize, rows: &[Row]) -> Result<String> {
    let threads: BTreeSet<usize> = rows.iter().map(|row| row.threads).collect();
    let list: Vec<String> = threads.iter().map(usize::to_string).collect();
    let mut text = String::new();
    writeln!(text, "# Inference beside other engines\n")?;
    writeln!(
        text,
        "Written by `cargo xtask bench --peers --threads {} --rounds {rounds} --write` on {}, {}.\n",
        list.join(","),
        today(),
        machine()
    )?;
    text += "All engines compute the same nets with the same weights, in `f32`, on the same images; each computes for 60 ms, then the next one, \
        round by round. Before, their outputs are compared with ours (1e-3 of the root mean square at most). Times are of one forward pass of \
        the whole batch, as a program sees it from the engine's own language: Python's take a call from Python.\n\n\
        `ratio` is the time of the best peer divided by ours: the median over the rounds of the ratio of their medians, and the ratio of \
        the least times. Above 1 ours is faster. `error` is the largest difference of our outputs from those in `f64`, divided by their \
        root mean square; `peak` the share of the multiply-adds that the cores could do at most, which Winograd's algorithm may exceed, \
        since it needs fewer. Where medians are far from the least times, other programs had the cores meanwhile. Versions of the peers are in `peers/requirements.txt` and `peers/rust/Cargo.toml`.\n\n";
    for threads in threads {
        let plural = if threads == 1 { "" } else { "s" };
        writeln!(text, "## {threads} thread{plural}\n")?;
        let rows: Vec<&Row> = rows.iter().filter(|row| row.threads == threads).collect();
        summary(&mut text, &rows)?;
        times(&mut text, &rows)?;
    }
    Ok(text)
}

/// Ours beside the best of all others.
fn summary(text: &mut String, rows: &[&Row]) -> Result<()> {
    writeln!(
        text,
        "| net, batch | cnn, median | minimum | best peer, median | ratio, medians | ratio, minima | peak | error | strict: ratio | error |"
    )?;
    writeln!(text, "|---|---:|---:|---|---:|---:|---:|---:|---:|---:|")?;
    for ours in rows.iter().filter(|row| row.engine == "cnn") {
        let same = |row: &&&Row| (&row.net, row.batch) == (&ours.net, ours.batch);
        let peers = rows.iter().filter(same).filter(|row| row.ratio_median.is_none() && row.peak_share.is_none());
        let best = peers.min_by(|a, b| a.median_ms.total_cmp(&b.median_ms));
        let best = best.map_or(String::new(), |peer| format!("{} {}", peer.engine, duration(peer.median_ms)));
        let strict = rows.iter().filter(same).find(|row| row.engine == "cnn-strict");
        let ratio = |ratio: Option<f64>| ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let error = |error: Option<f64>| error.map_or(String::new(), |error| format!("{error:.1e}"));
        writeln!(
            text,
            "| {}, {} | {} | {} | {best} | {} | {} | {} | {} | {} | {} |",
            ours.net,
            ours.batch,
            duration(ours.median_ms),
            duration(ours.min_ms),
            ratio(ours.ratio_median),
            ratio(ours.ratio_min),
            ours.peak_share.map_or(String::new(), |share| format!("{:.0} %", 100.0 * share)),
            error(ours.error),
            ratio(strict.and_then(|row| row.ratio_median)),
            error(strict.and_then(|row| row.error)),
        )?;
    }
    writeln!(text)?;
    Ok(())
}

/// Medians and least times of all engines.
fn times(text: &mut String, rows: &[&Row]) -> Result<()> {
    let mut engines: Vec<&str> = Vec::new();
    for row in rows {
        if !engines.contains(&&row.engine[..]) {
            engines.push(&row.engine);
        }
    }
    writeln!(text, "Median / minimum of every engine:\n")?;
    writeln!(text, "| net, batch | {} |", engines.join(" | "))?;
    writeln!(text, "|---|{}", "---:|".repeat(engines.len()))?;
    for ours in rows.iter().filter(|row| row.engine == "cnn") {
        let cell = |engine: &&str| {
            let row =
                rows.iter().find(|row| (&row.net, row.batch, &row.engine[..]) == (&ours.net, ours.batch, *engine));
            row.map_or("–".to_owned(), |row| format!("{} / {}", duration(row.median_ms), duration(row.min_ms)))
        };
        let cells: Vec<String> = engines.iter().map(cell).collect();
        writeln!(text, "| {}, {} | {} |", ours.net, ours.batch, cells.join(" | "))?;
    }
    writeln!(text)?;
    Ok(())
}

/// The day.
pub fn today() -> String {
    let date = Command::new("date").arg("+%Y-%m-%d").output();
    date.map_or("a day unknown".to_owned(), |date| String::from_utf8_lossy(&date.stdout).trim().to_owned())
}

/// The processor, and how many of its cores there are.
pub fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpus.lines().find(|line| line.split(':').next().is_some_and(|key| key.trim() == name))?;
        line.split(':').nth(1).map(|value| value.trim().to_owned())
    };
    let name = field("model name").unwrap_or("an unknown processor".to_owned());
    let number = [("family", "cpu family"), ("model", "model")]
        .map(|(short, key)| field(key).map(|value| format!("{short} {value}")));
    let numbers: Vec<String> = number.into_iter().flatten().collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let best = cnn_runtime::Isa::detect();
    format!("{cores} cores of {name} ({}), {best}", numbers.join(" "))
}
