//! Aligned memory for packed weights and activations.

use std::alloc::{self, Layout};
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::slice;

use bytemuck::Pod;

/// A cache line, in bytes, so that no vector of up to 16 lanes straddles two.
const LINE: usize = 64;

/// A large page of most machines. With small ones a pass over a large net's weights or values waits for addresses more than for anything
/// else.
const PAGE: usize = 2 << 20;

/// `len` numbers, floats unless it says otherwise, on a 64-byte boundary, zero at first. Those that would fill half a large
/// page or more have large pages to themselves, where the system grants them.
pub struct Buffer<T = f32> {
    start: NonNull<T>,
    len: usize,
    layout: Layout,
    numbers: PhantomData<T>,
}

// SAFETY: the memory is the buffer's own, as a `Vec`'s.
unsafe impl<T: Send> Send for Buffer<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Buffer<T> {}

impl<T: Pod> Buffer<T> {
    pub fn zeroed(len: usize) -> Self {
        const { assert!(align_of::<T>() <= LINE) };
        let bytes = len.checked_mul(size_of::<T>()).expect("no buffer is larger than memory");
        let page = if cfg!(target_os = "linux") && bytes >= PAGE / 2 { PAGE } else { LINE };
        let size = bytes.max(1).checked_next_multiple_of(page);
        let layout = size.and_then(|size| Layout::from_size_align(size, page).ok());
        let layout = layout.expect("no buffer is larger than memory");
        // SAFETY: the size is not 0.
        let Some(start) = NonNull::new(unsafe { alloc::alloc(layout) }) else { alloc::handle_alloc_error(layout) };
        advise_huge_pages(start, layout);
        // SAFETY: the memory has this size.
        unsafe { start.write_bytes(0, layout.size()) };
        Self { start: start.cast(), len, layout, numbers: PhantomData }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn as_slice(&self) -> &[T] {
        // SAFETY: the memory holds so many numbers, aligned and initialised.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: as above, and the memory is borrowed.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        // SAFETY: the memory was allocated with this layout.
        unsafe { alloc::dealloc(self.start.as_ptr().cast(), self.layout) }
    }
}

impl<T: Pod> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        let mut clone = Self::zeroed(self.len);
        clone.as_mut_slice().copy_from_slice(self.as_slice());
        clone
    }
}

/// Asks the system for large pages, where memory that is not yet touched is made for them. Without them all works the same, only slower.
fn advise_huge_pages(start: NonNull<u8>, layout: Layout) {
    #[cfg(target_os = "linux")]
    if layout.align() == PAGE {
        // SAFETY: the range is allocated and begins with a page; the advice changes no value.
        unsafe { libc::madvise(start.as_ptr().cast(), layout.size(), libc::MADV_HUGEPAGE) };
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (start, layout);
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
