//! Small nets: batches, whose images are computed side by side, and layers that several threads share.

use cnn::{Arithmetic, EngineOptions, Isa, Network, network};

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

    /// Its larger layers are shared out, those that are padded and pooled among them.
    Shared(2x21x22) {
        conv(2 -> 9, k3, p1) relu; maxpool(k2);
        conv(9 -> 20, k3, p1) relu; maxpool(k2);
        flatten;
        fc(_ -> 150) relu;
        fc(_ -> 10)
    }

    /// Images of odd sizes are pooled where they are convolved, but not if their rows have become others.
    Pooled(2x7x9) {
        conv(2 -> 8, k2) maxpool(k2);
        conv(8 -> 9, k3, p1) maxpool(k2) relu;
        concat { conv(9 -> 8, k1, p1) maxpool(k2) | conv(9 -> 4, k2, p1) hardswish maxpool(k2, ceil) };
        conv(12 -> 12, k2, p1) relu;
        reshape(12, 3, 2) maxpool(k2);
        flatten;
        fc(_ -> 5)
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

/// An image gives the same bits with any number of threads, whichever way an engine takes: it tries both in its first images.
#[test]
fn threads_share_layers() {
    let net = Shared::init(3);
    let mut image: Box<<Shared as Network>::Input> = bytemuck::allocation::zeroed_box();
    for (i, value) in bytemuck::cast_slice_mut(&mut image[..]).iter_mut().enumerate() {
        *value = noise(i as u64);
    }
    for (isa, arithmetic) in
        Isa::available().into_iter().flat_map(|isa| [(isa, Arithmetic::Fast), (isa, Arithmetic::Strict)])
    {
        let options = EngineOptions::new().isa(isa).arithmetic(arithmetic);
        let expected = options.engine(&*net).unwrap().forward(&image).map(f32::to_bits);
        for threads in [2, 3] {
            let mut engine = options.threads(threads).engine(&*net).unwrap();
            for nth in 0..100 {
                let found = engine.forward(&image).map(f32::to_bits);
                assert_eq!(found, expected, "image {nth} on {isa}, {arithmetic:?}, {threads} threads");
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
    batches_are_their_images::<Pooled>();
    batches_are_their_images::<Same>();
}
