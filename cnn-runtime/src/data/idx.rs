//! IDX files: MNIST, Fashion-MNIST, EMNIST.

use std::io;
use std::path::{Path, PathBuf};

use super::error::{DataError, Item};
use super::file::Source;
use super::memory::{InMemory, Pixels, check_labels};
use super::{Part, value_count};
use crate::Shape;

const FORMAT: &str = "an IDX";

/// The type of unsigned bytes, the only one of images and labels.
const BYTES: u8 = 8;

/// MNIST, or a set with its file names and 10 classes as Fashion-MNIST, from the folder of its files.
///
/// `train-images-idx3-ubyte` and its like may be compressed, `.gz`, with the feature `gzip`. Images are 1×28×28, 0 to 1.
///
/// # Errors
///
/// If a file is missing or malformed, or a label is not less than 10.
pub fn mnist(folder: impl AsRef<Path>, part: Part) -> Result<InMemory<'static, usize>, DataError> {
    let prefix = match part {
        Part::Train => "train",
        Part::Test => "t10k",
    };
    let [images, labels] = ["images-idx3", "labels-idx1"].map(|name| find(folder.as_ref(), prefix, name));
    read(&images?, &labels?, Some(10))
}

/// Images N×height×width or N×channels×height×width, and N labels, from two IDX files of bytes; pixels are scaled to 0 to 1.
///
/// With the feature `gzip`, either may be compressed. (EMNIST's images have rows and columns exchanged.)
///
/// # Errors
///
/// If a file cannot be read or is malformed, is empty, or there are not as many labels as images.
pub fn idx(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<InMemory<'static, usize>, DataError> {
    read(images.as_ref(), labels.as_ref(), None)
}

/// The file by one of the names that it has in the wild.
fn find(folder: &Path, prefix: &str, name: &str) -> Result<PathBuf, DataError> {
    let names = [format!("{prefix}-{name}-ubyte"), format!("{prefix}-{}-ubyte", name.replace('-', "."))];
    let mut paths = names.iter().flat_map(|name| [folder.join(name), folder.join(format!("{name}.gz"))]);
    paths.find(|path| path.exists()).ok_or_else(|| {
        let missing = io::Error::new(io::ErrorKind::NotFound, "no such file, nor with `.gz`");
        DataError::io(&folder.join(&names[0]))(missing)
    })
}

fn read(images: &Path, labels: &Path, classes: Option<usize>) -> Result<InMemory<'static, usize>, DataError> {
    let (dims, pixels) = read_bytes(images, &[3, 4])?;
    let (_, bytes) = read_bytes(labels, &[1])?;
    let targets: Vec<usize> = bytes.into_iter().map(usize::from).collect();
    check_labels(&targets, classes.unwrap_or(256), |index| Item::In(labels.into(), index))?;
    let [channels, height, width] =
        [if dims.len() == 4 { dims[1] } else { 1 }, dims[dims.len() - 2], dims[dims.len() - 1]];
    let shape = Shape::Maps { channels, height, width };
    InMemory::from_pixels(shape, Pixels::Bytes(pixels.into()), targets.into())
}

/// The sizes and the bytes of a file with one of these numbers of dimensions.
fn read_bytes(path: &Path, ranks: &[u8]) -> Result<(Vec<usize>, Vec<u8>), DataError> {
    let mut file = Source::open(path, FORMAT)?;
    let rank = match file.array()? {
        [0, 0, BYTES, rank] if ranks.contains(&rank) => rank,
        found => {
            let expected = ranks.iter().map(|&rank| format!("{:02x?}", [0, 0, BYTES, rank]));
            let expected = expected.collect::<Vec<_>>().join(" or ");
            return Err(file.malformed(format!("expected {expected} at its start, found {found:02x?}")));
        }
    };
    let mut dims = Vec::new();
    for _ in 0..rank {
        dims.push(u32::from_be_bytes(file.array()?) as usize);
    }
    let len = dims.iter().try_fold(1, |len: u64, &dim| len.checked_mul(dim as u64));
    let Some(len) = len else { return Err(file.malformed(format!("{dims:?} values are too many"))) };
    if dims[0] == 0 {
        return Err(DataError::empty(path));
    }
    // Also for what does not fit a slice.
    if rank > 1 && value_count(Shape::Maps { channels: 1, height: dims[1..].iter().product(), width: 1 }).is_none() {
        return Err(file.malformed(format!("its images have {:?} values", &dims[1..])));
    }
    let bytes = file.rest(len)?;
    Ok((dims, bytes))
}
