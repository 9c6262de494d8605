//! Engines in Rust that `cargo xtask bench` runs in turn; `../../engine.rs` explains what such a program does.
//!
//! `peers ENGINE FOLDER NET BATCH THREADS OUTPUTS`, with what `../export.py` wrote into the folder. tract and rten run its ONNX file;
//! candle and burn have no such importer for any net, so that DummyNet and LeNet-5 are written here in their words.
//! `train-burn` and `train-candle` make steps of training, with what `../../train.rs` wrote and explains.

mod burn;
mod candle;
mod rten;
#[path = "../../../serve.rs"]
mod serve;
mod tract;
mod train;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};

/// A net to be run, and its images: a batch, or those of all steps.
struct Task {
    folder: PathBuf,
    net: String,
    /// Batch, channels, height and width.
    shape: [usize; 4],
    images: Vec<f32>,
    outputs: PathBuf,
}

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [engine, folder, net, batch, threads, outputs] = &args[..] else {
        bail!("usage: peers ENGINE FOLDER NET BATCH THREADS OUTPUTS")
    };
    let batch = batch.parse()?;
    let [channels, height, width] = match &net[..] {
        "dummy" => [3, 7, 7],
        "lenet5" => [1, 28, 28],
        _ => [3, 224, 224],
    };
    let file = if engine.starts_with("train-") { "images.f32" } else { "input.f32" };
    let bytes = fs::read(Path::new(folder).join(file))?;
    let images = bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    let task = Task {
        folder: folder.into(),
        net: net.clone(),
        shape: [batch, channels, height, width],
        images: images.collect(),
        outputs: outputs.into(),
    };
    // rten, and rayon below candle and burn, read these when they start their threads, which none has done yet.
    for variable in ["RTEN_NUM_THREADS", "RAYON_NUM_THREADS"] {
        // SAFETY: this is the only thread.
        unsafe { env::set_var(variable, threads) };
    }
    match &engine[..] {
        "burn" => burn::run(&task),
        "candle" => candle::run(&task),
        "rten" => rten::run(&task),
        "tract" => tract::run(&task, threads.parse()?),
        "train-burn" => train::burn::run(&task),
        "train-candle" => train::candle::run(&task),
        _ => bail!("there is no engine {engine}"),
    }
}

impl Task {
    /// A tensor of `weights.safetensors`, with its shape.
    fn tensor(&self, name: &str) -> Result<(Vec<f32>, Vec<usize>)> {
        let bytes = fs::read(self.folder.join("weights.safetensors"))?;
        let file = safetensors::SafeTensors::deserialize(&bytes)?;
        let tensor = file.tensor(name).with_context(|| name.to_owned())?;
        let values = tensor.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Ok((values.collect(), tensor.shape().to_vec()))
    }

    /// Writes the outputs, and then computes as often as it is told.
    fn serve<T>(&self, mut compute: impl FnMut() -> Result<T>, values: impl Fn(&T) -> Result<Vec<f32>>) -> Result<()> {
        let bytes: Vec<u8> = values(&compute()?)?.into_iter().flat_map(f32::to_le_bytes).collect();
        fs::write(&self.outputs, bytes)?;
        println!("{{}}");
        serve::serve(compute)
    }
}
