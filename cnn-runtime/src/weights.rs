//! Weights in files, by PyTorch's names.
//!
//! A format is an [`Archive`]. It says what tensors a file has before it reads the data of any, and nothing is read
//! unless all of them fit the net: so a hostile file can make us allocate no more than its own size and the net's.

mod error;
mod floats;
#[cfg(feature = "npz")]
mod npz;
mod options;
pub(crate) mod safetensors;

use std::io::{self, Read, Seek, Write};
use std::path::Path;

pub use error::{TensorFault, WeightsError, WeightsErrorKind};
pub use options::LoadOptions;

pub(crate) use self::floats::Encoding;
#[cfg(feature = "npz")]
pub(crate) use self::floats::{Float, c_index};
use self::safetensors::{SafeTensors, malformed};
use crate::params::as_slice;
use crate::replace::replace;
use crate::{Network, ParamInfo};

/// A file of tensors.
trait Archive {
    /// What is in the file.
    fn tensors(&self) -> &[Tensor];

    /// Reads the tensor at `index` of [`tensors`](Self::tensors), which has this encoding and as many values.
    fn read(&mut self, index: usize, encoding: Encoding, values: &mut [f32]) -> Result<(), WeightsErrorKind>;
}

/// A tensor of a file, as the file describes it.
struct Tensor {
    name: String,
    shape: Vec<usize>,
    /// How its values are stored, or the type of what are no floats.
    encoding: Result<Encoding, String>,
}

/// Loads the tensors of a file into a net's floats; `tables` are its parameters and buffers, and what else there is to be.
pub(crate) fn fill(
    floats: &mut [f32],
    net: &'static str,
    tables: &[&[ParamInfo]],
    file: impl Read + Seek,
    options: &LoadOptions,
) -> Result<(), WeightsErrorKind> {
    let mut archive = open(file)?;
    let (mut selected, duplicates) = options.select(archive.tensors());
    let (mut faults, mut found) = (Vec::new(), Vec::new());
    for param in tables.iter().copied().flatten() {
        let Some(index) = selected.remove(param.name) else {
            faults.push(TensorFault::Missing { name: param.name.into(), shape: param.shape.to_vec() });
            continue;
        };
        match compare(param, &archive.tensors()[index]) {
            Ok(encoding) => found.push((param, index, encoding)),
            Err(differences) => faults.extend(differences),
        }
    }
    faults.extend(selected.into_iter().map(|(name, index)| {
        let shape = archive.tensors()[index].shape.clone();
        TensorFault::Unexpected { name, shape }
    }));
    faults.extend(duplicates);
    if !faults.is_empty() {
        return Err(WeightsErrorKind::Mismatch { net, faults });
    }
    for (param, index, encoding) in found {
        archive.read(index, encoding, &mut floats[param.offset..][..param.count()])?;
    }
    Ok(())
}

/// How to read a tensor of a file, or how it differs from the net's.
fn compare(param: &ParamInfo, tensor: &Tensor) -> Result<Encoding, Vec<TensorFault>> {
    let mut faults = Vec::new();
    if let Err(found) = &tensor.encoding {
        faults.push(TensorFault::Dtype { name: param.name.into(), found: found.clone() });
    }
    if significant(&tensor.shape) != significant(param.shape) {
        let (expected, found) = (param.shape.to_vec(), tensor.shape.clone());
        faults.push(TensorFault::Shape { name: param.name.into(), expected, found });
    }
    match tensor.encoding {
        Ok(encoding) if faults.is_empty() => Ok(encoding),
        _ => Err(faults),
    }
}

/// A shape without the 1s at its end: the weights of a 1×1 convolution may be a matrix.
fn significant(mut shape: &[usize]) -> &[usize] {
    while let [rest @ .., 1] = shape {
        shape = rest;
    }
    shape
}

/// Opens a file by its content, not by its name.
fn open<'a>(mut file: impl Read + Seek + 'a) -> Result<Box<dyn Archive + 'a>, WeightsErrorKind> {
    let mut start = Vec::new();
    file.by_ref().take(1024).read_to_end(&mut start)?;
    if is_torch(&start) {
        return Err(malformed(
            "it is one of `torch.save`; write `safetensors.torch.save_file(model.state_dict(), path)`".into(),
        ));
    }
    if !is_zip(&start) {
        return Ok(Box::new(SafeTensors::open(file)?));
    }
    #[cfg(feature = "npz")]
    return Ok(Box::new(npz::Npz::open(file)?));
    #[cfg(not(feature = "npz"))]
    Err(malformed("it may be an npz file, which needs the feature `npz` of the crate `cnn`".into()))
}

/// Whether this is the start of a zip archive, maybe an empty one.
///
/// A safetensors file could start so too, if its header had just 67,324,752 bytes; no net has that many tensors.
fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// Whether this is the start of a file of `torch.save`: a zip archive whose first entry is a pickle, or, before
/// PyTorch 1.6, a pickle of a magic number.
fn is_torch(start: &[u8]) -> bool {
    // In a zip archive, the length of the first entry's name stands at 26, and the name at 30.
    let name = start.get(26..28).and_then(|len| start.get(30..30 + usize::from(len[0]) + 256 * usize::from(len[1])));
    is_zip(start) && name.is_some_and(|name| name.ends_with(b"/data.pkl"))
        || start.starts_with(b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")
}

/// Writes a net to a safetensors file.
pub fn save<N: Network>(net: &N, path: &Path) -> Result<(), WeightsError> {
    let saved = replace(path, |file| write(net, file));
    saved.map_err(|error| WeightsError { path: Some(path.into()), kind: error.into() })
}

/// The content of what [`save`] writes.
pub fn to_safetensors<N: Network>(net: &N) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = write(net, &mut bytes);
    bytes
}

/// Writes all that PyTorch's `load_state_dict` asks for: parameters and buffers.
fn write<N: Network>(net: &N, file: &mut impl Write) -> io::Result<()> {
    safetensors::write(N::PARAMS.iter().chain(N::BUFFERS), None, &[as_slice(net)], file)
}
