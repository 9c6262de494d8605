//! Aligned memory for packed weights and activations.

use std::marker::PhantomData;

use bytemuck::{Pod, Zeroable};

/// One cache line, so that no vector of up to 16 lanes straddles two.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([f32; 16]);

// SAFETY: all zeros is a value of the array.
unsafe impl Zeroable for Line {}
// SAFETY: `repr(C)` around a `Pod` of 64 bytes: the alignment adds no padding.
unsafe impl Pod for Line {}

/// `len` numbers, floats unless it says otherwise, on a 64-byte boundary, zero at first.
#[derive(Clone)]
pub struct Buffer<T = f32> {
    lines: Vec<Line>,
    len: usize,
    numbers: PhantomData<T>,
}

impl<T: Pod> Buffer<T> {
    pub fn zeroed(len: usize) -> Self {
        let lines = (len * size_of::<T>()).div_ceil(size_of::<Line>());
        Self { lines: bytemuck::allocation::zeroed_vec(lines), len, numbers: PhantomData }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn as_slice(&self) -> &[T] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_and_zero() {
        for len in [0, 1, 16, 17, 1000] {
            let mut buffer = Buffer::<f32>::zeroed(len);
            assert_eq!(buffer.as_slice(), vec![0.0; len]);
            assert_eq!(buffer.as_mut_slice().as_ptr() as usize % 64, 0);
        }
    }
}
