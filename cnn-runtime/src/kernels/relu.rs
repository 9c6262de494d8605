//! ReLU, of either layout.

use crate::simd::{Kernel, LANES, Simd};

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
        self.dst.copy_from_slice(self.src);
        ReluInPlace { data: self.dst }.run(simd);
    }
}

/// ReLU of `data`, in place.
#[derive(Debug)]
pub struct ReluInPlace<'a> {
    /// Input and output.
    pub data: &'a mut [f32],
}

impl Kernel for ReluInPlace<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (vectors, rest) = self.data.as_chunks_mut::<LANES>();
        for vector in vectors {
            simd.store(simd.relu(simd.load(vector)), vector);
        }
        for value in rest {
            if *value < 0.0 {
                *value = 0.0;
            }
        }
    }
}
