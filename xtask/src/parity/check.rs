//! The program that `cargo xtask parity` writes: each net's outputs beside PyTorch's. `nets.rs` has the nets and calls `check`.

use std::path::Path;
use std::{env, fs};

use cnn::{Arithmetic, EngineOptions, Isa, Network};
use safetensors::SafeTensors;

mod nets;

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
    match compare::<N>(folder, name, output) {
        Ok(()) => println!("ok {name}"),
        Err(why) => println!("FAILED {name}: {why}"),
    }
}

fn compare<N: Network>(folder: &Path, name: &str, output: &[usize]) -> Result<(), String> {
    let path = |kind: &str| folder.join(format!("{name}.{kind}"));
    let shape = output.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    if N::OUTPUT_SHAPE.to_string() != shape {
        return Err(format!("the output is {}, PyTorch's {shape}", N::OUTPUT_SHAPE));
    }
    let net = N::load(path("safetensors")).map_err(|error| error.to_string())?;
    let file = fs::read(path("io.safetensors")).map_err(|error| error.to_string())?;
    let tensors = SafeTensors::deserialize(&file).map_err(|error| error.to_string())?;
    let floats = |name| -> Vec<f32> {
        let tensor = tensors.tensor(name).expect("live.py writes it");
        tensor.data().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
    };
    let (input, expected) = (floats("input"), floats("output"));
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(input.len() / N::INPUT_SHAPE.len());
    bytemuck::cast_slice_mut(&mut images).copy_from_slice(&input);

    let mut isas = Isa::available();
    isas.truncate(if N::MACS > MAX_MACS_EVERYWHERE { 1 } else { isas.len() });
    for isa in isas {
        for arithmetic in [Arithmetic::Fast, Arithmetic::Strict] {
            let options = EngineOptions::new().isa(isa).arithmetic(arithmetic);
            let mut engine = options.engine(&*net).map_err(|error| error.to_string())?;
            let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(images.len());
            engine.forward_batch(&images, &mut outputs).map_err(|error| error.to_string())?;
            close(&format!("a batch, {isa}, {arithmetic:?}"), bytemuck::cast_slice(&outputs), &expected)?;
            for (output, image) in outputs.iter_mut().zip(&images) {
                *output = *engine.forward(image);
            }
            close(&format!("one by one, {isa}, {arithmetic:?}"), bytemuck::cast_slice(&outputs), &expected)?;
        }
    }
    net.save(path("saved.safetensors")).map_err(|error| error.to_string())
}

fn close(what: &str, ours: &[f32], expected: &[f32]) -> Result<(), String> {
    let squares = expected.iter().map(|&value| f64::from(value).powi(2));
    let rms = (squares.sum::<f64>() / expected.len() as f64).sqrt();
    let apart = ours.iter().zip(expected).map(|(&a, &b)| (f64::from(a) - f64::from(b)).abs() / rms);
    // A NaN is the largest.
    let worst = apart.max_by(f64::total_cmp).unwrap_or(f64::NAN);
    if worst <= TOLERANCE { Ok(()) } else { Err(format!("{what}: max |Δ| / rms = {worst:.1e}")) }
}
