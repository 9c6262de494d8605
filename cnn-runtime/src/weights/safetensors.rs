//! safetensors files: the header's length in 8 bytes, the header as JSON, the data.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read, Seek, SeekFrom, Write};

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::floats::{Encoding, Float};
use super::{Archive, Tensor, WeightsErrorKind};
use crate::ParamInfo;

/// The longest header that safetensors allows.
const MAX_HEADER: u64 = 100_000_000;

/// An open file whose header is checked.
pub struct SafeTensors<R> {
    file: R,
    tensors: Vec<Tensor>,
    /// Where each tensor's data begins in the file.
    starts: Vec<u64>,
    /// What else the header says.
    pub metadata: HashMap<String, String>,
}

impl<R: Read + Seek> SafeTensors<R> {
    /// Reads and checks the header, so that what a hostile file can make us allocate is bounded by its own size.
    pub fn open(mut file: R) -> Result<Self, WeightsErrorKind> {
        let file_len = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        if file_len < 8 {
            return Err(malformed(format!("expected at least 8 bytes, found {file_len}")));
        }
        let mut header_len = [0; 8];
        file.read_exact(&mut header_len)?;
        let header_len = u64::from_le_bytes(header_len);
        let limit = MAX_HEADER.min(file_len - 8);
        if header_len > limit {
            return Err(malformed(format!("expected a header of at most {limit} bytes, found {header_len}")));
        }
        let mut header = vec![0; header_len as usize];
        file.read_exact(&mut header)?;
        let header: Metadata =
            serde_json::from_slice(&header).map_err(|error| malformed(format!("header: {error}")))?;
        let data = 8 + header_len;
        let (expected, found) = (header.data_len() as u64, file_len - data);
        if expected != found {
            return Err(malformed(format!("expected {expected} bytes of data, found {found}")));
        }
        let metadata = header.metadata().iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
        // By name, for the same messages every time.
        let header: BTreeMap<_, _> = header.tensors().into_iter().collect();
        let starts = header.values().map(|info| data + info.data_offsets.0 as u64).collect();
        let tensors = header.into_iter().map(|(name, info)| tensor(name, info)).collect();
        Ok(Self { file, tensors, starts, metadata })
    }
}

impl<R: Read + Seek> Archive for SafeTensors<R> {
    fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    fn read(&mut self, index: usize, encoding: Encoding, values: &mut [f32]) -> Result<(), WeightsErrorKind> {
        self.file.seek(SeekFrom::Start(self.starts[index]))?;
        Ok(encoding.read(&mut self.file, &self.tensors[index].shape, values)?)
    }
}

/// What the header says of a tensor.
fn tensor(name: String, info: &TensorInfo) -> Tensor {
    let float = match info.dtype {
        Dtype::F16 => Ok(Float::F16),
        Dtype::BF16 => Ok(Float::Bf16),
        Dtype::F32 => Ok(Float::F32),
        Dtype::F64 => Ok(Float::F64),
        other => Err(other.to_string()),
    };
    let encoding = float.map(|float| Encoding { float, big_endian: false, fortran: false });
    Tensor { name, shape: info.shape.clone(), encoding }
}

/// The fault of a file that is no safetensors file.
pub fn malformed(found: String) -> WeightsErrorKind {
    WeightsErrorKind::Malformed { format: "a safetensors", found }
}

/// Writes what [`SafeTensors`] reads. The tensors' data is `floats` as they lie, one slice behind the other; `metadata` is a name
/// and what it stands for.
pub fn write<'a>(
    tensors: impl Iterator<Item = &'a ParamInfo<'a>>,
    metadata: Option<(&str, &str)>,
    floats: &[&[f32]],
    file: &mut impl Write,
) -> io::Result<()> {
    let mut header = String::from("{");
    if let Some((name, value)) = metadata {
        let metadata = serde_json::json!({ name: value });
        header += &format!(r#""__metadata__":{metadata}"#);
    }
    for tensor in tensors {
        let (begin, end) = (4 * tensor.offset, 4 * (tensor.offset + tensor.count()));
        let comma = if header.len() == 1 { "" } else { "," };
        // Names are identifiers, dots and hyphens, and a list of numbers prints as JSON.
        header += &format!(
            r#"{comma}"{}":{{"dtype":"F32","shape":{:?},"data_offsets":[{begin},{end}]}}"#,
            tensor.name, tensor.shape,
        );
    }
    header.push('}');
    // The data begins at a multiple of 8 bytes, as the format asks.
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    file.write_all(&(header.len() as u64).to_le_bytes())?;
    file.write_all(header.as_bytes())?;
    if cfg!(target_endian = "big") {
        return floats.iter().copied().flatten().try_for_each(|value| file.write_all(&value.to_le_bytes()));
    }
    floats.iter().try_for_each(|floats| file.write_all(bytemuck::cast_slice(floats)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Init;

    /// A format's width ends at 65,535.
    #[test]
    fn a_header_may_be_long() {
        let names: Vec<String> = (0..2000).map(|i| format!("features.denseblock.layer{i}.weight")).collect();
        let tensor = |(i, name)| ParamInfo { name, shape: &[1], offset: i, init: Init::Constant(0.0) };
        let tensors: Vec<ParamInfo> = names.iter().map(String::as_str).enumerate().map(tensor).collect();
        let mut bytes = Vec::new();
        write(tensors.iter(), None, &[&[0.5; 2000]], &mut bytes).unwrap();
        assert_eq!(SafeTensors::open(io::Cursor::new(bytes)).unwrap().tensors().len(), 2000);
    }
}
