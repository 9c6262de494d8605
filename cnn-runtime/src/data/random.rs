//! Random numbers that are the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers.
pub struct Random(ChaCha8Rng);

impl Random {
    /// One of the streams of a seed; they are independent of one another.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(stream);
        Self(random)
    }

    /// Uniform in 0..1: the 24 high bits, which are exact in an `f32`.
    pub fn unit(&mut self) -> f32 {
        (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    /// Uniform in `least..most`.
    pub fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * self.unit()
    }

    /// Uniform in ±`bound`.
    pub fn within(&mut self, bound: f32) -> f32 {
        self.between(-bound, bound)
    }

    /// Uniform in `0..count`, which is not empty, without bias: Lemire's method.
    pub fn below(&mut self, count: u64) -> u64 {
        loop {
            let product = u128::from(self.0.next_u64()) * u128::from(count);
            let low = product as u64;
            // 2⁶⁴ mod count values of `low` would be one too many.
            if low >= count || low >= count.wrapping_neg() % count {
                return (product >> 64) as u64;
            }
        }
    }

    /// A place among `count` of them.
    pub fn index(&mut self, count: usize) -> usize {
        self.below(count as u64) as usize
    }

    /// Random bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    /// All of `values` in random order: Fisher and Yates.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.index(last + 1));
        }
    }
}

/// A number for each pair, without pattern: the finaliser of SplitMix64.
pub fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(b).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// Sine and cosine of at most half a turn, by their series: those of the system differ in their last bits.
pub fn sin_cos(radians: f32) -> (f32, f32) {
    let x = f64::from(radians);
    let (mut sin, mut cos, mut term) = (0.0, 0.0, 1.0);
    for n in 0..14 {
        cos += term;
        term *= x / f64::from(2 * n + 1);
        sin += term;
        term *= -x / f64::from(2 * n + 2);
    }
    (sin as f32, cos as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines() {
        for step in -180..=180 {
            let radians = (step as f32).to_radians();
            let (sin, cos) = sin_cos(radians);
            assert!((sin - radians.sin()).abs() < 2e-7 && (cos - radians.cos()).abs() < 2e-7, "{step}°");
        }
    }

    #[test]
    fn every_place_is_as_likely() {
        let mut random = Random::new(1, 2);
        let mut counts = [0; 7];
        (0..70_000).for_each(|_| counts[random.index(7)] += 1);
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
        assert_eq!(random.index(1), 0);
    }

    #[test]
    fn shuffled_values_are_all_there() {
        let mut values: Vec<u32> = (0..100).collect();
        Random::new(3, 0).shuffle(&mut values);
        assert_ne!(values, (0..100).collect::<Vec<_>>());
        values.sort_unstable();
        assert_eq!(values, (0..100).collect::<Vec<_>>());
        Random::new(3, 0).shuffle::<u8>(&mut []);
    }
}
