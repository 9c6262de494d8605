//! Parameters: structs of nested `f32` arrays, castable to one flat slice.

use std::slice;

use bytemuck::{Pod, Zeroable};

/// A type made of `f32`s only, in declaration order: a parameter struct, an image.
///
/// # Safety
///
/// - The alignment is that of `f32`, and the size a multiple of it.
/// - There is no padding and no byte outside an `f32`.
pub unsafe trait Floats: Pod {}

// SAFETY: one `f32`.
unsafe impl Floats for f32 {}

// SAFETY: an array has its element's alignment and no padding of its own.
unsafe impl<T: Floats, const N: usize> Floats for [T; N] {}

/// The parameters of a layer with a bias.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightBias<W, B> {
    /// PyTorch's `weight`, outputs first.
    pub weight: W,
    /// PyTorch's `bias`, one value for each output.
    pub bias: B,
}

// SAFETY: all zeros is a value of both fields.
unsafe impl<W: Floats, B: Floats> Zeroable for WeightBias<W, B> {}
// SAFETY: `repr(C)`; both fields are `Pod` with the alignment of `f32` and sizes that are
// multiples of it, so nothing lies between or after them.
unsafe impl<W: Floats, B: Floats> Pod for WeightBias<W, B> {}
// SAFETY: as for `Pod`, and both fields are made of `f32`s only.
unsafe impl<W: Floats, B: Floats> Floats for WeightBias<W, B> {}

/// The parameters of a layer without a bias.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight<W> {
    /// PyTorch's `weight`, outputs first.
    pub weight: W,
}

// SAFETY: all zeros is a value of the field.
unsafe impl<W: Floats> Zeroable for Weight<W> {}
// SAFETY: `repr(C)` with one `Pod` field.
unsafe impl<W: Floats> Pod for Weight<W> {}
// SAFETY: `repr(C)` with one field made of `f32`s only.
unsafe impl<W: Floats> Floats for Weight<W> {}

/// What batch normalisation learns of the images it sees: buffers, not parameters.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunningStats<M> {
    /// PyTorch's `running_mean`, one value for each channel.
    pub running_mean: M,
    /// PyTorch's `running_var`, one value for each channel.
    pub running_var: M,
}

// SAFETY: all zeros is a value of both fields.
unsafe impl<M: Floats> Zeroable for RunningStats<M> {}
// SAFETY: `repr(C)`; both fields are `Pod` with the alignment of `f32` and sizes that are
// multiples of it, so nothing lies between or after them.
unsafe impl<M: Floats> Pod for RunningStats<M> {}
// SAFETY: as for `Pod`, and both fields are made of `f32`s only.
unsafe impl<M: Floats> Floats for RunningStats<M> {}

/// All values of `value`, in order.
#[inline(always)]
pub fn as_slice<T: Floats>(value: &T) -> &[f32] {
    bytemuck::cast_slice(slice::from_ref(value))
}

/// All values of `value`, in order.
#[inline(always)]
pub fn as_mut_slice<T: Floats>(value: &mut T) -> &mut [f32] {
    bytemuck::cast_slice_mut(slice::from_mut(value))
}

/// The first `N` values of `value`, in order.
#[inline(always)]
pub fn as_array<T: Floats, const N: usize>(value: &T) -> &[f32; N] {
    const { assert!(size_of::<T>() >= size_of::<[f32; N]>()) };
    match as_slice(value).first_chunk() {
        Some(values) => values,
        None => unreachable!(),
    }
}

/// The first `N` values of `value`, in order.
#[inline(always)]
pub fn as_array_mut<T: Floats, const N: usize>(value: &mut T) -> &mut [f32; N] {
    const { assert!(size_of::<T>() >= size_of::<[f32; N]>()) };
    match as_mut_slice(value).first_chunk_mut() {
        Some(values) => values,
        None => unreachable!(),
    }
}

/// Implements [`Floats`] for a struct of [`Floats`], and proves at compile time what that
/// promises: `floats!(Net { conv1, fc1 } = 2512)` names every field, in order, and the count.
#[doc(hidden)]
#[macro_export]
macro_rules! floats {
    ($net:ident { $($field:ident),* $(,)? } = $count:expr) => {
        const _: () = {
            // No field is left out, for then this pattern would not compile.
            fn _all($net { $($field: _),* }: &$net) {}
            $crate::__private::assert_layout::<$net>(
                $count,
                &[$((
                    ::core::mem::offset_of!($net, $field),
                    $crate::__private::size_of_field(|net: &$net| &net.$field),
                )),*],
            );
        };
        // SAFETY: all fields are `Floats`, hence `Zeroable`.
        unsafe impl $crate::__private::Zeroable for $net {}
        // SAFETY: the struct is `Copy` and `'static` or this impl would not compile; all fields
        // are `Floats`, and `assert_layout` proved that they lie without gaps.
        unsafe impl $crate::__private::Pod for $net {}
        // SAFETY: as for `Pod`; `assert_layout` proved the alignment and the size.
        unsafe impl $crate::__private::Floats for $net {}
    };
}

/// The size of a field, which must be [`Floats`].
pub const fn size_of_field<T, F: Floats>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// Panics unless `T` is `count` floats: the given (offset, size) fields in this order, no gaps.
pub const fn assert_layout<T>(count: usize, fields: &[(usize, usize)]) {
    assert!(align_of::<T>() == align_of::<f32>(), "parameters are aligned as f32");
    assert!(size_of::<T>() == 4 * count, "the parameter count is the struct's size");
    let mut end = 0;
    let mut i = 0;
    while i < fields.len() {
        assert!(fields[i].0 == end, "fields lie in order, without gaps: repr(C)");
        end += fields[i].1;
        i += 1;
    }
    assert!(end == size_of::<T>(), "nothing lies behind the last field");
}
