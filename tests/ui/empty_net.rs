//! A net that is still to be written.

use cnn::network;

network! {
    /// To do.
    pub Net(3x32x32) -> 10 {
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
