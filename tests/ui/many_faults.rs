//! Many faults in one run, in the order of the source; what follows from a fault is not reported.

use cnn::network;

network! {
    block basic(c, s) {
        conv(_ -> c, k3, s = s, p1) relu;
        conv(_ -> d, k3, p1) relu
    }

    /// A shape that a fault hides says nothing more.
    pub First(3x32x32) -> 10 {
        conv(1 -> 16, k3, pad1) relu;
        cnov(16 -> 32, k3) relu;
        basic(32, 2) * 2;
        basic(64);
        maxpool(k2, s0);
        flatten;
        fc(512 -> 10)
    }

    pub Second(3x8x8) -> 100 {
        conv(3 -> 9, k3), relu;
        view(-1, 225);
        fc(225 -> 10)
    }
}

fn main() {
    let net = First::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", First::PARAM_COUNT);
    let net = Second::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 8]; 8]; 3]);
    println!("{} parameters: {scores:?}", Second::PARAM_COUNT);
}
