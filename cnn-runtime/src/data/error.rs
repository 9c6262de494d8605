//! What can be wrong with training data.

use std::collections::TryReserveError;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::Shape;

/// Images or targets that could not be read or used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DataError {
    /// A file or folder could not be read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bytes are not what the file's format prescribes.
    #[error("`{}`: not {format} file: {found}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The format: `an IDX`.
        format: &'static str,
        /// What was expected, and what is there instead.
        found: String,
    },
    /// There is no image where some are needed.
    #[error("no images in {origin}")]
    Empty {
        /// The file, the folder or the set.
        origin: String,
    },
    /// A label stands for no class.
    #[error("{item} has label {found}, expected less than {classes}")]
    Label {
        /// Whose label.
        item: Item,
        /// The label.
        found: i128,
        /// How many classes there are.
        classes: usize,
    },
    /// An image has another size than the set's.
    #[error("{item} is {found}, expected {expected}")]
    Size {
        /// The image.
        item: Item,
        /// The shape of the set's images.
        expected: Shape,
        /// The shape of this one.
        found: Shape,
    },
    /// An image or its target is not a number somewhere.
    #[error("{item}: value {position} is {found}, expected a finite one")]
    NotFinite {
        /// The image.
        item: Item,
        /// Which of its values, in order.
        position: usize,
        /// The value.
        found: f32,
    },
    /// There are not as many targets as images.
    #[error("{images} images expect as many targets, found {targets}")]
    Count {
        /// How many images.
        images: usize,
        /// How many targets.
        targets: usize,
    },
    /// There is no such image.
    #[error("no image {index} in a set of {len}")]
    Index {
        /// What was asked for.
        index: usize,
        /// How many there are.
        len: usize,
    },
    /// The memory for an image has another length than the image.
    #[error("an image of {expected} does not fit in {found} values")]
    Buffer {
        /// The shape of the set's images.
        expected: Shape,
        /// How many values there is room for.
        found: usize,
    },
    /// An argument makes no sense.
    #[error("{name} is {found}, expected {expected}")]
    Argument {
        /// What it is.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: String,
    },
    /// There is not enough memory.
    #[error("{bytes} bytes of images do not fit in memory")]
    Memory {
        /// How much was asked for.
        bytes: u128,
    },
    /// A set of the user's own could not give an image.
    #[error(transparent)]
    Other(Box<dyn StdError + Send + Sync>),
}

impl DataError {
    /// An error of a set of the user's own.
    pub fn other(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io { path: path.into(), source }
    }

    pub(super) fn malformed(path: &Path, format: &'static str, found: impl Into<String>) -> Self {
        Self::Malformed { path: path.into(), format, found: found.into() }
    }

    pub(super) fn empty(path: &Path) -> Self {
        Self::Empty { origin: format!("`{}`", path.display()) }
    }

    pub(super) fn argument(name: &'static str, found: impl fmt::Display, expected: impl fmt::Display) -> Self {
        Self::Argument { name, found: found.to_string(), expected: expected.to_string() }
    }
}

/// Which image an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The one at this index of its set.
    Index(usize),
    /// The one in this file.
    Path(PathBuf),
    /// The one at this index of a file.
    In(PathBuf, usize),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "image {index}"),
            Self::Path(path) => write!(f, "`{}`", path.display()),
            Self::In(path, index) => write!(f, "image {index} of `{}`", path.display()),
        }
    }
}

/// An empty vector with room for `len` values.
pub(super) fn reserve<T>(len: usize) -> Result<Vec<T>, DataError> {
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_: TryReserveError| DataError::Memory { bytes: bytes::<T>(len) })?;
    Ok(values)
}

fn bytes<T>(len: usize) -> u128 {
    len as u128 * size_of::<T>() as u128
}
