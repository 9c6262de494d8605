//! Names from PyTorch, a typing error, and a block that was never written.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        Conv2d(3 -> 16, k3) ReLU;
        cnov(16 -> 32, k3) relu;
        bottleneck(64) * 3;
        lstm(50);
        flatten;
        Linear(_ -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
