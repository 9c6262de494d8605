//! Numbers of several images side by side: what the passes of training compute with.
//!
//! While a net is trained, each value between two layers stands there once for each of a group of images: value i of all of
//! them is one [`Values`]. So every layer is written once, as for one image, and whatever its sizes, its registers are full.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use bytemuck::Pod;

use crate::kernels::{exp, gelu};
use crate::simd::{Kernel, LANES, Simd};

/// `f32`, or `f64` where gradients are checked.
pub trait Real:
    Pod
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + Sum
    + Send
    + Sync
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Less than every number.
    const NEG_INFINITY: Self;

    /// The nearest number.
    fn of(value: f64) -> Self;
    /// As `f64`.
    fn to_f64(self) -> f64;
    /// Whether it is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// e to this power.
    fn exp(self) -> Self;
    /// e to this power, minus 1.
    fn exp_m1(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The natural logarithm of 1 plus this.
    fn ln_1p(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// This to a power.
    fn powf(self, power: Self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// The larger one; of a number and NaN, the number.
    fn max(self, other: Self) -> Self;
    /// This, or the limit beyond which it is; NaN stays.
    fn clamp(self, low: Self, high: Self) -> Self;
    /// 1 minus the error function: 2/√π times the integral of exp(−t²) from this on.
    fn erfc(self) -> Self;
}

macro_rules! real {
    ($float:ident, $exp:path, $exp_m1:path, $tanh:path, $erfc:path) => {
        impl Real for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = $float::NEG_INFINITY;

            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            real!($float: ln, ln_1p, sqrt, abs);
            #[inline(always)]
            fn exp(self) -> Self {
                $exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                $exp_m1(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $tanh(self)
            }
            #[inline(always)]
            fn powf(self, power: Self) -> Self {
                $float::powf(self, power)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                $float::max(self, other)
            }
            #[inline(always)]
            fn clamp(self, low: Self, high: Self) -> Self {
                $float::clamp(self, low, high)
            }
            #[inline(always)]
            fn erfc(self) -> Self {
                $erfc(self)
            }
        }
    };
    ($float:ident: $($function:ident),*) => {
        $(
            #[inline(always)]
            fn $function(self) -> Self {
                $float::$function(self)
            }
        )*
    };
}
real!(f32, exp::exp, exp::exp_m1, exp::tanh, gelu::erfc);
real!(f64, f64::exp, f64::exp_m1, f64::tanh, gelu::erfc_f64);

/// One number for each image of a group.
pub trait Values: Pod + AsRef<[Self::Real]> + AsMut<[Self::Real]> {
    /// The type of the numbers.
    type Real: Real;
    /// How many images.
    const LANES: usize;
    /// 0 for each.
    const ZERO: Self;

    /// What `f` makes of the number of each image, by its index.
    fn each(f: impl FnMut(usize) -> Self::Real) -> Self;

    /// The sum over all images.
    #[inline(always)]
    fn sum(self) -> Self::Real {
        // Halves, so that the additions do not wait for one another.
        let mut values = self;
        let (values, mut len) = (values.as_mut(), Self::LANES);
        while len > 1 {
            len /= 2;
            for i in 0..len {
                let upper = values[i + len];
                values[i] += upper;
            }
        }
        values[0]
    }
}

impl<R: Real, const N: usize> Values for [R; N] {
    type Real = R;
    const LANES: usize = N;
    const ZERO: Self = [R::ZERO; N];

    #[inline(always)]
    fn each(f: impl FnMut(usize) -> R) -> Self {
        std::array::from_fn(f)
    }
}

/// What computes a group of images: an instruction set, or `f64`.
///
/// The number of lanes is a power of two.
pub trait Lanes: Copy + 'static {
    /// The numbers.
    type Real: Real;
    /// A number for each image, in memory.
    type Values: Values<Real = Self::Real>;
    /// The same in a register.
    type Vector: Copy;
    /// How many such registers there are.
    const REGISTERS: usize;

    /// Runs `work` as a function of its own, which all its callers share.
    fn call<W: Work<Self>>(self, work: W);

    /// The register with `value` for each image.
    fn splat(self, value: Self::Real) -> Self::Vector;

    /// What is in memory.
    fn load(self, values: &Self::Values) -> Self::Vector;

    /// Into memory.
    fn store(self, vector: Self::Vector, values: &mut Self::Values);

    /// `a + b`.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a - b`.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `a * b + c`.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;

    /// The larger of `a` and `b`, NaN where either is.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `vector`, with 0 wherever `a` is not `b`.
    fn where_equal(self, vector: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector;

    /// `vector`, with 0 wherever `of` is 0 or less.
    fn where_positive(self, vector: Self::Vector, of: Self::Vector) -> Self::Vector;

    /// The sum over all images.
    fn sum(self, vector: Self::Vector) -> Self::Real;

    /// `vector`, with 0 for what is negative; NaN stays.
    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        self.where_positive(vector, vector)
    }

    /// Puts images, each as long as `values`, side by side; the last of so many stands for those that are missing.
    #[inline(always)]
    fn interleave<'a>(self, count: usize, image: impl Fn(usize) -> &'a [f32], values: &mut [Self::Values]) {
        for lane in 0..Self::Values::LANES {
            for (value, &pixel) in values.iter_mut().zip(image(lane.min(count - 1))) {
                value.as_mut()[lane] = Self::Real::of(pixel.into());
            }
        }
    }

    /// Makes value i of row j value j of column i; there are as many of both as lanes.
    #[inline(always)]
    fn transpose(self, rows: &[Self::Values], columns: &mut [Self::Values]) {
        for (i, column) in columns.iter_mut().enumerate() {
            for (value, row) in column.as_mut().iter_mut().zip(rows) {
                *value = row.as_ref()[i];
            }
        }
    }

    /// `vector` in memory.
    #[inline(always)]
    fn values(self, vector: Self::Vector) -> Self::Values {
        let mut values = Self::Values::ZERO;
        self.store(vector, &mut values);
        values
    }
}

/// Work for [`Lanes`] to do.
pub trait Work<L> {
    /// Does the work. To be marked `#[inline(always)]` by every implementation.
    fn run(self, lanes: L);
}

/// An instruction set computes as many images as its widest register has lanes.
impl<S: Simd> Lanes for S {
    type Real = f32;
    type Values = S::Values;
    type Vector = S::Wide;
    const REGISTERS: usize = S::WIDE_REGISTERS;

    #[inline(always)]
    fn call<W: Work<Self>>(self, work: W) {
        struct Call<S, W>(S, W);

        impl<S: Simd, W: Work<S>> Kernel for Call<S, W> {
            #[inline(always)]
            fn run<T: Simd>(self, _: T) {
                self.1.run(self.0);
            }
        }
        Simd::call(self, Call(self, work));
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Self::Vector {
        self.wide_splat(value)
    }

    #[inline(always)]
    fn load(self, values: &Self::Values) -> Self::Vector {
        const { assert!(S::Values::LANES == S::VECTORS * LANES) };
        // SAFETY: `values` are as many as the register has.
        unsafe { self.wide_load(values.as_ref().as_ptr()) }
    }

    #[inline(always)]
    fn store(self, vector: Self::Vector, values: &mut Self::Values) {
        const { assert!(S::Values::LANES == S::VECTORS * LANES) };
        // SAFETY: `values` are as many as the register has.
        unsafe { self.wide_store(vector, values.as_mut().as_mut_ptr()) }
    }

    #[inline(always)]
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.wide_add(a, b)
    }

    #[inline(always)]
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.wide_sub(a, b)
    }

    #[inline(always)]
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector {
        self.wide_mul_add(a, b, c)
    }

    #[inline(always)]
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.wide_max(a, b)
    }

    #[inline(always)]
    fn where_equal(self, vector: Self::Vector, a: Self::Vector, b: Self::Vector) -> Self::Vector {
        self.wide_where_equal(vector, a, b)
    }

    #[inline(always)]
    fn where_positive(self, vector: Self::Vector, of: Self::Vector) -> Self::Vector {
        self.wide_where_positive(vector, of)
    }

    #[inline(always)]
    fn relu(self, vector: Self::Vector) -> Self::Vector {
        self.wide_relu(vector)
    }

    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> f32 {
        self.wide_sum(vector)
    }

    #[inline(always)]
    fn interleave<'a>(self, count: usize, image: impl Fn(usize) -> &'a [f32], values: &mut [Self::Values]) {
        let image = |lane: usize| image(lane.min(count - 1));
        let (squares, rest) = values.as_chunks_mut::<LANES>();
        for (at, square) in squares.iter_mut().enumerate() {
            for first in (0..S::VECTORS * LANES).step_by(LANES) {
                let rows = std::array::from_fn(|lane| &image(first + lane).as_chunks().0[at]);
                Simd::transpose(self, rows, part(square, first));
            }
        }
        for lane in 0..S::VECTORS * LANES {
            for (value, &pixel) in rest.iter_mut().zip(&image(lane)[squares.len() * LANES..]) {
                value.as_mut()[lane] = pixel;
            }
        }
    }

    #[inline(always)]
    fn transpose(self, rows: &[Self::Values], columns: &mut [Self::Values]) {
        for (at, rows) in rows.as_chunks::<LANES>().0.iter().enumerate() {
            for (square, columns) in columns.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let rows = rows.each_ref().map(|row| &row.as_ref().as_chunks().0[square]);
                Simd::transpose(self, rows, part(columns, at * LANES));
            }
        }
    }
}

/// Eight values of each, from `first` on.
#[inline(always)]
fn part<V: Values>(values: &mut [V; LANES], first: usize) -> [&mut [V::Real; LANES]; LANES] {
    values.each_mut().map(|value| &mut value.as_mut().as_chunks_mut().0[first / LANES])
}

/// One image, in `f64`: what gradients are checked with.
#[derive(Clone, Copy, Debug)]
pub struct Double;

impl Lanes for Double {
    type Real = f64;
    type Values = [f64; 1];
    type Vector = f64;
    const REGISTERS: usize = 16;

    #[inline(always)]
    fn call<W: Work<Self>>(self, work: W) {
        work.run(self);
    }

    #[inline(always)]
    fn splat(self, value: f64) -> f64 {
        value
    }

    #[inline(always)]
    fn load(self, values: &[f64; 1]) -> f64 {
        values[0]
    }

    #[inline(always)]
    fn store(self, vector: f64, values: &mut [f64; 1]) {
        *values = [vector];
    }

    #[inline(always)]
    fn add(self, a: f64, b: f64) -> f64 {
        a + b
    }

    #[inline(always)]
    fn sub(self, a: f64, b: f64) -> f64 {
        a - b
    }

    #[inline(always)]
    fn mul_add(self, a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[inline(always)]
    fn max(self, a: f64, b: f64) -> f64 {
        if a > b || a.is_nan() { a } else { b }
    }

    #[inline(always)]
    fn where_equal(self, vector: f64, a: f64, b: f64) -> f64 {
        if a == b { vector } else { 0.0 }
    }

    #[inline(always)]
    fn where_positive(self, vector: f64, of: f64) -> f64 {
        if of <= 0.0 { 0.0 } else { vector }
    }

    #[inline(always)]
    fn sum(self, vector: f64) -> f64 {
        vector
    }
}
