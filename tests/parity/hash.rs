//! Numbers out of a hash, as `generate.py` explains them.

/// Wellons' lowbias32.
pub fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

/// Element `i` of a stream: a multiple of 2^-15 in [-1, 1).
pub fn unit(stream: u32, i: usize) -> f32 {
    let n = mix(stream.wrapping_mul(0x9e37_79b9).wrapping_add(i as u32)) >> 16;
    (n as f32 - 32768.0) / 32768.0
}
