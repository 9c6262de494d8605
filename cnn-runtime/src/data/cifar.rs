//! The binary files of CIFAR-10 and CIFAR-100.

use std::fs;
use std::path::{Path, PathBuf};

use super::Part;
use super::error::{DataError, Item, reserve};
use super::file::Source;
use super::memory::{InMemory, Pixels, check_labels};
use crate::Shape;

const SHAPE: Shape = Shape::Maps { channels: 3, height: 32, width: 32 };

/// CIFAR-10 from the folder of its binary files: all of `data_batch_*.bin`, or `test_batch.bin`. Images are 3×32×32, 0 to 1.
///
/// # Errors
///
/// If no file is there, one is malformed, or a label is not less than 10.
pub fn cifar10(folder: impl AsRef<Path>, part: Part) -> Result<InMemory<'static, usize>, DataError> {
    let folder = folder.as_ref();
    let files = match part {
        Part::Train => batches(folder)?,
        Part::Test => vec![folder.join("test_batch.bin")],
    };
    read(&files, 1, 10)
}

/// CIFAR-100 with its fine labels, from the folder of its binary files `train.bin` and `test.bin`. Images are 3×32×32, 0 to 1.
///
/// # Errors
///
/// If the file is missing or malformed, or a label is not less than 100.
pub fn cifar100(folder: impl AsRef<Path>, part: Part) -> Result<InMemory<'static, usize>, DataError> {
    let name = match part {
        Part::Train => "train.bin",
        Part::Test => "test.bin",
    };
    read(&[folder.as_ref().join(name)], 2, 100)
}

/// The training files of CIFAR-10, by name.
fn batches(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(DataError::io(folder))? {
        let path = entry.map_err(DataError::io(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("data_batch_") && name.ends_with(".bin") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(DataError::empty(&folder.join("data_batch_*.bin"))) } else { Ok(files) }
}

/// Records of some `labels`, the last of which counts, and an image.
fn read(files: &[PathBuf], labels: usize, classes: usize) -> Result<InMemory<'static, usize>, DataError> {
    let record = labels + SHAPE.len();
    let (mut pixels, mut targets) = (Vec::new(), Vec::new());
    for path in files {
        let mut file = Source::open(path, "a CIFAR")?;
        let len = fs::metadata(path).map_err(DataError::io(path))?.len();
        if len % record as u64 != 0 {
            return Err(file.malformed(format!("expected images of {record} bytes, found {len} bytes")));
        }
        let bytes = file.rest(len)?;
        let first = targets.len();
        let mut more = reserve(bytes.len() / record * SHAPE.len())?;
        for record in bytes.chunks_exact(record) {
            targets.push(usize::from(record[labels - 1]));
            more.extend_from_slice(&record[labels..]);
        }
        check_labels(&targets[first..], classes, |index| Item::In(path.clone(), index))?;
        if pixels.is_empty() { pixels = more } else { pixels.append(&mut more) }
    }
    if targets.is_empty() {
        return Err(files
            .first()
            .map_or(DataError::Empty { origin: "no files".into() }, |path| DataError::empty(path)));
    }
    InMemory::from_pixels(SHAPE, Pixels::Bytes(pixels.into()), targets.into())
}
