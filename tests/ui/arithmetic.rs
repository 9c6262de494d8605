//! A bottleneck a quarter as wide, of a width that was given in the wrong order.

use cnn::network;

network! {
    block bottleneck(wide, shrink) {
        conv(_ -> wide / shrink, k1) relu;
        conv(_ -> wide / shrink, k3, p1) relu;
        conv(_ -> wide, k1)
    }

    pub Net(16x32x32) {
        bottleneck(64, 0)
        conv(64 -> 8 - 16, k3)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 16]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
