//! Weights in safetensors files, by PyTorch's names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use safetensors::Dtype;
use safetensors::tensor::Metadata;
use thiserror::Error;

use crate::{Network, ParamInfo};

/// The longest header that safetensors allows.
const MAX_HEADER: u64 = 100_000_000;

pub fn load<N: Network>(path: &Path) -> Result<Box<N>, WeightsError> {
    let net = File::open(path).map_err(WeightsErrorKind::Io).and_then(read);
    net.map_err(|kind| WeightsError { path: Some(path.into()), kind })
}

pub fn save<N: Network>(net: &N, path: &Path) -> Result<(), WeightsError> {
    let saved = replace(path, |file| write(net, file));
    saved.map_err(|error| WeightsError { path: Some(path.into()), kind: error.into() })
}

pub fn from_safetensors<N: Network>(bytes: &[u8]) -> Result<Box<N>, WeightsError> {
    read(Cursor::new(bytes)).map_err(|kind| WeightsError { path: None, kind })
}

pub fn to_safetensors<N: Network>(net: &N) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = write(net, &mut bytes);
    bytes
}

/// Reads a safetensors file: the header's length in 8 bytes, the header as JSON, the data.
///
/// All of the header is checked before any of the data is read, so that what a hostile file can
/// make us allocate is bounded by the file's own size, and by the net's.
fn read<N: Network>(mut file: impl Read + Seek) -> Result<Box<N>, WeightsErrorKind> {
    use WeightsErrorKind::{Malformed, Mismatch};

    let file_len = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    if file_len < 8 {
        return Err(Malformed(format!("expected at least 8 bytes, found {file_len}")));
    }
    let mut header_len = [0; 8];
    file.read_exact(&mut header_len)?;
    let header_len = u64::from_le_bytes(header_len);
    let limit = MAX_HEADER.min(file_len - 8);
    if header_len > limit {
        return Err(Malformed(format!("expected a header of at most {limit} bytes, found {header_len}")));
    }
    let mut header = vec![0; header_len as usize];
    file.read_exact(&mut header)?;
    let header: Metadata = serde_json::from_slice(&header).map_err(|error| Malformed(format!("header: {error}")))?;
    let data = 8 + header_len;
    let (expected, found) = (header.data_len() as u64, file_len - data);
    if expected != found {
        return Err(Malformed(format!("expected {expected} bytes of data, found {found}")));
    }

    let faults = faults(N::PARAMS, &header);
    if !faults.is_empty() {
        return Err(Mismatch { net: N::NAME, faults });
    }
    let mut net = N::zeros();
    for param in N::PARAMS {
        let Some(tensor) = header.info(param.name) else {
            continue;
        };
        let values = &mut net.as_mut_slice()[param.offset..][..param.count()];
        file.seek(SeekFrom::Start(data + tensor.data_offsets.0 as u64))?;
        file.read_exact(bytemuck::cast_slice_mut(values))?;
        if cfg!(target_endian = "big") {
            for value in values {
                *value = f32::from_bits(value.to_bits().swap_bytes());
            }
        }
    }
    Ok(net)
}

/// How the tensors of a file differ from those of a net: the net's in order, then the others.
fn faults(params: &[ParamInfo], header: &Metadata) -> Vec<TensorFault> {
    let mut found: BTreeMap<_, _> = header.tensors().into_iter().collect();
    let mut faults = Vec::new();
    for param in params {
        let name = param.name.to_owned();
        let shape = param.shape.to_vec();
        let Some(tensor) = found.remove(param.name) else {
            faults.push(TensorFault::Missing { name, shape });
            continue;
        };
        if tensor.dtype != Dtype::F32 {
            let dtype = tensor.dtype.to_string();
            faults.push(TensorFault::Dtype { name: name.clone(), found: dtype });
        }
        if tensor.shape != shape {
            faults.push(TensorFault::Shape { name, expected: shape, found: tensor.shape.clone() });
        }
    }
    faults
        .extend(found.into_iter().map(|(name, tensor)| TensorFault::Unexpected { name, shape: tensor.shape.clone() }));
    faults
}

/// Writes what [`read`] reads. The tensors' data is the parameters as they lie.
fn write<N: Network>(net: &N, file: &mut impl Write) -> io::Result<()> {
    let mut header = String::from("{");
    for param in N::PARAMS {
        let (begin, end) = (4 * param.offset, 4 * (param.offset + param.count()));
        let comma = if param.offset == 0 { "" } else { "," };
        // Names are identifiers and dots, and a list of numbers prints as JSON.
        header += &format!(
            r#"{comma}"{}":{{"dtype":"F32","shape":{:?},"data_offsets":[{begin},{end}]}}"#,
            param.name, param.shape,
        );
    }
    header.push('}');
    // The data begins at a multiple of 8 bytes, as the format asks.
    let header_len = header.len().next_multiple_of(8);
    file.write_all(&(header_len as u64).to_le_bytes())?;
    write!(file, "{header:header_len$}")?;
    if cfg!(target_endian = "big") {
        return net.as_slice().iter().try_for_each(|value| file.write_all(&value.to_le_bytes()));
    }
    file.write_all(bytemuck::cast_slice(net.as_slice()))
}

/// Replaces the file at `path` by what `write` writes, all or nothing: a reader, or a crash at any
/// moment, sees the old file or the new one.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
    };
    // In the same directory, for a rename within one file system; no other process or thread uses
    // the same name.
    let mut temp = OsString::from(".");
    temp.push(name);
    temp.push(format!(".{}.{}.tmp", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let temp = path.with_file_name(temp);
    let mut file = File::create_new(&temp)?;
    let written = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temp, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temp);
    }
    written
}

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
    /// The bytes are not what safetensors prescribes.
    #[error("not a safetensors file: {0}")]
    Malformed(String),
    /// The tensors are not those of the net.
    #[error("the weights do not fit `{net}`:{}", Lines(faults))]
    Mismatch {
        /// The net's name.
        net: &'static str,
        /// All that is wrong.
        faults: Vec<TensorFault>,
    },
}

/// How a tensor of a file differs from what the net expects.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TensorFault {
    /// The file does not have it.
    #[error("missing `{name}`, expected F32 {shape:?}")]
    Missing {
        /// The tensor's name.
        name: String,
        /// The shape in the net.
        shape: Vec<usize>,
    },
    /// It holds other numbers than `f32`.
    #[error("`{name}` is {found}, expected F32")]
    Dtype {
        /// The tensor's name.
        name: String,
        /// The type in the file, by safetensors' name.
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
}

/// Each fault on a line of its own.
struct Lines<'a>(&'a [TensorFault]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}
