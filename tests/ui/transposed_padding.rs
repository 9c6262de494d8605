//! A decoder whose output padding is as large as its stride, and one whose padding leaves nothing.

use cnn::network;

network! {
    pub Decoder(3x14x14) {
        conv(3 -> 16, k3, s2, p1) layernorm;
        fc(16 -> 32, channels) gelu;
        fc(32 -> 16, channels) layerscale(init = 0.1);
        convtranspose(16 -> 3, k3, s2, p1, op2)
    }

    pub Cut(8) {
        reshape(8, 1, 1);
        convtranspose(8 -> 4, k4x2, p1) relu
    }
}

fn main() {
    let net = Decoder::init(1);
    let mut engine = net.engine();
    let image = engine.forward(&[[[0.0; 14]; 14]; 3]);
    println!("{} parameters: {image:?}, {}", Decoder::PARAM_COUNT, Cut::PARAM_COUNT);
}
