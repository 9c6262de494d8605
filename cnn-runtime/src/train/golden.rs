//! PyTorch's numbers, made by `tests/parity/training_rules.py`.

/// Element `i` of a stream of numbers in [-1, 1), the same as in `training_rules.py`.
pub fn unit(stream: u32, i: u32) -> f32 {
    let mut x = stream.wrapping_mul(0x9e37_79b9).wrapping_add(i);
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^= x >> 16;
    ((x >> 16) as f32 - 32768.0) / 32768.0
}

/// The first `count` elements of a stream.
pub fn units(stream: u32, count: u32) -> Vec<f32> {
    (0..count).map(|i| unit(stream, i)).collect()
}

/// The numbers on the line of `text` that is called `name`.
pub fn numbers(text: &str, name: &str) -> Vec<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("no `{name}` among PyTorch's numbers"));
    line.split(' ').map(|number| number.parse().expect("a number")).collect()
}

/// Asserts that numbers are as near to PyTorch's as `tolerance`, of the number or of `scale` where that is larger.
pub fn assert_near(name: &str, found: &[f64], expected: &[f64], tolerance: f64, scale: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let off = (found - expected).abs() / expected.abs().max(scale);
        assert!(off <= tolerance, "{name}: {at} is {found}, expected {expected}: off by {off:e}");
    }
}
