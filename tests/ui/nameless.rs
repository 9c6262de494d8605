//! A net without a name is an expression, also when it is wrong.

use cnn::network;

fn main() {
    let space = network! { (3x8x8) -> 10 { conv(3 -> 9, k3) relu; flatten; fc(225 -> 10) } };
    let net = space.init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 8]; 8]; 3]);
    println!("{} parameters: {scores:?}", space.param_count());

    let unknown = network! { conv(3 -> 9, k3) relu; flatten; fc(_ -> 10) };
    println!("{} parameters", unknown.param_count());
}
