//! Vectors of eight `f32`, and the instruction sets that have them.
//!
//! A [`Kernel`] is written once, generic over [`Simd`], and every function below its `run` is
//! `#[inline(always)]`: only so does the code of a kernel end up inside the one function that
//! enables the instruction set (see `Avx2Fma`), where the intrinsics can be inlined too.

use std::fmt;

use crate::half::Half;

/// What [`Simd`] asks of an instruction set whose widest register is one vector.
macro_rules! one_vector {
    () => {
        #[inline(always)]
        fn narrow(self) -> Self {
            self
        }

        #[inline(always)]
        fn wide_splat(self, value: f32) -> Self::Wide {
            self.splat(value)
        }

        #[inline(always)]
        fn wide_add(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            self.add(a, b)
        }

        #[inline(always)]
        fn wide_sub(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            self.sub(a, b)
        }

        #[inline(always)]
        fn wide_mul(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            self.mul(a, b)
        }

        #[inline(always)]
        fn wide_mul_add(self, a: Self::Wide, b: Self::Wide, c: Self::Wide) -> Self::Wide {
            self.mul_add(a, b, c)
        }

        #[inline(always)]
        fn wide_max(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            self.max(a, b)
        }

        #[inline(always)]
        fn wide_larger(self, a: Self::Wide, b: Self::Wide) -> Self::Wide {
            self.larger(a, b)
        }

        #[inline(always)]
        fn wide_relu(self, wide: Self::Wide) -> Self::Wide {
            self.relu(wide)
        }

        #[inline(always)]
        fn wide_clamp(self, wide: Self::Wide, low: f32, high: f32) -> Self::Wide {
            self.clamp(wide, low, high)
        }

        #[inline(always)]
        fn join(self, [wide, _]: [Self::Vector; 2]) -> Self::Wide {
            wide
        }

        #[inline(always)]
        fn vectors(self, wide: Self::Wide) -> [Self::Vector; 2] {
            [wide; 2]
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod scalar;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2Fma;
#[cfg(target_arch = "x86_64")]
pub use avx512::Avx512;
#[cfg(target_arch = "aarch64")]
pub use neon::Neon;
pub use scalar::Scalar;

use crate::train::Values;

/// Values in a vector, and channels in a block of a blocked image.
pub const LANES: usize = 8;

/// Values in the widest of all instruction sets' registers: packed weights stand in groups of so many outputs.
pub const WIDEST: usize = 16;

/// An instruction set that this CPU has: the token is the proof.
///
/// Results of different instruction sets differ in rounding only: `Scalar` rounds twice in
/// [`mul_add`](Simd::mul_add), all others once.
pub trait Simd: Copy + Sync + 'static {
    /// Eight `f32`.
    type Vector: Copy;

    /// The widest register, one vector or two: what the sums of a tile are held in.
    type Wide: Copy;

    /// How many vectors a [`Wide`](Self::Wide) is.
    const VECTORS: usize;

    /// How many [`Wide`](Self::Wide)s fit into all registers.
    const WIDE_REGISTERS: usize;

    /// What a [`Wide`](Self::Wide) holds.
    type Values: Values<Real = f32>;

    /// The same instruction set, or a part of it, whose [`Wide`](Self::Wide) is one vector.
    type Narrow: Simd;

    /// The token of [`Narrow`](Self::Narrow).
    fn narrow(self) -> Self::Narrow;

    /// Runs `kernel` as a function of its own, so that all its callers share one copy.
    fn call<K: Kernel>(self, kernel: K);

    /// Runs `kernel` in place, so that the constants in it fold.
    #[inline(always)]
    fn inline<K: Kernel>(self, kernel: K) {
        kernel.run(self);
    }

    /// `value` in every lane.
    fn splat(self, value: f32) -> Self::Vector;

    /// The vector stored at `src`.
    fn load(self, src: &[f32; LANES]) -> Self::Vector;

    /// Stores `vector` at `dst`.
    fn store(self, vector: Self::Vector, dst: &mut [f32; LANES]);

    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a - b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a * b`.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a * b + c`.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// The larger of `a` and `b`, NaN where either is.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// The larger of `a` and `b`, one or the other where either is NaN.
    fn larger(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// Whether any lane is NaN.
    fn has_nan(self, vector: Self::Vector) -> bool;

    /// `vector`, with 0 for what is negative; NaN stays.
    fn relu(self, vector: Self::Vector) -> Self::Vector;

    /// `vector`, with `low` for what is below it, and `high` for what is above; NaN stays.
    fn clamp(self, vector: Self::Vector, low: f32, high: f32) -> Self::Vector;

    /// Makes value i of row j value j of column i.
    #[inline(always)]
    fn transpose(self, rows: [&[f32; LANES]; LANES], columns: [&mut [f32; LANES]; LANES]) {
        for (i, column) in columns.into_iter().enumerate() {
            for (value, row) in column.iter_mut().zip(rows) {
                *value = row[i];
            }
        }
    }

    /// `value` in every lane.
    fn wide_splat(self, value: f32) -> Self::Wide;

    /// What is stored at `src`.
    ///
    /// # Safety
    ///
    /// `src` is valid for reads of [`VECTORS`](Self::VECTORS) times [`LANES`] values.
    unsafe fn wide_load(self, src: *const f32) -> Self::Wide;

    /// Stores `wide` at `dst`.
    ///
    /// # Safety
    ///
    /// `dst` is valid for writes of [`VECTORS`](Self::VECTORS) times [`LANES`] values.
    unsafe fn wide_store(self, wide: Self::Wide, dst: *mut f32);

    /// The numbers that the halves stored at `src` are.
    ///
    /// # Safety
    ///
    /// `src` is valid for reads of [`VECTORS`](Self::VECTORS) times [`LANES`] halves.
    #[inline(always)]
    unsafe fn wide_load_halves(self, src: *const Half) -> Self::Wide {
        let mut values = [0.0; WIDEST];
        for (i, value) in values[..Self::VECTORS * LANES].iter_mut().enumerate() {
            // SAFETY: the caller's `src` is valid for reads of so many halves.
            *value = unsafe { src.add(i).read() }.to_f32();
        }
        // SAFETY: the array has as many values as the widest register.
        unsafe { self.wide_load(values.as_ptr()) }
    }

    /// `a + b`.
    fn wide_add(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// `a - b`.
    fn wide_sub(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// `a * b`.
    fn wide_mul(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// `a * b + c`.
    fn wide_mul_add(self, a: Self::Wide, b: Self::Wide, c: Self::Wide) -> Self::Wide;

    /// The larger of `a` and `b`, NaN where either is.
    fn wide_max(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// The larger of `a` and `b`, one or the other where either is NaN.
    fn wide_larger(self, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// `wide`, with 0 for what is negative; NaN stays.
    fn wide_relu(self, wide: Self::Wide) -> Self::Wide;

    /// `wide`, with `low` for what is below it, and `high` for what is above; NaN stays.
    fn wide_clamp(self, wide: Self::Wide, low: f32, high: f32) -> Self::Wide;

    /// `wide`, with 0 wherever `a` is not `b`.
    fn wide_where_equal(self, wide: Self::Wide, a: Self::Wide, b: Self::Wide) -> Self::Wide;

    /// `wide`, with 0 wherever `of` is 0 or less.
    fn wide_where_positive(self, wide: Self::Wide, of: Self::Wide) -> Self::Wide;

    /// The sum of all values: the upper half is added to the lower one, and so on.
    fn wide_sum(self, wide: Self::Wide) -> f32;

    /// Says that the cache line of `at`, an address or none, is going to be read before long.
    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        let _ = at;
    }

    /// The wide register that is these vectors, or the first of them.
    fn join(self, vectors: [Self::Vector; 2]) -> Self::Wide;

    /// The vectors that `wide` is, the only one twice.
    fn vectors(self, wide: Self::Wide) -> [Self::Vector; 2];
}

/// Work to be done with whichever instruction set is at hand.
pub trait Kernel {
    /// Does the work. To be marked `#[inline(always)]` by every implementation.
    fn run<S: Simd>(self, simd: S);
}

/// The name of an instruction set, whether or not this CPU has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Isa {
    /// What every CPU of the target has.
    Scalar,
    /// AVX2, FMA and F16C, on x86-64.
    Avx2,
    /// AVX-512 F and VL, on x86-64.
    Avx512,
    /// NEON, on AArch64.
    Neon,
}

impl Isa {
    /// All instruction sets, the best first.
    const ALL: [Self; 4] = [Self::Avx512, Self::Avx2, Self::Neon, Self::Scalar];

    /// The best instruction set of this CPU.
    pub fn detect() -> Self {
        let best = Self::ALL.into_iter().find(|isa| isa.token().is_some());
        best.unwrap_or(Self::Scalar)
    }

    /// The instruction sets of this CPU, the best first.
    pub fn available() -> Vec<Self> {
        let mut all = Self::ALL.to_vec();
        all.retain(|isa| isa.token().is_some());
        all
    }

    /// The proof that this CPU has the instruction set, `None` where it has not.
    #[doc(hidden)]
    pub fn token(self) -> Option<Token> {
        match self {
            Self::Scalar => Some(Token::Scalar(Scalar)),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2Fma::new().map(Token::Avx2),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::new().map(Token::Avx512),
            #[cfg(target_arch = "aarch64")]
            Self::Neon => Neon::new().map(Token::Neon),
            // Those of other targets.
            _ => None,
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        })
    }
}

/// An instruction set that this CPU has, chosen at run time.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Token {
    /// See [`Isa::Scalar`].
    Scalar(Scalar),
    /// See [`Isa::Avx2`].
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2Fma),
    /// See [`Isa::Avx512`].
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    /// See [`Isa::Neon`].
    #[cfg(target_arch = "aarch64")]
    Neon(Neon),
}

impl Token {
    /// The best instruction set of this CPU.
    pub fn best() -> Self {
        // Every CPU has the scalar one, so that the alternative is never taken.
        Isa::detect().token().unwrap_or(Self::Scalar(Scalar))
    }

    /// The name of the instruction set.
    pub fn isa(self) -> Isa {
        match self {
            Self::Scalar(_) => Isa::Scalar,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => Isa::Avx2,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => Isa::Avx512,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => Isa::Neon,
        }
    }

    /// How many values its widest register holds.
    pub fn lanes(self) -> usize {
        match self {
            Self::Scalar(_) => LANES * Scalar::VECTORS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => LANES * Avx2Fma::VECTORS,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => LANES * Avx512::VECTORS,
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => LANES * Neon::VECTORS,
        }
    }

    /// Runs `kernel` with the instruction set.
    pub fn dispatch<K: Kernel>(self, kernel: K) {
        match self {
            Self::Scalar(simd) => simd.call(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => simd.call(kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => simd.call(kernel),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => simd.call(kernel),
        }
    }
}
