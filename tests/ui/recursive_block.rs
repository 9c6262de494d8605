//! A block that uses itself, and two that use each other.

use cnn::network;

network! {
    block deep(c) { conv(_ -> c, k3, p1) relu deep(c) }
    block ping(c) { conv(_ -> c, k1) pong(c) }
    block pong(c) { relu ping(c) }

    pub Net(3x32x32) { deep(8) ping(8) }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
