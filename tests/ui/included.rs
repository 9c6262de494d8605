//! Faults in a file are shown in the file, at the `include` that names it.

use cnn::network;

network! {
    include "nets/faulty.cnn"
    include "nets/itself.cnn"
}

fn main() {
    let net = LeNet5::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 28]; 28]; 1]);
    println!("{} parameters: {scores:?}", LeNet5::PARAM_COUNT);
}
