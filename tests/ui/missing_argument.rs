//! Layers without their kernel, and without their channels.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3 -> 16) relu;
        conv(k3) relu;
        maxpool;
        flatten;
        fc(_ -> _);
        fc(10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
