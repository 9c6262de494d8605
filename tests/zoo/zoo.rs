//! torchvision's names and PyTorch's outputs for the catalogue's nets; `../parity/zoo.py` makes them and explains their files.
//!
//! `cargo test -p cnn-zoo -- --nocapture` shows how far each net is from PyTorch.

#[path = "../parity/hash.rs"]
mod hash;

use std::slice;

use cnn::{Engine, Isa, Network, ParamInfo};
use cnn_zoo::*;
use hash::unit;
use serde_json::Value;

/// The largest difference from PyTorch's outputs, as a part of their root mean square.
const TOLERANCE: f64 = 1e-4;

/// Images of the batch.
const BATCH: usize = 3;

/// The most multiply-adds of a net that is tried on scalars too: they are slow.
const MAX_SCALAR_MACS: u64 = 100_000_000;

const TENSORS: &str = include_str!("../parity/golden/zoo_tensors.jsonl");
const OUTPUTS: &str = include_str!("../parity/golden/zoo.jsonl");

/// A test for each net, and `NAMES` of them all.
macro_rules! zoo {
    ($($net:ident => $name:ident,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                has_torchvisions_tensors::<$net>(&line(TENSORS, stringify!($name)));
                has_pytorchs_outputs::<$net>(&line(OUTPUTS, stringify!($name)));
            }
        )*
    };
}

zoo! {
    DummyNet => dummy,
    LeNet5 => lenet5,
    AlexNet => alexnet,
    ConvNextTiny => convnext_tiny,
    DenseNet121 => densenet121,
    EfficientNetB0 => efficientnet_b0,
    GoogLeNet => googlenet,
    MnasNet => mnasnet1_0,
    MobileNetV2 => mobilenet_v2,
    MobileNetV3Small => mobilenet_v3_small,
    RegNetY400MF => regnet_y_400mf,
    ResNet18 => resnet18,
    ResNet50 => resnet50,
    ShuffleNetV2 => shufflenet_v2_x1_0,
    SqueezeNet => squeezenet1_1,
    Vgg16 => vgg16,
}

#[test]
fn no_net_is_left_out() {
    for file in [TENSORS, OUTPUTS] {
        let golden: Vec<Value> = file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names: Vec<&str> = golden.iter().map(|net| net["name"].as_str().unwrap()).collect();
        assert_eq!(names, NAMES);
    }
}

/// A net's line in a file.
fn line(file: &str, name: &str) -> Value {
    let start = format!("{{\"name\":\"{name}\",");
    let line = file.lines().find(|line| line.starts_with(&start));
    serde_json::from_str(line.expect("no line of this net")).unwrap()
}

/// Holds parameters and buffers against the state_dict: names and shapes, in order.
fn has_torchvisions_tensors<N: Network>(golden: &Value) {
    let ours = |tensors: &[ParamInfo]| Vec::from_iter(tensors.iter().map(|t| (t.name.to_owned(), t.shape.to_vec())));
    let theirs = |tensors: &Value| Vec::from_iter(tensors.as_array().unwrap().iter().map(name_and_shape));
    assert_eq!(ours(N::PARAMS), theirs(&golden["params"]));
    assert_eq!(ours(N::BUFFERS), theirs(&golden["buffers"]));
}

fn name_and_shape(tensor: &Value) -> (String, Vec<usize>) {
    let shape = tensor[1].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize);
    (tensor[0].as_str().unwrap().to_owned(), shape.collect())
}

/// Holds a batch, and its first image alone, against PyTorch on every instruction set.
fn has_pytorchs_outputs<N: Network + 'static>(golden: &Value) {
    let (name, seed) = (golden["name"].as_str().unwrap(), golden["seed"].as_u64().unwrap() as u32);
    let mut net = N::zeros();
    fill(&mut *net, seed, &numbers(&golden["scales"]));
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(BATCH);
    for (i, value) in bytemuck::cast_slice_mut(&mut images).iter_mut().enumerate() {
        let band = i * 16 / N::INPUT_SHAPE.len();
        *value = (unit(2 * seed, i) + unit(2 * seed, (1 << 31) + band)) / 2.0;
    }

    let expected = numbers(&golden["expected"]);
    let tried = |isa: &Isa| *isa != Isa::Scalar || N::MACS < MAX_SCALAR_MACS;
    for isa in Isa::available().into_iter().filter(tried) {
        let mut engine = Engine::with_isa(&*net, isa).unwrap();
        let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(BATCH);
        engine.forward_batch(&images, &mut outputs).unwrap();
        close(&format!("{name}, {BATCH} images on {isa}"), bytemuck::cast_slice(&outputs), &expected);
        let output = engine.forward(&images[0]);
        let first = &expected[..N::OUTPUT_SHAPE.len()];
        close(&format!("{name}, one image on {isa}"), bytemuck::cast_slice(slice::from_ref(output)), first);
    }
}

/// Fills a net's parameters and buffers with the formula's numbers.
fn fill<N: Network>(net: &mut N, seed: u32, scales: &[f64]) {
    assert_eq!(scales.len(), N::PARAMS.len() + N::BUFFERS.len(), "one scale for each tensor");
    let floats: &mut [f32] = bytemuck::cast_slice_mut(slice::from_mut(net));
    for (tensor, scale) in N::PARAMS.iter().chain(N::BUFFERS).zip(scales) {
        let is_norm = tensor.name.ends_with("weight") && tensor.shape.len() == 1;
        let is_factor = is_norm || tensor.name.ends_with("running_var") || tensor.name.ends_with("layer_scale");
        let around = if is_factor { 1.0 } else { 0.0 };
        for (i, value) in floats.iter_mut().enumerate().skip(tensor.offset).take(tensor.count()) {
            *value = around + unit(2 * seed + 1, i) * *scale as f32;
        }
    }
}

/// Compares outputs. A NaN is not near.
fn close(what: &str, ours: &[f32], expected: &[f64]) {
    assert_eq!(ours.len(), expected.len(), "{what}: number of outputs");
    let rms = (expected.iter().map(|value| value * value).sum::<f64>() / expected.len() as f64).sqrt();
    let apart = |(ours, expected): (&f32, &f64)| (f64::from(*ours) - expected).abs() / rms;
    let worst = ours.iter().zip(expected).map(apart).max_by(f64::total_cmp).unwrap();
    println!("{what}: max |Δ| / rms = {worst:.1e}");
    assert!(worst <= TOLERANCE, "{what}: {worst:.1e} from PyTorch's outputs");
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}
