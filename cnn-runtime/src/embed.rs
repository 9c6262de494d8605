//! Parameters out of a safetensors file that is a part of the program: they lie in a static, and nothing is read at start.

use std::mem::MaybeUninit;

use crate::{Network, ParamInfo};

/// The net whose parameters and buffers lie in `file`, made by the compiler.
///
/// `network!` read the file's header: the file has `len` bytes, of which the numbers begin at `start`, those of each
/// tensor at one of `starts`, parameters first.
///
/// # Panics
///
/// Where the file is no longer the one whose header was read: a compile error, since this is evaluated at compile time.
pub const fn embed<N: Network>(file: &[u8], len: usize, start: usize, starts: &[usize]) -> N {
    assert!(file.len() == len, "the file of weights changed while the crate was compiled");
    assert!(header_end(file) == start, "the file of weights changed while the crate was compiled");
    assert!(starts.len() == N::PARAMS.len() + N::BUFFERS.len(), "each tensor has its place in the file");
    let mut net = MaybeUninit::<N>::zeroed();
    let floats = net.as_mut_ptr().cast::<u8>();
    let mut i = 0;
    while i < starts.len() {
        let tensor = tensor::<N>(i);
        let (from, to, bytes) = (starts[i], size_of::<f32>() * tensor.offset, size_of::<f32>() * tensor.count());
        assert!(from >= start && from <= len && bytes <= len - from, "each tensor lies in the file");
        assert!(to <= size_of::<N>() && bytes <= size_of::<N>() - to, "each tensor lies in the net");
        // SAFETY: both ranges were just checked to lie within the file and within the net, which are two objects.
        unsafe { file.as_ptr().add(from).copy_to_nonoverlapping(floats.add(to), bytes) };
        if cfg!(target_endian = "big") {
            // SAFETY: the range lies within the net, as above, and `floats` is all of it.
            unsafe { swap_bytes(floats.add(to), tensor.count()) };
        }
        i += 1;
    }
    // SAFETY: a net is floats alone, and any bytes are floats; it was zeroed before some of it was overwritten.
    unsafe { net.assume_init() }
}

/// The parameters, and behind them the buffers.
const fn tensor<N: Network>(i: usize) -> &'static ParamInfo<'static> {
    if i < N::PARAMS.len() { &N::PARAMS[i] } else { &N::BUFFERS[i - N::PARAMS.len()] }
}

/// Where the numbers begin, by the file's first 8 bytes.
const fn header_end(file: &[u8]) -> usize {
    match file.first_chunk::<8>() {
        Some(header_len) => (u64::from_le_bytes(*header_len) as usize).saturating_add(8),
        None => 0,
    }
}

/// Reverses the bytes of each of `count` floats: the file has the lowest first.
///
/// # Safety
///
/// `4 * count` bytes from `floats` on can be read and written.
const unsafe fn swap_bytes(floats: *mut u8, count: usize) {
    let mut i = 0;
    while i < count {
        // SAFETY: `i < count`, so that these four bytes are among those that the caller vouches for.
        unsafe {
            let float = floats.add(4 * i).cast::<[u8; 4]>();
            let [a, b, c, d] = *float;
            *float = [d, c, b, a];
        }
        i += 1;
    }
}

/// Gives a net the method `embedded`: `embedded!(Net = file, len, start, starts)`, the arguments being those of
/// [`embed`]. `embedded!(Net)` is for a net that is wrong, or that its file does not fit.
#[doc(hidden)]
#[macro_export]
macro_rules! embedded {
    ($net:ident $(= $file:expr, $len:expr, $start:expr, $starts:expr)?) => {
        impl $net {
            /// The net with the parameters of its file of weights. They are a part of the program, and used where they lie.
            pub fn embedded() -> &'static Self {
                $crate::embedded_static!($net $(= $file, $len, $start, $starts)?)
            }
        }
    };
}

/// The value of the method that [`embedded!`](crate::embedded) makes.
#[doc(hidden)]
#[macro_export]
macro_rules! embedded_static {
    ($net:ident) => {
        ::core::unreachable!()
    };
    ($net:ident = $file:expr, $len:expr, $start:expr, $starts:expr) => {{
        // Where the highest byte comes first, each float takes a few steps of the compiler's.
        #[allow(long_running_const_eval)]
        static EMBEDDED: $net = $crate::__private::embed($file, $len, $start, $starts);
        &EMBEDDED
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_swapped() {
        let mut floats = [1.5f32, -2.25, f32::NAN];
        let bytes = floats.map(f32::to_be_bytes);
        let len = floats.len();
        // SAFETY: the pointer is to `len` floats.
        unsafe { swap_bytes(floats.as_mut_ptr().cast(), len) };
        assert_eq!(floats.map(f32::to_le_bytes), bytes);
    }

    #[test]
    fn headers_end() {
        assert_eq!(header_end(&[]), 0);
        assert_eq!(header_end(&[2, 0, 0, 0, 0, 0, 0, 0, b'{', b'}']), 10);
        assert_eq!(header_end(&[255; 8]), usize::MAX);
    }
}
