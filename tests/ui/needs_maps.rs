//! A convolution behind `flatten`, and a net of vectors that pools.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3 -> 16, k3) relu;
        flatten;
        conv(16 -> 32, k3) relu;
        flatten;
        fc(_ -> 10)
    }

    pub Vectors(64) {
        maxpool(k2)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
    let net = Vectors::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[0.0; 64]);
    println!("{} parameters: {scores:?}", Vectors::PARAM_COUNT);
}
