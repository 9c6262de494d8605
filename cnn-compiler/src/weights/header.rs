//! The header of a safetensors file: its length in 8 bytes, then JSON that lists each tensor's type, shape and place.

use safetensors::tensor::Metadata;

use super::{FileTensor, Unusable, WeightFile};
use crate::parse::{Loader, Start};

/// The bytes that hold the header's length.
const PREFIX: u64 = 8;

/// Thousands of layers take less than this many bytes.
const MAX_HEADER: u64 = 16 << 20;

/// Reads and checks a header. What a hostile file makes us allocate is bounded by its own size and [`MAX_HEADER`].
pub fn read(path: &str, loader: &mut dyn Loader) -> Result<WeightFile, Unusable> {
    let Start { bytes, len } = loader.start(path, PREFIX)?;
    let Some(prefix) = bytes.first_chunk().filter(|_| len >= PREFIX) else {
        return malformed(format!("a safetensors file has at least 8 bytes, and this one has {len}"));
    };
    let header_len = u64::from_le_bytes(*prefix);
    let limit = MAX_HEADER.min(len - PREFIX);
    if header_len > limit {
        let promise = format!("its first 8 bytes promise a header of {header_len} bytes");
        return malformed(format!("{promise}, and at most {limit} are possible; is it a safetensors file?"));
    }
    let start = PREFIX + header_len;
    let Start { bytes, .. } = loader.start(path, start)?;
    let Some(header) = bytes.get(PREFIX as usize..start as usize) else {
        return malformed("it changes while it is read".to_owned());
    };
    let header: Metadata = match serde_json::from_slice(header) {
        Ok(header) => header,
        Err(error) => return malformed(format!("its header is not one of safetensors: {error}")),
    };
    let (expected, found) = (header.data_len() as u64, len - start);
    if expected != found {
        return malformed(format!("its header lists {expected} bytes of numbers, and {found} are there"));
    }
    let tensors = header.tensors().into_iter().map(|(name, info)| {
        let shape = info.shape.iter().map(|&size| size as u64).collect();
        (name, FileTensor { dtype: info.dtype.to_string(), shape, start: start + info.data_offsets.0 as u64 })
    });
    Ok(WeightFile { path: path.to_owned(), len, start, tensors: tensors.collect() })
}

fn malformed(why: String) -> Result<WeightFile, Unusable> {
    Err(Unusable { why, unread: false })
}
