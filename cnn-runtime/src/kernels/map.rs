//! Kernels that compute each value by itself, of either layout.

/// `map! { Elu { alpha } |x| … }`: a kernel `Elu` with the fields `alpha`, `src` and `dst`, and what it makes of `x`.
macro_rules! map {
    (
        $(#[$doc:meta])*
        $kernel:ident { $($(#[$field_doc:meta])* $field:ident),* }
        |$x:ident| $y:expr
    ) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $kernel<'a> {
            $($(#[$field_doc])* pub $field: f32,)*
            /// The input.
            pub src: &'a [f32],
            /// The output, as long as `src`.
            pub dst: &'a mut [f32],
        }

        impl $crate::simd::Kernel for $kernel<'_> {
            #[inline(always)]
            fn run<S: $crate::simd::Simd>(self, _: S) {
                let Self { $($field,)* src, dst } = self;
                assert_eq!(src.len(), dst.len());
                for (&$x, y) in src.iter().zip(dst) {
                    *y = $y;
                }
            }
        }
    };
}
pub(super) use map;
