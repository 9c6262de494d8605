//! Aligned memory for packed weights and activations.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

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
pub struct Buffer<T = f32> {
    lines: Vec<Line>,
    len: usize,
    numbers: PhantomData<T>,
}

impl<T: Pod> Buffer<T> {
    pub fn zeroed(len: usize) -> Self {
        let count = (len * size_of::<T>()).div_ceil(size_of::<Line>());
        let mut lines = Vec::with_capacity(count);
        advise_huge_pages(lines.spare_capacity_mut());
        lines.resize(count, Line::zeroed());
        Self { lines, len, numbers: PhantomData }
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

impl<T: Pod> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::zeroed(self.len);
        clone.lines.copy_from_slice(&self.lines);
        clone
    }
}

/// Asks the system for large pages where `lines`, not yet touched, has room for them: with small ones a pass over the weights of a
/// large net waits for addresses more than for anything else. Without them all works the same, only slower.
fn advise_huge_pages(lines: &mut [MaybeUninit<Line>]) {
    #[cfg(target_os = "linux")]
    {
        /// The size of a large page on most machines, and a multiple of the others' small ones.
        const PAGE: usize = 2 << 20;
        let bytes = size_of_val(lines);
        let start = lines.as_mut_ptr().cast::<u8>();
        let before = start.align_offset(PAGE);
        let len = bytes.saturating_sub(before) / PAGE * PAGE;
        if len > 0 {
            // SAFETY: the range is inside of `lines`, which are borrowed, and begins with a page; the advice changes no value.
            unsafe { libc::madvise(start.add(before).cast(), len, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = lines;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_and_zero() {
        for len in [0, 1, 16, 17, 1000, 3 << 20] {
            let mut buffer = Buffer::<f32>::zeroed(len);
            assert!(buffer.as_slice().iter().all(|&value| value == 0.0));
            assert_eq!(buffer.len(), len);
            buffer.as_mut_slice().fill(1.0);
            for buffer in [&buffer, &buffer.clone()] {
                assert_eq!(buffer.as_slice(), vec![1.0; len]);
                assert_eq!(buffer.as_slice().as_ptr() as usize % 64, 0);
            }
        }
    }
}
