//! `view(-1, 225)` is right for 7×7 images. PyTorch raises for 8×8, and folds the batch for 12×12 and 17×17.

use cnn::network;

network! {
    pub On8(3x8x8) -> 10 {
        conv(3 -> 9, k3) relu;
        view(-1, 225);
        fc(225 -> 10)
    }

    pub On12(3x12x12) -> 10 {
        conv(3 -> 9, k3) relu;
        view(-1, 225);
        fc(225 -> 10)
    }

    pub On17(3x17x17) -> 10 {
        conv(3 -> 9, k3) relu;
        view(-1, 225);
        fc(225 -> 10)
    }

    pub Maps(3x7x7) {
        view(-1, 3, 7, 8);
        view(-1, 5, _, 2)
    }
}

fn main() {
    let _: &[f32; 10] = On8::init(1).engine().forward(&[[[0.0; 8]; 8]; 3]);
    let _: &[f32; 10] = On12::init(1).engine().forward(&[[[0.0; 12]; 12]; 3]);
    let _: &[f32; 10] = On17::init(1).engine().forward(&[[[0.0; 17]; 17]; 3]);
    Maps::init(1).engine().forward(&[[[0.0; 7]; 7]; 3]);
}
