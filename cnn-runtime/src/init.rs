//! Seeded initialisation with the same numbers on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::{Init, ParamInfo};

/// Fills every tensor of `params` with PyTorch's default.
///
/// Tensor `i` takes its numbers from stream `i` of the generator, so that a change of one tensor's
/// size leaves the others as they were.
pub fn fill(tensors: &[ParamInfo], seed: u64, params: &mut [f32]) {
    for (stream, tensor) in tensors.iter().enumerate() {
        let values = &mut params[tensor.offset..][..tensor.count()];
        let fan_in = match tensor.init {
            Init::Constant(value) => {
                values.fill(value);
                continue;
            }
            Init::Uniform { fan_in } => fan_in,
        };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream as u64);
        // All at once: a call for each number would take minutes for a large net in a debug build.
        random.fill_bytes(bytemuck::cast_slice_mut(values));
        let bound = if fan_in == 0 { 0.0 } else { 1.0 / (fan_in as f32).sqrt() };
        for value in values {
            let random = u32::from_le(value.to_bits());
            // The 24 high bits are exact in an `f32`, and so is twice them minus one.
            let unit = (random >> 8) as f32 / (1 << 24) as f32;
            *value = (2.0 * unit - 1.0) * bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_and_mean() {
        let tensor = ParamInfo { name: "w", shape: &[100, 1000], offset: 1, init: Init::Uniform { fan_in: 25 } };
        let mut params = vec![9.0; 100_002];
        fill(&[tensor], 1, &mut params);
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
        let tensor = ParamInfo { name: "w", shape: &[3], offset: 0, init: Init::Uniform { fan_in: 0 } };
        let mut params = [9.0; 3];
        fill(&[tensor], 1, &mut params);
        assert_eq!(params, [0.0; 3]);
    }

    #[test]
    fn constant() {
        let tensor = ParamInfo { name: "w", shape: &[2], offset: 1, init: Init::Constant(0.25) };
        let mut params = [9.0; 4];
        fill(&[tensor], 1, &mut params);
        assert_eq!(params, [9.0, 0.25, 0.25, 9.0]);
    }
}
