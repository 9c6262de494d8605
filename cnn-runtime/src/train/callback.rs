//! What training tells of itself.

use std::fmt;
use std::ops::ControlFlow;

use super::ConfusionMatrix;

/// Who wants to know how training goes.
pub trait Callback<N> {
    /// After each step.
    fn step(&mut self, step: &Step) {
        let _ = step;
    }

    /// After each epoch; [`ControlFlow::Break`] ends training.
    fn epoch(&mut self, epoch: &Epoch, net: &N) -> ControlFlow<()> {
        let _ = (epoch, net);
        ControlFlow::Continue(())
    }
}

/// One step of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch, from 0.
    pub epoch: u64,
    /// How many epochs there are to be.
    pub epochs: u64,
    /// The batch in its epoch, from 0.
    pub batch: usize,
    /// How many batches an epoch has.
    pub batches: usize,
    /// How many images the training set has.
    pub images: usize,
    /// The batch's mean loss, before the step.
    pub loss: f64,
    /// The mean loss of the epoch's batches so far, each before its step.
    pub epoch_loss: f64,
    /// Of classes: the share of the epoch's images so far that were right, each before its step.
    pub epoch_accuracy: Option<f64>,
    /// The learning rate.
    pub rate: f64,
    /// How fast images go by, in this epoch.
    pub images_per_second: f64,
}

/// How good a net is on a set.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// The mean loss.
    pub loss: f64,
    /// Of classes: the share of images that are right, from 0 to 1.
    pub accuracy: Option<f64>,
    /// Of classes: how often each is taken for which.
    pub confusion: Option<ConfusionMatrix>,
}

/// What an epoch reached. Shown as one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Epoch {
    /// Its number, from 1.
    pub number: u64,
    /// How many there are to be.
    pub epochs: u64,
    /// The mean loss of its batches, each before its step.
    pub loss: f64,
    /// Of classes: the share of its images that were right, each before its step.
    pub accuracy: Option<f64>,
    /// How good the net is on the validation set behind it.
    pub validation: Option<Evaluation>,
    /// The learning rate of its last step.
    pub rate: f64,
    /// How long it took, with its validation.
    pub seconds: f64,
    /// How many images the training set has.
    pub images: usize,
}

impl Epoch {
    /// The loss that epochs are compared by: that of validation, where there is one.
    pub fn judged_loss(&self) -> f64 {
        self.validation.as_ref().map_or(self.loss, |validation| validation.loss)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |f: &mut fmt::Formatter<'_>, name: &str, loss: f64, accuracy: Option<f64>| {
            write!(f, "  {name} loss {loss:.4}")?;
            accuracy.map_or(Ok(()), |accuracy| write!(f, ", {:.2} %", 100.0 * accuracy))
        };
        write!(f, "epoch {}/{}", self.number, self.epochs)?;
        part(f, "training", self.loss, self.accuracy)?;
        if let Some(validation) = &self.validation {
            part(f, "validation", validation.loss, validation.accuracy)?;
        }
        write!(f, "  {:.0} images/s", self.images as f64 / self.seconds)
    }
}
