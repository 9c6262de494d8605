//! The training loop.

use std::ops::{ControlFlow, Range};
use std::time::Instant;

use super::callback::{Callback, Epoch, Evaluation, Step};
use super::{
    Accuracy, Backprop, Constant, Loss, Optimizer, RunningMean, Schedule, TrainError, clip_norm, clip_value, evaluate,
};
use crate::data::{Batches, DataError, Dataset};
use crate::{Network, ParamInfo};

/// A net in training: its parameters, the optimizer that changes them, and the loss that they are to make small.
///
/// ```
/// use cnn_runtime::data::{Digits, Subset};
/// use cnn_runtime::train::{Adam, CrossEntropy, TrainError, Trainer};
///
/// # fn train<N: cnn_runtime::Network>(net: Box<N>) -> Result<Box<N>, TrainError> {
/// let digits = Digits::new(1, 10_000);
/// let (train, held_out) = Subset::split(&digits, 0.1, 1)?;
/// let mut trainer = Trainer::new(net, Adam::new(0.001)?, CrossEntropy::new()).epochs(3).batch(64).threads(2);
/// for epoch in trainer.fit(&train, Some(&held_out))? {
///     println!("{epoch}");
/// }
/// # Ok(trainer.into_net())
/// # }
/// ```
///
/// The same seed, data and number of threads give the same parameters, bit for bit; other numbers of threads differ in rounding.
pub struct Trainer<N: Network, O, L> {
    pub(super) net: Box<N>,
    pub(super) optimizer: O,
    loss: L,
    backprop: Backprop<N>,
    schedule: Box<dyn Schedule>,
    /// The rate that the schedule starts from.
    pub(super) base_rate: f64,
    epochs: u64,
    pub(super) batch: usize,
    pub(super) seed: u64,
    clip: Clip,
    trainable: Vec<Range<usize>>,
    patience: Option<u64>,
    callbacks: Vec<Box<dyn Callback<N>>>,
    pub(super) progress: Progress,
    #[cfg(feature = "safetensors")]
    pub(super) files: super::checkpoint::Files,
}

/// How gradients are kept from growing too large.
#[derive(Clone, Copy)]
enum Clip {
    None,
    Norm(f64),
    Value(f32),
}

/// How far training has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Progress {
    /// Epochs that are done, with what they reached.
    pub epochs: Vec<Epoch>,
    /// Batches of the next epoch that are done.
    pub batches: usize,
    /// Their losses.
    pub loss: RunningMean,
    /// How many of their images were classified right, and how many were counted.
    pub correct: [u64; 2],
    /// All steps.
    pub steps: u64,
}

impl Progress {
    /// The share of those batches' images that were right, where there are classes.
    fn accuracy(&self) -> Option<f64> {
        let [correct, counted] = self.correct;
        (counted > 0).then(|| correct as f64 / counted as f64)
    }
}

impl<N: Network, O: Optimizer, L> Trainer<N, O, L> {
    /// For one epoch in batches of 32, on one thread, with seed 0 and the optimizer's own learning rate throughout.
    pub fn new(net: Box<N>, mut optimizer: O, loss: L) -> Self {
        optimizer.prepare(N::PARAM_COUNT);
        let everything = 0..N::PARAM_COUNT;
        Self {
            base_rate: optimizer.learning_rate(),
            net,
            optimizer,
            loss,
            backprop: Backprop::new(1),
            schedule: Box::new(Constant),
            epochs: 1,
            batch: 32,
            seed: 0,
            clip: Clip::None,
            trainable: vec![everything],
            patience: None,
            callbacks: Vec::new(),
            progress: Progress::default(),
            #[cfg(feature = "safetensors")]
            files: super::checkpoint::Files::default(),
        }
    }

    /// Shows all images so many times.
    pub fn epochs(self, epochs: u64) -> Self {
        Self { epochs, ..self }
    }

    /// So many images a step.
    pub fn batch(self, images: usize) -> Self {
        Self { batch: images, ..self }
    }

    /// Computes with so many threads, the caller's included; 0 stands for as many as the CPU runs at once.
    pub fn threads(self, threads: usize) -> Self {
        Self { backprop: Backprop::new(threads), ..self }
    }

    /// What the order of images, augmentations and dropout follow from.
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Changes the learning rate from step to step.
    pub fn schedule(self, schedule: impl Schedule + 'static) -> Self {
        Self { schedule: Box::new(schedule), ..self }
    }

    /// Scales gradients whose norm is larger, as [`clip_norm`].
    pub fn clip_norm(self, max_norm: f64) -> Self {
        Self { clip: Clip::Norm(max_norm), ..self }
    }

    /// Brings each gradient between `-max` and `max`, as [`clip_value`].
    pub fn clip_value(self, max: f32) -> Self {
        Self { clip: Clip::Value(max), ..self }
    }

    /// Leaves all parameters as they are whose names begin so: `features.`.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn freeze(mut self, prefix: &str) -> Result<Self, TrainError> {
        let is_frozen = |param: &&ParamInfo<'_>| param.name.starts_with(prefix);
        if !N::PARAMS.iter().any(|param| is_frozen(&param)) {
            return Err(TrainError::NoSuchParameters { prefix: prefix.into() });
        }
        let was_free = |start: usize| self.trainable.iter().any(|range| range.contains(&start));
        let free = N::PARAMS.iter().filter(|param| !is_frozen(param) && was_free(param.offset));
        self.trainable = free.map(|param| param.offset..param.offset + param.count()).collect();
        Ok(self)
    }

    /// Stops when the validation loss, or without validation that of training, has not been lower for so many epochs.
    pub fn patience(self, epochs: u64) -> Self {
        Self { patience: Some(epochs), ..self }
    }

    /// Tells `callback` of steps and epochs.
    pub fn callback(mut self, callback: impl Callback<N> + 'static) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// The net as it is now.
    pub fn net(&self) -> &N {
        &self.net
    }

    /// The net, without the trainer.
    pub fn into_net(self) -> Box<N> {
        self.net
    }

    /// The gradient of the last step, before it was clipped where only [`loss_and_grad`](Self::loss_and_grad) was called.
    pub fn grad(&self) -> &[f32] {
        self.backprop.grad()
    }

    /// The mean loss of a batch, and its gradient, without a step; see [`Backprop::loss_and_grad`].
    ///
    /// # Errors
    ///
    /// As for [`Backprop::loss_and_grad`].
    pub fn loss_and_grad<T: Sync>(&mut self, images: &[N::Input], targets: &[T]) -> Result<f64, TrainError>
    where
        L: Loss<T>,
    {
        // Another number for each step, so that dropout leaves out other values.
        self.backprop.set_draw(self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ self.progress.steps);
        let result = self.backprop.loss_and_grad(&mut self.net, images, targets, &self.loss);
        result.map_err(|error| error.at_step(self.progress.steps))
    }

    /// One step: gradient, clipping, optimizer. Returns the batch's mean loss before it. Allocates nothing, unless no batch so far
    /// was as large.
    ///
    /// # Errors
    ///
    /// As for [`Backprop::loss_and_grad`]; then no parameter changes.
    pub fn step<T: Sync>(&mut self, images: &[N::Input], targets: &[T]) -> Result<f64, TrainError>
    where
        L: Loss<T>,
    {
        let loss = self.loss_and_grad(images, targets)?;
        match self.clip {
            Clip::None => {}
            Clip::Norm(norm) => {
                clip_norm(self.backprop.grad_mut(), &self.trainable, norm);
            }
            Clip::Value(max) => clip_value(self.backprop.grad_mut(), &self.trainable, max),
        }
        self.optimizer.step(self.net.as_mut_slice(), self.backprop.grad(), &self.trainable);
        self.progress.steps += 1;
        Ok(loss)
    }

    /// Loss and, of classes, accuracy of the net as it is now on a set; see [`evaluate`].
    ///
    /// # Errors
    ///
    /// As for [`evaluate`].
    pub fn evaluate<D: Dataset>(&self, data: &D) -> Result<Evaluation, TrainError>
    where
        L: Loss<D::Target>,
    {
        evaluate(&*self.net, data, &self.loss, self.backprop.threads())
    }

    /// Trains for the epochs that are left, and returns what each of them reached, those before a checkpoint among them.
    ///
    /// # Errors
    ///
    /// If a set is empty, an image cannot be read or has another shape, a target does not fit, the loss is not finite, or a file
    /// cannot be written. Parameters are then those of the last step that was right.
    pub fn fit<D: Dataset, V: Dataset<Target = D::Target>>(
        &mut self,
        train: &D,
        validation: Option<&V>,
    ) -> Result<&[Epoch], TrainError>
    where
        D::Target: Sync,
        L: Loss<D::Target>,
    {
        // Before an epoch is lost.
        if validation.is_some_and(Dataset::is_empty) {
            return Err(DataError::Empty { origin: "the validation set".into() }.into());
        }
        while (self.progress.epochs.len() as u64) < self.epochs && !self.is_stuck() {
            let start = Instant::now();
            self.run_epoch(train)?;
            let epoch = self.end_epoch(train.len(), validation, start)?;
            let mut flow = ControlFlow::Continue(());
            for callback in &mut self.callbacks {
                if callback.epoch(&epoch, &self.net).is_break() {
                    flow = ControlFlow::Break(());
                }
            }
            #[cfg(feature = "safetensors")]
            self.save_epoch()?;
            if flow.is_break() {
                break;
            }
        }
        Ok(&self.progress.epochs)
    }

    /// What all epochs so far reached.
    pub fn history(&self) -> &[Epoch] {
        &self.progress.epochs
    }

    fn run_epoch<D: Dataset>(&mut self, train: &D) -> Result<(), TrainError>
    where
        D::Target: Sync,
        L: Loss<D::Target>,
    {
        let epoch = self.progress.epochs.len() as u64;
        let batches = Batches::new(train, self.batch).shuffled(self.seed, epoch);
        let count = batches.len();
        let steps = self.epochs * count as u64;
        let start = Instant::now();
        let mut images = 0;
        let first = epoch * count as u64;
        // That of the step before, where a checkpoint leaves nothing of the epoch.
        self.set_rate(first + self.progress.batches.saturating_sub(1) as u64, steps);
        batches.skip(self.progress.batches).for_each(|batch| {
            let rate = self.set_rate(first + batch.number as u64, steps);
            let loss = self.step(batch.inputs()?, batch.targets).map_err(|error| error.of_images(batch.indices))?;
            self.count(batch.targets, loss);
            images += batch.targets.len();
            let images_per_second = images as f64 / start.elapsed().as_secs_f64();
            let step = Step {
                epoch,
                epochs: self.epochs,
                batch: batch.number,
                batches: count,
                images: train.len(),
                loss,
                epoch_loss: self.progress.loss.value(),
                epoch_accuracy: self.progress.accuracy(),
                rate,
                images_per_second,
            };
            self.callbacks.iter_mut().for_each(|callback| callback.step(&step));
            #[cfg(feature = "safetensors")]
            self.save_step()?;
            Ok(())
        })
    }

    /// Sets the learning rate of a step, of so many, and returns it.
    fn set_rate(&mut self, step: u64, steps: u64) -> f64 {
        let rate = self.schedule.rate(self.base_rate, step, steps);
        self.optimizer.set_learning_rate(rate);
        rate
    }

    /// Takes a batch into the epoch's loss and accuracy.
    fn count<T>(&mut self, targets: &[T], loss: f64)
    where
        L: Loss<T>,
    {
        let weight: f64 = targets.iter().map(|target| self.loss.weight(target)).sum();
        self.progress.loss.add(loss * weight, weight);
        self.progress.batches += 1;
        let outputs = self.backprop.outputs().chunks_exact(N::OUTPUT_SHAPE.len());
        let mut accuracy = Accuracy::new();
        for (output, target) in outputs.zip(targets) {
            if let Some(label) = self.loss.label(target) {
                accuracy.add(output, label);
            }
        }
        let [correct, counted] = &mut self.progress.correct;
        *correct += accuracy.correct();
        *counted += accuracy.total();
    }

    fn end_epoch<V: Dataset>(
        &mut self,
        images: usize,
        validation: Option<&V>,
        start: Instant,
    ) -> Result<Epoch, TrainError>
    where
        L: Loss<V::Target>,
    {
        let validation = validation.map(|data| self.evaluate(data)).transpose()?;
        let progress = &mut self.progress;
        let epoch = Epoch {
            number: progress.epochs.len() as u64 + 1,
            epochs: self.epochs,
            loss: progress.loss.value(),
            accuracy: progress.accuracy(),
            validation,
            rate: self.optimizer.learning_rate(),
            seconds: start.elapsed().as_secs_f64(),
            images,
        };
        progress.epochs.push(epoch.clone());
        (progress.batches, progress.loss, progress.correct) = (0, RunningMean::new(), [0, 0]);
        Ok(epoch)
    }

    /// Whether the best epoch is longer ago than [`patience`](Self::patience) allows.
    fn is_stuck(&self) -> bool {
        let epochs = &self.progress.epochs;
        let since_best = epochs.len() - best(epochs).map_or(0, |best| best + 1);
        self.patience.is_some_and(|patience| !epochs.is_empty() && since_best as u64 >= patience.max(1))
    }
}

/// The epoch with the lowest loss, by its index; the first of equal ones.
pub(super) fn best(epochs: &[Epoch]) -> Option<usize> {
    let losses = epochs.iter().map(Epoch::judged_loss);
    losses.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}
