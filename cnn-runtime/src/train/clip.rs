//! Gradients that are not let grow too large.

use std::ops::Range;

use crate::simd::{Kernel, Simd, Token, WIDEST};

/// Scales the gradients of the `trainable` ranges so that their norm, all of them taken as one vector, is at most `max_norm`;
/// returns the norm before, computed in f64. This is `torch.nn.utils.clip_grad_norm_`.
///
/// Where the norm is NaN all gradients become NaN, where it is infinite they become 0 or NaN: see to it that it is finite. A
/// `max_norm` below 0 or NaN counts as 0. What of ranges lies beyond the end of `grads` is left out.
pub fn clip_norm(grads: &mut [f32], trainable: &[Range<usize>], max_norm: f64) -> f64 {
    let mut squares = 0.0;
    each(grads, trainable, |grads| run(Squares { grads, sum: &mut squares }));
    let norm = squares.sqrt();
    let factor = max_norm.max(0.0) / (norm + 1e-6);
    // A NaN is passed on.
    if factor < 1.0 || factor.is_nan() {
        each(grads, trainable, |grads| run(Scale { grads, factor: factor as f32 }));
    }
    norm
}

/// Brings the gradients of the `trainable` ranges between `-max` and `max`: `torch.nn.utils.clip_grad_value_`.
///
/// NaN stays. A `max` below 0 or NaN counts as 0. What of ranges lies beyond the end of `grads` is left out.
pub fn clip_value(grads: &mut [f32], trainable: &[Range<usize>], max: f32) {
    each(grads, trainable, |grads| run(Clamp { grads, max: max.max(0.0) }));
}

fn each(grads: &mut [f32], trainable: &[Range<usize>], mut clip: impl FnMut(&mut [f32])) {
    let len = grads.len();
    for range in trainable {
        if let Some(grads) = grads.get_mut(range.start.min(len)..range.end.min(len)) {
            clip(grads);
        }
    }
}

fn run(kernel: impl Kernel) {
    Token::best().dispatch(kernel);
}

/// Adds the sum of squares, in an order that is the same for all instruction sets.
struct Squares<'a> {
    grads: &'a [f32],
    sum: &'a mut f64,
}

impl Kernel for Squares<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let (chunks, rest) = self.grads.as_chunks::<WIDEST>();
        let mut sums = [0.0; WIDEST];
        for chunk in chunks {
            for (sum, &grad) in sums.iter_mut().zip(chunk) {
                *sum += f64::from(grad) * f64::from(grad);
            }
        }
        for (sum, &grad) in sums.iter_mut().zip(rest) {
            *sum += f64::from(grad) * f64::from(grad);
        }
        for sum in sums {
            *self.sum += sum;
        }
    }
}

/// Multiplies by a factor.
struct Scale<'a> {
    grads: &'a mut [f32],
    factor: f32,
}

impl Kernel for Scale<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for grad in self.grads {
            *grad *= self.factor;
        }
    }
}

/// Brings between `-max` and `max`.
struct Clamp<'a> {
    grads: &'a mut [f32],
    max: f32,
}

impl Kernel for Clamp<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let max = self.max;
        for grad in self.grads {
            *grad = if *grad > max { max } else { *grad };
            *grad = if *grad < -max { -max } else { *grad };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::golden::{assert_near, numbers, units};

    const GOLDEN: &str = include_str!("golden/optimizers.txt");

    fn check(name: &str, found: impl IntoIterator<Item = f64>) {
        assert_near(name, &found.into_iter().collect::<Vec<_>>(), &numbers(GOLDEN, name), 1e-6, 1e-3);
    }

    #[test]
    fn gradients_are_clipped_as_by_pytorch() {
        for (name, max_norm) in [("clip-norm", 1.5), ("clip-norm-large", 100.0)] {
            // Whatever the ranges, it is one vector.
            for ranges in [[0..37, 37..37, 0..0], [0..1, 1..20, 20..37]] {
                let mut grads = units(1, 37);
                let norm = clip_norm(&mut grads, &ranges, max_norm);
                check(name, [norm].into_iter().chain(grads.into_iter().map(f64::from)));
            }
        }
        let mut grads = units(1, 37);
        clip_value(&mut grads, &[0..20, 20..37], 0.25);
        check("clip-value", grads.into_iter().map(f64::from));
    }

    #[test]
    fn the_rest_is_left_alone() {
        let ranges = [1..2, 3..9, 20..30];
        let mut grads = [9.0, 3.0, 9.0, 4.0];
        assert_eq!(clip_norm(&mut grads, &ranges, 5.1), 5.0);
        assert_eq!(grads, [9.0, 3.0, 9.0, 4.0]);
        assert_eq!(clip_norm(&mut grads, &ranges, 2.5), 5.0);
        assert!(grads[1] < 1.5 && grads[1] > 1.49 && grads[3] < 2.0 && grads[3] > 1.99);
        clip_value(&mut grads, &ranges, 1.25);
        assert_eq!(grads, [9.0, 1.25, 9.0, 1.25]);
        assert_eq!(clip_norm(&mut grads, &[], 1.0), 0.0);
    }

    #[test]
    fn what_is_no_number_is_seen() {
        let all = [0..2, 2..3];
        let mut grads = [1.0, f32::NAN, -3.0];
        clip_value(&mut grads, &all, 2.0);
        assert!(grads[0] == 1.0 && grads[1].is_nan() && grads[2] == -2.0);
        assert!(clip_norm(&mut grads, &all, 2.0).is_nan());
        assert!(grads.iter().all(|grad| grad.is_nan()));
        let mut grads = [1.0, f32::INFINITY, -3.0];
        assert_eq!(clip_norm(&mut grads, &all, 2.0), f64::INFINITY);
        assert!(grads[0] == 0.0 && grads[1].is_nan());
        let mut grads = [1.0, 2.0, -3.0];
        clip_value(&mut grads, &all, f32::NAN);
        assert_eq!(grads, [0.0; 3]);
    }
}
