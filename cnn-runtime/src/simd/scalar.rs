use super::{Kernel, LANES, Simd};

/// No instruction set in particular: arrays, which the compiler vectorizes as the target allows.
#[derive(Clone, Copy, Debug)]
pub struct Scalar;

/// Applies `op` to the lanes of `a` and `b`.
#[inline(always)]
fn zip(a: [f32; LANES], b: [f32; LANES], op: impl Fn(f32, f32) -> f32) -> [f32; LANES] {
    let mut out = [0.0; LANES];
    for lane in 0..LANES {
        out[lane] = op(a[lane], b[lane]);
    }
    out
}

impl Simd for Scalar {
    type Vector = [f32; LANES];
    type Wide = [f32; LANES];
    const VECTORS: usize = 1;
    const WIDE_REGISTERS: usize = 8;
    type Values = [f32; 8];
    type Narrow = Self;

    one_vector!();

    #[inline(always)]
    fn call<K: Kernel>(self, kernel: K) {
        #[inline(never)]
        fn shared<K: Kernel>(kernel: K) {
            kernel.run(Scalar);
        }
        shared(kernel);
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, src: &[f32; LANES]) -> Self::Vector {
        *src
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, dst: &mut [f32; LANES]) {
        *dst = vector;
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| a * b)
    }

    // Not `f32::mul_add`, which is a call of libm where the target has no FMA.
    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        self.add(self.mul(a, b), c)
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| if a > b || a.is_nan() { a } else { b })
    }

    #[inline(always)]
    fn larger(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        zip(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn has_nan(self, vector: Self::Vector) -> bool {
        vector.iter().any(|x| x.is_nan())
    }

    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        zip(vector, [0.0; LANES], |x, zero| if x < zero { zero } else { x })
    }

    #[inline(always)]
    fn clamp(self, vector: Self::Vector, low: f32, high: f32) -> Self::Vector {
        vector.map(|x| x.clamp(low, high))
    }

    #[inline(always)]
    unsafe fn wide_load(self, src: *const f32) -> Self::Wide {
        // SAFETY: the caller's `src` is valid for reads of eight values.
        unsafe { src.cast::<[f32; LANES]>().read() }
    }

    #[inline(always)]
    unsafe fn wide_store(self, wide: Self::Wide, dst: *mut f32) {
        // SAFETY: the caller's `dst` is valid for writes of eight values.
        unsafe { dst.cast::<[f32; LANES]>().write(wide) }
    }

    #[inline(always)]
    fn wide_where_equal(self, wide: Self::Wide, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        let equal = zip(a, b, |a, b| f32::from(u8::from(a == b)));
        zip(wide, equal, |x, equal| if equal > 0.0 { x } else { 0.0 })
    }

    #[inline(always)]
    fn wide_where_positive(self, wide: Self::Wide, of: Self::Wide) -> Self::Wide {
        zip(wide, of, |x, of| if of <= 0.0 { 0.0 } else { x })
    }

    #[inline(always)]
    fn wide_sum(self, wide: Self::Wide) -> f32 {
        let [a, b, c, d, e, f, g, h] = wide;
        let [a, b, c, d] = [a + e, b + f, c + g, d + h];
        (a + c) + (b + d)
    }
}
