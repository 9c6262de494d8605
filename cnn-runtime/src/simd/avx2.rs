use std::arch::x86_64::*;

use super::{Kernel, LANES, Simd};
use crate::half::Half;

/// AVX2, FMA and F16C. Only [`new`](Self::new) makes one, and only where the CPU has all of them.
#[derive(Clone, Copy, Debug)]
pub struct Avx2Fma {
    _private: (),
}

impl Avx2Fma {
    /// The token, where this CPU has AVX2, FMA and F16C, as nearly all that have AVX2.
    pub fn new() -> Option<Self> {
        // Keep in sync with the features enabled in `call`.
        let vectors = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        (vectors && is_x86_feature_detected!("f16c")).then_some(Self { _private: () })
    }
}

impl Simd for Avx2Fma {
    type Vector = __m256;
    type Wide = __m256;
    const VECTORS: usize = 1;
    const WIDE_REGISTERS: usize = 16;
    type Values = [f32; 8];
    type Narrow = Self;

    one_vector!();

    #[inline(always)]
    fn call<K: Kernel>(self, kernel: K) {
        // Keep in sync with the features tested in `new`.
        #[inline(never)]
        #[target_feature(enable = "avx2,fma,f16c")]
        fn shared<K: Kernel>(simd: Avx2Fma, kernel: K) {
            kernel.run(simd);
        }
        // SAFETY: `self` exists, so the CPU has AVX2, FMA and F16C.
        unsafe { shared(self, kernel) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn load(self, src: &[f32; LANES]) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2; `src` is valid for reads of eight values.
        unsafe { _mm256_loadu_ps(src.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, dst: &mut [f32; LANES]) {
        // SAFETY: `self` exists, so the CPU has AVX2; `dst` is valid for writes of eight values.
        unsafe { _mm256_storeu_ps(dst.as_mut_ptr(), vector) }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has FMA.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe {
            // `max` gives its second operand where either is NaN, so only NaN in `a` is missing.
            let nan = _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a);
            _mm256_blendv_ps(_mm256_max_ps(a, b), a, nan)
        }
    }

    #[inline(always)]
    fn larger(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    fn has_nan(self, vector: Self::Vector) -> bool {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_UNORD_Q>(vector, vector)) != 0 }
    }

    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2. The second operand is what NaN gives.
        unsafe { _mm256_max_ps(_mm256_setzero_ps(), vector) }
    }

    #[inline(always)]
    fn clamp(self, vector: Self::Vector, low: f32, high: f32) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has AVX2. The second operands are what NaN gives.
        unsafe { _mm256_min_ps(_mm256_set1_ps(high), _mm256_max_ps(_mm256_set1_ps(low), vector)) }
    }

    #[inline(always)]
    fn transpose(self, rows: [&[f32; LANES]; LANES], columns: [&mut [f32; LANES]; LANES]) {
        let [mut ab, mut cd, mut out] = [[self.splat(0.0); LANES]; 3];
        for i in 0..LANES / 2 {
            let (a, b) = (self.load(rows[2 * i]), self.load(rows[2 * i + 1]));
            // SAFETY: `self` exists, so the CPU has AVX2.
            (ab[2 * i], ab[2 * i + 1]) = unsafe { (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b)) };
        }
        // Values of four rows side by side, of columns 0 and 4, 1 and 5, and so on: of the upper rows, then of the lower ones.
        for half in [0, LANES / 2] {
            for i in 0..2 {
                let (a, b) = (ab[half + i], ab[half + 2 + i]);
                // SAFETY: `self` exists, so the CPU has AVX2.
                (cd[half + 2 * i], cd[half + 2 * i + 1]) =
                    unsafe { (_mm256_shuffle_ps::<0x44>(a, b), _mm256_shuffle_ps::<0xEE>(a, b)) };
            }
        }
        for i in 0..LANES / 2 {
            let (upper, lower) = (cd[i], cd[LANES / 2 + i]);
            // SAFETY: `self` exists, so the CPU has AVX2.
            (out[i], out[LANES / 2 + i]) =
                unsafe { (_mm256_permute2f128_ps::<0x20>(upper, lower), _mm256_permute2f128_ps::<0x31>(upper, lower)) };
        }
        for (vector, column) in out.into_iter().zip(columns) {
            self.store(vector, column);
        }
    }

    #[inline(always)]
    unsafe fn wide_load(self, src: *const f32) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX2; the caller's `src` is valid for reads of eight values.
        unsafe { _mm256_loadu_ps(src) }
    }

    #[inline(always)]
    unsafe fn wide_store(self, wide: Self::Wide, dst: *mut f32) {
        // SAFETY: `self` exists, so the CPU has AVX2; the caller's `dst` is valid for writes of eight values.
        unsafe { _mm256_storeu_ps(dst, wide) }
    }

    #[inline(always)]
    unsafe fn wide_load_halves(self, src: *const Half) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has F16C; the caller's `src` is valid for reads of eight halves.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(src.cast())) }
    }

    #[inline(always)]
    fn wide_where_equal(self, wide: Self::Wide, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_and_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(a, b), wide) }
    }

    #[inline(always)]
    fn wide_where_positive(self, wide: Self::Wide, of: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe { _mm256_and_ps(_mm256_cmp_ps::<_CMP_NLE_UQ>(of, _mm256_setzero_ps()), wide) }
    }

    #[inline(always)]
    fn wide_sum(self, wide: Self::Wide) -> f32 {
        // SAFETY: `self` exists, so the CPU has AVX2.
        unsafe {
            let four = _mm_add_ps(_mm256_castps256_ps128(wide), _mm256_extractf128_ps::<1>(wide));
            let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
            _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: every CPU of the target has the instruction, which is a hint for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }
}
