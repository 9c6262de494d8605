//! The net of the slides: an architecture is a space of models.
//!
//! `cargo run --release --example dummy_net`

use cnn::network;

network! {
    /// 2512 parameters: each value of them is another function of the image.
    pub DummyNet(3x7x7) -> 10 {
        conv(3 -> 9, k3) relu;
        view(-1, 225);
        fc(225 -> 10)
    }
}

fn main() {
    println!("{}\n", DummyNet::summary());

    // Two points of one space of models: the same shapes, other numbers.
    let net1 = DummyNet::init(1);
    let net2 = DummyNet::init(2);
    assert_ne!(net1.params(), net2.params());
    println!("Each of them is {} numbers, such as conv1.weight[8][2][1][1]:", DummyNet::PARAM_COUNT);
    println!("net1 {:8.4}\nnet2 {:8.4}\n", net1.conv1.weight[8][2][1][1], net2.conv1.weight[8][2][1][1]);

    let image = gradient();
    println!("One image, two answers:");
    for (name, net) in [("net1", net1), ("net2", net2)] {
        let scores: Vec<String> = net.engine().forward(&image).iter().map(|score| format!("{score:8.4}")).collect();
        println!("{name} {}", scores.concat());
    }
}

/// An image that grows brighter from corner to corner, each channel less than the one before.
fn gradient() -> [[[f32; 7]; 7]; 3] {
    let mut image = [[[0.0; 7]; 7]; 3];
    for (channel, map) in image.iter_mut().enumerate() {
        for (y, row) in map.iter_mut().enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = (y + x) as f32 / (12.0 * (1 + channel) as f32);
            }
        }
    }
    image
}
