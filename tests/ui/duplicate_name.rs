//! Two blocks of one name, a block named like a layer, a parameter named twice, and two nets of one name.

use cnn::network;

network! {
    block basic(c) { conv(_ -> c, k3) relu }
    block basic(c) { conv(_ -> c, k5) relu }
    block conv(c) { basic(c) }
    block wide(c, c) { basic(c) }

    pub Net(3x32x32) { basic(8) }
    pub Net(3x16x16) { basic(8) }
}

fn main() {
    println!("{}", Net::PARAM_COUNT);
}
