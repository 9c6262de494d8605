//! Nets that outgrow their budgets; their types are whole all the same.

use cnn::network;

network! {
    #[budget(params <= 2_000, macs <= 8K, arena <= 1.5K)]
    pub Three(3x7x7) -> 10 { conv(3 -> 9, k3) relu; view(-1, 225); fc(225 -> 10) }

    #[budget(arena <= 128K)]
    /// The sum waits beside the body.
    pub Peak(3x32x32) {
        conv(_ -> 16, k3) relu;
        residual { conv(_ -> 16, k3, same) relu; conv(_ -> 16, k3, same) };
        maxpool(k2)
    }

    #[budget(params <= 2_512, macs <= 8_325, arena <= 1_600)]
    pub Kept(3x7x7) -> 10 { conv(3 -> 9, k3) relu; view(-1, 225); fc(225 -> 10) }
}

network! {
    #[budget(parms <= 10K)]
    #[budget(macs < 10K)]
    #[budget(arena <= 16k, arena <= 16K, arena <= 17K)]
    pub Misspelled(3) { fc(_ -> 2) }
}

fn main() {
    let net = Three::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
    println!("{} parameters: {scores:?}", Three::PARAM_COUNT);
}
