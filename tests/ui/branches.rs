//! Branches that do not fit, of each combinator.

use cnn::network;

network! {
    pub Sum(8x16x16) { residual { conv(8 -> 16, k3, p1) } }
    pub Product(8x16x16) { scale { globalavgpool; conv(8 -> 4, k1) } }
    pub Side(8x16x16) { concat { relu | conv(8 -> 8, k3) | maxpool(k2) } }
    pub Parts(8x16x16) { split { relu | | conv(_ -> 4, k3, same) } }
}

fn main() {
    println!("{}", Sum::PARAM_COUNT + Product::PARAM_COUNT + Side::PARAM_COUNT + Parts::PARAM_COUNT);
}
