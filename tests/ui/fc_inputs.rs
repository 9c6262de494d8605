//! PyTorch's tutorial net, with the 5×5 kernels replaced by 3×3.

use cnn::network;

network! {
    pub Cifar(3x32x32) -> 10 {
        conv(3 -> 6, k3) relu maxpool(k2);
        conv(6 -> 16, k3) relu maxpool(k2);
        flatten;
        fc(400 -> 120) relu;
        fc(120 -> 84) relu;
        fc(48 -> 10)
    }
}

fn main() {
    let net = Cifar::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Cifar::PARAM_COUNT);
}
