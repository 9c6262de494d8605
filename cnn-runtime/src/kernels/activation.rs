//! Functions of one value that other kernels apply to what they store.

use crate::simd::Simd;

/// What becomes of a value before it is stored; NaN stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// As [`Relu`](super::Relu).
    Relu,
    /// As [`Relu6`](super::Relu6).
    Relu6,
    /// As [`HardSwish`](super::HardSwish).
    HardSwish,
}

impl Activation {
    /// The function of each value of `vector`.
    #[inline(always)]
    pub fn apply<S: Simd>(self, simd: S, vector: S::Vector) -> S::Vector {
        match self {
            Self::Identity => vector,
            Self::Relu => simd.relu(vector),
            Self::Relu6 => simd.clamp(vector, 0.0, 6.0),
            Self::HardSwish => {
                let gate = simd.clamp(simd.add(vector, simd.splat(3.0)), 0.0, 6.0);
                simd.mul(vector, simd.mul(gate, simd.splat(1.0 / 6.0)))
            }
        }
    }

    /// Applies the function to each value of a tile: which one, is decided once for all of them.
    #[inline(always)]
    pub fn apply_to_tile<S: Simd, const ROWS: usize, const PIXELS: usize>(
        self,
        simd: S,
        tile: &mut [[S::Wide; PIXELS]; ROWS],
    ) {
        /// A loop by indices, which leaves the tile in its registers.
        macro_rules! each {
            (|$value:ident| $result:expr) => {
                for r in 0..ROWS {
                    for p in 0..PIXELS {
                        let $value = tile[r][p];
                        tile[r][p] = $result;
                    }
                }
            };
        }
        match self {
            Self::Identity => {}
            Self::Relu => each!(|x| simd.wide_relu(x)),
            Self::Relu6 => each!(|x| simd.wide_clamp(x, 0.0, 6.0)),
            Self::HardSwish => each!(|x| {
                let gate = simd.wide_clamp(simd.wide_add(x, simd.wide_splat(3.0)), 0.0, 6.0);
                simd.wide_mul(x, simd.wide_mul(gate, simd.wide_splat(1.0 / 6.0)))
            }),
        }
    }

    /// The function of `x`.
    #[inline(always)]
    pub fn apply_to(self, x: f32) -> f32 {
        match self {
            Self::Identity => x,
            Self::Relu => x.clamp(0.0, f32::INFINITY),
            Self::Relu6 => x.clamp(0.0, 6.0),
            Self::HardSwish => x * ((x + 3.0).clamp(0.0, 6.0) * (1.0 / 6.0)),
        }
    }
}
