//! Zeros where there is at least one.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3 -> 16, k3, s0) relu;
        maxpool(k0);
        conv(16 -> 0, k3, d0, g0);
        flatten;
        fc(_ -> 10)
    }

    pub Flat(3x0x32) { flatten }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
    let _ = Flat::init(1).engine();
}
