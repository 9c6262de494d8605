//! Ten digits are declared, and the last layer was taken from a net for a hundred classes.

use cnn::network;

network! {
    pub Digits(1x28x28) -> 10 {
        flatten;
        fc(784 -> 100)
    }

    pub Features(3x32x32) -> 10 {
        conv(3 -> 10, k3, s2, p1) relu
    }
}

fn main() {
    let net = Digits::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 28]; 28]; 1]);
    println!("{} parameters: {scores:?}", Digits::PARAM_COUNT);
    let net = Features::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Features::PARAM_COUNT);
}
