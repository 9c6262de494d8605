//! Numbers without a name, and arguments of another layer's form.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3, 16, 3) bn(eps = -1) relu(0.1);
        conv(3 -> 16, k3x3x3) relu;
        maxpool(2);
        avgpool(16 -> 16, k2);
        flatten(1);
        fc(_ -> 10, nobias = 1)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
