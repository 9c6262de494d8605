//! Normalisation of the values at hand, and learned factors.

use super::*;

/// A factor and a summand for each channel, or none; and how kernels read them.
fn affine(channels: usize, learned: bool, seed: u32) -> (Option<[Vec<f32>; 2]>, Vec<f32>) {
    let tensors = learned.then(|| [values(channels, seed ^ 1), values(channels, seed ^ 2)]);
    let [weight, bias] = [0, 1].map(|i| tensors.as_ref().map(|tensors| &tensors[i][..]));
    let mut packed = vec![f32::NAN; 2 * channels.next_multiple_of(LANES)];
    pack_affine(channels, weight, bias, &mut packed);
    (tensors, packed)
}

/// `values` far from zero, so that a variance from mean squares would be wrong; sometimes some are not finite.
fn shifted(len: usize, seed: u32) -> Vec<f32> {
    let values = if seed.is_multiple_of(3) { wild_values(len, seed) } else { values(len, seed) };
    values.into_iter().map(|x| x + (seed % 4) as f32 * 64.0).collect()
}

/// An `eps` with which roundings of values around 200 stay below the tests' bound.
const EPS: f32 = 1.0;

/// How many roundings that bound allows.
const TERMS: usize = 40;

proptest! {
    #[test]
    fn layernorm(channels in 1..40usize, pixels in 1..12usize, learned: bool, activation in select(&ACTIVATIONS[..]), seed: u32) {
        let image = &shifted(channels * pixels, seed);
        let (tensors, weights) = &affine(channels, learned, seed);
        let [weight, bias] = [0, 1].map(|i| tensors.as_ref().map(|tensors| &tensors[i][..]));
        let mut expected = layernorm::reference(pixels, EPS, weight, bias, image);
        activate(activation, &mut expected);
        let src = &with_lanes(LANES, pixels, image);
        for (isa, output) in outputs!(src.len(), |dst| LayerNorm { channels, pixels, eps: EPS, activation, src, weights, dst }) {
            assert_close(isa, &planar(channels, pixels, &output), &expected, TERMS);
        }
    }

    #[test]
    fn groupnorm(
        groups in 1..9usize, size in 1..20usize, pixels in select(vec![1, 2, 5, 63, 64, 65, 130]),
        learned: bool, activation in select(&ACTIVATIONS[..]), seed: u32,
    ) {
        let channels = groups * size;
        let image = &shifted(channels * pixels, seed);
        let (tensors, weights) = &affine(channels, learned, seed);
        let [weight, bias] = [0, 1].map(|i| tensors.as_ref().map(|tensors| &tensors[i][..]));
        let reference = |pixels, image| {
            let mut output = groupnorm::reference([groups, pixels], EPS, weight, bias, image);
            activate(activation, &mut output);
            output
        };
        let src = &with_lanes(LANES, pixels, image);
        let expected = reference(pixels, image);
        for (isa, output) in
            outputs!(src.len(), |dst| GroupNorm { channels, groups, pixels, eps: EPS, activation, src, weights, dst })
        {
            assert_close(isa, &planar(channels, pixels, &output), &expected, TERMS);
        }
        // A vector, whose last block is cut short.
        let src = &image[..channels];
        let expected = reference(1, src);
        for (isa, output) in
            outputs!(channels, |dst| GroupNorm { channels, groups, pixels: 1, eps: EPS, activation, src, weights, dst })
        {
            assert_close(isa, &output, &expected, TERMS);
        }
    }

    #[test]
    fn layerscale(channels in 1..20usize, pixels in 1..20usize, seed: u32) {
        let image = &wild_values(channels * pixels, seed);
        let weight = &values(channels, seed ^ 1);
        let weights = &mut vec![f32::NAN; channels.next_multiple_of(LANES)];
        pack_layerscale(channels, weight, weights);
        let weights = &weights[..];
        let src = &with_lanes(LANES, pixels, image);
        let expected = layerscale::reference(pixels, weight, image);
        for (isa, output) in outputs!(src.len(), |dst| LayerScale { pixels, src, weights, dst }) {
            assert_close(isa, &planar(channels, pixels, &output), &expected, 0);
        }
        let src = &image[..channels];
        let expected = layerscale::reference(1, weight, src);
        for (isa, output) in outputs!(channels, |dst| LayerScale { pixels: 1, src, weights, dst }) {
            assert_close(isa, &output, &expected, 0);
        }
    }

    #[test]
    fn folded_layerscale(inputs in 1..20usize, outputs in 1..20usize, seed: u32) {
        let input = &values(inputs, seed);
        let (weight, bias, factors) = (values(inputs * outputs, seed ^ 1), values(outputs, seed ^ 2), values(outputs, seed ^ 3));
        let expected = layerscale::reference(1, &factors, &fc::reference(input, &weight, Some(&bias)));
        let weights = &mut vec![f32::NAN; fc_packed_len(inputs, outputs)];
        pack_fc(inputs, 1, 1, outputs, &weight, Some(&bias), weights);
        fold_layerscale(outputs, &factors, weights);
        for (isa, output) in outputs!(outputs, |dst| Fc::<_, 1, 1> {
            channels: inputs, pixels: 1, lanes: 1, outputs, vectors: 1, team: team(), activation: Activation::Identity, src: input, weights, dst
        }) {
            assert_close(isa, &output, &expected, inputs + 1);
        }
    }
}

#[test]
#[should_panic = "is_multiple_of"]
fn groupnorm_rejects_groups_that_do_not_divide_the_channels() {
    let (src, weights, dst) = (&[0.0; 8], &[0.0; 16], &mut [0.0; 8]);
    run(
        Isa::detect(),
        GroupNorm { channels: 8, groups: 3, pixels: 1, eps: EPS, activation: Activation::Identity, src, weights, dst },
    );
}
