//! Each net's outputs beside PyTorch's. `nets.rs` has the nets and calls `check`.

use std::env;
use std::path::Path;

use cnn::{Arithmetic, EngineOptions, Isa, Network};

mod nets;
mod shared;

use shared::{Tensors, close, report, same_shape, text};

/// The largest difference from PyTorch's outputs, as a part of their root mean square.
const TOLERANCE: f64 = 1e-4;

/// Nets of more multiply-adds run on the best instruction set alone.
const MAX_MACS_EVERYWHERE: u64 = 1_000_000;

fn main() {
    let folder = env::args().nth(1).expect("the folder of the nets");
    nets::check_all(Path::new(&folder));
}

/// Loads a net's state_dict, compares its outputs, saves it again, and prints a line.
fn check<N: Network>(folder: &Path, name: &str, output: &[usize]) {
    report(name, compare::<N>(folder, name, output));
}

fn compare<N: Network>(folder: &Path, name: &str, output: &[usize]) -> Result<(), String> {
    let path = |kind: &str| folder.join(format!("{name}.{kind}"));
    same_shape(N::OUTPUT_SHAPE, output)?;
    let net = N::load(path("safetensors")).map_err(text)?;
    let tensors = Tensors::read(&path("io.safetensors"))?;
    let (images, expected) = (tensors.images::<N::Input>("input"), tensors.get("output"));
    let scale = rms(expected);
    let close = |how: &str, outputs: &[N::Output]| {
        close(bytemuck::cast_slice::<_, f32>(outputs), expected, scale, TOLERANCE)
            .map_err(|why| format!("{how}: {why}"))
    };

    let mut isas = Isa::available();
    isas.truncate(if N::MACS > MAX_MACS_EVERYWHERE { 1 } else { isas.len() });
    for isa in isas {
        for arithmetic in [Arithmetic::Fast, Arithmetic::Strict] {
            let options = EngineOptions::new().isa(isa).arithmetic(arithmetic);
            let mut engine = options.engine(&*net).map_err(text)?;
            let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(images.len());
            engine.forward_batch(&images, &mut outputs).map_err(text)?;
            close(&format!("a batch, {isa}, {arithmetic:?}"), &outputs)?;
            for (output, image) in outputs.iter_mut().zip(&images) {
                *output = *engine.forward(image);
            }
            close(&format!("one by one, {isa}, {arithmetic:?}"), &outputs)?;
        }
    }
    net.save(path("saved.safetensors")).map_err(text)
}

/// The root mean square.
fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}
