//! What `cargo xtask codegen` wrote compiles without the macro, and runs.

#[rustfmt::skip]
#[path = "../../examples/generated/mod.rs"]
mod generated;

use generated::{dummy::DummyNet, every_layer::EveryLayer, lenet5::LeNet5, nameless::Nameless};

#[test]
fn constants() {
    assert_eq!((DummyNet::PARAM_COUNT, DummyNet::MACS), (2512, 8325));
    assert_eq!((Nameless::PARAM_COUNT, Nameless::MACS), (2512, 8325));
    assert_eq!((LeNet5::PARAM_COUNT, LeNet5::MACS), (61_706, 416_520));
}

/// `view(-1, 225)` and `flatten` are the same on the image that both nets are made for.
#[test]
fn both_spellings_of_the_slides_net_agree() {
    let image = [[[0.5; 7]; 7]; 3];
    let mut dummy = DummyNet::init(1).engine();
    let mut nameless = Nameless::init(1).engine();
    assert_eq!(dummy.forward(&image), nameless.forward(&image));
}

#[test]
fn every_layer_runs() {
    let sum: f32 = EveryLayer::init(1).engine().forward(&[[[0.5; 22]; 32]; 3]).iter().sum();
    assert!((sum - 1.0).abs() < 1e-5, "softmax sums to {sum}");
}
