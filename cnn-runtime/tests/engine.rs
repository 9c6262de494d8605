//! The forward pass through nets as `network!` emits them.
#![forbid(unsafe_code)]

#[path = "nets/dummy_net.rs"]
mod dummy_net;
#[path = "nets/maps_net.rs"]
mod maps_net;

use std::array;
use std::thread;

use cnn_runtime::__private::{conv, fc};
use cnn_runtime::{BatchError, Engine, Isa, Network, Shape, UnsupportedIsa};
use dummy_net::DummyNet;
use maps_net::MapsNet;

type Image = <DummyNet as Network>::Input;

/// Different images, each with values in ±1.
fn image(number: usize) -> Image {
    let value = |c, y, x| ((number * 97 + c * 49 + y * 7 + x) as f32).sin();
    array::from_fn(|c| array::from_fn(|y| array::from_fn(|x| value(c, y, x))))
}

/// DummyNet as PyTorch defines its layers.
fn reference(net: &DummyNet, image: &Image) -> Vec<f32> {
    let shape = conv::Conv2d {
        in_channels: 3,
        in_height: 7,
        in_width: 7,
        out_channels: 9,
        out_height: 5,
        out_width: 5,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [0, 0],
        dilation: [1, 1],
        groups: 1,
    };
    let params = net.params();
    let image = image.as_flattened().as_flattened();
    let mut hidden = conv::reference(&shape, image, &params[..243], Some(&params[243..252]));
    hidden.iter_mut().for_each(|value| *value = value.max(0.0));
    fc::reference(&hidden, &params[252..2502], Some(&params[2502..]))
}

#[test]
fn forward_is_the_reference_on_every_isa() {
    let net = DummyNet::init(1);
    for isa in Isa::available() {
        let mut engine = Engine::with_isa(&*net, isa).unwrap();
        assert_eq!(engine.isa(), isa);
        for number in 0..10 {
            let image = image(number);
            let outputs = engine.forward(&image);
            for (output, expected) in outputs.iter().zip(reference(&net, &image)) {
                assert!((output - expected).abs() < 1e-6, "{isa}: {output} {expected}");
            }
        }
    }
}

#[test]
fn engine_takes_the_best_isa() {
    assert_eq!(DummyNet::zeros().engine().isa(), Isa::detect());
}

#[test]
fn unsupported_isa_is_an_error() {
    for isa in [Isa::Scalar, Isa::Avx2, Isa::Neon] {
        let engine = Engine::with_isa(&*DummyNet::zeros(), isa);
        assert_eq!(engine.is_ok(), Isa::available().contains(&isa));
    }
    let text = UnsupportedIsa { isa: Isa::Avx2 }.to_string();
    assert!(text.starts_with("this CPU does not support avx2, only "), "{text}");
    assert!(text.ends_with("scalar"), "{text}");
}

#[test]
fn batches_are_images_one_by_one() {
    let mut engine = DummyNet::init(1).engine();
    for count in [0, 1, 2, 1000] {
        let images: Vec<_> = (0..count).map(image).collect();
        let mut outputs = vec![[f32::NAN; 10]; count];
        engine.forward_batch(&images, &mut outputs).unwrap();
        for (image, output) in images.iter().zip(&outputs) {
            assert_eq!(engine.forward(image), output);
        }
    }
}

#[test]
fn batch_lengths_must_agree() {
    let mut engine = DummyNet::init(1).engine();
    let mut outputs = [[7.0; 10]; 2];
    let error = engine.forward_batch(&[image(0); 3], &mut outputs).unwrap_err();
    assert_eq!(error, BatchError { inputs: 3, outputs: 2 });
    assert_eq!(error.to_string(), "a batch of 3 inputs expects as many outputs, found 2");
    assert_eq!(outputs, [[7.0; 10]; 2]);
}

#[test]
fn engine_keeps_the_parameters_it_was_made_with() {
    let mut net = DummyNet::init(1);
    let mut engine = net.engine();
    let before = *engine.forward(&image(0));
    net.params_mut().fill(0.0);
    assert_eq!(*engine.forward(&image(0)), before);
    assert_eq!(*net.engine().forward(&image(0)), [0.0; 10]);
}

#[test]
fn clones_on_threads_give_the_same_bits() {
    let mut engine = DummyNet::init(1).engine();
    let images: Vec<_> = (0..100).map(image).collect();
    let mut expected = vec![[0.0; 10]; 100];
    engine.forward_batch(&images, &mut expected).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            let mut engine = engine.clone();
            let (images, expected) = (&images, &expected);
            scope.spawn(move || {
                for (image, expected) in images.iter().zip(expected) {
                    let bits = engine.forward(image).map(f32::to_bits);
                    assert_eq!(bits, expected.map(f32::to_bits));
                }
            });
        }
    });
}

#[test]
fn maps_come_out_as_maps() {
    assert_eq!(MapsNet::OUTPUT_SHAPE, Shape::Maps { channels: 2, height: 2, width: 3 });
    let image = [[[1.0, -2.0, 3.0], [-4.0, 5.0, -6.0]], [[7.0, 8.0, -9.0], [0.5, -0.5, 0.0]]];
    let mut engine = MapsNet::init(1).engine();
    let expected = [[[1.0, 0.0, 3.0], [0.0, 5.0, 0.0]], [[7.0, 8.0, 0.0], [0.5, 0.0, 0.0]]];
    assert_eq!(engine.forward(&image), &expected);
}

#[test]
fn debug() {
    let engine = Engine::with_isa(&*DummyNet::zeros(), Isa::Scalar).unwrap();
    assert_eq!(format!("{engine:?}"), r#"Engine { net: "DummyNet", isa: Scalar, .. }"#);
}
