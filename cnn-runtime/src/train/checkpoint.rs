//! Checkpoints: all that training needs to go on as if it had not been interrupted.
//!
//! A checkpoint is a safetensors file: the net's tensors by their names, the optimizer's vectors as `optimizer/…`, and in the
//! metadata, as JSON, how far training has come. It replaces the one before it, all or nothing.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thiserror::Error;

use super::callback::{Epoch, Evaluation};
use super::trainer::{Progress, best};
use super::{Optimizer, OptimizerState, RunningMean, StateError, TrainError, Trainer};
use crate::params::{as_mut_slice, as_slice};
use crate::replace::replace;
use crate::weights::fill;
use crate::weights::safetensors::{SafeTensors, malformed, write};
use crate::{Init, LoadOptions, Network, ParamInfo, WeightsError, WeightsErrorKind};

/// The key of the metadata.
const KEY: &str = "cnn.training";

/// How a checkpoint differs from the training that is to go on with it.
#[derive(Clone, Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is of another training.
    #[error("the checkpoint's {what} is {found}, expected {expected}")]
    Other {
        /// What differs.
        what: &'static str,
        /// What the checkpoint has.
        found: String,
        /// What this training has.
        expected: String,
    },
    /// It is a file of weights, or was changed.
    #[error("the file says nothing of `{what}`: it is no checkpoint")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The optimizer's state is not for this one.
    #[error(transparent)]
    Optimizer(#[from] StateError),
}

/// The files that training writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Files {
    checkpoint: Option<PathBuf>,
    every: Option<u64>,
    best: Option<PathBuf>,
}

/// What can be written with the feature `safetensors`.
impl<N: Network, O: Optimizer, L> Trainer<N, O, L> {
    /// Writes a checkpoint after each epoch; a crash at any moment leaves the old one or the new one.
    pub fn checkpoint(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.checkpoint = Some(path.into());
        self
    }

    /// Writes the checkpoint after each so many steps as well.
    pub fn checkpoint_every(mut self, steps: u64) -> Self {
        self.files.every = Some(steps.max(1));
        self
    }

    /// Writes the weights of the best epoch so far: that with the lowest validation loss or, without validation, training loss.
    pub fn best(mut self, path: impl Into<PathBuf>) -> Self {
        self.files.best = Some(path.into());
        self
    }

    /// Goes on from a checkpoint; false where there is no such file. With the same settings, sets and number of threads training
    /// ends with the same numbers, bit for bit, as if it had not been interrupted.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, is no checkpoint, or is that of another net, optimizer, seed or size of batches; nothing changes
    /// then.
    pub fn resume(&mut self, path: impl AsRef<Path>) -> Result<bool, TrainError> {
        let path = path.as_ref();
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            file => file.map_err(|error| self.file_error(path, error.into()))?,
        };
        let metadata = SafeTensors::open(BufReader::new(&file)).map_err(|error| self.file_error(path, error))?.metadata;
        let other = |source| TrainError::Checkpoint { path: path.into(), source };
        let text = metadata.get(KEY).ok_or_else(|| other(CheckpointError::Missing { what: KEY }))?;
        let saved: Value = serde_json::from_str(text)
            .map_err(|error| self.file_error(path, malformed(format!("metadata: {error}"))))?;
        let (progress, base_rate, optimizer_steps) = self.compare(&saved).map_err(other)?;

        self.optimizer.prepare(N::PARAM_COUNT);
        let names = self.optimizer.state().vectors.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
        let keys = vector_names(names.iter());
        let tables = vectors::<N>(&keys);
        let all = size_of::<N>() / size_of::<f32>();
        let mut floats = vec![0.0; all + names.len() * N::PARAM_COUNT];
        fill(&mut floats, N::NAME, &[N::PARAMS, N::BUFFERS, &tables], BufReader::new(file), &LoadOptions::new())
            .map_err(|error| self.file_error(path, error))?;
        let (own, rest) = floats.split_at(all);
        let vectors = names.iter().map(String::as_str).zip(rest.chunks_exact(N::PARAM_COUNT.max(1))).collect();
        let name = self.optimizer.name();
        let state = OptimizerState { name, steps: optimizer_steps, vectors };
        self.optimizer.restore(N::PARAM_COUNT, &state).map_err(|error| other(error.into()))?;
        as_mut_slice(&mut *self.net).copy_from_slice(own);
        (self.progress, self.base_rate) = (progress, base_rate);
        Ok(true)
    }

    fn file_error(&self, path: &Path, kind: WeightsErrorKind) -> TrainError {
        TrainError::Weights(WeightsError { path: Some(path.into()), kind })
    }

    /// Writes a checkpoint.
    ///
    /// # Errors
    ///
    /// If the file cannot be written; an old one is left as it was.
    pub fn save_checkpoint(&self, path: impl AsRef<Path>) -> Result<(), TrainError> {
        let state = self.optimizer.state();
        let (names, vectors): (Vec<&str>, Vec<&[f32]>) =
            state.vectors.iter().filter(|(_, vector)| !vector.is_empty()).copied().unzip();
        let keys = vector_names(names.iter());
        let tables = self::vectors::<N>(&keys);
        let mut floats = vec![as_slice(&*self.net)];
        floats.extend(vectors);
        let tensors = N::PARAMS.iter().chain(N::BUFFERS).chain(&tables);
        let metadata = self.metadata(state.steps).to_string();
        let path = path.as_ref();
        replace(path, |file| write(tensors, Some((KEY, &metadata)), &floats, file))
            .map_err(|error| self.file_error(path, error.into()))
    }

    /// After a step.
    pub(super) fn save_step(&self) -> Result<(), TrainError> {
        let due = self.files.every.is_some_and(|every| self.progress.steps.is_multiple_of(every));
        match &self.files.checkpoint {
            Some(path) if due => self.save_checkpoint(path),
            _ => Ok(()),
        }
    }

    /// After an epoch.
    pub(super) fn save_epoch(&self) -> Result<(), TrainError> {
        let epochs = &self.progress.epochs;
        if let Some(path) = &self.files.best
            && best(epochs) == epochs.len().checked_sub(1)
        {
            self.net.save(path)?;
        }
        self.files.checkpoint.as_ref().map_or(Ok(()), |path| self.save_checkpoint(path))
    }

    /// How far training has come. Floats are their bits, so that they come back exactly.
    fn metadata(&self, optimizer_steps: u64) -> Value {
        let progress = &self.progress;
        let epochs: Vec<Value> = progress.epochs.iter().map(epoch_to_json).collect();
        let (sum, weight) = progress.loss.parts();
        json!({
            "net": N::NAME,
            "optimizer": self.optimizer.name(),
            "optimizer_steps": optimizer_steps,
            "base_rate": self.base_rate.to_bits(),
            "seed": self.seed,
            "batch": self.batch,
            "epochs": epochs,
            "batches": progress.batches,
            "loss": [sum.to_bits(), weight.to_bits()],
            "correct": progress.correct,
            "steps": progress.steps,
        })
    }

    /// Whether a checkpoint is of this training; how far it had come, its first learning rate, and the optimizer's steps.
    fn compare(&self, saved: &Value) -> Result<(Progress, f64, u64), CheckpointError> {
        let text = |what| saved[what].as_str().ok_or(CheckpointError::Missing { what });
        let number = |what| saved[what].as_u64().ok_or(CheckpointError::Missing { what });
        let same = |what, found: &dyn ToString, expected: &dyn ToString| {
            let (found, expected) = (found.to_string(), expected.to_string());
            if found == expected { Ok(()) } else { Err(CheckpointError::Other { what, found, expected }) }
        };
        same("net", &text("net")?.escape_debug(), &N::NAME)?;
        same("optimizer", &text("optimizer")?.escape_debug(), &self.optimizer.name())?;
        same("seed", &number("seed")?, &self.seed)?;
        same("batch", &number("batch")?, &self.batch)?;
        let pair = |what| {
            let pair = [saved[what][0].as_u64(), saved[what][1].as_u64()];
            pair[0].zip(pair[1]).ok_or(CheckpointError::Missing { what })
        };
        let (sum, weight) = pair("loss")?;
        let (correct, counted) = pair("correct")?;
        let epochs = saved["epochs"].as_array().ok_or(CheckpointError::Missing { what: "epochs" })?;
        let epochs: Option<Vec<Epoch>> = epochs.iter().map(epoch_from_json).collect();
        let progress = Progress {
            epochs: epochs.ok_or(CheckpointError::Missing { what: "epochs" })?,
            batches: number("batches")? as usize,
            loss: RunningMean::from_parts(f64::from_bits(sum), f64::from_bits(weight)),
            correct: [correct, counted],
            steps: number("steps")?,
        };
        Ok((progress, f64::from_bits(number("base_rate")?), number("optimizer_steps")?))
    }
}

/// The names of an optimizer's vectors as tensors.
fn vector_names(names: impl Iterator<Item = impl Display>) -> Vec<String> {
    names.map(|name| format!("optimizer/{name}")).collect()
}

/// An optimizer's vectors as tensors behind those of the net.
fn vectors<'a, N: Network>(names: &'a [String]) -> Vec<ParamInfo<'a>> {
    let all = size_of::<N>() / size_of::<f32>();
    let vector = |(at, name): (usize, &'a String)| ParamInfo {
        name,
        shape: const { &[N::PARAM_COUNT] },
        offset: all + at * N::PARAM_COUNT,
        init: Init::Constant(0.0),
    };
    names.iter().enumerate().map(vector).collect()
}

fn epoch_to_json(epoch: &Epoch) -> Value {
    let bits = |value: f64| value.to_bits();
    let validation = epoch.validation.as_ref();
    json!({
        "number": epoch.number,
        "epochs": epoch.epochs,
        "loss": bits(epoch.loss),
        "accuracy": epoch.accuracy.map(bits),
        "validation_loss": validation.map(|validation| bits(validation.loss)),
        "validation_accuracy": validation.and_then(|validation| validation.accuracy).map(bits),
        "rate": bits(epoch.rate),
        "seconds": bits(epoch.seconds),
        "images": epoch.images,
    })
}

fn epoch_from_json(saved: &Value) -> Option<Epoch> {
    let number = |name: &str| saved[name].as_u64();
    let float = |name: &str| number(name).map(f64::from_bits);
    Some(Epoch {
        number: number("number")?,
        epochs: number("epochs")?,
        loss: float("loss")?,
        accuracy: float("accuracy"),
        validation: float("validation_loss").map(|loss| Evaluation {
            loss,
            accuracy: float("validation_accuracy"),
            confusion: None,
        }),
        rate: float("rate")?,
        seconds: float("seconds")?,
        images: number("images")? as usize,
    })
}
