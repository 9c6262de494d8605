//! Sums of two values that lie alike.

use super::Activation;
use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op};

/// `a` plus `b`.
pub fn reference(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// `a` plus `b`, and an activation; all three slices are equally long.
#[derive(Debug)]
pub struct Add<'a> {
    /// What follows.
    pub activation: Activation,
    /// One input.
    pub a: &'a [f32],
    /// The other.
    pub b: &'a [f32],
    /// The output.
    pub dst: &'a mut [f32],
}

impl Kernel for Add<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        assert_eq!(self.a.len(), self.dst.len());
        assert_eq!(self.b.len(), self.dst.len());
        let (a, a_rest) = self.a.as_chunks::<LANES>();
        let (b, b_rest) = self.b.as_chunks::<LANES>();
        let (dst, dst_rest) = self.dst.as_chunks_mut::<LANES>();
        for ((a, b), dst) in a.iter().zip(b).zip(dst) {
            let sum = simd.add(simd.load(a), simd.load(b));
            simd.store(self.activation.apply(simd, sum), dst);
        }
        for ((a, b), dst) in a_rest.iter().zip(b_rest).zip(dst_rest) {
            *dst = self.activation.apply_to(a + b);
        }
    }
}

/// The sum of two branches while a net is trained.
#[derive(Clone, Copy, Debug)]
pub struct AddOp {
    /// Whether ReLU follows.
    pub relu: bool,
}

impl Op for AddOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        for (output, (a, b)) in cx.output.iter_mut().zip(cx.inputs[0].iter().zip(cx.inputs[1])) {
            let sum = lanes.add(lanes.load(a), lanes.load(b));
            lanes.store(if self.relu { lanes.relu(sum) } else { sum }, output);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, mut cx: Backward<'_, L>) {
        if self.relu {
            cx.undo_relu(lanes);
        }
        let gradient = &*cx.output_grad;
        for input_grad in cx.input_grads {
            input_grad.put(|at| gradient[at]);
        }
    }
}
