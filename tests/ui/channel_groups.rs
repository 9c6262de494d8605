//! A shuffle and a normalisation whose groups do not divide the channels.

use cnn::network;

network! {
    pub Shuffled(3x14x14) {
        conv(3 -> 20, k1) relu;
        shuffle(g3);
        depthwise(k3, p1)
    }

    pub Normalised(10) { fc(10 -> 12) groupnorm(g8) relu }
}

fn main() {
    let net = Shuffled::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 14]; 14]; 3]);
    println!("{} parameters: {scores:?}, {}", Shuffled::PARAM_COUNT, Normalised::PARAM_COUNT);
}
