//! One pool too many for small images.

use cnn::network;

network! {
    pub Net(1x12x12) -> 10 {
        conv(1 -> 8, k5) relu maxpool(k2);
        conv(8 -> 16, k5, d2) relu;
        flatten;
        fc(_ -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 12]; 12]; 1]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
