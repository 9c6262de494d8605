//! Nets learn to read digits, for trained.py to load. `nets.rs` has the nets and calls `check`.

use std::env;
use std::error::Error;
use std::path::Path;

use cnn::Network;
use cnn::data::{Dataset, Digits};
use cnn::train::{Adam, CrossEntropy, OneCycle, Trainer};
use safetensors::tensor::{Dtype, TensorView, serialize_to_file};

mod nets;

fn main() {
    let folder = env::args().nth(1).expect("the folder of the trained nets");
    nets::check_all(Path::new(&folder));
}

/// Trains a net that reads digits.
fn check<N: Network<Input = [[[f32; 28]; 28]; 1], Output = [f32; 10]>>(folder: &Path, name: &str, _output: &[usize]) {
    train::<N>(&folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// Trains a net, and writes its weights, and what it makes of images that are held out.
fn train<N: Network<Input = [[[f32; 28]; 28]; 1], Output = [f32; 10]>>(path: &Path) -> Result<(), Box<dyn Error>> {
    let (digits, held_out) = (Digits::new(1, 6000), Digits::new(2, 1000));
    let mut trainer = Trainer::new(N::init(1), Adam::new(0.004)?, CrossEntropy::new())
        .epochs(4)
        .batch(64)
        .threads(2)
        .schedule(OneCycle::new());
    trainer.fit::<_, Digits>(&digits, None)?;
    let accuracy = trainer.evaluate(&held_out)?.accuracy.ok_or("digits have labels")?;
    trainer.net().save(path.with_extension("safetensors"))?;

    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(held_out.len());
    let mut labels = vec![0i64; images.len()];
    for (i, (image, label)) in images.iter_mut().zip(&mut labels).enumerate() {
        *label = held_out.get(i, 0, bytemuck::cast_slice_mut(image))? as i64;
    }
    let mut logits: Vec<N::Output> = bytemuck::zeroed_vec(images.len());
    trainer.net().engine_with(2).forward_batch(&images, &mut logits)?;
    let view = |dtype, shape: &[usize], values| TensorView::new(dtype, shape.to_vec(), values);
    let tensors = [
        ("images", view(Dtype::F32, &[images.len(), 1, 28, 28], bytemuck::cast_slice(&images))?),
        ("labels", view(Dtype::I64, &[labels.len()], bytemuck::cast_slice(&labels))?),
        ("logits", view(Dtype::F32, &[logits.len(), 10], bytemuck::cast_slice(&logits))?),
        ("accuracy", view(Dtype::F64, &[], bytemuck::bytes_of(&accuracy))?),
    ];
    Ok(serialize_to_file(tensors, None, &path.with_extension("held_out.safetensors"))?)
}
