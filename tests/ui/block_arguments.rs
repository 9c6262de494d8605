//! A block of two numbers is given one, and then a layer's argument.

use cnn::network;

network! {
    block basic(channels, stride) {
        conv(_ -> channels, k3, s = stride, p1) relu
    }

    pub Net(3x32x32) -> 10 {
        basic(16)
        basic(k3, s2)
        basic(16, 32, 2)
        basic(3 -> 16, 2)
        flatten;
        fc(_ -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
