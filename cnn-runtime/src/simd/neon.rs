use std::arch::aarch64::*;
use std::arch::{asm, is_aarch64_feature_detected};

use super::{Kernel, LANES, Simd};

/// NEON: a vector is two of its registers, of which there are 32; so twelve sums, as with AVX2, leave eight of them for
/// operands. Only [`new`](Self::new) makes one, and only where the CPU has it.
#[derive(Clone, Copy, Debug)]
pub struct Neon {
    _private: (),
}

impl Neon {
    /// The token, where this CPU has NEON.
    pub fn new() -> Option<Self> {
        // Keep in sync with the features enabled in `call`.
        is_aarch64_feature_detected!("neon").then_some(Self { _private: () })
    }
}

impl Simd for Neon {
    type Vector = float32x4x2_t;
    type Wide = float32x4x2_t;
    const VECTORS: usize = 1;
    const WIDE_REGISTERS: usize = 16;
    type Values = [f32; 8];
    type Narrow = Self;

    one_vector!();

    #[inline(always)]
    fn call<K: Kernel>(self, kernel: K) {
        // Keep in sync with the features tested in `new`.
        #[inline(never)]
        #[target_feature(enable = "neon")]
        fn shared<K: Kernel>(simd: Neon, kernel: K) {
            kernel.run(simd);
        }
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe { shared(self, kernel) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON.
        let half = unsafe { vdupq_n_f32(value) };
        float32x4x2_t(half, half)
    }

    #[inline(always)]
    fn load(self, src: &[f32; LANES]) -> Self::Vector {
        // SAFETY: `src` is valid for reads of eight values.
        unsafe { self.wide_load(src.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, dst: &mut [f32; LANES]) {
        // SAFETY: `dst` is valid for writes of eight values.
        unsafe { self.wide_store(vector, dst.as_mut_ptr()) }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe { float32x4x2_t(vaddq_f32(a.0, b.0), vaddq_f32(a.1, b.1)) }
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe { float32x4x2_t(vsubq_f32(a.0, b.0), vsubq_f32(a.1, b.1)) }
    }

    #[inline(always)]
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe { float32x4x2_t(vmulq_f32(a.0, b.0), vmulq_f32(a.1, b.1)) }
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON. The first operand is what is added to.
        unsafe { float32x4x2_t(vfmaq_f32(c.0, a.0, b.0), vfmaq_f32(c.1, a.1, b.1)) }
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        // SAFETY: `self` exists, so the CPU has NEON. NaN in either operand gives NaN.
        unsafe { float32x4x2_t(vmaxq_f32(a.0, b.0), vmaxq_f32(a.1, b.1)) }
    }

    #[inline(always)]
    fn larger(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.max(a, b)
    }

    #[inline(always)]
    fn has_nan(self, vector: Self::Vector) -> bool {
        // SAFETY: `self` exists, so the CPU has NEON. NaN in either operand gives NaN.
        unsafe { vmaxvq_f32(vmaxq_f32(vector.0, vector.1)).is_nan() }
    }

    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        self.max(vector, self.splat(0.0))
    }

    #[inline(always)]
    fn clamp(self, vector: Self::Vector, low: f32, high: f32) -> Self::Vector {
        let (above, high) = (self.max(vector, self.splat(low)), self.splat(high));
        // SAFETY: `self` exists, so the CPU has NEON. NaN in either operand gives NaN.
        unsafe { float32x4x2_t(vminq_f32(above.0, high.0), vminq_f32(above.1, high.1)) }
    }

    #[inline(always)]
    unsafe fn wide_load(self, src: *const f32) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has NEON; the caller's `src` is valid for reads of eight values.
        unsafe { float32x4x2_t(vld1q_f32(src), vld1q_f32(src.add(LANES / 2))) }
    }

    #[inline(always)]
    unsafe fn wide_store(self, wide: Self::Wide, dst: *mut f32) {
        // SAFETY: `self` exists, so the CPU has NEON; the caller's `dst` is valid for writes of eight values.
        unsafe {
            vst1q_f32(dst, wide.0);
            vst1q_f32(dst.add(LANES / 2), wide.1);
        }
    }

    #[inline(always)]
    fn wide_where_equal(self, wide: Self::Wide, a: Self::Wide, b: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe {
            let select = |a, b, wide| vbslq_f32(vceqq_f32(a, b), wide, vdupq_n_f32(0.0));
            float32x4x2_t(select(a.0, b.0, wide.0), select(a.1, b.1, wide.1))
        }
    }

    #[inline(always)]
    fn wide_where_positive(self, wide: Self::Wide, of: Self::Wide) -> Self::Wide {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe {
            let select = |of, wide| vbslq_f32(vclezq_f32(of), vdupq_n_f32(0.0), wide);
            float32x4x2_t(select(of.0, wide.0), select(of.1, wide.1))
        }
    }

    #[inline(always)]
    fn wide_sum(self, wide: Self::Wide) -> f32 {
        // SAFETY: `self` exists, so the CPU has NEON.
        unsafe {
            let four = vaddq_f32(wide.0, wide.1);
            let two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
            vget_lane_f32::<0>(two) + vget_lane_f32::<1>(two)
        }
    }

    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        // SAFETY: every CPU of the target has the instruction, which is a hint for any address and changes no register,
        // flag or memory.
        unsafe { asm!("prfm pldl2keep, [{at}]", at = in(reg) at.addr(), options(nomem, nostack, preserves_flags)) }
    }
}
