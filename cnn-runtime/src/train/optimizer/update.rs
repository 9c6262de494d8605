//! One pass over parameters, gradients and state.

use std::ops::Range;

use crate::simd::{Kernel, Simd, Token, WIDEST};

/// What a step does to one parameter, with `N` values of state.
pub(super) trait Rule<const N: usize>: Copy {
    /// The parameter's next value; `state` becomes its next state. To be marked `#[inline(always)]` by every implementation.
    fn next(self, param: f32, grad: f32, state: &mut [f32; N]) -> f32;
}

/// Applies `rule` to the ranges of `trainable`, or to what of them all slices have.
pub(super) fn update<const N: usize>(
    rule: impl Rule<N>,
    params: &mut [f32],
    grads: &[f32],
    state: &mut [Vec<f32>; N],
    trainable: &[Range<usize>],
) {
    update_with(Token::best(), rule, params, grads, state, trainable);
}

/// The same with any instruction set: the results are the same, bit for bit.
pub(super) fn update_with<const N: usize>(
    token: Token,
    rule: impl Rule<N>,
    params: &mut [f32],
    grads: &[f32],
    state: &mut [Vec<f32>; N],
    trainable: &[Range<usize>],
) {
    let len = state.iter().map(Vec::len).fold(params.len().min(grads.len()), usize::min);
    for range in trainable {
        let range = range.start.min(len)..range.end.min(len);
        let Some(params) = params.get_mut(range.clone()) else { continue };
        let grads = &grads[range.clone()];
        let state = state.each_mut().map(|vector| &mut vector[range.clone()]);
        token.dispatch(Update { rule, params, grads, state });
    }
}

/// A [`Rule`] for slices of equal length.
struct Update<'a, R, const N: usize> {
    rule: R,
    params: &'a mut [f32],
    grads: &'a [f32],
    state: [&'a mut [f32]; N],
}

impl<R: Rule<N>, const N: usize> Kernel for Update<'_, R, N> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Self { rule, params, grads, mut state } = self;
        let len = params.len();
        let whole = len - len % WIDEST;
        // Values are held in arrays of their own: a compiler that cannot see that slices are disjoint keeps to one value at a time.
        let mut at = 0;
        while at < whole {
            let mut values = load(params, at);
            let grads = load(grads, at);
            let mut held = [[0.0; WIDEST]; N];
            for (held, vector) in held.iter_mut().zip(&state) {
                *held = load(vector, at);
            }
            next(rule, &mut values, &grads, &mut held);
            params[at..at + WIDEST].copy_from_slice(&values);
            for (held, vector) in held.iter().zip(&mut state) {
                vector[at..at + WIDEST].copy_from_slice(held);
            }
            at += WIDEST;
        }
        for at in whole..len {
            let mut held = [0.0; N];
            for (held, vector) in held.iter_mut().zip(&state) {
                *held = vector[at];
            }
            params[at] = rule.next(params[at], grads[at], &mut held);
            for (held, vector) in held.iter().zip(&mut state) {
                vector[at] = *held;
            }
        }
    }
}

/// Values `at..at + WIDEST`.
#[inline(always)]
fn load(values: &[f32], at: usize) -> [f32; WIDEST] {
    let mut loaded = [0.0; WIDEST];
    loaded.copy_from_slice(&values[at..at + WIDEST]);
    loaded
}

/// One step of [`WIDEST`] values, which are one register or two.
#[inline(always)]
fn next<const N: usize>(
    rule: impl Rule<N>,
    params: &mut [f32; WIDEST],
    grads: &[f32; WIDEST],
    state: &mut [[f32; WIDEST]; N],
) {
    for lane in 0..WIDEST {
        let mut held = [0.0; N];
        for (held, vector) in held.iter_mut().zip(&*state) {
            *held = vector[lane];
        }
        params[lane] = rule.next(params[lane], grads[lane], &mut held);
        for (held, vector) in held.iter().zip(&mut *state) {
            vector[lane] = *held;
        }
    }
}

/// `a + weight · (b - a)` in the order of `torch.lerp`, which is exact at both ends.
#[inline(always)]
pub(super) fn lerp(a: f32, b: f32, weight: f32) -> f32 {
    if weight < 0.5 { a + weight * (b - a) } else { b - (b - a) * (1.0 - weight) }
}
