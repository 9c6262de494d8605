//! Images to train with: where they come from, how they are changed, and how they come in batches.
//!
//! A [`Dataset`] is images, all of one shape, with a target each. Sources read files ([`mnist`], [`idx`], [`cifar10`],
//! [`cifar100`] and, with features, `csv`, `npy` and `ImageFolder`), hold arrays ([`InMemory`]) or draw their images
//! ([`Digits`]). Adapters change a set: [`Subset`], [`Normalized`], [`Augmented`]. [`Batches`] shuffles one and loads it ahead
//! of the training.
//!
//! ```
//! use cnn_runtime::data::{Augmentation, Augmented, Batches, DataError, Digits, Normalized, Stats, Subset};
//!
//! let digits = Digits::new(1, 1000);
//! let (train, held_out) = Subset::split(&digits, 0.1, 1)?;
//! let stats = Stats::measure(&train)?;
//! let train = Augmented::new(train, [Augmentation::Shift { pixels: 2 }, Augmentation::Rotation { degrees: 5.0 }])?;
//! let train = Normalized::new(train, stats.clone())?;
//! let held_out = Normalized::new(held_out, stats)?;
//!
//! for epoch in 0..2 {
//!     Batches::new(&train, 64).shuffled(1, epoch).for_each(|batch| {
//!         assert_eq!(batch.images.len(), 28 * 28 * batch.targets.len());
//!         Ok::<_, DataError>(())
//!     })?;
//! }
//! # let _ = held_out;
//! # Ok::<_, DataError>(())
//! ```
//!
//! The same seeds give the same images, bit for bit, on every machine.

mod augment;
mod batches;
mod cifar;
#[cfg(feature = "csv")]
mod csv;
mod digits;
mod error;
mod file;
#[cfg(feature = "images")]
mod folder;
mod idx;
mod memory;
mod normalize;
#[cfg(feature = "npz")]
mod npy;
mod random;
mod subset;

#[cfg(feature = "csv")]
pub use self::csv::{LabelColumn, csv};
#[cfg(feature = "images")]
pub use folder::{Colours, ImageFolder};
#[cfg(feature = "npz")]
pub use npy::npy;

pub use augment::{Augmentation, Augmented};
pub use batches::{Batch, Batches, Order};
pub use cifar::{cifar10, cifar100};
pub use digits::Digits;
pub use error::{DataError, Item};
pub use idx::{idx, mnist};
pub use memory::InMemory;
pub use normalize::{Normalized, Stats};
pub use subset::Subset;

use crate::Shape;

/// Images with their targets.
pub trait Dataset: Sync {
    /// What an image is to be: a label `usize`, or values.
    type Target: Clone + Send;

    /// How many images.
    fn len(&self) -> usize;

    /// The shape of every image.
    fn shape(&self) -> Shape;

    /// Writes image `index`, channels × rows × columns, and returns its target.
    ///
    /// `draw` differs each time an image is shown: augmentations draw from it, plain data ignores it.
    ///
    /// # Errors
    ///
    /// If there is no such image, it cannot be read, or `image` is not exactly as long as the shape.
    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<Self::Target, DataError>;

    /// Whether there is no image.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<D: Dataset + ?Sized> Dataset for &D {
    type Target = D::Target;

    fn len(&self) -> usize {
        (**self).len()
    }

    fn shape(&self) -> Shape {
        (**self).shape()
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<Self::Target, DataError> {
        (**self).get(index, draw, image)
    }
}

impl<D: Dataset + ?Sized> Dataset for Box<D> {
    type Target = D::Target;

    fn len(&self) -> usize {
        (**self).len()
    }

    fn shape(&self) -> Shape {
        (**self).shape()
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<Self::Target, DataError> {
        (**self).get(index, draw, image)
    }
}

/// The part of a published set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// To train with.
    Train,
    /// To test with.
    Test,
}

/// Checks what every [`Dataset::get`] is asked for.
fn check<D: Dataset>(data: &D, index: usize, image: &[f32]) -> Result<(), DataError> {
    let (len, shape) = (data.len(), data.shape());
    if index >= len {
        return Err(DataError::Index { index, len });
    }
    if image.len() != shape.len() {
        return Err(DataError::Buffer { expected: shape, found: image.len() });
    }
    Ok(())
}

/// Channels, rows and columns; a vector is one row.
fn dims(shape: Shape) -> [usize; 3] {
    match shape {
        Shape::Vector(len) => [1, 1, len],
        Shape::Maps { channels, height, width } => [channels, height, width],
    }
}

/// How many values images of this shape have; `None` if that is none, or more than memory can hold.
fn value_count(shape: Shape) -> Option<usize> {
    let count = dims(shape).into_iter().try_fold(1, usize::checked_mul)?;
    (1..=isize::MAX as usize / size_of::<f32>()).contains(&count).then_some(count)
}
