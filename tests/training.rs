//! Gradients of whole nets against central differences in `f64`.

use cnn::train::{Backprop, Loss, TargetError, loss_and_grad_f64};
use cnn::{Network, network};

/// The mean squared distance from values.
struct Square;

impl Loss<f64> for Square {
    fn check(&self, _: usize, _: &f64) -> Result<(), TargetError> {
        Ok(())
    }

    fn loss(&self, output: &[f64], target: &f64, grad: &mut [f64]) -> f64 {
        let mut loss = 0.0;
        for (i, (y, grad)) in output.iter().zip(grad).enumerate() {
            let distance = y - target * (i as f64).sin();
            *grad = 2.0 * distance;
            loss += distance * distance;
        }
        loss
    }
}

network! {
    Slides(3x7x7) { conv(3 -> 9, k3) relu; view(-1, 225); fc(225 -> 10) }

    Stages(2x9x8) {
        conv(2 -> 6, k3, p1) bn relu;
        residual { conv(6 -> 6, k3, p1, g2, nobias) bn } relu;
        concat { conv(6 -> 3, k1) | conv(6 -> 5, k3x2, s2x1, p1x1, d1x2) convtranspose(5 -> 2, k3, s2x1, p1) | maxpool(k3, s1, p1) };
        maxpool(k2, ceil);
        residual { };
        conv(_ -> 12, k3, s2, p1, nobias);
        split { conv(_ -> 3, k2) | maxpool(k2, s1) };
        fc(_ -> 4, channels);
        flatten;
        fc(_ -> 7)
    }
}

network! {
    Shortcuts(3x12x12) {
        conv(3 -> 8, k3, p1, nobias) bn relu;
        residual { conv(8 -> 8, k3, p1, nobias) bn relu conv(8 -> 8, k3, p1, nobias) bn };
        relu;
        residual { conv(8 -> 16, k3, s2, p1, nobias) bn relu conv(16 -> 16, k3, p1, nobias) bn }
            else { conv(8 -> 16, k1, s2, nobias) bn };
        relu globalavgpool flatten fc(16 -> 10)
    }
}

network! {
    /// ReLU of values that others read as they are, under another shape or none, and before, between and behind pools.
    Shared(2x4x6) {
        conv(2 -> 3, k3, p1) relu;
        concat { maxpool(k2, s1) relu | conv(3 -> 2, k3, p2) relu maxpool(k3, s1, p1) relu maxpool(k2, d5, p1, s1) relu maxpool(k3, s1, p1) |
            conv(3 -> 1, k2) };
        conv(6 -> 3, k2, p1);
        residual { reshape(3, 6, 4) relu reshape(3, 4, 6) };
        residual { dropout(p = 0) relu conv(3 -> 3, k1) };
        concat { relu | conv(3 -> 2, k1) relu | };
        flatten fc(_ -> 5)
    }
}

/// Numbers in ±1 that look random.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    (0u64..).map(move |i| {
        let mut bits = (i + (seed << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        bits = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        ((bits ^ (bits >> 32)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    })
}

/// A net, images and targets.
fn draw<N: Network>(images: usize) -> (Box<N>, Vec<N::Input>, Vec<f64>) {
    let mut inputs: Vec<N::Input> = bytemuck::allocation::zeroed_vec(images);
    for (value, noise) in bytemuck::cast_slice_mut(&mut inputs).iter_mut().zip(noise(1)) {
        *value = noise as f32;
    }
    (N::init(7), inputs, noise(2).take(images).collect())
}

/// Parameters and buffers in `f64`.
fn floats<N: Network>(net: &N) -> Vec<f64> {
    bytemuck::cast_slice::<_, f32>(bytemuck::bytes_of(net)).iter().map(|&value| value.into()).collect()
}

fn loss<N: Network>(floats: &[f64], images: &[N::Input], targets: &[f64]) -> (f64, Vec<f64>) {
    loss_and_grad_f64::<N, _>(floats, images, targets, &Square, 3).unwrap()
}

fn central_differences<N: Network>(images: usize) {
    let (net, images, targets) = draw::<N>(images);
    let mut floats = floats(&*net);
    let (_, grad) = loss::<N>(&floats, &images, &targets);
    let scale = grad.iter().fold(0.0f64, |max, grad| max.max(grad.abs()));
    for at in (0..N::PARAM_COUNT).step_by(1 + N::PARAM_COUNT / 97) {
        let (value, step) = (floats[at], 1e-5);
        let [up, down] = [step, -step].map(|step| {
            floats[at] = value + step;
            loss::<N>(&floats, &images, &targets).0
        });
        floats[at] = value;
        let expected = (up - down) / (2.0 * step);
        let error = (grad[at] - expected).abs() / scale;
        assert!(error < 1e-7, "{} parameter {at}: {} but {expected} by differences", N::NAME, grad[at]);
    }
}

fn single_precision<N: Network>(count: usize) {
    for threads in [1, 2, 3] {
        let (mut net, images, targets) = draw::<N>(count);
        let (exact, exact_grad) = loss::<N>(&floats(&*net), &images, &targets);
        let mut backprop = Backprop::<N>::new(threads);
        let found = backprop.loss_and_grad(&mut *net, &images, &targets, &Square).unwrap();
        assert!((found - exact).abs() < 1e-5 * exact, "{}: {found} but {exact} in f64", N::NAME);
        let scale = exact_grad.iter().fold(0.0f64, |max, grad| max.max(grad.abs()));
        for (at, (&found, exact)) in backprop.grad().iter().zip(exact_grad).enumerate() {
            let error = (f64::from(found) - exact).abs() / scale;
            assert!(error < 1e-5, "{} parameter {at}: {found} but {exact} in f64", N::NAME);
        }
    }
}

#[test]
fn gradients_are_those_of_central_differences() {
    central_differences::<Slides>(3);
    central_differences::<Stages>(3);
    central_differences::<Shortcuts>(3);
}

#[test]
fn single_precision_agrees() {
    for images in [2, 17, 50] {
        single_precision::<Slides>(images);
        single_precision::<Stages>(images);
        single_precision::<Shortcuts>(images);
    }
}

/// What the pass of training computes is what an engine computes, of nets without random or batch-wide layers.
fn outputs_are_an_engines<N: Network>() {
    let (mut net, images, targets) = draw::<N>(5);
    let mut backprop = Backprop::<N>::new(1);
    backprop.loss_and_grad(&mut *net, &images, &targets, &Square).unwrap();
    let mut engine = net.engine();
    for (image, outputs) in images.iter().zip(backprop.outputs().chunks_exact(N::OUTPUT_SHAPE.len())) {
        let expected: &[f32] = bytemuck::cast_slice(bytemuck::bytes_of(engine.forward(image)));
        for (found, expected) in outputs.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{}: {found}, but an engine says {expected}", N::NAME);
        }
    }
}

#[test]
fn outputs_are_those_of_an_engine() {
    outputs_are_an_engines::<Slides>();
    outputs_are_an_engines::<Shared>();
    central_differences::<Shared>(3);
}
