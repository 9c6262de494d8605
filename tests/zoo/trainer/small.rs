//! A small net of all that makes training differ from run to run, for the tests of the trainer.

use std::slice;

use cnn::data::{Augmentation, Augmented, Digits};
use cnn::network;
use cnn::train::{Adam, Cosine, CrossEntropy, Optimizer, Trainer};

network! {
    /// Statistics of the batch, values that are left out, and layers of every size of gradient.
    pub Small(1x12x12) -> 10 {
        conv(1 -> 6, k3, nobias) bn relu maxpool(k2);
        dropout(p = 0.25);
        flatten; fc(150 -> 16) relu; fc(16 -> 10)
    }
}

/// How many images [`digits`] has, and how many steps an epoch has then: the last batch is smaller.
pub const IMAGES: usize = 40;
pub const BATCH: usize = 16;
pub const EPOCHS: u64 = 3;
pub const STEPS: usize = IMAGES.div_ceil(BATCH) * EPOCHS as usize;

/// Images that differ each time they are shown.
pub fn digits() -> Augmented<Digits> {
    let changes = [Augmentation::Shift { pixels: 1 }, Augmentation::Rotation { degrees: 10.0 }];
    Augmented::new(plain(1, IMAGES), changes).unwrap()
}

/// Images that stay as they are.
pub fn plain(seed: u64, len: usize) -> Digits {
    Digits::new(seed, len).side(12).unwrap()
}

/// A trainer with this optimizer.
pub fn trainer_with<O: Optimizer>(optimizer: O, threads: usize) -> Trainer<Small, O, CrossEntropy> {
    let trainer = Trainer::new(Small::init(3), optimizer, CrossEntropy::new());
    trainer.epochs(EPOCHS).batch(BATCH).seed(5).threads(threads).schedule(Cosine::new())
}

/// A trainer with Adam.
pub fn trainer(threads: usize) -> Trainer<Small, Adam, CrossEntropy> {
    trainer_with(Adam::new(0.01).unwrap(), threads)
}

/// Parameters and buffers.
pub fn floats(net: &Small) -> &[f32] {
    bytemuck::cast_slice(slice::from_ref(net))
}

/// The same, bit for bit.
pub fn bits(net: &Small) -> Vec<u32> {
    floats(net).iter().map(|value| value.to_bits()).collect()
}
