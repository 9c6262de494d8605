//! A line that was copied with its label.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv1: conv(3 -> 16, k3) relu;
        conv1: conv(16 -> 16, k3) relu;
        flatten;
        head.fc: fc(_ -> 32);
        head_fc: fc(32 -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
