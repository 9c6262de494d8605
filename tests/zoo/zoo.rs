//! torchvision's names and PyTorch's outputs for the catalogue's nets; `../parity/zoo.py` makes them and explains their files.
//!
//! `cargo test -p cnn-zoo -- --nocapture` shows how far each net is from PyTorch.

use std::slice;

use cnn::{Arithmetic, EngineOptions, Isa, Network, ParamInfo};
use cnn_zoo::golden::{self, Golden, distance, line};
use cnn_zoo::*;
use serde_json::Value;

/// The largest difference from PyTorch's outputs, as a part of their root mean square.
const TOLERANCE: f64 = 1e-4;

/// The same with weights of 16 bits.
const HALF_TOLERANCE: f64 = 2e-3;

/// Images of the batch.
const BATCH: usize = 3;

/// The most multiply-adds of a net that is tried on scalars too: they are slow.
const MAX_SCALAR_MACS: u64 = 100_000_000;

const TENSORS: &str = include_str!("../parity/golden/zoo_tensors.jsonl");

/// A test for each net, and `NAMES` of them all.
macro_rules! zoo {
    ($($net:ident => $name:ident,)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                has_torchvisions_tensors::<$net>(&line(TENSORS, stringify!($name)));
                has_pytorchs_outputs::<$net>(stringify!($name));
            }
        )*
    };
}

zoo! {
    DummyNet => dummy,
    LeNet5 => lenet5,
    Mlp => mlp,
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
    let tensors: Vec<Value> = TENSORS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = tensors.iter().map(|net| net["name"].as_str().unwrap()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(golden::names(), NAMES);
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
fn has_pytorchs_outputs<N: Network + 'static>(name: &str) {
    let golden = Golden::of(name);
    let net = golden.net::<N>();
    let images = golden.images::<N>(BATCH);
    let tried = |isa: &Isa| *isa != Isa::Scalar || N::MACS < MAX_SCALAR_MACS;
    for isa in Isa::available().into_iter().filter(tried) {
        for (arithmetic, tolerance) in [(Arithmetic::Fast, TOLERANCE), (Arithmetic::Half, HALF_TOLERANCE)] {
            let mut engine = EngineOptions::new().isa(isa).arithmetic(arithmetic).engine(&*net).unwrap();
            let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(BATCH);
            engine.forward_batch(&images, &mut outputs).unwrap();
            let what = format!("{name}, {arithmetic:?} on {isa}");
            close(&format!("{what}, {BATCH} images"), bytemuck::cast_slice(&outputs), &golden.expected, tolerance);
            let output = bytemuck::cast_slice(slice::from_ref(engine.forward(&images[0])));
            close(&format!("{what}, one image"), output, &golden.expected[..output.len()], tolerance);
        }
    }
    for arithmetic in [Arithmetic::Fast, Arithmetic::Strict, Arithmetic::Half] {
        threads_agree(&*net, arithmetic, &images);
    }
}

/// Holds any number of threads against one, bit for bit: images of a batch apart, and one image together.
fn threads_agree<N: Network>(net: &N, arithmetic: Arithmetic, images: &[N::Input]) {
    let bits = |output: &N::Output| bytemuck::cast_slice::<_, u32>(slice::from_ref(output)).to_vec();
    let options = EngineOptions::new().arithmetic(arithmetic);
    let mut one = options.engine(net).unwrap();
    let expected: Vec<_> = images.iter().map(|image| bits(one.forward(image))).collect();
    for threads in [2, 3] {
        let mut engine = options.threads(threads).engine(net).unwrap();
        assert_eq!(bits(engine.forward(&images[0])), expected[0], "{threads} threads, {arithmetic:?}");
        let mut outputs: Vec<N::Output> = bytemuck::zeroed_vec(images.len());
        engine.forward_batch(images, &mut outputs).unwrap();
        let outputs: Vec<_> = outputs.iter().map(bits).collect();
        assert_eq!(outputs, expected, "a batch on {threads} threads, {arithmetic:?}");
    }
}

/// Compares outputs.
fn close(what: &str, ours: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), expected.len(), "{what}: number of outputs");
    let worst = distance(ours, expected);
    println!("{what}: max |Δ| / rms = {worst:.1e}");
    assert!(worst <= tolerance, "{what}: {worst:.1e} from PyTorch's outputs");
}
