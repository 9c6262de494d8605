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
        pub struct $kernel<'a, T: $crate::team::Threads> {
            $($(#[$field_doc])* pub $field: f32,)*
            /// Who computes.
            pub team: T,
            /// The input.
            pub src: &'a [f32],
            /// The output, as long as `src`.
            pub dst: &'a mut [f32],
        }

        impl<T: $crate::team::Threads> $crate::simd::Kernel for $kernel<'_, T> {
            #[inline(always)]
            fn run<S: $crate::simd::Simd>(self, simd: S) {
                /// A part for so many values, or those that are left.
                struct Values<'a> {
                    $($field: f32,)*
                    count: usize,
                    src: &'a [f32],
                    dst: $crate::team::Shares<'a>,
                }

                impl $crate::team::Parts for Values<'_> {
                    #[inline(always)]
                    fn part<S: $crate::simd::Simd>(&self, _: S, _: usize, part: usize) {
                        let Self { $($field,)* count, src, dst } = *self;
                        let src = &src[part * count..];
                        let src = &src[..count.min(src.len())];
                        // SAFETY: these values exist, and are of this part alone.
                        let dst = unsafe { dst.part(part * count, src.len()) };
                        for (&x, y) in src.iter().zip(dst) {
                            *y = $value(x, $($field),*);
                        }
                    }
                }

                let Self { $($field,)* team, src, dst } = self;
                assert_eq!(src.len(), dst.len());
                // No two threads write one cache line.
                let count = src.len().div_ceil(team.parts()).next_multiple_of($crate::simd::WIDEST).max(1);
                let dst = $crate::team::Shares::new(dst);
                team.run(simd, src.len().div_ceil(count), Values { $($field,)* count, src, dst });
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
