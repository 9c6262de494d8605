//! Batches of small nets, whose images are computed side by side.

use cnn::{EngineOptions, Isa, Network, network};

network! {
    Slides(3x7x7) { conv(3 -> 9, k3) relu; view(-1, 225); fc(225 -> 10) }

    /// What a step makes is read by several others, some of it in place of the input, some as the output.
    Branches(2x9x8) {
        conv(2 -> 6, k3, p1) relu;
        residual { conv(6 -> 6, k3, p1, g2, nobias) } relu;
        concat { conv(6 -> 6, k1) | maxpool(k3, s1, p1) | };
        groupnorm(g6) lrn(size = 3);
        scale { globalavgpool conv(18 -> 18, k1) sigmoid };
        maxpool(k2, ceil);
        split { conv(_ -> 3, k2) gelu | avgpool(k2, s1) | conv(_ -> 2, k1) maxpool(k2, s1) };
        dropout(p = 0);
        flatten;
        fc(_ -> 7) softmax
    }

    /// Nothing is computed.
    Same(3x2x2) { flatten }
}

/// Numbers in ±1 that look random.
fn noise(i: u64) -> f32 {
    let bits = i.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let bits = (bits ^ (bits >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((bits ^ (bits >> 32)) >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// Batches of all sizes give what images give one by one, but for rounding, and the same bits with any number of threads.
fn batches_are_their_images<N: Network>() {
    let net = N::init(3);
    let mut images: Vec<N::Input> = bytemuck::zeroed_vec(100);
    for (i, value) in bytemuck::cast_slice_mut(&mut images).iter_mut().enumerate() {
        *value = noise(i as u64);
    }
    for isa in Isa::available() {
        let engine = |threads| EngineOptions::new().isa(isa).threads(threads).engine(&*net).unwrap();
        let mut one = engine(1);
        let expected: Vec<N::Output> = images.iter().map(|image| *one.forward(image)).collect();
        for count in [0, 1, 5, 6, 8, 11, 12, 15, 16, 17, 33, 64, 100] {
            let mut found: Vec<N::Output> = bytemuck::zeroed_vec(count);
            one.forward_batch(&images[..count], &mut found).unwrap();
            let pairs = floats(&found).iter().zip(floats(&expected));
            for (at, (found, expected)) in pairs.enumerate() {
                assert!((found - expected).abs() < 1e-5, "{} of {count} on {isa}, {at}: {found}, {expected}", N::NAME);
            }
            for threads in [2, 3] {
                let mut others: Vec<N::Output> = bytemuck::zeroed_vec(count);
                engine(threads).forward_batch(&images[..count], &mut others).unwrap();
                let bits = |outputs| floats(outputs).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&others), bits(&found), "{} of {count} on {isa}, {threads} threads", N::NAME);
            }
        }
    }
}

fn floats<T: bytemuck::Pod>(values: &[T]) -> &[f32] {
    bytemuck::cast_slice(values)
}

#[test]
fn batches_are_their_images_one_by_one() {
    batches_are_their_images::<Slides>();
    batches_are_their_images::<Branches>();
    batches_are_their_images::<Same>();
}
