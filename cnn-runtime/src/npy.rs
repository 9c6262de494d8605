//! NumPy's npy files: a header and an array.

use std::io::{self, Read};

use crate::weights::{Encoding, Float};

/// The longest header of an array. NumPy's own have 118 bytes; only lists of columns, which no tensor has, get long.
const MAX_HEADER: usize = 4096;

/// What an npy file says of its array.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    /// NumPy's name of the type: `<f4`.
    pub descr: String,
    /// The first axis varies fastest.
    pub fortran_order: bool,
    pub shape: Vec<usize>,
}

impl Header {
    /// How its floats are stored, or the type of what are none: safetensors' name, or NumPy's.
    pub fn encoding(&self) -> Result<Encoding, String> {
        let other = || Err(self.descr.clone());
        let (order, kind) = self.descr.split_at_checked(1).unwrap_or_default();
        let float = match kind {
            "f2" => Float::F16,
            "f4" => Float::F32,
            "f8" => Float::F64,
            // By safetensors' names, where it has one.
            "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8" => {
                let bits = 8 * (kind.as_bytes()[1] - b'0');
                return Err(format!("{}{bits}", kind[..1].to_uppercase()));
            }
            "b1" => return Err("BOOL".into()),
            _ => return other(),
        };
        let big_endian = match order {
            "<" => false,
            ">" => true,
            _ => return other(),
        };
        Ok(Encoding { float, big_endian, fortran: self.fortran_order })
    }
}

/// Reads the start of an npy file: a magic, a version, the length of a Python dict, the dict.
pub fn read_header(entry: &mut impl Read) -> io::Result<Header> {
    let mut magic = [0; 8];
    entry.read_exact(&mut magic)?;
    let [b'\x93', b'N', b'U', b'M', b'P', b'Y', version, _] = magic else {
        return Err(invalid("it does not start as an npy file does"));
    };
    let mut len = [0; 4];
    let bytes = match version {
        1 => 2,
        2 | 3 => 4,
        _ => return Err(invalid(format!("expected version 1, 2 or 3 of the npy format, found {version}"))),
    };
    entry.read_exact(&mut len[..bytes])?;
    let len = u32::from_le_bytes(len) as usize;
    if len > MAX_HEADER {
        return Err(invalid(format!("expected a header of at most {MAX_HEADER} bytes, found {len}")));
    }
    let mut text = vec![0; len];
    entry.read_exact(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    Python(&text).header().ok_or_else(|| {
        let text: String = text.trim_end().chars().take(200).collect();
        invalid(format!("expected a header with `descr`, `fortran_order` and `shape`, found `{}`", text.escape_debug()))
    })
}

/// The rest of a text with a Python literal.
struct Python<'a>(&'a str);

impl<'a> Python<'a> {
    /// `{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }`, its items in any order, and nothing behind it.
    fn header(mut self) -> Option<Header> {
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        self.token("{")?;
        while self.token("}").is_none() {
            let key = self.string()?;
            self.token(":")?;
            match key {
                "descr" => descr = Some(self.string()?.to_owned()),
                "fortran_order" => fortran_order = Some(self.bool()?),
                "shape" => shape = Some(self.tuple()?),
                _ => return None,
            }
            self.separator("}")?;
        }
        let rest_is_blank = self.0.trim().is_empty();
        Some(Header { descr: descr?, fortran_order: fortran_order?, shape: shape? }).filter(|_| rest_is_blank)
    }

    /// Takes `token`, if it is the next one.
    fn token(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.trim_start().strip_prefix(token)?;
        Some(())
    }

    /// Takes a comma, unless `end` comes next.
    fn separator(&mut self, end: &str) -> Option<()> {
        if self.0.trim_start().starts_with(end) { Some(()) } else { self.token(",") }
    }

    /// A string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        let quote = ["'", "\""].into_iter().find(|quote| self.token(quote).is_some())?;
        let (string, rest) = self.0.split_once(quote)?;
        self.0 = rest;
        Some(string)
    }

    fn bool(&mut self) -> Option<bool> {
        if self.token("True").is_some() {
            return Some(true);
        }
        self.token("False").map(|()| false)
    }

    /// A tuple of whole numbers: `()`, `(9,)`, `(9, 3)`.
    fn tuple(&mut self) -> Option<Vec<usize>> {
        let mut numbers = Vec::new();
        self.token("(")?;
        while self.token(")").is_none() {
            self.0 = self.0.trim_start();
            let end = self.0.find(|c: char| !c.is_ascii_digit())?;
            let (digits, rest) = self.0.split_at(end);
            numbers.push(digits.parse().ok()?);
            self.0 = rest;
            self.separator(")")?;
        }
        Some(numbers)
    }
}

/// The fault of a file's bytes.
pub fn invalid(found: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let header = |text| Python(text).header();
        let expected =
            |shape: &[usize]| Some(Header { descr: "<f4".into(), fortran_order: false, shape: shape.to_vec() });
        assert_eq!(header("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3), }   \n"), expected(&[9, 3]));
        assert_eq!(header(r#"{"shape":(9,),"descr":"<f4","fortran_order":False}"#), expected(&[9]));
        assert_eq!(header("{'descr': '<f4', 'fortran_order': False, 'shape': ()}"), expected(&[]));
        for wrong in [
            "",
            "{",
            "{}",
            "{'descr': '<f4', 'fortran_order': False}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9, 3)",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9 3)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
            "{'descr': '<f4', 'fortran_order': 0, 'shape': (9,)}",
            "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (9,)}",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9,)} behind",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (9,), 'more': 1}",
        ] {
            assert_eq!(header(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn types() {
        let encoding = |descr: &str| Header { descr: descr.into(), fortran_order: true, shape: vec![] }.encoding();
        assert_eq!(encoding("<f4"), Ok(Encoding { float: Float::F32, big_endian: false, fortran: true }));
        assert_eq!(encoding(">f8"), Ok(Encoding { float: Float::F64, big_endian: true, fortran: true }));
        for (descr, name) in
            [("<i8", "I64"), ("|u1", "U8"), ("|b1", "BOOL"), ("<c8", "<c8"), ("<U3", "<U3"), ("", ""), ("é", "é")]
        {
            assert_eq!(encoding(descr), Err(name.into()));
        }
    }
}
