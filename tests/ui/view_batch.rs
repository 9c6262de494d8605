//! The batch written as a number, left out, or inferred twice.

use cnn::network;

network! {
    pub Net(3x7x7) -> 10 {
        conv(3 -> 9, k3) relu;
        view(1, 225);
        fc(225 -> 10)
    }

    pub NoBatch(3x7x7) { view(147) }

    pub Rows(3x7x7) { view(-1, 3, 49) }

    pub Guess(3x7x7) { view(-1, -1) }

    pub Holes(3x7x7) { view(-1, _, 7, _) }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
    NoBatch::init(1).engine().forward(&[[[0.0; 7]; 7]; 3]);
    Rows::init(1).engine().forward(&[[[0.0; 7]; 7]; 3]);
    Guess::init(1).engine().forward(&[[[0.0; 7]; 7]; 3]);
    Holes::init(1).engine().forward(&[[[0.0; 7]; 7]; 3]);
}
