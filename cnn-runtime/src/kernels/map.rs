//! Kernels that compute each value by itself, of either layout, and the same while a net is trained.

/// `map! { Elu, EluOp { alpha } value, slope of input }`: a kernel `Elu` with the fields `alpha`, `src` and `dst`, and an operation
/// `EluOp`, by two functions.
///
/// `value(x, alpha)` is what becomes of a value, and `slope(x, alpha)` its slope there; `slope of output` takes what became of it.
macro_rules! map {
    (
        $(#[$doc:meta])*
        $kernel:ident, $op:ident { $($(#[$field_doc:meta])* $field:ident),* }
        $value:ident, $slope:ident of $kept:ident
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
                for (&x, y) in src.iter().zip(dst) {
                    *y = $value(x, $($field),*);
                }
            }
        }

        #[doc = concat!("[`", stringify!($kernel), "`] while a net is trained.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $op {
            $($(#[$field_doc])* pub $field: f32,)*
        }

        impl $crate::train::Op for $op {
            #[inline(always)]
            fn forward<L: $crate::train::Lanes>(&self, _: L, cx: $crate::train::Forward<'_, L>) {
                $(let $field = <L::Real as $crate::train::Real>::of(self.$field.into());)*
                for (output, input) in cx.output.iter_mut().zip(cx.inputs[0]) {
                    *output = <L::Values as $crate::train::Values>::each(|i| $value(input.as_ref()[i], $($field),*));
                }
            }

            #[inline(always)]
            fn backward<L: $crate::train::Lanes>(&self, _: L, cx: $crate::train::Backward<'_, L>) {
                $(let $field = <L::Real as $crate::train::Real>::of(self.$field.into());)*
                let (kept, gradient) = (map!(@$kept cx), cx.output_grad);
                cx.input_grads[0].put(|at| {
                    <L::Values as $crate::train::Values>::each(|i| {
                        gradient[at].as_ref()[i] * $slope(kept[at].as_ref()[i], $($field),*)
                    })
                });
            }
        }
    };
    (@input $cx:ident) => { $cx.inputs[0] };
    (@output $cx:ident) => { $cx.output };
}
pub(super) use map;
