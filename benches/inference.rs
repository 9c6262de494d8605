//! Inference of the small nets, one thread: `cargo bench -p cnn-benches`.
//!
//! Every net's answer is compared with plain loops over its parameters before it is timed.

use std::hint::black_box;

use cnn::Network;
use cnn_zoo::{DummyNet, LeNet5};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Feature maps as plain loops see them.
type Maps = Vec<Vec<Vec<f32>>>;

fn conv<const I: usize, const O: usize, const K: usize>(
    image: &Maps,
    weight: &[[[[f32; K]; K]; I]; O],
    bias: &[f32; O],
    padding: usize,
) -> Maps {
    let (height, width) = (image[0].len(), image[0][0].len());
    let pixel = |i: usize, y: usize, x: usize| {
        let inside = (padding..padding + height).contains(&y) && (padding..padding + width).contains(&x);
        if inside { image[i][y - padding][x - padding] } else { 0.0 }
    };
    let [out_height, out_width] = [height, width].map(|size| size + 2 * padding - K + 1);
    let sum = |o: usize, y: usize, x: usize| {
        let taps = (0..I).flat_map(|i| (0..K * K).map(move |k| (i, k / K, k % K)));
        bias[o] + taps.map(|(i, ky, kx)| weight[o][i][ky][kx] * pixel(i, y + ky, x + kx)).sum::<f32>()
    };
    (0..O).map(|o| (0..out_height).map(|y| (0..out_width).map(|x| sum(o, y, x).max(0.0)).collect()).collect()).collect()
}

fn maxpool2(image: &Maps) -> Maps {
    let max = |map: &Vec<Vec<f32>>, y: usize, x: usize| {
        map[2 * y][2 * x].max(map[2 * y][2 * x + 1]).max(map[2 * y + 1][2 * x]).max(map[2 * y + 1][2 * x + 1])
    };
    image
        .iter()
        .map(|map| (0..map.len() / 2).map(|y| (0..map[0].len() / 2).map(|x| max(map, y, x)).collect()).collect())
        .collect()
}

fn fc<const I: usize, const O: usize>(values: &[f32], weight: &[[f32; I]; O], bias: &[f32; O]) -> Vec<f32> {
    assert_eq!(values.len(), I);
    (0..O).map(|o| bias[o] + weight[o].iter().zip(values).map(|(w, v)| w * v).sum::<f32>()).collect()
}

fn relu(values: Vec<f32>) -> Vec<f32> {
    values.into_iter().map(|value| value.max(0.0)).collect()
}

fn flatten(image: &Maps) -> Vec<f32> {
    image.iter().flatten().flatten().copied().collect()
}

fn maps<const C: usize, const H: usize, const W: usize>(image: &[[[f32; W]; H]; C]) -> Maps {
    image.iter().map(|map| map.iter().map(|row| row.to_vec()).collect()).collect()
}

fn dummy_net(net: &DummyNet, image: &<DummyNet as Network>::Input) -> Vec<f32> {
    let maps = conv(&maps(image), &net.conv1.weight, &net.conv1.bias, 0);
    fc(&flatten(&maps), &net.fc1.weight, &net.fc1.bias)
}

fn lenet5(net: &LeNet5, image: &<LeNet5 as Network>::Input) -> Vec<f32> {
    let maps = maxpool2(&conv(&maps(image), &net.conv1.weight, &net.conv1.bias, 2));
    let maps = maxpool2(&conv(&maps, &net.conv2.weight, &net.conv2.bias, 0));
    let values = relu(fc(&flatten(&maps), &net.fc1.weight, &net.fc1.bias));
    let values = relu(fc(&values, &net.fc2.weight, &net.fc2.bias));
    fc(&values, &net.fc3.weight, &net.fc3.bias)
}

/// Values between -1 and 1 that look random.
fn fill(values: &mut [f32]) {
    for (i, value) in values.iter_mut().enumerate() {
        *value = (((i * 2_654_435_761) >> 7) % 2001) as f32 / 1000.0 - 1.0;
    }
}

/// Times a net at batch 1 and 64, after its answers agreed with `reference`.
fn measure<N: Network<Output = [f32; 10]>>(c: &mut Criterion, reference: fn(&N, &N::Input) -> Vec<f32>) {
    let net = N::init(1);
    let mut engine = net.engine();
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(64);
    fill(bytemuck::cast_slice_mut(&mut images));
    let mut outputs = vec![[0.0; 10]; 64];
    if engine.forward_batch(&images, &mut outputs).is_err() {
        unreachable!("there are as many outputs as images");
    }
    for (image, output) in images.iter().zip(&outputs) {
        let alone = engine.forward(image);
        for ((of_batch, found), expected) in output.iter().zip(alone).zip(reference(&net, image)) {
            for found in [of_batch, found] {
                assert!((found - expected).abs() < 1e-5, "{}: {found} is not {expected}", N::NAME);
            }
        }
    }

    let mut group = c.benchmark_group(N::NAME);
    group.bench_function("1", |b| b.iter(|| engine.forward(black_box(&images[0]))[0]));
    group.throughput(Throughput::Elements(64));
    group.bench_function("64", |b| b.iter(|| engine.forward_batch(black_box(&images), &mut outputs)));
    group.finish();
}

fn inference(c: &mut Criterion) {
    measure::<DummyNet>(c, dummy_net);
    measure::<LeNet5>(c, lenet5);
}

criterion_group!(benches, inference);
criterion_main!(benches);
