//! Images in rows of text.

use std::mem;
use std::path::Path;

use ::csv::{ByteRecord, ReaderBuilder};

use super::error::{DataError, Item};
use super::file::Source;
use super::memory::{InMemory, Pixels, check_finite};
use super::value_count;
use crate::Shape;

const FORMAT: &str = "a CSV";

/// Which column is the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LabelColumn {
    /// Before the values.
    First,
    /// Behind the values.
    Last,
}

/// Images of this `shape` and their labels, one image a row, from a CSV file; every value is multiplied by `scale`.
///
/// The first row may be names. With the feature `gzip`, the file may be compressed.
/// A `scale` of `1.0 / 255.0` is for pixels from 0 to 255.
///
/// # Errors
///
/// If the file cannot be read, is empty, or a row has another number of columns, or what is no number; it is named by its line.
pub fn csv(
    path: impl AsRef<Path>,
    shape: Shape,
    label: LabelColumn,
    scale: f32,
) -> Result<InMemory<'static, usize>, DataError> {
    let path = path.as_ref();
    let size = value_count(shape).ok_or_else(|| DataError::argument("the shape of images", shape, "values"))?;
    let mut rows = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(Source::open(path, FORMAT)?);
    let (mut record, mut values, mut labels) = (ByteRecord::new(), Vec::new(), Vec::new());
    let mut first = true;
    loop {
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(read_error(path, error)),
        }
        record.trim();
        // Names are no numbers.
        let names = mem::take(&mut first) && record.iter().all(|field| number(field).is_none());
        if names {
            continue;
        }
        let line = record.position().map_or(0, ::csv::Position::line);
        let malformed = |found| DataError::malformed(path, FORMAT, format!("line {line}: {found}"));
        let row = Row { record: &record, size, label };
        labels.push(row.read(scale, &mut values).map_err(malformed)?);
    }
    if labels.is_empty() {
        return Err(DataError::empty(path));
    }
    check_finite(&values, size, |index| Item::In(path.into(), index))?;
    InMemory::from_pixels(shape, Pixels::Floats(values.into()), labels.into())
}

/// A line of the file.
struct Row<'a> {
    record: &'a ByteRecord,
    size: usize,
    label: LabelColumn,
}

impl Row<'_> {
    /// Appends the values and returns the label.
    fn read(&self, scale: f32, values: &mut Vec<f32>) -> Result<usize, String> {
        if self.record.len() != self.size + 1 {
            return Err(format!("expected a label and {} values, found {} columns", self.size, self.record.len()));
        }
        let column = match self.label {
            LabelColumn::First => 0,
            LabelColumn::Last => self.size,
        };
        let mut label = None;
        for (index, field) in self.record.iter().enumerate() {
            let text = || String::from_utf8_lossy(&field[..field.len().min(40)]).escape_debug().to_string();
            let number =
                number(field).ok_or_else(|| format!("column {}: expected a number, found `{}`", index + 1, text()))?;
            if index == column {
                label = whole(number);
                label.ok_or_else(|| format!("column {}: expected a label, found `{}`", index + 1, text()))?;
            } else {
                values.push(number as f32 * scale);
            }
        }
        label.ok_or_else(|| "expected a label".into())
    }
}

fn number(field: &[u8]) -> Option<f64> {
    str::from_utf8(field).ok()?.parse().ok()
}

/// A whole number, which `7.0` is too.
fn whole(number: f64) -> Option<usize> {
    ((0.0..1e9).contains(&number) && number.fract() == 0.0).then_some(number as usize)
}

fn read_error(path: &Path, error: ::csv::Error) -> DataError {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) if error.raw_os_error().is_some() => DataError::io(path)(error),
        ::csv::ErrorKind::Io(error) => DataError::malformed(path, FORMAT, error.to_string()),
        kind => DataError::malformed(path, FORMAT, format!("{kind:?}")),
    }
}
