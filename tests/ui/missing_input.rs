//! A net whose input nothing fixes, and one where no image fits.

use cnn::network;

network! {
    pub AnySize -> 10 {
        conv(3 -> 9, k3) relu;
        flatten;
        fc(_ -> 10)
    }

    pub NoSize -> 10 {
        conv(3 -> 9, k3) relu;
        flatten;
        fc(226 -> 10)
    }
}

fn main() {
    let net = AnySize::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", AnySize::PARAM_COUNT);
    let net = NoSize::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", NoSize::PARAM_COUNT);
}
