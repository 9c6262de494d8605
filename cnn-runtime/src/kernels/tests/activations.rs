//! Functions of one value.

use super::*;

/// Where functions of one value bend, run out of numbers or begin to be straight.
const BENDS: [f32; 24] = [
    0.0,
    -0.0,
    1e-30,
    -1e-30,
    1e-4,
    -1e-4,
    3.0,
    -3.0,
    6.0,
    -6.0,
    20.0,
    -20.0,
    44.5,
    -44.5,
    88.8,
    -88.8,
    104.0,
    -104.0,
    1e4,
    -1e4,
    3e38,
    -3e38,
    f32::INFINITY,
    f32::NEG_INFINITY,
];

/// Values among which a function of one value has something to do.
fn bends(len: usize, seed: u32, scale: f32) -> Vec<f32> {
    let wild = wild_values(len, seed).into_iter().map(|x| x * scale);
    wild.chain(BENDS).collect()
}

/// Fails unless the values are what `reference` says, but for a few roundings.
#[track_caller]
fn assert_map(src: &[f32], reference: impl Fn(f64) -> f64, outputs: impl Iterator<Item = (Isa, Vec<f32>)>) {
    for (isa, output) in outputs {
        for (&x, &y) in src.iter().zip(&output) {
            let expected = reference(f64::from(x));
            let bound = 2e-6 * expected.abs().max(1.0);
            let close = (f64::from(y) - expected).abs() <= bound;
            let same = f64::from(y) == expected || y == expected as f32 || y.is_nan() && expected.is_nan();
            assert!(close || same, "{isa}: {y} of {x}, expected {expected}");
        }
    }
}

proptest! {
    #[test]
    fn relu(len in 1..40usize, seed: u32) {
        let src = &wild_values(len, seed);
        let expected = relu::reference(src);
        for (isa, output) in outputs!(len, |dst| Relu { src, dst }) {
            assert_close(isa, &output, &expected, 0);
        }
    }

    #[test]
    fn activations(len in 1..40usize, seed: u32, scale in 0.1f32..100.0) {
        let src = &bends(len, seed, scale)[..];
        let len = src.len();
        assert_map(src, relu6::reference, outputs!(len, |dst| Relu6 { team: team(), src, dst }));
        assert_map(src, selu::reference, outputs!(len, |dst| Selu { team: team(), src, dst }));
        assert_map(src, gelu::reference, outputs!(len, |dst| Gelu { team: team(), src, dst }));
        assert_map(src, gelu::reference_tanh, outputs!(len, |dst| GeluTanh { team: team(), src, dst }));
        assert_map(src, silu::reference, outputs!(len, |dst| Silu { team: team(), src, dst }));
        assert_map(src, hardswish::reference, outputs!(len, |dst| HardSwish { team: team(), src, dst }));
        assert_map(src, hardsigmoid::reference, outputs!(len, |dst| HardSigmoid { team: team(), src, dst }));
        assert_map(src, sigmoid::reference, outputs!(len, |dst| Sigmoid { team: team(), src, dst }));
        assert_map(src, tanh::reference, outputs!(len, |dst| Tanh { team: team(), src, dst }));
        assert_map(src, mish::reference, outputs!(len, |dst| Mish { team: team(), src, dst }));
    }

    #[test]
    fn activations_with_arguments(len in 1..40usize, seed: u32, a in 0.1f32..4.0, b in -20.0f32..100.0) {
        let src = &bends(len, seed, 10.0)[..];
        let len = src.len();
        let [exact_a, exact_b] = [a, b].map(f64::from);
        let slope = |x| leakyrelu::reference(exact_b / 100.0, x);
        let negative_slope = (exact_b / 100.0) as f32;
        assert_map(src, slope, outputs!(len, |dst| LeakyRelu { negative_slope, team: team(), src, dst }));
        let elu = |x| elu::reference(exact_a, x);
        assert_map(src, elu, outputs!(len, |dst| Elu { alpha: a, team: team(), src, dst }));
        let softplus = |x| softplus::reference(exact_a, exact_b, x);
        // Around the threshold the function jumps, and one rounding decides.
        let src: Vec<f32> = src.iter().map(|&x| if (a * x - b).abs() < 1e-4 { 0.0 } else { x }).collect();
        let src = &src;
        assert_map(src, softplus, outputs!(len, |dst| Softplus { beta: a, threshold: b, team: team(), src, dst }));
    }

    #[test]
    fn prelu(channels in 1..20usize, pixels in 1..20usize, seed: u32) {
        let image = &wild_values(channels * pixels, seed);
        let weight = &values(channels, seed ^ 1);
        let packed = |weight: &[f32]| {
            let mut packed = vec![f32::NAN; weight.len().next_multiple_of(LANES)];
            pack_prelu(weight, &mut packed);
            packed
        };
        let (slopes, slope) = (&packed(weight), &packed(&weight[..1]));

        let src = &with_lanes(LANES, pixels, image);
        let expected = prelu::reference(pixels, weight, image);
        for (isa, output) in outputs!(src.len(), |dst| PRelu { pixels, src, weights: slopes, dst }) {
            assert_close(isa, &planar(channels, pixels, &output), &expected, 0);
        }
        let expected = prelu::reference(1, weight, &image[..channels]);
        for (isa, output) in outputs!(channels, |dst| PRelu { pixels: 1, src: &image[..channels], weights: slopes, dst }) {
            assert_close(isa, &output, &expected, 0);
        }
        let expected = prelu::reference(pixels, &weight[..1], image);
        let vectors = image.len().div_ceil(LANES);
        for (isa, output) in outputs!(image.len(), |dst| PRelu { pixels: vectors, src: image, weights: slope, dst }) {
            assert_close(isa, &output, &expected, 0);
        }
    }
}
