//! What the trainer promises: the same numbers again, errors that say where, and nothing changed by them.

mod checkpoints;
mod small;

use std::ops::ControlFlow;

use cnn::data::{DataError, InMemory};
use cnn::train::{Adam, AdamOptions, Callback, CrossEntropy, Epoch, Sgd, TrainError, Trainer};
use cnn::{Network, network};
use small::*;

network! {
    /// Batch normalisation of vectors.
    Vectors(4) -> 2 { fc(4 -> 3) bn relu; fc(3 -> 2) }
}

const NO_VALIDATION: Option<&InMemory<'_, usize>> = None;

/// The net after all epochs on so many threads.
fn trained(threads: usize) -> Box<Small> {
    let mut trainer = trainer(threads);
    trainer.fit(&digits(), NO_VALIDATION).unwrap();
    trainer.into_net()
}

#[test]
fn the_same_threads_give_the_same_bits_and_others_agree() {
    let one = trained(1);
    assert!(bits(&one) != bits(trainer(1).net()));
    for threads in [1, 2, 3] {
        let net = trained(threads);
        assert!(bits(&net) == bits(&trained(threads)), "{threads} threads");
        let apart = floats(&net).iter().zip(floats(&one)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "{threads} threads are {apart:e} from one");
    }
}

#[test]
fn another_seed_gives_other_numbers() {
    let mut other = trainer(1).seed(6);
    other.fit(&digits(), NO_VALIDATION).unwrap();
    assert!(bits(other.net()) != bits(&trained(1)));
}

/// Ends training after each epoch.
struct Enough;

impl Callback<Small> for Enough {
    fn epoch(&mut self, _: &Epoch, _: &Small) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[test]
fn training_that_a_callback_ended_goes_on_as_if_nothing_had_been() {
    let mut trainer = trainer(1).callback(Enough);
    for epochs in 1..=EPOCHS as usize {
        assert_eq!(trainer.fit(&digits(), NO_VALIDATION).unwrap().len(), epochs);
    }
    assert!(bits(trainer.net()) == bits(&trained(1)));
}

#[test]
fn patience_ends_training_that_no_longer_gets_better() {
    let mut trainer = trainer_with(Sgd::new(0.0).unwrap(), 1).epochs(50).patience(2);
    let epochs = trainer.fit(&plain(1, IMAGES), Some(&plain(2, 20))).unwrap().len();
    // Running statistics alone change, and with them the validation loss, for a while.
    assert!((3..50).contains(&epochs), "{epochs} epochs");
}

#[test]
fn it_learns_and_says_how_well() {
    let mut trainer = trainer_with(Adam::new(0.01).unwrap(), 2).epochs(6).batch(32);
    let epochs = trainer.fit(&plain(1, 600), Some(&plain(2, 200))).unwrap().to_vec();
    assert!(epochs[5].loss < epochs[0].loss - 0.1, "{} to {}", epochs[0], epochs[5]);
    let evaluation = trainer.evaluate(&plain(2, 200)).unwrap();
    assert_eq!(Some(&evaluation), epochs[5].validation.as_ref());
    // By hand, with an engine.
    let set = plain(2, 200);
    let mut engine = trainer.net().engine();
    let (mut image, mut right, mut loss) = ([[[0.0; 12]; 12]; 1], 0, 0.0);
    for index in 0..200 {
        let values: &mut [f32] = bytemuck::cast_slice_mut(&mut image);
        let label = cnn::data::Dataset::get(&set, index, 0, values).unwrap();
        let output: &[f32; 10] = engine.forward(&image);
        let exp: f64 = output.iter().map(|&value| f64::from(value).exp()).sum();
        loss += exp.ln() - f64::from(output[label]);
        right += usize::from(output.iter().all(|value| *value <= output[label]));
    }
    assert_eq!(evaluation.accuracy, Some(right as f64 / 200.0));
    assert!((evaluation.loss - loss / 200.0).abs() < 1e-6, "{} and {}", evaluation.loss, loss / 200.0);
}

#[test]
fn what_is_frozen_stays() {
    let optimizer = AdamOptions::adam_w(0.01).weight_decay(0.1).build().unwrap();
    let mut trainer = trainer_with(optimizer, 1).freeze("conv1").unwrap().freeze("fc1.bias").unwrap();
    trainer.fit(&digits(), NO_VALIDATION).unwrap();
    let (before, after) = (Small::init(3), trainer.into_net());
    for tensor in Small::PARAMS {
        let range = tensor.offset..tensor.offset + tensor.count();
        let same = before.as_slice()[range.clone()] == after.as_slice()[range];
        assert_eq!(same, tensor.name.starts_with("conv1") || tensor.name == "fc1.bias", "{}", tensor.name);
    }
}

#[test]
fn freezing_nothing_is_a_mistake() {
    let error = trainer(1).freeze("features.").err().unwrap();
    assert_eq!(error.to_string(), "no parameter's name begins with `features.`");
}

/// Images of one channel of 12×12.
type Images = Vec<[[[f32; 12]; 12]; 1]>;

/// Images of a set, in the order of the set.
fn batch(len: usize) -> (Images, Vec<usize>) {
    let set = plain(1, len);
    let mut images = vec![[[[0.0; 12]; 12]; 1]; len];
    let labels = images.iter_mut().enumerate().map(|(index, image)| {
        let values = bytemuck::cast_slice_mut(std::slice::from_mut(image));
        cnn::data::Dataset::get(&set, index, 0, values).unwrap()
    });
    let labels = labels.collect();
    (images, labels)
}

#[test]
fn a_loss_that_is_not_finite_names_its_step_and_layer() {
    let (images, labels) = batch(16);
    for (name, layer) in [("conv1.weight", "conv1"), ("bn1.bias", "bn1"), ("fc1.weight", "fc1"), ("fc2.bias", "fc2")] {
        let mut trainer = trainer(2);
        trainer.step(&images, &labels).unwrap();
        let mut net = trainer.into_net();
        let tensor = Small::PARAMS.iter().find(|tensor| tensor.name == name).unwrap();
        net.as_mut_slice()[tensor.offset] = f32::NAN;
        let before = bits(&net);
        let mut trainer = Trainer::new(net, Adam::new(0.01).unwrap(), CrossEntropy::new()).threads(2);
        let error = trainer.step(&images, &labels).unwrap_err();
        let expected = format!("the loss of step 0 is NaN: the output of `{layer}` is the first that is not finite");
        assert_eq!(error.to_string(), expected);
        assert!(bits(trainer.net()) == before, "{name}");
    }
    // Steps that are much too large.
    let mut trainer = trainer_with(Sgd::new(1e30).unwrap(), 1);
    let mut step = 0;
    let error = loop {
        let before = bits(trainer.net());
        match trainer.step(&images, &labels) {
            Ok(_) => step += 1,
            Err(error) => {
                assert!(bits(trainer.net()) == before);
                break error;
            }
        }
    };
    assert!(
        step > 0 && matches!(error, TrainError::NotFinite { step: at, layer: Some(_), .. } if at == step),
        "{error}"
    );
}

#[test]
fn an_image_that_is_not_finite_is_named() {
    let (mut images, labels) = batch(16);
    images[11][0][3][4] = f32::INFINITY;
    let error = trainer(2).step(&images, &labels).unwrap_err();
    assert_eq!(error.to_string(), "image 11 has values that are not finite");
}

#[test]
fn a_label_out_of_range_names_its_item() {
    let (images, mut labels) = batch(IMAGES);
    labels[29] = 10;
    let message = "image 29: the label is 10, expected less than 10, the number of outputs";
    assert_eq!(trainer(1).step(&images, &labels).unwrap_err().to_string(), message);
    let set = InMemory::new(images, labels).unwrap();
    assert_eq!(trainer(1).fit(&set, NO_VALIDATION).unwrap_err().to_string(), message);
    assert_eq!(trainer(1).evaluate(&set).unwrap_err().to_string(), message);
    let error = trainer(1).fit(&digits(), Some(&set)).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn sets_and_batches_that_are_empty_are_errors() {
    let empty = plain(1, 0);
    let is_empty = |error| matches!(error, TrainError::Data(DataError::Empty { .. }));
    assert!(is_empty(trainer(1).fit(&empty, NO_VALIDATION).unwrap_err()));
    assert!(is_empty(trainer(1).evaluate(&empty).unwrap_err()));
    // Before an epoch is lost.
    let mut trainer = trainer(1);
    assert!(is_empty(trainer.fit(&digits(), Some(&empty)).unwrap_err()));
    assert!(bits(trainer.net()) == bits(&Small::init(3)));
    assert!(matches!(trainer.step::<usize>(&[], &[]).unwrap_err(), TrainError::EmptyBatch));
    let (images, labels) = batch(3);
    let error = trainer.step(&images, &labels[..2]).unwrap_err();
    assert_eq!(error.to_string(), "3 images expect as many targets, found 2");
    assert!(matches!(trainer.batch(0).fit(&digits(), NO_VALIDATION).unwrap_err(), TrainError::Data(_)));
}

#[test]
fn images_of_another_shape_are_errors() {
    let larger = plain(1, 20).side(14).unwrap();
    let is_size = |error| matches!(error, TrainError::Data(DataError::Size { .. }));
    assert!(is_size(trainer(1).fit(&larger, NO_VALIDATION).unwrap_err()));
    assert!(is_size(trainer(1).evaluate(&larger).unwrap_err()));
}

#[test]
fn batch_normalisation_of_one_value_names_its_layer() {
    let mut trainer = Trainer::new(Vectors::init(1), Adam::new(0.01).unwrap(), CrossEntropy::new());
    let error = trainer.step(&[[1.0; 4]], &[0usize]).unwrap_err();
    let expected = "`bn1` has one value of each channel in this batch and expects at least two: use larger batches";
    assert_eq!(error.to_string(), expected);
    trainer.step(&[[1.0; 4], [2.0; 4]], &[0usize, 1]).unwrap();
}
