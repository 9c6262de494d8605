//! A forgotten `flatten`.

use cnn::network;

network! {
    pub Net(3x7x7) -> 10 {
        conv(3 -> 9, k3) relu;
        fc(225 -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
