//! A stride by its short name and by its long one.

use cnn::network;

network! {
    pub Net(3x32x32) {
        conv(3 -> 16, k3, s2, p1, stride = 1) relu;
        maxpool(k2, ceil, ceil)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
