//! Values that are left out while a net is trained. Outside of training nothing is.

use crate::simd::WIDEST;
use crate::train::{Backward, Forward, Images, Lanes, Op, Real, Values};

/// `input` times 1 / (1 − `p`), with 0 for what is not in `kept`.
#[cfg(test)]
pub fn reference(p: f32, kept: &[bool], input: &[f32]) -> Vec<f32> {
    input.iter().zip(kept).map(|(&x, &kept)| if kept { x / (1.0 - p) } else { 0.0 }).collect()
}

/// Dropout while a net is trained: leaves out each value with probability `p`, and lets the others make up for it
/// (Srivastava et al. 2014).
///
/// Which ones is drawn of the step, the layer, the image's place in its batch and the value's index alone: the backward pass draws
/// the same again, and so does every machine.
#[derive(Clone, Copy, Debug)]
pub struct DropoutOp {
    /// The share that is left out.
    pub p: f32,
    /// The layer's index in the net.
    pub layer: usize,
}

/// What is drawn from.
struct Draw {
    /// Of each image.
    keys: [[u32; WIDEST]; 2],
    /// A value is left out where the first [`BITS`] of its hash are below it.
    threshold: u32,
}

/// How finely a probability is told.
const BITS: u32 = 24;

impl Draw {
    #[inline(always)]
    fn new(op: &DropoutOp, images: Images) -> Self {
        let key = |start: u32, image: usize| {
            let words = [images.draw, op.layer as u64, image as u64].map(|word| [word as u32, (word >> 32) as u32]);
            words.as_flattened().iter().fold(start, |key, word| mix(key ^ word).wrapping_add(GOLDEN))
        };
        let keys = [1, 2].map(|start| std::array::from_fn(|lane| key(start, images.first + lane)));
        Self { keys, threshold: (f64::from(op.p) * f64::from(1 << BITS)).round() as u32 }
    }

    /// Value `at` of each image: `value` of it where it stays, else 0.
    #[inline(always)]
    fn keep<V: Values>(&self, at: usize, value: impl Fn(usize) -> V::Real) -> V {
        const { assert!(V::LANES <= WIDEST) };
        // The index is mixed before it meets a key: near keys would draw the same for near values.
        let index = mix(at as u32);
        V::each(|i| {
            // Keys of 64 bits, so that images that draw the same are not to be expected.
            let hash = mix(mix(index ^ self.keys[0][i]).wrapping_add(self.keys[1][i]));
            if hash >> (u32::BITS - BITS) >= self.threshold { value(i) } else { V::Real::ZERO }
        })
    }
}

/// 2³² over the golden ratio: an odd number whose bits look random.
const GOLDEN: u32 = 0x9e37_79b9;

/// A permutation of all numbers, each bit of which depends on all bits of `x`: `lowbias32` (Wellons, Prospecting for Hash
/// Functions, 2018).
#[inline(always)]
fn mix(mut x: u32) -> u32 {
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

impl DropoutOp {
    /// What the values that stay are multiplied by.
    #[inline(always)]
    fn factor<R: Real>(&self) -> R {
        R::ONE / (R::ONE - R::of(self.p.into()))
    }
}

impl Op for DropoutOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, _: L, cx: Forward<'_, L>) {
        let (draw, factor) = (Draw::new(self, cx.images), self.factor::<L::Real>());
        for (at, (input, output)) in cx.inputs[0].iter().zip(cx.output).enumerate() {
            *output = draw.keep(at, |i| input.as_ref()[i] * factor);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, _: L, cx: Backward<'_, L>) {
        let (draw, factor) = (Draw::new(self, cx.images), self.factor::<L::Real>());
        cx.input_grads[0].put(|at| draw.keep(at, |i| cx.output_grad[at].as_ref()[i] * factor));
    }
}
