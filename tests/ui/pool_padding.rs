//! A pool padded as a convolution would be.

use cnn::network;

network! {
    pub Net(3x32x32) {
        conv(3 -> 16, k3, p1) relu;
        maxpool(k3, s2, p2);
        avgpool(k2x4, p1x3)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
