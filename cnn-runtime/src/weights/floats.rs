//! Numbers of files as `f32`.

use std::io::{self, Read};

use crate::half::Half;

/// How many values are read at once.
const CHUNK: usize = 1024;

/// How a file stores the values of a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// The type of the values.
    pub float: Float,
    /// The most significant byte is the first.
    pub big_endian: bool,
    /// The first axis varies fastest, as in Fortran, where C and PyTorch vary the last one.
    pub fortran: bool,
}

/// A type of numbers that becomes `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    F16,
    Bf16,
    F32,
    F64,
}

impl Float {
    /// Bytes of one value.
    pub const fn bytes(self) -> usize {
        match self {
            Self::F16 | Self::Bf16 => 2,
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

impl Encoding {
    /// Reads a tensor of this `shape` into `values`, which are in C order.
    ///
    /// It holds a few kilobytes at a time, however large the tensor is.
    pub fn read(self, mut data: impl Read, shape: &[usize], values: &mut [f32]) -> io::Result<()> {
        let mut raw = [0; 8 * CHUNK];
        let mut chunk = [0.0; CHUNK];
        for start in (0..values.len()).step_by(CHUNK) {
            let len = CHUNK.min(values.len() - start);
            let raw = &mut raw[..len * self.float.bytes()];
            data.read_exact(raw)?;
            self.decode(raw, &mut chunk);
            if self.fortran {
                for (i, value) in chunk[..len].iter().enumerate() {
                    values[c_index(start + i, shape)] = *value;
                }
            } else {
                values[start..][..len].copy_from_slice(&chunk[..len]);
            }
        }
        Ok(())
    }

    /// The numbers that `raw` stands for.
    fn decode(self, raw: &[u8], values: &mut [f32]) {
        match self.float {
            Float::F16 => self.each(raw, values, |bytes| Half(u16::from_le_bytes(bytes)).to_f32()),
            Float::Bf16 => self.each(raw, values, |bytes| bf16_to_f32(u16::from_le_bytes(bytes))),
            Float::F32 => self.each(raw, values, f32::from_le_bytes),
            // To the nearest `f32`; beyond the largest one, infinity: as PyTorch.
            Float::F64 => self.each(raw, values, |bytes| f64::from_le_bytes(bytes) as f32),
        }
    }

    /// Applies `number` to each value's bytes, the least significant one first.
    fn each<const BYTES: usize>(self, raw: &[u8], values: &mut [f32], number: impl Fn([u8; BYTES]) -> f32) {
        for (&bytes, value) in raw.as_chunks().0.iter().zip(values) {
            let mut bytes = bytes;
            if self.big_endian {
                bytes.reverse();
            }
            *value = number(bytes);
        }
    }
}

/// Where the `i`th value in Fortran order lies in C order.
pub fn c_index(mut i: usize, shape: &[usize]) -> usize {
    let mut stride: usize = shape.iter().product();
    let mut index = 0;
    for len in shape {
        stride /= len;
        index += i % len * stride;
        i /= len;
    }
    index
}

/// A `bfloat16` is the upper half of an `f32`.
fn bf16_to_f32(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bfloats() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (bf16_to_f32(bits), half::bf16::from_bits(bits).to_f32());
            assert!(ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(), "{bits:#x}");
        }
    }

    /// Reads the numbers 0, 1, 2, … of a type, more of them than one chunk holds.
    fn read(encoding: Encoding, shape: &[usize], bytes: impl Fn(f32) -> Vec<u8>) -> Vec<f32> {
        let mut values = vec![-1.0; shape.iter().product()];
        let raw: Vec<u8> = (0..values.len()).flat_map(|i| bytes(i as f32)).collect();
        encoding.read(&raw[..], shape, &mut values).unwrap();
        assert!(encoding.read(&raw[1..], shape, &mut values.clone()).is_err());
        values
    }

    #[test]
    fn every_type_in_chunks() {
        let shape = [2 * CHUNK + 1];
        let expected: Vec<f32> = (0..shape[0]).map(|i| i as f32).collect();
        for big_endian in [false, true] {
            let read = |float, bytes: fn(f32) -> Vec<u8>| {
                read(Encoding { float, big_endian, fortran: false }, &shape, |value| {
                    let mut bytes = bytes(value);
                    if big_endian {
                        bytes.reverse();
                    }
                    bytes
                })
            };
            // 2048 is the last whole number before which `f16` has all.
            assert_eq!(read(Float::F16, |value| half::f16::from_f32(value).to_le_bytes().into()), expected);
            assert_eq!(read(Float::F32, |value| value.to_le_bytes().into()), expected);
            assert_eq!(read(Float::F64, |value| f64::from(value).to_le_bytes().into()), expected);
            let bf16 = read(Float::Bf16, |value| half::bf16::from_f32(value).to_le_bytes().into());
            assert_eq!(bf16[..257], expected[..257]);
            assert_eq!(bf16[2 * CHUNK], 2048.0);
        }
    }

    #[test]
    fn doubles_round_to_nearest() {
        let doubles = [0.1, 1.0 + f64::from(f32::EPSILON) / 2.0, 1.0 + f64::from(f32::EPSILON) * 0.51, 1e300, -1e-300];
        let raw: Vec<u8> = doubles.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
        let mut values = [0.0; 5];
        let encoding = Encoding { float: Float::F64, big_endian: false, fortran: false };
        encoding.read(&raw[..], &[5], &mut values).unwrap();
        assert_eq!(values, [0.1, 1.0, 1.0 + f32::EPSILON, f32::INFINITY, -0.0]);
    }

    #[test]
    fn fortran_order() {
        let encoding = Encoding { float: Float::F32, big_endian: false, fortran: true };
        let values = read(encoding, &[2, 3, 1], |value| value.to_le_bytes().into());
        assert_eq!(values, [0.0, 2.0, 4.0, 1.0, 3.0, 5.0]);
        let values = read(encoding, &[30, 7, 11], |value| value.to_le_bytes().into());
        // [i][j][k] is i + 30·(j + 7·k).
        assert_eq!(values[(29 * 7 + 3) * 11 + 10], (29 + 30 * (3 + 7 * 10)) as f32);
    }
}
