//! A stray digit or two.

use cnn::network;

network! {
    pub Wide(3x224x224) {
        flatten;
        fc(_ -> 4096000000) relu
    }

    pub Long(3x8x8) {
        conv(3 -> 3, k3, p1) * 5000
    }

    pub Image(3x10000000x10000000) { relu }
}

fn main() {
    println!("{} {} {}", Wide::PARAM_COUNT, Long::PARAM_COUNT, Image::PARAM_COUNT);
    let _ = (Wide::init(1), Long::init(1).engine(), Image::init(1).engine());
}
