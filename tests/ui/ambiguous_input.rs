//! 28×28 and 29×29 images both become 14×14 by a pool: which are meant?

use cnn::network;

network! {
    pub Digits -> 10 {
        conv(1 -> 8, k3, p1) relu maxpool(k2);
        flatten;
        fc(1568 -> 10)
    }
}

fn main() {
    let net = Digits::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 28]; 28]; 1]);
    println!("{} parameters: {scores:?}", Digits::PARAM_COUNT);
}
