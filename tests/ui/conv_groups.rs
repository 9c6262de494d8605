//! Groups that do not divide the channels, on either side.

use cnn::network;

network! {
    pub Depthwise(32x14x14) {
        conv(32 -> 48, k3, p1, g32) relu;
        conv(48 -> 64, k1, g5)
    }
}

fn main() {
    let net = Depthwise::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 14]; 14]; 32]);
    println!("{} parameters: {scores:?}", Depthwise::PARAM_COUNT);
}
