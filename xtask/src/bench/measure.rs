//! Engines measured round by round, and what their times say.

use anyhow::Result;
use serde::Serialize;

use super::median;
use super::worker::Worker;

/// What was found of an engine.
#[derive(Clone, Serialize)]
pub struct Row {
    pub net: String,
    pub batch: usize,
    pub threads: usize,
    pub engine: String,
    pub median_ms: f64,
    pub min_ms: f64,
    /// Best peer ÷ ours, the median over rounds of the ratio of their medians.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_median: Option<f64>,
    /// Best peer ÷ ours, by their minima.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio_min: Option<f64>,
    /// The largest difference from `f64`'s outputs, as a part of their root mean square.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<f64>,
    /// Multiply-adds in the least time, as a part of those that the cores could do at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_share: Option<f64>,
}

/// The times of each engine in each round, in milliseconds; each is measured for `turn_ms` of a round.
pub fn rounds(workers: &mut [Worker], rounds: usize, turn_ms: u64) -> Result<Vec<Vec<Vec<f64>>>> {
    /// For how long an engine computes before the first round, in milliseconds.
    const WARM_UP: u64 = 200;
    for worker in &mut *workers {
        worker.measure(WARM_UP)?;
    }
    let mut times = vec![Vec::new(); workers.len()];
    for round in 0..rounds {
        for turn in 0..workers.len() {
            // In every other round the other way around, so that no engine always comes behind the same one.
            let at = (turn + round) % workers.len();
            let at = if round % 2 == 0 { at } else { workers.len() - 1 - at };
            times[at].push(workers[at].measure(turn_ms)?);
        }
    }
    Ok(times)
}

/// What the times say; ours come first.
pub fn rows(net: &str, batch: usize, threads: usize, workers: &[Worker], rounds: &[Vec<Vec<f64>>]) -> Vec<Row> {
    let min = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
    let of_rounds =
        |figure: fn(&[f64]) -> f64, at: usize| -> Vec<f64> { rounds[at].iter().map(|times| figure(times)).collect() };
    let medians: Vec<_> = (0..workers.len()).map(|at| of_rounds(median, at)).collect();
    let minima: Vec<_> = (0..workers.len()).map(|at| min(&rounds[at].concat())).collect();
    let is_ours = |worker: &Worker| worker.name.starts_with("cnn");
    let peers: Vec<usize> =
        (0..workers.len()).filter(|&at| !is_ours(&workers[at]) && workers[at].is_comparable).collect();
    // The best of all peers on the whole is compared with, not that of each round, which would be luck.
    let best =
        |figures: &dyn Fn(usize) -> f64| peers.iter().copied().min_by(|&a, &b| figures(a).total_cmp(&figures(b)));
    let best_median = best(&|at| median(&medians[at]));
    let best_min = best(&|at| minima[at]);
    let row = |(at, worker): (usize, &Worker)| {
        let ours = is_ours(worker);
        let ratios =
            |peer: usize| medians[peer].iter().zip(&medians[at]).map(|(peer, ours)| peer / ours).collect::<Vec<_>>();
        let rate = worker.about.macs.map(|macs| macs / minima[at] * 1e3);
        let peak = worker.about.peak.map(|peak| peak * threads as f64);
        Row {
            net: net.to_owned(),
            batch,
            threads,
            engine: worker.name.clone(),
            median_ms: median(&rounds[at].concat()),
            min_ms: minima[at],
            ratio_median: best_median.filter(|_| ours).map(|peer| median(&ratios(peer))),
            ratio_min: best_min.filter(|_| ours).map(|peer| minima[peer] / minima[at]),
            error: worker.about.error,
            peak_share: rate.zip(peak).map(|(rate, peak)| rate / peak),
        }
    };
    workers.iter().enumerate().map(row).collect()
}

/// Milliseconds, or microseconds of what is quicker.
pub fn duration(milliseconds: f64) -> String {
    match milliseconds {
        0.0..0.1 => format!("{:.2} µs", 1e3 * milliseconds),
        0.1..1.0 => format!("{:.1} µs", 1e3 * milliseconds),
        _ => format!("{milliseconds:.2} ms"),
    }
}
