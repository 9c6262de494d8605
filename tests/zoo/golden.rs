//! The numbers of `../parity/golden/zoo.jsonl`; `../parity/zoo.py` makes them and explains them.

use std::slice;

use cnn::Network;
use serde_json::Value;

use crate::hash::unit;

const OUTPUTS: &str = include_str!("../parity/golden/zoo.jsonl");

/// The names of all nets, in their order.
pub fn names() -> Vec<String> {
    let name = |line| serde_json::from_str::<Value>(line).unwrap()["name"].as_str().unwrap().to_owned();
    OUTPUTS.lines().map(name).collect()
}

/// The line of the net `name` in a file.
///
/// # Panics
///
/// If there is none.
pub fn line(file: &str, name: &str) -> Value {
    let start = format!("{{\"name\":\"{name}\",");
    let line = file.lines().find(|line| line.starts_with(&start));
    serde_json::from_str(line.expect("no line of this net")).unwrap()
}

/// A net's weights, images, and what PyTorch makes of the first three of them.
#[derive(Debug)]
pub struct Golden {
    seed: u32,
    scales: Vec<f64>,
    /// PyTorch's outputs for the first three images, in `f64`.
    pub expected: Vec<f64>,
}

impl Golden {
    /// That of the net `name`.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn of(name: &str) -> Self {
        let line = line(OUTPUTS, name);
        let [scales, expected] = ["scales", "expected"].map(|list| numbers(&line[list]));
        Self { seed: line["seed"].as_u64().unwrap() as u32, scales, expected }
    }

    /// The net with its parameters and buffers.
    ///
    /// # Panics
    ///
    /// If it is another net.
    pub fn net<N: Network>(&self) -> Box<N> {
        assert_eq!(self.scales.len(), N::PARAMS.len() + N::BUFFERS.len(), "one scale for each tensor");
        let mut net = N::zeros();
        let floats: &mut [f32] = bytemuck::cast_slice_mut(slice::from_mut(&mut *net));
        for (tensor, scale) in N::PARAMS.iter().chain(N::BUFFERS).zip(&self.scales) {
            let is_norm = tensor.name.ends_with("weight") && tensor.shape.len() == 1;
            let is_factor = is_norm || tensor.name.ends_with("running_var") || tensor.name.ends_with("layer_scale");
            let around = if is_factor { 1.0 } else { 0.0 };
            for (i, value) in floats.iter_mut().enumerate().skip(tensor.offset).take(tensor.count()) {
                *value = around + unit(2 * self.seed + 1, i) * *scale as f32;
            }
        }
        net
    }

    /// The first `count` images.
    pub fn images<N: Network>(&self, count: usize) -> Vec<N::Input> {
        let mut images: Vec<N::Input> = bytemuck::zeroed_vec(count);
        for (i, value) in bytemuck::cast_slice_mut(&mut images).iter_mut().enumerate() {
            let band = i * 16 / N::INPUT_SHAPE.len();
            *value = (unit(2 * self.seed, i) + unit(2 * self.seed, (1 << 31) + band)) / 2.0;
        }
        images
    }
}

/// The largest difference of outputs from the first of `expected`, as a part of the latter's root mean square.
pub fn distance(ours: &[f32], expected: &[f64]) -> f64 {
    let expected = &expected[..ours.len().min(expected.len())];
    let rms = (expected.iter().map(|value| value * value).sum::<f64>() / expected.len() as f64).sqrt();
    let apart = ours.iter().zip(expected).map(|(ours, expected)| (f64::from(*ours) - expected).abs() / rms);
    // A NaN is the largest of all.
    apart.max_by(f64::total_cmp).unwrap_or(0.0)
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
