//! Colour images for a net that was written for grey ones, and a layer that was widened alone.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(1 -> 16, k3) relu maxpool(k2);
        conv(8 -> 32, k3) relu maxpool(k2);
        flatten;
        fc(1152 -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
