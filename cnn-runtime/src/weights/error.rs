//! What can be wrong with a file of weights.

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Weights that could not be loaded or saved.
#[derive(Debug, Error)]
#[error("{}{kind}", path.as_ref().map(|path| format!("`{}`: ", path.display())).unwrap_or_default())]
pub struct WeightsError {
    /// The file, unless the weights were in memory.
    pub path: Option<PathBuf>,
    /// What went wrong.
    pub kind: WeightsErrorKind,
}

/// Why weights could not be loaded or saved.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WeightsErrorKind {
    /// The file could not be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The bytes are not what the file's format prescribes.
    #[error("not {format} file: {found}")]
    Malformed {
        /// The format: `a safetensors` or `an npz`.
        format: &'static str,
        /// What is there instead.
        found: String,
    },
    /// The tensors are not those of the net.
    #[error("the weights do not fit `{net}`:{}", Lines(faults))]
    Mismatch {
        /// The net's name.
        net: &'static str,
        /// All that is wrong.
        faults: Vec<TensorFault>,
    },
}

/// How a tensor of a file differs from what the net expects. Names are those after
/// [`LoadOptions`](crate::LoadOptions)' `prefix` and `rename`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorFault {
    /// The file does not have it.
    #[error("missing `{name}`, expected F32 {shape:?}")]
    Missing {
        /// The tensor's name.
        name: String,
        /// The shape in the net.
        shape: Vec<usize>,
    },
    /// It holds other numbers than floats.
    #[error("`{name}` is {}, expected F32, F16, BF16 or F64", found.escape_debug())]
    Dtype {
        /// The tensor's name.
        name: String,
        /// The type in the file: safetensors' name, or NumPy's where that has none.
        found: String,
    },
    /// It has another shape.
    #[error("`{name}` has shape {found:?}, expected {expected:?}")]
    Shape {
        /// The tensor's name.
        name: String,
        /// The shape in the net.
        expected: Vec<usize>,
        /// The shape in the file.
        found: Vec<usize>,
    },
    /// The net does not have it.
    #[error("unexpected `{}` of shape {shape:?}", name.escape_debug())]
    Unexpected {
        /// The tensor's name.
        name: String,
        /// The shape in the file.
        shape: Vec<usize>,
    },
    /// Two tensors of the file are renamed to it.
    #[error("`{}` and `{}` are both renamed to `{}`", first.escape_debug(), second.escape_debug(), name.escape_debug())]
    Duplicate {
        /// The name that both have.
        name: String,
        /// The name of one of them in the file.
        first: String,
        /// The name of the other one in the file.
        second: String,
    },
}

/// Each fault on a line of its own.
struct Lines<'a>(&'a [TensorFault]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))?;
        let Some(prefix) = prefix(self.0) else { return Ok(()) };
        write!(f, "\n  help: the net's tensors are under `{prefix}`: `LoadOptions::new().prefix({prefix:?})`")
    }
}

/// What stands before the names of all that is missing, in a file that has it under other names: `module.`.
fn prefix(faults: &[TensorFault]) -> Option<&str> {
    let missing = || {
        faults.iter().filter_map(|fault| if let TensorFault::Missing { name, .. } = fault { Some(name) } else { None })
    };
    let unexpected: HashSet<&str> = faults
        .iter()
        .filter_map(|fault| if let TensorFault::Unexpected { name, .. } = fault { Some(name.as_str()) } else { None })
        .collect();
    let first = missing().next()?;
    let mut prefixes = unexpected.iter().filter_map(|name| name.strip_suffix(first.as_str()));
    prefixes.find(|prefix| {
        prefix.ends_with('.') && missing().all(|name| unexpected.contains(format!("{prefix}{name}").as_str()))
    })
}
