//! The transforms in one dimension, and that of filters in two.

use crate::simd::Simd;

/// Finite points, each with 1 divided by the product of its distances from the others, with the sign that makes it simplest.
const FOUR: [(f64, f64); 3] = [(0.0, 1.0), (1.0, 0.5), (-1.0, 0.5)];
const SIX: [(f64, f64); 5] =
    [(0.0, 1.0), (1.0, 1.0 / 3.0), (-1.0, -1.0 / 3.0), (0.5, -16.0 / 15.0), (-2.0, 1.0 / 15.0)];

/// What tap `tap` of `taps` adds to the value at a point, by its index in `patch` of them; the last one is ∞.
fn at_point(patch: usize, point: usize, tap: usize, taps: usize) -> f64 {
    match if patch == 4 { FOUR.get(point) } else { SIX.get(point) } {
        Some((point, scale)) => scale * point.powi(tap as i32),
        None if tap + 1 == taps => 1.0,
        None => 0.0,
    }
}

/// G: a row for each of `patch` points, with what each of `taps` taps adds to the value there.
pub fn points(patch: usize, taps: usize) -> [[f64; 5]; 6] {
    let mut points = [[0.0; 5]; 6];
    for (point, of_taps) in points.iter_mut().enumerate().take(patch) {
        for (tap, value) in of_taps.iter_mut().enumerate().take(taps) {
            *value = at_point(patch, point, tap, taps);
        }
    }
    points
}

/// G g Gᵀ, of `patch²` values, one after the other; G has a row of `points` for each point.
pub fn transform_filter(filter: &[f32], points: &[[f64; 5]; 6], patch: usize, taps: usize) -> [[f32; 6]; 6] {
    let mut rows = [[0.0; 5]; 6];
    for (row, points) in rows.iter_mut().zip(points) {
        for (x, value) in row.iter_mut().enumerate().take(taps) {
            *value = (0..taps).map(|y| points[y] * f64::from(filter[taps * y + x])).sum();
        }
    }
    let mut places = [[0.0; 6]; 6];
    for (place, value) in places.as_flattened_mut().iter_mut().enumerate().take(patch * patch) {
        let [row, points] = [&rows[place / patch], &points[place % patch]];
        *value = (0..taps).map(|x| row[x] * points[x]).sum::<f64>() as f32;
    }
    places
}

/// Bᵀ of four or six values.
#[inline(always)]
pub fn transform_patch<S: Simd, const PATCH: usize>(simd: S, d: [S::Vector; PATCH]) -> [S::Vector; PATCH] {
    let times = |factor, a, b| simd.mul_add(simd.splat(factor), a, b);
    let mut points = d;
    match d[..] {
        [a, b, c, d] => points.copy_from_slice(&[simd.sub(a, c), simd.add(b, c), simd.sub(c, b), simd.sub(d, b)]),
        [a, b, c, d, e, f] => {
            let [g, h] = [simd.sub(e, c), simd.sub(d, b)];
            points.copy_from_slice(&[
                times(-2.0, c, times(1.5, h, simd.add(a, e))),
                times(1.5, simd.add(c, d), simd.add(g, h)),
                times(1.5, simd.sub(d, c), simd.sub(g, h)),
                times(2.0, h, g),
                times(-0.5, h, g),
                times(-2.0, d, times(1.5, g, simd.add(b, f))),
            ]);
        }
        _ => unreachable!(),
    }
    points
}

/// Aᵀ of four or six values: at each point, its powers, and the value at ∞ to the highest one.
#[inline(always)]
pub fn transform_products<S: Simd, const PATCH: usize, const TILE: usize>(
    simd: S,
    m: [S::Wide; PATCH],
) -> [S::Wide; TILE] {
    let times = |factor, a, b| simd.wide_mul_add(simd.wide_splat(factor), a, b);
    let [sum, difference] = [simd.wide_add(m[1], m[2]), simd.wide_sub(m[1], m[2])];
    let mut powers = [simd.wide_add(m[0], sum), difference, sum, difference];
    if let [_, _, _, half, minus_two, _] = m[..] {
        powers[0] = simd.wide_add(powers[0], simd.wide_add(half, minus_two));
        let of_points = [(0.5, -2.0), (0.25, 4.0), (0.125, -8.0)];
        for (power, (of_half, of_minus_two)) in powers[1..TILE].iter_mut().zip(of_points) {
            *power = times(of_minus_two, minus_two, times(of_half, half, *power));
        }
    }
    powers[TILE - 1] = simd.wide_add(powers[TILE - 1], m[PATCH - 1]);
    let mut tile = [powers[0]; TILE];
    tile.copy_from_slice(&powers[..TILE]);
    tile
}
