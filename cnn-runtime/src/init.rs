//! Seeded initialisation with the same numbers on every machine.

use crate::ParamInfo;

/// Fills every tensor of `params` with values uniform in ±1/√fan_in, PyTorch's default.
///
/// Tensor `i` takes its numbers from stream `i` of the generator, so that a change of one tensor's
/// size leaves the others as they were.
pub fn uniform(tensors: &[ParamInfo], seed: u64, params: &mut [f32]) {
    let key = key(seed);
    for (stream, tensor) in tensors.iter().enumerate() {
        let bound = if tensor.fan_in == 0 { 0.0 } else { 1.0 / (tensor.fan_in as f32).sqrt() };
        let values = &mut params[tensor.offset..][..tensor.count()];
        for (counter, values) in values.chunks_mut(16).enumerate() {
            let random = chacha8(&key, counter as u64, stream as u64);
            for (value, random) in values.iter_mut().zip(random) {
                // The 24 high bits are exact in an `f32`, and so is twice them minus one.
                let unit = (random >> 8) as f32 / (1 << 24) as f32;
                *value = (2.0 * unit - 1.0) * bound;
            }
        }
    }
}

/// The key that rand's `seed_from_u64` makes of a seed: eight outputs of a PCG32.
fn key(seed: u64) -> [u32; 8] {
    let mut state = seed;
    std::array::from_fn(|_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(11634580027462260723);
        let xorshifted = (((state >> 18) ^ state) >> 27) as u32;
        xorshifted.rotate_right((state >> 59) as u32)
    })
}

/// One block of ChaCha8's key stream, as rand_chacha has it: 64-bit counter, 64-bit stream.
fn chacha8(key: &[u32; 8], counter: u64, stream: u64) -> [u32; 16] {
    let mut start = [0; 16];
    start[..4].copy_from_slice(&[0x61707865, 0x3320646e, 0x79622d32, 0x6b206574]);
    start[4..12].copy_from_slice(key);
    start[12..14].copy_from_slice(&[counter as u32, (counter >> 32) as u32]);
    start[14..].copy_from_slice(&[stream as u32, (stream >> 32) as u32]);
    let mut block = start;
    for _ in 0..4 {
        for &[i, j, k, l] in &DOUBLE_ROUND {
            // Locals, for the sake of debug builds.
            let (mut a, mut b, mut c, mut d) = (block[i], block[j], block[k], block[l]);
            a = a.wrapping_add(b);
            d = (d ^ a).rotate_left(16);
            c = c.wrapping_add(d);
            b = (b ^ c).rotate_left(12);
            a = a.wrapping_add(b);
            d = (d ^ a).rotate_left(8);
            c = c.wrapping_add(d);
            b = (b ^ c).rotate_left(7);
            (block[i], block[j], block[k], block[l]) = (a, b, c, d);
        }
    }
    for (value, start) in block.iter_mut().zip(start) {
        *value = value.wrapping_add(start);
    }
    block
}

/// The words of each quarter round: the columns, then the diagonals.
const DOUBLE_ROUND: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;

    #[test]
    fn numbers_are_rand_chachas() {
        for seed in [0, 1, u64::MAX] {
            for stream in [0, 7, 1 << 40] {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(stream);
                for counter in 0..3 {
                    let expected: [u32; 16] = std::array::from_fn(|_| rng.next_u32());
                    assert_eq!(chacha8(&key(seed), counter, stream), expected);
                }
            }
        }
    }

    #[test]
    fn range_and_mean() {
        let tensor = ParamInfo { name: "w", shape: &[100, 1000], offset: 1, fan_in: 25 };
        let mut params = vec![9.0; 100_002];
        uniform(&[tensor], 1, &mut params);
        assert_eq!((params[0], params[100_001]), (9.0, 9.0));
        let values = &params[1..100_001];
        assert!(values.iter().all(|value| (-0.2..0.2).contains(value)));
        assert!(values.iter().any(|&value| value < -0.199));
        assert!(values.iter().any(|&value| value > 0.199));
        let mean = values.iter().sum::<f32>() / 100_000.0;
        assert!(mean.abs() < 2e-3, "{mean}");
    }

    #[test]
    fn no_inputs_no_values() {
        let tensor = ParamInfo { name: "w", shape: &[3], offset: 0, fan_in: 0 };
        let mut params = [9.0; 3];
        uniform(&[tensor], 1, &mut params);
        assert_eq!(params, [0.0; 3]);
    }
}
