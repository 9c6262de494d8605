//! A parameter misspelled, and a constant of Rust's.

use cnn::network;

network! {
    block basic(channels) {
        conv(_ -> chanels, k3) relu
    }

    pub Net(3x32x32) -> 10 {
        basic(16)
        flatten;
        fc(_ -> CLASSES)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
