//! What every program in Rust that `cargo xtask bench` runs does when it is ready; `engine.rs` explains it. Other packages include
//! this file by its path.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

/// How long a sample takes at least: shorter computations are timed several at a time.
const SAMPLE: Duration = Duration::from_micros(50);

/// Computes for as many milliseconds as each line says, and prints how many nanoseconds each computation took; told `#5`, computes
/// five times and prints nothing.
pub fn serve<T, E: From<io::Error>>(mut compute: impl FnMut() -> Result<T, E>) -> Result<(), E> {
    let mut repeat = 1;
    for line in io::stdin().lock().lines() {
        let line = line?;
        if let Some(times) = line.strip_prefix('#') {
            for _ in 0..times.parse::<u64>().map_err(io::Error::other)? {
                black_box(compute()?);
            }
            continue;
        }
        let budget = Duration::from_millis(line.trim().parse().map_err(io::Error::other)?);
        let begin = Instant::now();
        let mut samples = Vec::new();
        while samples.is_empty() || begin.elapsed() < budget {
            let start = Instant::now();
            for _ in 0..repeat {
                black_box(compute()?);
            }
            let elapsed = start.elapsed();
            if elapsed < SAMPLE {
                repeat *= 2;
            } else {
                samples.push((elapsed.as_nanos() as f64 / f64::from(repeat)).to_string());
            }
        }
        println!("{}", samples.join(" "));
        io::stdout().flush()?;
    }
    Ok(())
}
