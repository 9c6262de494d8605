//! Training that was interrupted and goes on ends with the same bits; files that are no checkpoint of it change nothing.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use cnn::train::{
    AdamOptions, Callback, CheckpointError, CrossEntropy, Epoch, Optimizer, RmsPropOptions, Sgd, SgdOptions, Step,
    TrainError, Trainer,
};

use crate::NO_VALIDATION;
use crate::small::*;

/// Copies the checkpoint of each step before the next one replaces it: what a crash leaves.
struct Keep {
    checkpoint: PathBuf,
    kept: Arc<Mutex<Vec<PathBuf>>>,
}

impl Keep {
    fn copy(&self) {
        let mut kept = self.kept.lock().unwrap();
        let copy = self.checkpoint.with_extension(kept.len().to_string());
        if fs::copy(&self.checkpoint, &copy).is_ok() {
            kept.push(copy);
        }
    }
}

impl Callback<Small> for Keep {
    fn step(&mut self, _: &Step) {
        self.copy();
    }

    fn epoch(&mut self, _: &Epoch, _: &Small) -> ControlFlow<()> {
        self.copy();
        ControlFlow::Continue(())
    }
}

/// What epochs reached, without the time.
fn timeless(epochs: &[Epoch]) -> Vec<String> {
    let timeless = |epoch: &Epoch| {
        let validation = epoch.validation.as_ref().map(|validation| (validation.loss, validation.accuracy));
        format!("{} {} {:?} {validation:?} {}", epoch.number, epoch.loss, epoch.accuracy, epoch.rate)
    };
    epochs.iter().map(timeless).collect()
}

/// Interrupts training after every step and at the end of every epoch, and lets it go on.
fn interrupted_everywhere<O: Optimizer>(threads: usize, optimizer: impl Fn() -> O) {
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = folder.path().join("checkpoint.safetensors");
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Keep { checkpoint: checkpoint.clone(), kept: Arc::clone(&kept) };
    let (train, validation) = (digits(), plain(2, 20));
    let mut whole = trainer_with(optimizer(), threads).checkpoint(&checkpoint).checkpoint_every(1).callback(keep);
    let epochs = timeless(whole.fit(&train, Some(&validation)).unwrap());
    let mut kept = kept.lock().unwrap().clone();
    // Steps but for the first, behind which epochs' ends stand too.
    assert_eq!(kept.len(), STEPS - 1 + EPOCHS as usize);
    kept.push(checkpoint);
    for path in kept {
        let mut trainer = trainer_with(optimizer(), threads);
        assert!(trainer.resume(&path).unwrap());
        assert_eq!(timeless(trainer.fit(&train, Some(&validation)).unwrap()), epochs, "{}", path.display());
        assert!(bits(trainer.net()) == bits(whole.net()), "{}", path.display());
    }
}

#[test]
fn adam_goes_on_with_the_same_bits() {
    interrupted_everywhere(1, || AdamOptions::new(0.01).amsgrad(true).build().unwrap());
    interrupted_everywhere(2, || AdamOptions::adam_w(0.01).build().unwrap());
}

#[test]
fn sgd_goes_on_with_the_same_bits() {
    interrupted_everywhere(1, || Sgd::new(0.1).unwrap());
    interrupted_everywhere(1, || SgdOptions::new(0.05).momentum(0.9).dampening(0.1).build().unwrap());
}

#[test]
fn rmsprop_goes_on_with_the_same_bits() {
    interrupted_everywhere(1, || RmsPropOptions::new(0.003).momentum(0.5).centered(true).build().unwrap());
}

/// A trainer with the checkpoint of its first step.
fn with_checkpoint(folder: &Path) -> PathBuf {
    let path = folder.join("checkpoint.safetensors");
    let mut trainer = trainer(1).epochs(1);
    trainer.fit(&digits(), NO_VALIDATION).unwrap();
    trainer.save_checkpoint(&path).unwrap();
    path
}

/// Why a trainer does not go on from a file; it is then as it was.
fn rejection<O: Optimizer>(mut trainer: Trainer<Small, O, CrossEntropy>, path: &Path) -> TrainError {
    let before = bits(trainer.net());
    let error = trainer.resume(path).unwrap_err();
    assert!(bits(trainer.net()) == before);
    assert!(trainer.history().is_empty());
    assert!(error.to_string().contains(path.to_str().unwrap()), "{error} does not name {}", path.display());
    error
}

#[test]
fn without_a_file_training_begins() {
    assert!(!trainer(1).resume("/nowhere/checkpoint.safetensors").unwrap());
}

#[test]
fn files_of_other_trainings_are_errors_that_say_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_checkpoint(folder.path());
    let differs = |error, expected: &str| match error {
        TrainError::Checkpoint { source: CheckpointError::Other { what, .. }, .. } => assert_eq!(what, expected),
        error => panic!("{error}"),
    };
    differs(rejection(trainer(1).seed(6), &path), "seed");
    differs(rejection(trainer(1).batch(17), &path), "batch");
    differs(rejection(trainer_with(Sgd::new(0.1).unwrap(), 1), &path), "optimizer");
    // The same kind, with another setting.
    let error = rejection(trainer_with(AdamOptions::new(0.01).amsgrad(true).build().unwrap(), 1), &path);
    assert!(matches!(error, TrainError::Weights(_)), "{error}");

    let weights = folder.path().join("weights.safetensors");
    Small::init(1).save(&weights).unwrap();
    let error = rejection(trainer(1), &weights);
    assert!(error.to_string().ends_with("it is no checkpoint"), "{error}");
}

#[test]
fn damaged_files_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = with_checkpoint(folder.path());
    let whole = fs::read(&path).unwrap();
    let header = u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize + 8;
    let damaged = folder.path().join("damaged.safetensors");
    for len in [0, 1, 7, 8, 9, header / 2, header - 1, header, header + 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&damaged, &whole[..len]).unwrap();
        rejection(trainer(1), &damaged);
    }
    fs::write(&damaged, [&whole[..], &[0]].concat()).unwrap();
    rejection(trainer(1), &damaged);
    // A byte that is another one may go unnoticed, but where it is noticed nothing changes, and nothing panics.
    for at in (0..header).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 7);
        fs::write(&damaged, &bytes).unwrap();
        let mut trainer = trainer(1);
        if trainer.resume(&damaged).is_err() {
            assert!(bits(trainer.net()) == bits(&Small::init(3)), "byte {at}");
            assert!(trainer.history().is_empty());
        }
    }
    // And after all that it can be trained from the beginning, or go on with the right file.
    let mut fresh = trainer(1).epochs(1);
    fs::write(&damaged, &whole[..header]).unwrap();
    fresh.resume(&damaged).unwrap_err();
    fresh.fit(&digits(), NO_VALIDATION).unwrap();
    let mut resumed = trainer(1).epochs(1);
    assert!(resumed.resume(&path).unwrap());
    assert!(bits(resumed.net()) == bits(fresh.net()));
}

#[test]
fn the_best_epoch_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("best.safetensors");
    let mut trainer = trainer(1).best(&path);
    let validation = plain(2, 40);
    let epochs = trainer.fit(&digits(), Some(&validation)).unwrap();
    let best = epochs.iter().map(Epoch::judged_loss).fold(f64::INFINITY, f64::min);
    let kept = Trainer::new(Small::load(&path).unwrap(), Sgd::new(0.1).unwrap(), CrossEntropy::new());
    assert_eq!(kept.evaluate(&validation).unwrap().loss, best);
}

#[test]
fn a_checkpoint_that_cannot_be_written_is_an_error() {
    let mut trainer = trainer(1).checkpoint("/nowhere/checkpoint.safetensors");
    let error = trainer.fit(&digits(), NO_VALIDATION).unwrap_err();
    assert!(error.to_string().contains("/nowhere/checkpoint.safetensors"), "{error}");
}
