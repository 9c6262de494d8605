//! npz files, of `numpy.savez` and `numpy.savez_compressed`: a zip archive with one npy file for each array.

use std::io::{self, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use super::floats::Encoding;
use super::{Archive, Tensor, WeightsErrorKind};
use crate::npy::{invalid, read_header};

/// An open archive, each array's header read.
pub struct Npz<R> {
    archive: ZipArchive<R>,
    tensors: Vec<Tensor>,
}

impl<R: Read + Seek> Npz<R> {
    /// Reads the archive's table and the start of each entry. What the entries say of their size is not believed.
    pub fn open(file: R) -> Result<Self, WeightsErrorKind> {
        let mut archive = ZipArchive::new(file).map_err(zip_error)?;
        let mut tensors = Vec::new();
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(zip_error)?;
            let file_name = entry.name().map_err(zip_error)?.into_owned();
            let name = file_name.strip_suffix(".npy").ok_or_else(|| {
                malformed(format!("expected arrays, found `{}`, which is no .npy file", file_name.escape_debug()))
            })?;
            let header = read_header(&mut entry).map_err(|error| entry_error(name, error))?;
            tensors.push(Tensor { name: name.into(), encoding: header.encoding(), shape: header.shape });
        }
        Ok(Self { archive, tensors })
    }
}

impl<R: Read + Seek> Archive for Npz<R> {
    fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    fn read(&mut self, index: usize, encoding: Encoding, values: &mut [f32]) -> Result<(), WeightsErrorKind> {
        let mut entry = self.archive.by_index(index).map_err(zip_error)?;
        let tensor = &self.tensors[index];
        let mut read = || {
            read_header(&mut entry)?;
            encoding.read(&mut entry, &tensor.shape, values)?;
            // At the end, the archive's checksum is compared too.
            match entry.read(&mut [0])? {
                0 => Ok(()),
                _ => Err(invalid("it is longer than its shape says")),
            }
        };
        read().map_err(|error| entry_error(&tensor.name, error))
    }
}

fn malformed(found: String) -> WeightsErrorKind {
    WeightsErrorKind::Malformed { format: "an npz", found }
}

fn zip_error(error: ZipError) -> WeightsErrorKind {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => error.into(),
        error => malformed(error.to_string()),
    }
}

/// The fault of reading an entry: the system's, or else that of its bytes.
fn entry_error(name: &str, error: io::Error) -> WeightsErrorKind {
    if error.raw_os_error().is_some() {
        return error.into();
    }
    let found = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends too early".into(),
        _ => error.to_string(),
    };
    malformed(format!("`{}`: {found}", name.escape_debug()))
}
