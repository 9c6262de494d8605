//! LeNet-5 from a `.cnn` file, on a batch of images.
//!
//! `cargo run --release --example lenet5`

use std::error::Error;
use std::time::Instant;

use cnn::network;

network! { include "examples/specs/lenet5.cnn" }

type Image = [[[f32; 28]; 28]; 1];

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}\n", LeNet5::summary());

    // Without trained weights the answers mean nothing, and take as long.
    let net = LeNet5::init(1);
    let images: Vec<Image> = (0..1000).map(bar).collect();
    let mut scores = vec![[0.0; 10]; images.len()];

    let mut engine = net.engine();
    engine.forward_batch(&images, &mut scores)?;
    let start = Instant::now();
    engine.forward_batch(&images, &mut scores)?;
    let time = start.elapsed() / images.len() as u32;

    let digits: Vec<String> = scores.iter().take(20).map(|scores| argmax(scores).to_string()).collect();
    println!("the first 20 of {} images: {}", images.len(), digits.join(" "));
    println!("{time:.2?} for an image, {}", engine.isa());
    Ok(())
}

/// An upright bar, further to the right in every image.
fn bar(index: usize) -> Image {
    let mut image = [[[0.0; 28]; 28]; 1];
    for row in &mut image[0][4..24] {
        let left = index % 25;
        row[left..left + 4].fill(1.0);
    }
    image
}

/// The place of the largest score.
fn argmax(scores: &[f32; 10]) -> usize {
    (1..10).fold(0, |best, at| if scores[at] > scores[best] { at } else { best })
}
