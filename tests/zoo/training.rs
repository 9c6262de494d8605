//! A hundred steps of training beside PyTorch's; `../parity/training.py` makes the numbers and explains them.
//!
//! `cargo test -p cnn-zoo --test training -- --nocapture` shows how far each run is from PyTorch.

#[path = "../parity/hash.rs"]
mod hash;

use cnn::train::{AdamOptions, CrossEntropy, Optimizer, RmsPropOptions, SgdOptions, Trainer};
use cnn::{Network, network};
use cnn_zoo::LeNet5;
use hash::{mix, unit};

network! {
    Residual(3x12x12) -> 10 {
        conv: conv(3 -> 8, k3, p1, nobias); bn: bn; relu;
        stage1: residual {
            conv1: conv(8 -> 8, k3, p1, nobias); bn1: bn; relu; conv2: conv(8 -> 8, k3, p1, nobias); bn2: bn
        };
        relu;
        stage2: residual {
            conv1: conv(8 -> 16, k3, s2, p1, nobias); bn1: bn; relu; conv2: conv(16 -> 16, k3, p1, nobias); bn2: bn
        } else {
            down_conv: conv(8 -> 16, k1, s2, nobias); down_bn: bn
        };
        relu;
        globalavgpool; flatten; fc: fc(16 -> 10)
    }
}

const GOLDEN: &str = include_str!("../parity/golden/training.txt");

const STEPS: usize = 100;
const BATCH: usize = 16;

/// The largest difference of a step's loss from PyTorch's.
const TOLERANCE: f64 = 1e-4;

/// The largest difference of outputs at the end, as a part of their root mean square.
const OUTPUT_TOLERANCE: f64 = 1e-3;

/// The numbers of a line.
fn numbers(name: &str) -> Vec<f64> {
    let line = GOLDEN.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.expect("a line of this name").split(' ').map(|number| number.parse().unwrap()).collect()
}

/// The net that training begins with.
fn net<N: Network>() -> Box<N> {
    let mut net = N::zeros();
    let floats: &mut [f32] = bytemuck::cast_slice_mut(std::slice::from_mut(&mut *net));
    for tensor in N::PARAMS.iter().chain(N::BUFFERS) {
        let is_weight = tensor.shape.len() > 1;
        let is_factor = tensor.name.ends_with("running_var") || tensor.name.ends_with("weight") && !is_weight;
        let fan_in: usize = tensor.shape.iter().skip(1).product();
        let scale = if is_weight { (3.0 / fan_in as f64).sqrt() as f32 } else { 0.125 };
        for (i, value) in floats.iter_mut().enumerate().skip(tensor.offset).take(tensor.count()) {
            *value = unit(1, i) * scale + f32::from(is_factor);
        }
    }
    net
}

/// The batch of a step.
fn batch<N: Network>(step: usize) -> (Vec<N::Input>, Vec<usize>) {
    let labels: Vec<usize> = (step * BATCH..(step + 1) * BATCH).map(|i| mix(i as u32) as usize % 10).collect();
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(BATCH);
    let values: &mut [f32] = bytemuck::cast_slice_mut(&mut images);
    for (i, (image, label)) in values.chunks_exact_mut(N::INPUT_SHAPE.len()).zip(&labels).enumerate() {
        for (j, value) in image.iter_mut().enumerate() {
            *value = unit(2, 10_000 * label + j) + 0.25 * unit(3, 10_000 * (step * BATCH + i) + j);
        }
    }
    (images, labels)
}

/// The largest difference; that of a NaN is infinite.
fn apart(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let apart = |(a, b): (&f64, &f64)| if a.is_nan() { f64::INFINITY } else { (a - b).abs() };
    ours.iter().zip(theirs).map(apart).fold(0.0, f64::max)
}

/// Trains a net and compares each step's loss, and what the net is at the end.
fn follow<N: Network>(net_name: &str, optimizer_name: &str, optimizer: impl Optimizer) {
    let name = format!("{net_name}/{optimizer_name}");
    let mut trainer = Trainer::new(net::<N>(), optimizer, CrossEntropy::new()).threads(2);
    let losses: Vec<f64> = (0..STEPS)
        .map(|step| {
            let (images, labels) = batch::<N>(step);
            trainer.step(&images, &labels).unwrap()
        })
        .collect();
    let [double, single] = ["f64", "f32"].map(|precision| apart(&losses, &numbers(&format!("{name}/{precision}"))));

    let expected = numbers(&format!("{name}/outputs"));
    let mut engine = trainer.net().engine();
    let outputs: Vec<f64> = batch::<N>(0).0[..4]
        .iter()
        .flat_map(|image| bytemuck::cast_slice::<_, f32>(std::slice::from_ref(engine.forward(image))).to_vec())
        .map(f64::from)
        .collect();
    let rms = (expected.iter().map(|value| value * value).sum::<f64>() / expected.len() as f64).sqrt();
    let end = apart(&outputs, &expected) / rms;
    println!("{name}: losses {double:.1e} from f64, {single:.1e} from f32; outputs {end:.1e}");
    assert!(double <= TOLERANCE && single <= TOLERANCE, "{name}: losses {double:.1e} from f64, {single:.1e} from f32");
    assert!(end <= OUTPUT_TOLERANCE, "{name}: outputs {end:.1e} from PyTorch's");
}

/// Both nets, with an optimizer.
fn follow_both<O: Optimizer>(name: &str, optimizer: impl Fn() -> O) {
    follow::<LeNet5>("lenet5", name, optimizer());
    follow::<Residual>("residual", name, optimizer());
}

#[test]
fn sgd() {
    follow_both("sgd", || SgdOptions::new(0.05).build().unwrap());
}

#[test]
fn sgd_with_nesterov_momentum_and_decay() {
    follow_both("sgd-nesterov", || {
        SgdOptions::new(0.01).momentum(0.9).nesterov(true).weight_decay(5e-4).build().unwrap()
    });
}

#[test]
fn adam() {
    follow_both("adam", || AdamOptions::new(1e-3).build().unwrap());
}

#[test]
fn adam_w() {
    follow_both("adamw", || AdamOptions::adam_w(1e-3).weight_decay(0.05).build().unwrap());
}

#[test]
fn rmsprop() {
    follow_both("rmsprop", || RmsPropOptions::new(3e-4).eps(1e-4).build().unwrap());
}
