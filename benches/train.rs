//! `cnn` as one of the engines that `cargo xtask bench train` runs in turn.
//!
//! Every engine is a program, as `engine.rs` explains, that makes steps of training instead of forward passes: forward, cross
//! entropy, backward, and Adam with a learning rate of 0.001. This one runs first and writes for the others, into FOLDER,
//!
//! - `images.f32`, twenty batches of images, flat;
//! - `labels.i64`, their labels;
//! - `weights.safetensors`, the parameters before the first step, by PyTorch's names.
//!
//! Each takes one step with each batch, in their order, writes the losses into LOSSES, as `f32`, and says that it is ready. Then it
//! goes on from there: what is timed is steps, the batches one after the other and again from the first one.

mod serve;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs, process};

use cnn::Network;
use cnn::data::{Dataset, Digits};
use cnn::train::{Adam, CrossEntropy, Trainer};
use cnn_zoo::golden::Golden;
use cnn_zoo::{DummyNet, LeNet5};

/// Batches, and steps before the times.
const STEPS: usize = 20;

/// What is to be run.
struct Task {
    batch: usize,
    threads: usize,
    folder: PathBuf,
    losses: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [folder, net, batch, threads, losses] = &args[..] else { usage() };
    let (Ok(batch), Ok(threads)) = (batch.parse(), threads.parse()) else { usage() };
    let task = Task { batch, threads, folder: folder.into(), losses: losses.into() };
    match &net[..] {
        "dummy" => {
            let images = Golden::of("dummy").images::<DummyNet>(STEPS * batch);
            // No rule says what noise is called: it is learnt by heart.
            let labels = (0..images.len()).map(|image| image * image % 11 % 10).collect();
            run::<DummyNet>(&task, images, labels)
        }
        "lenet5" => {
            let digits = Digits::new(1, STEPS * batch);
            let mut images: Vec<<LeNet5 as Network>::Input> = bytemuck::zeroed_vec(digits.len());
            let mut labels = Vec::new();
            for (index, image) in images.iter_mut().enumerate() {
                labels.push(digits.get(index, 0, bytemuck::cast_slice_mut(std::slice::from_mut(image)))?);
            }
            run::<LeNet5>(&task, images, labels)
        }
        _ => usage(),
    }
}

fn usage() -> ! {
    eprintln!("usage: train FOLDER dummy|lenet5 BATCH THREADS LOSSES");
    process::exit(2)
}

fn run<N: Network>(task: &Task, images: Vec<N::Input>, labels: Vec<usize>) -> Result<(), Box<dyn Error>> {
    let net = N::init(1);
    net.save(task.folder.join("weights.safetensors"))?;
    fs::write(task.folder.join("images.f32"), bytemuck::cast_slice(&images))?;
    let bytes: Vec<u8> = labels.iter().flat_map(|&label| (label as i64).to_le_bytes()).collect();
    fs::write(task.folder.join("labels.i64"), bytes)?;

    let mut trainer = Trainer::new(net, Adam::new(1e-3)?, CrossEntropy::new()).batch(task.batch).threads(task.threads);
    let mut batches = images.chunks_exact(task.batch).zip(labels.chunks_exact(task.batch)).cycle();
    let mut step = || -> Result<f64, Box<dyn Error>> {
        let (images, labels) = batches.next().ok_or("there are no batches")?;
        Ok(trainer.step(images, labels)?)
    };
    let mut losses = Vec::new();
    for _ in 0..STEPS {
        losses.push(step()? as f32);
    }
    fs::write(&task.losses, bytemuck::cast_slice(&losses))?;
    println!("{{}}");
    serve::serve(step)
}
