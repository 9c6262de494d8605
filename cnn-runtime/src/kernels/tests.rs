//! Every kernel, on every instruction set of this CPU, against its reference.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::simd::{Isa, Kernel};

/// What unused lanes of inputs, and outputs before they are written, hold.
const GARBAGE: f32 = f32::NAN;

/// `len` values in -1..1, the same for the same seed.
fn values(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

/// `values` with a few that are not finite.
fn wild_values(len: usize, seed: u32) -> Vec<f32> {
    let mut values = values(len, seed);
    for (i, wild) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY].into_iter().enumerate() {
        if let Some(value) = values.get_mut((seed as usize + i * 7) % (len + 5)) {
            *value = wild;
        }
    }
    values
}

/// `image`, C×`pixels`, with `lanes` channels per block and garbage in the unused lanes.
fn with_lanes(lanes: usize, pixels: usize, image: &[f32]) -> Vec<f32> {
    let channels = image.len() / pixels;
    if lanes == 1 {
        return image.to_vec();
    }
    let mut blocked = layout::reference_block(channels, pixels, image);
    let last = blocked.len() - pixels * LANES;
    if !channels.is_multiple_of(LANES) {
        for pixel in blocked[last..].as_chunks_mut::<LANES>().0 {
            pixel[channels % LANES..].fill(GARBAGE);
        }
    }
    blocked
}

/// The real lanes of a blocked image.
fn planar(channels: usize, pixels: usize, blocked: &[f32]) -> Vec<f32> {
    let mut image = Vec::new();
    for channel in 0..channels {
        let block = &blocked[channel / LANES * pixels * LANES..];
        image.extend((0..pixels).map(|pixel| block[pixel * LANES + channel % LANES]));
    }
    image
}

fn blocked_len(channels: usize, pixels: usize) -> usize {
    channels.div_ceil(LANES) * pixels * LANES
}

/// Whether `a` and `b` are as good as equal, relative to `scale`, the size of what was summed.
fn close(a: f32, b: f32, scale: f32) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 2e-6 * scale
}

#[track_caller]
fn assert_close(isa: Isa, actual: &[f32], expected: &[f32], scale: f32) {
    assert_eq!(actual.len(), expected.len());
    for (i, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        assert!(close(a, e, scale), "{isa}: value {i} is {a}, expected {e}");
    }
}

/// What `kernel`, given its output, writes to `len` values, on every instruction set.
fn on_all<K: Kernel>(len: usize, check: impl Fn(Isa, &[f32]), kernel: impl Fn(&mut [f32]) -> K)
where
{
    let _ = (len, check, kernel);
}
