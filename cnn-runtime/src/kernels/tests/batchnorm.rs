//! Batch normalisation: of values, and folded into the weights of sums.

use super::*;

/// A tensor of each kind, or none: weight, bias, mean, variance.
struct Statistics {
    weight: Option<Vec<f32>>,
    bias: Option<Vec<f32>>,
    mean: Vec<f32>,
    var: Vec<f32>,
}

fn statistics(channels: usize, affine: bool, seed: u32) -> Statistics {
    Statistics {
        weight: affine.then(|| values(channels, seed ^ 1)),
        bias: affine.then(|| values(channels, seed ^ 2)),
        mean: values(channels, seed ^ 3),
        var: values(channels, seed ^ 4).into_iter().map(|x| 1.0 + x).collect(),
    }
}

/// Whether values are equal but for the rounding of a sum and a factor up to √10³.
#[track_caller]
fn assert_normalised(isa: Isa, actual: &[f32], expected: &[f32]) {
    assert_eq!(actual.len(), expected.len());
    for (a, e) in actual.iter().zip(expected) {
        let close = (a - e).abs() <= 2e-4 || a == e || a.is_nan() && e.is_nan();
        assert!(close, "{isa}: {a} is not {e}");
    }
}

proptest! {
    #[test]
    fn of_values(channels in 1..20usize, pixels in 1..20usize, affine: bool, activation in select(&ACTIVATIONS[..]), seed: u32) {
        let image = &wild_values(channels * pixels, seed);
        let Statistics { weight, bias, mean, var } = &statistics(channels, affine, seed);
        let (weight, bias) = (weight.as_deref(), bias.as_deref());
        let eps = 1e-3;
        let weights = &mut vec![f32::NAN; 2 * channels.next_multiple_of(LANES)];
        pack_bn(channels, eps, weight, bias, mean, var, weights);
        let expected = |pixels, image: &[f32]| {
            let mut normalised = bn::reference(pixels, eps, weight, bias, [mean, var], image);
            activate(activation, &mut normalised);
            normalised
        };

        let src = &with_lanes(LANES, pixels, image);
        for (isa, output) in outputs!(src.len(), |dst| BatchNorm { pixels, activation, src, weights, dst }) {
            assert_normalised(isa, &planar(channels, pixels, &output), &expected(pixels, image));
        }
        let src = &image[..channels];
        for (isa, output) in outputs!(channels, |dst| BatchNorm { pixels: 1, activation, src, weights, dst }) {
            assert_normalised(isa, &output, &expected(1, src));
        }
    }

    #[test]
    fn folded(inputs in 1..20usize, outputs in 1..20usize, biased: bool, affine: bool, seed: u32) {
        let (rows, src) = (&values(inputs * outputs, seed), &values(inputs, seed ^ 5));
        let row_bias = values(outputs, seed ^ 6);
        let row_bias = biased.then_some(&row_bias[..]);
        let Statistics { weight, bias, mean, var } = &statistics(outputs, affine, seed);
        let (weight, bias) = (weight.as_deref(), bias.as_deref());
        let eps = 1e-3;
        let sums = fc::reference(src, rows, row_bias);
        let expected = bn::reference(1, eps, weight, bias, [mean, var], &sums);

        let weights = &mut vec![0.0; fc_packed_len(inputs, outputs)];
        pack_fc(inputs, 1, 1, outputs, rows, row_bias, weights);
        fold_bn(outputs, eps, weight, bias, mean, var, weights);
        for (isa, output) in outputs!(outputs, |dst| Fc::<_, 1, 1> {
            channels: inputs, pixels: 1, lanes: 1, outputs, vectors: 1, team: team(), activation: Activation::Identity, src, weights, dst
        }) {
            assert_normalised(isa, &output, &expected);
        }
    }
}
