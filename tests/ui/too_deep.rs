//! More groups than any net needs.

use cnn::network;

network! {
    pub Net(3x7x7) {
        { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { { flatten } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } } }
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
