//! `same` with a stride, as in Keras, and beside a padding.

use cnn::network;

network! {
    pub Net(3x32x32) {
        conv(3 -> 16, k3, s2, same) relu;
        conv(16 -> 16, k3, p1, same) relu
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
