use std::arch::x86_64::*;

use super::{Avx2Fma, Kernel, LANES, Simd};
use crate::half::Half;

/// AVX-512 F and VL: vectors as with AVX2, and registers of two vectors. Only [`new`](Self::new) makes one, and only where the
/// CPU has all of them.
#[derive(Clone, Copy, Debug)]
pub struct Avx512 {
    avx2: Avx2Fma,
}

impl Avx512 {
    /// The token, where this CPU has AVX-512 F and VL, and what [`Avx2Fma`] needs.
    pub fn new() -> Option<Self> {
        // Keep in sync with the features enabled in `call`.
        let present = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl");
        Avx2Fma::new().filter(|_| present).map(|avx2| Self { avx2 })
    }
}

impl Simd for Avx512 {
    type Vector = __m256;
    type Wide = __m512;
    const VECTORS: usize = 2;
    const WIDE_REGISTERS: usize = 32;
    type Values = [f32; 16];
    type Narrow = Avx2Fma;

    #[inline(always)]
    fn narrow(self) -> Avx2Fma {
        self.avx2
    }

    #[inline(always)]
    fn call<K: Kernel>(self, kernel: K) {
        // Keep in sync with the features tested in `new`.
        #[inline(never)]
        #[target_feature(enable = "avx512f,avx512vl,avx2,fma,f16c")]
        fn shared<K: Kernel>(simd: Avx512, kernel: K) {
            kernel.run(simd);
        }
        // SAFETY: `self` exists, so the CPU has AVX-512 F and VL, AVX2, FMA and F16C.
        unsafe { shared(self, kernel) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        self.avx2.splat(value)
    }

    #[inline(always)]
    fn load(self, src: &[f32; LANES]) -> Self::Vector {
        self.avx2.load(src)
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, dst: &mut [f32; LANES]) {
        self.avx2.store(vector, dst);
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2.add(a, b)
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2.sub(a, b)
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2.mul(a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        self.avx2.mul_add(a, b, c)
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2.max(a, b)
    }

    #[inline(always)]
    fn larger(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.avx2.larger(a, b)
    }

    #[inline(always)]
    fn has_nan(self, vector: Self::Vector) -> bool {
        self.avx2.has_nan(vector)
    }

    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        self.avx2.relu(vector)
    }

    #[inline(always)]
    fn clamp(self, vector: Self::Vector, low: f32, high: f32) -> Self::Vector {
        self.avx2.clamp(vector, low, high)
    }

    #[inline(always)]
    fn transpose(self, rows: [&[f32; LANES]; LANES], columns: [&mut [f32; LANES]; LANES]) {
        self.avx2.transpose(rows, columns);
    }

    #[inline(always)]
    fn wide_splat(self, value: f32) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn wide_load(self, src: *const f32) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F; the caller's `src` is valid for reads of sixteen values.
        unsafe { _mm512_loadu_ps(src) }
    }

    #[inline(always)]
    unsafe fn wide_store(self, wide: Self::Wide, dst: *mut f32) {
        // SAFETY: `self` exists, so the CPU has AVX-512 F; the caller's `dst` is valid for writes of sixteen values.
        unsafe { _mm512_storeu_ps(dst, wide) }
    }

    #[inline(always)]
    unsafe fn wide_load_halves(self, src: *const Half) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F; the caller's `src` is valid for reads of sixteen halves.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(src.cast())) }
    }

    #[inline(always)]
    fn wide_add(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn wide_sub(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn wide_mul(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    fn wide_mul_add(self, a: Self::Wide, b: Self::Wide, c: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn wide_max(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe {
            // As in AVX2.
            let nan = _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a);
            _mm512_mask_mov_ps(_mm512_max_ps(a, b), nan, a)
        }
    }

    #[inline(always)]
    fn wide_larger(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    fn wide_relu(self, wide: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F. The second operand is what NaN gives.
        unsafe { _mm512_max_ps(_mm512_setzero_ps(), wide) }
    }

    #[inline(always)]
    fn wide_clamp(self, wide: Self::Wide, low: f32, high: f32) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F. The second operands are what NaN gives.
        unsafe { _mm512_min_ps(_mm512_set1_ps(high), _mm512_max_ps(_mm512_set1_ps(low), wide)) }
    }

    #[inline(always)]
    fn wide_where_equal(self, wide: Self::Wide, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b), wide) }
    }

    #[inline(always)]
    fn wide_where_positive(self, wide: Self::Wide, of: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_NLE_UQ>(of, _mm512_setzero_ps()), wide) }
    }

    #[inline(always)]
    fn wide_sum(self, wide: Self::Wide) -> f32 {
        let [low, high] = self.vectors(wide);
        self.avx2.wide_sum(self.avx2.add(low, high))
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: every CPU of the target has the instruction, which is a hint for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }

    #[inline(always)]
    fn join(self, [low, high]: [Self::Vector; 2]) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe {
            let low = _mm512_castpd256_pd512(_mm256_castps_pd(low));
            _mm512_castpd_ps(_mm512_insertf64x4::<1>(low, _mm256_castps_pd(high)))
        }
    }

    #[inline(always)]
    fn vectors(self, wide: Self::Wide) -> [Self::Vector; 2] {
        // SAFETY: `self` exists, so the CPU has AVX-512 F.
        unsafe {
            let high = _mm512_extractf64x4_pd::<1>(_mm512_castps_pd(wide));
            [_mm512_castps512_ps256(wide), _mm256_castpd_ps(high)]
        }
    }
}
