//! Files that are not there, that lie elsewhere, and nets beside them that are right.

use cnn::network;

network! {
    include "nets/missing.cnn"
    include "/home/me/nets/lenet5.cnn"
    include "../lenet5.cnn"

    pub Net(3x7x7) { flatten }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 147] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
