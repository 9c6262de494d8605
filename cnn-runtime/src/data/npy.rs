//! NumPy's npy files.

use std::path::Path;

use super::error::{DataError, Item, reserve};
use super::file::Source;
use super::memory::{InMemory, Pixels, check_finite};
use super::value_count;
use crate::Shape;
use crate::npy::{Header, read_header};
use crate::weights::{Encoding, c_index};

const FORMAT: &str = "an npy";

/// Images and their labels, from two npy files.
///
/// Images are N×values, N×height×width or N×channels×height×width; floats stay as they are, and unsigned bytes become 0 to 1.
/// Labels are N whole numbers.
///
/// # Errors
///
/// If a file cannot be read or is malformed, holds another type or a value that is not finite, is empty, or there are not as many
/// labels as images.
pub fn npy(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<InMemory<'static, usize>, DataError> {
    let (shape, pixels) = read_images(images.as_ref())?;
    InMemory::from_pixels(shape, pixels, read_labels(labels.as_ref())?.into())
}

fn read_images(path: &Path) -> Result<(Shape, Pixels<'static>), DataError> {
    let (mut file, header) = open(path)?;
    let shape = match header.shape[..] {
        [_, len] => Shape::Vector(len),
        [_, height, width] => Shape::Maps { channels: 1, height, width },
        [_, channels, height, width] => Shape::Maps { channels, height, width },
        _ => return Err(file.malformed(format!("expected images of 2 to 4 dimensions, found {:?}", header.shape))),
    };
    let Some(size) = value_count(shape) else { return Err(file.malformed(format!("its images are {shape}"))) };
    if let Some((1, false)) = whole(&header.descr) {
        let bytes = values(&mut file, &header, 1)?;
        return Ok((shape, Pixels::Bytes(in_order(bytes, &header)?.into())));
    }
    let encoding = header.encoding().map_err(|found| {
        file.malformed(format!("its values are {}, expected F32, F16, F64 or U8", found.escape_debug()))
    })?;
    let floats = read_floats(&mut file, &header, encoding)?;
    check_finite(&floats, size, |index| Item::In(path.into(), index))?;
    Ok((shape, Pixels::Floats(floats.into())))
}

fn read_floats(file: &mut Source, header: &Header, encoding: Encoding) -> Result<Vec<f32>, DataError> {
    let bytes = values(file, header, encoding.float.bytes())?;
    let len = bytes.len() / encoding.float.bytes();
    let mut floats = reserve(len)?;
    floats.resize(len, 0.0);
    encoding.read(&bytes[..], &header.shape, &mut floats).map_err(|error| file.malformed(error.to_string()))?;
    Ok(floats)
}

fn read_labels(path: &Path) -> Result<Vec<usize>, DataError> {
    let (mut file, header) = open(path)?;
    let (Some((width, signed)), [_] | [_, 1]) = (whole(&header.descr), &header.shape[..]) else {
        let found = format!("{} of shape {:?}", header.descr.escape_debug(), header.shape);
        return Err(file.malformed(format!("expected one dimension of whole numbers, found {found}")));
    };
    let bytes = values(&mut file, &header, width)?;
    let mut labels = reserve(bytes.len() / width)?;
    for (index, bytes) in bytes.chunks_exact(width).enumerate() {
        let found = number(bytes, header.descr.starts_with('>'), signed);
        let label = usize::try_from(found).ok().filter(|&label| label < usize::MAX);
        labels.push(label.ok_or_else(|| DataError::Label {
            item: Item::In(path.into(), index),
            found,
            classes: usize::MAX,
        })?);
    }
    Ok(labels)
}

fn open(path: &Path) -> Result<(Source, Header), DataError> {
    let mut file = Source::open(path, FORMAT)?;
    let header = read_header(&mut file).map_err(|error| file.error(error))?;
    if header.shape.contains(&0) {
        return Err(DataError::empty(path));
    }
    Ok((file, header))
}

/// All bytes of the array, `width` for each value.
fn values(file: &mut Source, header: &Header, width: usize) -> Result<Vec<u8>, DataError> {
    let len = header.shape.iter().try_fold(width as u64, |len, &dim| len.checked_mul(dim as u64));
    let len = len.ok_or_else(|| file.malformed(format!("{:?} values are too many", header.shape)))?;
    file.rest(len)
}

/// The bytes as C has them, the last axis fastest.
fn in_order(bytes: Vec<u8>, header: &Header) -> Result<Vec<u8>, DataError> {
    if !header.fortran_order {
        return Ok(bytes);
    }
    let mut ordered = reserve(bytes.len())?;
    ordered.resize(bytes.len(), 0);
    for (i, byte) in bytes.into_iter().enumerate() {
        ordered[c_index(i, &header.shape)] = byte;
    }
    Ok(ordered)
}

/// The bytes of a type of whole numbers, and whether it has a sign.
fn whole(descr: &str) -> Option<(usize, bool)> {
    let (order, kind) = descr.split_at_checked(1)?;
    let (width, signed) = match kind {
        "u1" => (1, false),
        "u2" => (2, false),
        "u4" => (4, false),
        "u8" => (8, false),
        "i1" => (1, true),
        "i2" => (2, true),
        "i4" => (4, true),
        "i8" => (8, true),
        _ => return None,
    };
    (matches!(order, "<" | ">") || order == "|" && width == 1).then_some((width, signed))
}

/// At most eight bytes as a number.
fn number(bytes: &[u8], big_endian: bool, signed: bool) -> i128 {
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    if big_endian {
        wide[..bytes.len()].reverse();
    }
    let number = u64::from_le_bytes(wide);
    let unused = 64 - 8 * bytes.len() as u32;
    if signed { i128::from((number << unused).cast_signed() >> unused) } else { i128::from(number) }
}
