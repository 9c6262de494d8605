//! A program that runs one engine; `benches/engine.rs` explains what they say to each other.

use std::fs;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// How long an engine's threads are given to fall asleep before another one is measured.
const PAUSE: Duration = Duration::from_millis(20);

/// An engine, ready to compute.
pub struct Worker {
    pub name: String,
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// What it computed.
    pub outputs: Vec<f32>,
    /// What it says of itself.
    pub about: About,
    /// Whether it computes what ours does, so that its times can be compared.
    pub is_comparable: bool,
}

/// What `cnn` says of itself.
#[derive(Default, Deserialize)]
pub struct About {
    /// The largest difference from `f64`'s outputs, as a part of their root mean square.
    pub error: Option<f64>,
    /// Multiply-adds of a forward pass.
    pub macs: Option<f64>,
    /// Multiply-adds of a core in a second, at most.
    pub peak: Option<f64>,
}

impl Worker {
    /// Starts a program, whose last argument becomes the file of its outputs, and waits until it is ready.
    pub fn start(name: &str, mut program: Command, folder: &Path) -> Result<Worker> {
        let [outputs, log] = ["f32", "log"].map(|extension| folder.join(name).with_extension(extension));
        let stderr = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        program.arg(&outputs).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = program.spawn().with_context(|| format!("cannot run {}", program.get_program().display()))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both are piped")
        };
        let mut worker = Worker {
            name: name.to_owned(),
            child,
            stdin,
            stdout: BufReader::new(stdout),
            outputs: Vec::new(),
            about: About::default(),
            is_comparable: true,
        };
        let ready = worker.line().with_context(|| complaint(&log))?;
        worker.about = serde_json::from_str(&ready).with_context(|| format!("it said {ready}"))?;
        worker.outputs = floats(&outputs)?;
        Ok(worker)
    }

    /// Computes for so many milliseconds, and returns how many milliseconds each forward pass took.
    pub fn measure(&mut self, milliseconds: u64) -> Result<Vec<f64>> {
        thread::sleep(PAUSE);
        writeln!(self.stdin, "{milliseconds}")?;
        let line = self.line().with_context(|| self.name.clone())?;
        line.split_whitespace().map(|nanoseconds| Ok(nanoseconds.parse::<f64>()? / 1e6)).collect()
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stdout.read_line(&mut line)? > 0, "it ended");
        Ok(line)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // At the end of its input it ends by itself; one that does not is not waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The end of what a program complained of.
fn complaint(log: &PathBuf) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.trim_end().lines().last().unwrap_or("it said nothing").to_owned()
}

fn floats(file: &Path) -> Result<Vec<f32>> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    ensure!(bytes.len().is_multiple_of(size_of::<f32>()), "{} holds no floats", file.display());
    Ok(bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect())
}
