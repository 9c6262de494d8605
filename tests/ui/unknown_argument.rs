//! Arguments by nearly their names, and by Keras's.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3 -> 16, kernel_size = 3, stride = 2) relu;
        conv(16 -> 16, k3, pad1, no_bias) relu;
        maxpool(size2);
        flatten;
        fc(_ -> 10, bias)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
