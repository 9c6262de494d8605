//! A plan for readers: a line for each step, and totals.

use std::fmt;

use super::{LANES, Layout, Place, Plan, Step, WIDEST};

/// Bytes of a float.
const FLOAT: u64 = 4;

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |(place, floats): (Place, u64)| match place {
            Place::Input => "input".to_owned(),
            Place::Output => "output".to_owned(),
            Place::Buffer(index, first) => {
                let start = self.buffers[index].start + first;
                format!("arena[{start}..{}]", start + floats)
            }
        };
        let layers = |step: &Step| step.layers.join(" + ");
        let width = self.steps.iter().map(|step| layers(step).chars().count()).max().unwrap_or(0);
        let row = |f: &mut fmt::Formatter<'_>, cells: [&str; 7]| {
            let [layers, kernel, tile, layout, bytes, macs, places] = cells;
            writeln!(f, "{layers:width$}  {kernel:16} {tile:8} {layout:8} {bytes:>10} {macs:>11}  {places}")
        };
        row(f, ["layers", "algorithm", "tile", "layout", "bytes", "MACs", "reads -> writes, in floats"])?;
        for step in &self.steps {
            let sources: Vec<String> = step.sources.iter().map(|&(_, at, floats)| place((at, floats))).collect();
            let places = format!("{} -> {}", sources.join(", "), place(step.target));
            let layout = match step.layout {
                Layout::Planar => "planar",
                Layout::Blocked => "blocked",
            };
            let [bytes, macs] = [step.bytes(), step.macs].map(|n| n.to_string());
            row(f, [&layers(step), step.kernel, &tile(step), layout, &bytes, &macs, &places])?;
        }
        let [bytes, macs] = [Step::bytes, |step: &Step| step.macs].map(|of| self.steps.iter().map(of).sum::<u64>());
        row(f, ["total", "", "", "", &bytes.to_string(), &macs.to_string(), ""])?;
        let percent = 100.0 * self.arena_len as f64 / self.arena_bound.max(1) as f64 - 100.0;
        let [packed, arena, bound, scratch] =
            [self.packed_len, self.arena_len, self.arena_bound, self.scratch_len].map(|floats| FLOAT * floats);
        writeln!(f, "packed weights {packed} bytes")?;
        writeln!(f, "arena {arena} bytes for each thread, its lower bound {bound} ({percent:+.1} %)")?;
        writeln!(f, "scratch {scratch} bytes for each thread")?;
        writeln!(f, "{} kernels", if self.inline { "inline" } else { "shared" })?;
        if let Some(plan) = &self.training.side_by_side {
            let bytes = |lanes: u64| FLOAT * lanes * plan.arena_len;
            let [wide, narrow] = [WIDEST, LANES].map(bytes);
            writeln!(f, "a batch: {WIDEST} images side by side (AVX-512) in {wide} bytes, or {LANES} in {narrow}")?;
        }
        Ok(())
    }
}

impl Step {
    /// The bytes of all that it reads and writes once, its weights among them.
    fn bytes(&self) -> u64 {
        let read: u64 = self.sources.iter().map(|(.., floats)| floats).sum();
        let weights = self.weights.as_ref().map_or(0, |weights| weights.end - weights.start);
        FLOAT * (read + weights + self.target.1)
    }
}

/// Registers of outputs × pixels: with registers of eight values, and with those of sixteen.
fn tile(step: &Step) -> String {
    match step.consts[..] {
        [.., rows, pixels, rows16, pixels16] => format!("{rows}×{pixels} {rows16}×{pixels16}"),
        [rows, rows16] => format!("{rows} {rows16}"),
        _ => String::new(),
    }
}
