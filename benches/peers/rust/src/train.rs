//! Steps of training: forward, cross entropy, backward, and Adam with a learning rate of 0.001.

pub mod burn;
pub mod candle;

use std::fs;

use anyhow::{Result, ensure};

use crate::{Task, serve};

/// Batches, and steps before the times.
const STEPS: usize = 20;

const LEARNING_RATE: f64 = 1e-3;

impl Task {
    /// The images and labels of each step.
    fn batches(&self) -> Result<Vec<(Vec<f32>, Vec<i64>)>> {
        let [batch, image @ ..] = self.shape;
        let bytes = fs::read(self.folder.join("labels.i64"))?;
        let labels: Vec<i64> = bytes.as_chunks().0.iter().map(|&label| i64::from_le_bytes(label)).collect();
        let image: usize = image.iter().product();
        ensure!(labels.len() == STEPS * batch && self.images.len() == labels.len() * image, "there are not {STEPS} batches");
        let images = self.images.chunks_exact(batch * image).map(<[f32]>::to_vec);
        Ok(images.zip(labels.chunks_exact(batch).map(<[i64]>::to_vec)).collect())
    }

    /// Writes the losses of the first steps, and then makes as many as it is told; `step` takes the number of a batch.
    fn train<T>(&self, mut step: impl FnMut(usize) -> Result<T>, loss: impl Fn(&T) -> Result<f32>) -> Result<()> {
        let mut losses = Vec::new();
        for batch in 0..STEPS {
            losses.extend(loss(&step(batch)?)?.to_le_bytes());
        }
        fs::write(&self.outputs, losses)?;
        println!("{{}}");
        let mut batches = (0..STEPS).cycle();
        serve::serve(|| step(batches.next().unwrap_or_default()))
    }
}
