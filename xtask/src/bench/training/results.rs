//! `benches/TRAINING.md`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{Case, Steps, TURN};
use crate::bench::measure::duration;
use crate::bench::results::{machine, replace, today};

/// Writes what was found, with the machine and the day.
pub fn write(file: &Path, rounds: usize, load: &str, found: &[Steps]) -> Result<()> {
    replace(file, &markdown(rounds, load, found)?)
}

/// How many programs wanted a core in the last minute, on average, as Linux counts them.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}

fn markdown(rounds: usize, load: &str, found: &[Steps]) -> Result<String> {
    let threads: BTreeSet<usize> = found.iter().map(|steps| steps.row.threads).collect();
    let list: Vec<String> = threads.iter().map(usize::to_string).collect();
    let mut text = String::new();
    writeln!(text, "# Training beside other engines\n")?;
    writeln!(
        text,
        "Written by `cargo xtask bench train --peers --threads {} --rounds {rounds} --write` on {}, {}; the load before was {load}.\n",
        list.join(","),
        today(),
        machine()
    )?;
    writeln!(
        text,
        "All engines make the same steps, in `f32`: forward, cross entropy, backward, and Adam with a learning rate of 0.001, \
        from the same weights on, with the same twenty batches in memory, one after the other. The losses of the first twenty steps \
        prove it: `losses` is their largest difference from ours, and an engine that is more than 1e-3 away is not compared with. \
        Each engine trains for {TURN} ms, then the next one, round by round. Times are of one step, as a program sees it from the \
        engine's own language; an epoch is 60,000 images, by the median.\n\n\
        `ratio` is the time of the best peer divided by ours: the median over the rounds of the ratio of their medians, and the ratio \
        of the least times. Above 1 ours is faster. Where medians are far from the least times, other programs had the cores \
        meanwhile.\n\n\
        PyTorch has its fused Adam, and `torch_compile` the mode `max-autotune-no-cudagraphs`. JAX compiles a step as a whole, channels \
        last; `jax_scan` makes twenty steps in each call. burn has its backend flex, with vectors and threads. candle, which has AdamW, \
        runs it without decay. Versions are in `peers/requirements.txt` and `peers/rust/Cargo.toml`.\n"
    )?;
    for threads in threads {
        let plural = if threads == 1 { "" } else { "s" };
        writeln!(text, "## {threads} thread{plural}\n")?;
        let found: Vec<&Steps> = found.iter().filter(|steps| steps.row.threads == threads).collect();
        summary(&mut text, &found)?;
        times(&mut text, &found)?;
    }
    Ok(text)
}

/// Ours beside the best of all others.
fn summary(text: &mut String, found: &[&Steps]) -> Result<()> {
    writeln!(
        text,
        "| net, batch | cnn, median | minimum | an image | an epoch | best peer, median | ratio, medians | ratio, minima | target | aim |"
    )?;
    writeln!(text, "|---|---:|---:|---:|---:|---|---:|---:|---|---|")?;
    for steps in of_ours(found) {
        let Steps { row: ours, epoch_s, .. } = steps;
        let peers = found.iter().filter(|steps| {
            (&steps.row.net, steps.row.batch) == (&ours.net, ours.batch)
                && steps.loss_difference.is_some()
                && steps.is_comparable()
        });
        let best = peers.min_by(|a, b| a.row.median_ms.total_cmp(&b.row.median_ms));
        let best = best.map_or(String::new(), |peer| format!("{} {}", peer.row.engine, duration(peer.row.median_ms)));
        let ratio = |ratio: Option<f64>| ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        let reached = |target: fn(&Case) -> f64| {
            let (target, ratio) = steps.case().map(target).zip(ours.ratio_median)?;
            Some(format!("{target} {}", if ratio >= target { "reached" } else { "missed" }))
        };
        writeln!(
            text,
            "| {}, {} | {} | {} | {} | {epoch_s:.2} s | {best} | {} | {} | {} | {} |",
            ours.net,
            ours.batch,
            duration(ours.median_ms),
            duration(ours.min_ms),
            duration(ours.median_ms / ours.batch as f64),
            ratio(ours.ratio_median),
            ratio(ours.ratio_min),
            reached(|case| case.must).unwrap_or_default(),
            reached(|case| case.aim).unwrap_or_default(),
        )?;
    }
    writeln!(text)?;
    Ok(())
}

/// Medians and least times of all engines, what an epoch takes, and how far their losses are from ours.
fn times(text: &mut String, found: &[&Steps]) -> Result<()> {
    for Steps { row: ours, .. } in of_ours(found) {
        writeln!(text, "{}, {} images a step:\n", ours.net, ours.batch)?;
        writeln!(text, "| engine | median | minimum | an epoch | losses |")?;
        writeln!(text, "|---|---:|---:|---:|---:|")?;
        for Steps { row, epoch_s, loss_difference } in found.iter().copied() {
            if (&row.net, row.batch) == (&ours.net, ours.batch) {
                let [median, min] = [row.median_ms, row.min_ms].map(duration);
                let losses = loss_difference.map_or(String::new(), |difference| format!("{difference:.1e}"));
                writeln!(text, "| {} | {median} | {min} | {epoch_s:.2} s | {losses} |", row.engine)?;
            }
        }
        writeln!(text)?;
    }
    Ok(())
}

fn of_ours<'a>(found: &[&'a Steps]) -> impl Iterator<Item = &'a Steps> {
    found.iter().copied().filter(|steps| steps.loss_difference.is_none())
}
