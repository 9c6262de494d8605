//! Files that are read once, from start to end, and believed nothing of.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use super::error::{DataError, reserve};

/// A file, open to be read.
pub struct Source {
    path: PathBuf,
    /// What it is to be: `an IDX`.
    format: &'static str,
    data: Box<dyn Read>,
    /// Its size, unless it is compressed.
    size: Option<u64>,
}

impl Source {
    /// Opens a file, which may be compressed with gzip: its content decides, not its name.
    pub fn open(path: &Path, format: &'static str) -> Result<Self, DataError> {
        let mut file = File::open(path).map_err(DataError::io(path))?;
        let size = file.metadata().map_err(DataError::io(path))?.len();
        let mut start = Vec::new();
        file.by_ref().take(2).read_to_end(&mut start).map_err(DataError::io(path))?;
        let compressed = start == [0x1f, 0x8b];
        let data = BufReader::with_capacity(1 << 16, io::Cursor::new(start).chain(file));
        let data: Box<dyn Read> = if compressed { decompress(path, format, data)? } else { Box::new(data) };
        Ok(Self { path: path.into(), format, data, size: (!compressed).then_some(size) })
    }

    /// The next bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DataError> {
        let mut bytes = [0; N];
        self.data.read_exact(&mut bytes).map_err(|error| self.error(error))?;
        Ok(bytes)
    }

    /// The rest, which is to be exactly so many bytes. Takes no more memory than the file has.
    pub fn rest(&mut self, len: u64) -> Result<Vec<u8>, DataError> {
        let mut bytes = match self.size {
            Some(size) if len > size => return Err(self.malformed(format!("expected {len} bytes more, found {size}"))),
            Some(_) => reserve(usize::try_from(len).unwrap_or(usize::MAX))?,
            // What is compressed grows as it comes.
            None => Vec::new(),
        };
        self.data.by_ref().take(len).read_to_end(&mut bytes).map_err(|error| self.error(error))?;
        if (bytes.len() as u64) < len {
            return Err(self.malformed(format!("expected {len} bytes more, found {}", bytes.len())));
        }
        // At the end, the checksum of what is compressed is compared too.
        match self.data.read(&mut [0]).map_err(|error| self.error(error))? {
            0 => Ok(bytes),
            _ => Err(self.malformed(format!("it is longer than the {len} bytes that its start tells of"))),
        }
    }

    /// The fault of this file's bytes.
    pub fn malformed(&self, found: impl Into<String>) -> DataError {
        DataError::malformed(&self.path, self.format, found)
    }

    /// The fault of reading: the system's, or else that of the bytes.
    pub fn error(&self, error: io::Error) -> DataError {
        if error.raw_os_error().is_some() {
            return DataError::io(&self.path)(error);
        }
        self.malformed(match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends too early".into(),
            _ => error.to_string(),
        })
    }
}

impl Read for Source {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.data.read(bytes)
    }
}

#[cfg(feature = "gzip")]
fn decompress(_: &Path, _: &'static str, data: impl io::BufRead + 'static) -> Result<Box<dyn Read>, DataError> {
    Ok(Box::new(flate2::bufread::MultiGzDecoder::new(data)))
}

#[cfg(not(feature = "gzip"))]
fn decompress(path: &Path, format: &'static str, _: impl Read) -> Result<Box<dyn Read>, DataError> {
    let found = "it is compressed, which needs the feature `gzip` of the crate `cnn`";
    Err(DataError::malformed(path, format, found))
}
