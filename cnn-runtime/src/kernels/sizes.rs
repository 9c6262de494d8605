//! Sizes that are constants on every thread.

use super::Conv2d;

/// A kernel's sizes: as they are, or a function that returns them. Those of a function are constants in the code of all threads,
/// which know values only by where they lie.
pub trait Sizes<T>: Copy + Sync {
    /// The sizes.
    fn get(&self) -> &T;
}

impl Sizes<Conv2d> for Conv2d {
    #[inline(always)]
    fn get(&self) -> &Conv2d {
        self
    }
}

impl<T: 'static, F: Fn() -> &'static T + Copy + Sync> Sizes<T> for F {
    #[inline(always)]
    fn get(&self) -> &T {
        self()
    }
}
