//! Habits of other languages.

use cnn::network;

network! {
    pub Net(3x32x32) -> 10 {
        conv(3 -> 16, k3), relu,
        conv(16 to 32, k3);
        maxpool(2);
        self.fc1 = fc(10 -> 10);
        x = relu(x);
        conv[32 -> 32, k3];
        fc(3.5 -> 10)
    }
}

fn main() {
    let net = Net::init(1);
    let mut engine = net.engine();
    let scores: &[f32; 10] = engine.forward(&[[[0.0; 32]; 32]; 3]);
    println!("{} parameters: {scores:?}", Net::PARAM_COUNT);
}
