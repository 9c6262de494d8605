//! What the programs of `cargo xtask parity` share: tensors of PyTorch's files, and how far ours are from them.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::path::Path;

use bytemuck::Pod;
use safetensors::{Dtype, SafeTensors};

/// Prints the line that xtask counts.
pub fn report(name: &str, compared: Result<(), String>) {
    match compared {
        Ok(()) => println!("ok {name}"),
        Err(why) => println!("FAILED {name}: {why}"),
    }
}

/// An error's text.
pub fn text(error: impl Display) -> String {
    error.to_string()
}

/// The tensors of a file.
pub struct Tensors(HashMap<String, Vec<f64>>);

impl Tensors {
    pub fn read(path: &Path) -> Result<Self, String> {
        let file = fs::read(path).map_err(text)?;
        let tensors = SafeTensors::deserialize(&file).map_err(text)?;
        Ok(Self(tensors.iter().map(|(name, tensor)| (name.into(), floats(tensor.dtype(), tensor.data()))).collect()))
    }

    /// A tensor's values, in order.
    pub fn get(&self, name: &str) -> &[f64] {
        self.0.get(name).unwrap_or_else(|| panic!("PyTorch's file has no {name}"))
    }

    /// Images, or outputs, of so many values each.
    pub fn images<T: Pod>(&self, name: &str) -> Vec<T> {
        let values: Vec<f32> = self.get(name).iter().map(|&value| value as f32).collect();
        let mut images = bytemuck::zeroed_vec(values.len() * size_of::<f32>() / size_of::<T>());
        bytemuck::cast_slice_mut(&mut images).copy_from_slice(&values);
        images
    }
}

fn floats(dtype: Dtype, bytes: &[u8]) -> Vec<f64> {
    let (singles, _) = bytes.as_chunks();
    let (doubles, _) = bytes.as_chunks();
    match dtype {
        Dtype::F32 => singles.iter().map(|&bytes| f32::from_le_bytes(bytes).into()).collect(),
        Dtype::F64 => doubles.iter().map(|&bytes| f64::from_le_bytes(bytes)).collect(),
        other => panic!("PyTorch's file has numbers of {other:?}"),
    }
}

/// An error unless all values are those expected, but for `tolerance` times `scale`.
pub fn close<T: Copy + Into<f64>>(ours: &[T], expected: &[f64], scale: f64, tolerance: f64) -> Result<(), String> {
    if ours.len() != expected.len() {
        return Err(format!("{} values, PyTorch has {}", ours.len(), expected.len()));
    }
    let apart = ours.iter().zip(expected).map(|(&ours, expected)| (ours.into() - expected).abs() / scale);
    // A NaN is the largest.
    let worst = apart.max_by(f64::total_cmp).unwrap_or(f64::NAN);
    if worst <= tolerance { Ok(()) } else { Err(format!("max |Δ| / scale = {worst:.1e}")) }
}

/// An error unless the net's outputs have PyTorch's shape.
pub fn same_shape(ours: cnn::Shape, expected: &[usize]) -> Result<(), String> {
    let expected = expected.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    if ours.to_string() == expected { Ok(()) } else { Err(format!("the output is {ours}, PyTorch's {expected}")) }
}
