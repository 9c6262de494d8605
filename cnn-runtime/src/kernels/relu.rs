//! ReLU, of either layout.

use crate::simd::{Kernel, LANES, Simd};
use crate::train::{Backward, Forward, Lanes, Op};

/// `input`, with 0 for what is negative; NaN stays.
pub fn reference(input: &[f32]) -> Vec<f32> {
    input.iter().map(|&x| if x < 0.0 { 0.0 } else { x }).collect()
}

/// ReLU of `src` to `dst`, which are equally long.
#[derive(Debug)]
pub struct Relu<'a> {
    /// The input.
    pub src: &'a [f32],
    /// The output.
    pub dst: &'a mut [f32],
}

impl Kernel for Relu<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        assert_eq!(self.src.len(), self.dst.len());
        let (inputs, inputs_rest) = self.src.as_chunks::<LANES>();
        let (outputs, outputs_rest) = self.dst.as_chunks_mut::<LANES>();
        for (input, output) in inputs.iter().zip(outputs) {
            simd.store(simd.relu(simd.load(input)), output);
        }
        for (&input, output) in inputs_rest.iter().zip(outputs_rest) {
            *output = if input < 0.0 { 0.0 } else { input };
        }
    }
}

/// ReLU while a net is trained: at 0 its slope is 0.
#[derive(Clone, Copy, Debug)]
pub struct ReluOp {}

impl Op for ReluOp {
    #[inline(always)]
    fn forward<L: Lanes>(&self, lanes: L, cx: Forward<'_, L>) {
        for (output, input) in cx.output.iter_mut().zip(cx.inputs[0]) {
            lanes.store(lanes.relu(lanes.load(input)), output);
        }
    }

    #[inline(always)]
    fn backward<L: Lanes>(&self, lanes: L, mut cx: Backward<'_, L>) {
        cx.undo_relu(lanes);
        let gradient = &*cx.output_grad;
        cx.input_grads[0].put(|at| gradient[at]);
    }
}
