//! Images changed at random, so that a net sees no image twice.

use std::cell::RefCell;
use std::mem;

use super::error::DataError;
use super::random::{Random, mix, sin_cos};
use super::{Dataset, check, dims};
use crate::Shape;

/// One change of an image, drawn anew each time it is shown. What enters from outside of the image is zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Augmentation {
    /// Moves the image by up to so many whole pixels along each axis: a crop of the same size, after padding.
    Shift {
        /// The most.
        pixels: usize,
    },
    /// Mirrors left and right, every other time.
    Flip,
    /// Takes a window of the image, anywhere within it and a border of zeros.
    Crop {
        /// Rows of the window.
        height: usize,
        /// Columns of the window.
        width: usize,
        /// Pixels of the border, on each side.
        padding: usize,
    },
    /// Turns the image about its centre, bilinearly.
    Rotation {
        /// The most, in either direction; up to 180.
        degrees: f32,
    },
    /// Makes the image larger or smaller about its centre, bilinearly.
    Scale {
        /// The smallest factor, above 0.
        least: f32,
        /// The largest factor.
        most: f32,
    },
}

/// A set whose images are changed each time they are shown.
///
/// ```
/// use cnn_runtime::data::{Augmentation, Augmented, Dataset, Digits};
///
/// let changes = [Augmentation::Rotation { degrees: 10.0 }, Augmentation::Crop { height: 24, width: 24, padding: 0 }];
/// let data = Augmented::new(Digits::new(1, 100), changes)?;
/// assert_eq!(data.shape().to_string(), "1×24×24");
/// # Ok::<_, cnn_runtime::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Augmented<D> {
    data: D,
    changes: Vec<Augmentation>,
    /// Channels, rows and columns of the images of `data`, and behind each change.
    sizes: Vec<[usize; 3]>,
}

impl<D: Dataset> Augmented<D> {
    /// Changes the images of a set by these `changes`, in this order.
    ///
    /// # Errors
    ///
    /// If the images are vectors, a window does not fit its image, or a bound is out of range.
    pub fn new(data: D, changes: impl Into<Vec<Augmentation>>) -> Result<Self, DataError> {
        if let Shape::Vector(len) = data.shape() {
            return Err(DataError::argument("the shape of augmented images", len, "channels × rows × columns"));
        }
        let changes = changes.into();
        let mut sizes = vec![dims(data.shape())];
        let mut size = sizes[0];
        for change in &changes {
            size = change.size(size)?;
            sizes.push(size);
        }
        Ok(Self { data, changes, sizes })
    }

    /// Changes what lies in `from` step by step, the last step into `image`. `from` and `to` have room for every step.
    fn apply<'a>(&self, draw: u64, mut from: &'a mut [f32], mut to: &'a mut [f32], image: &mut [f32]) {
        for (step, change) in self.changes.iter().enumerate() {
            let mut random = Random::new(draw, step as u64);
            let pixels = Pixels { size: self.sizes[step], values: from };
            if step + 1 == self.changes.len() {
                return change.apply(&mut random, pixels, image);
            }
            change.apply(&mut random, pixels, &mut to[..self.sizes[step + 1].iter().product()]);
            mem::swap(&mut from, &mut to);
        }
    }
}

impl<D: Dataset> Dataset for Augmented<D> {
    type Target = D::Target;

    fn len(&self) -> usize {
        self.data.len()
    }

    fn shape(&self) -> Shape {
        let [channels, height, width] = self.sizes[self.changes.len()];
        Shape::Maps { channels, height, width }
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<D::Target, DataError> {
        check(self, index, image)?;
        // Augmentations of what is augmented draw other numbers.
        let inner = mix(draw, 1);
        if self.changes.is_empty() {
            return self.data.get(index, inner, image);
        }
        let [channels, height, width] = self.sizes[0];
        let room = self.sizes.iter().map(|size| size.iter().product()).max().unwrap_or(0);
        with_scratch(2 * room, |scratch| {
            let (from, to) = scratch.split_at_mut(room);
            let target = self.data.get(index, inner, &mut from[..channels * height * width])?;
            self.apply(draw, from, to, image);
            Ok(target)
        })
    }
}

/// Lends `work` so many values, which the thread keeps for the next image.
fn with_scratch<T>(len: usize, work: impl FnOnce(&mut [f32]) -> T) -> T {
    thread_local!(static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) });
    // Taken away, since `work` may come here again.
    let mut scratch = SCRATCH.take();
    if scratch.len() < len {
        scratch.resize(len, 0.0);
    }
    let result = work(&mut scratch[..len]);
    SCRATCH.set(scratch);
    result
}

/// An image of `size` channels, rows and columns; `values` may go on behind it.
struct Pixels<'a> {
    size: [usize; 3],
    values: &'a [f32],
}

impl Augmentation {
    /// The size of the image that it makes of one of `size`.
    fn size(&self, size: [usize; 3]) -> Result<[usize; 3], DataError> {
        let [channels, rows, columns] = size;
        let largest = isize::MAX as usize / 8;
        match *self {
            Self::Shift { pixels } if pixels > largest => Err(DataError::argument("a shift", pixels, "some pixels")),
            Self::Crop { height, width, padding } => {
                let fits = |window: usize, side: usize| {
                    padding <= largest && (1..=side.saturating_add(2 * padding)).contains(&window)
                };
                let count = channels.checked_mul(height).and_then(|count| count.checked_mul(width));
                if fits(height, rows) && fits(width, columns) && count.is_some_and(|count| count <= largest) {
                    return Ok([channels, height, width]);
                }
                let expected = format!("one of an image of {rows}×{columns} with a border of {padding}");
                Err(DataError::argument("a window", format!("{height}×{width}"), expected))
            }
            Self::Rotation { degrees } if !(0.0..=180.0).contains(&degrees) => {
                Err(DataError::argument("a rotation", degrees, "0 to 180 degrees"))
            }
            Self::Scale { least, most } if !(0.0 < least && least <= most && most.is_finite()) => {
                Err(DataError::argument("a scale", format!("{least} to {most}"), "factors above 0"))
            }
            _ => Ok(size),
        }
    }

    fn apply(&self, random: &mut Random, from: Pixels<'_>, to: &mut [f32]) {
        let [_, rows, columns] = from.size;
        match *self {
            Self::Shift { pixels } => {
                let mut offset = || random.index(2 * pixels + 1) as isize - pixels as isize;
                let start = [offset(), offset()];
                window(from, start, [rows, columns], to);
            }
            Self::Crop { height, width, padding } => {
                let mut offset =
                    |side: usize, window| random.index(side + 2 * padding - window + 1) as isize - padding as isize;
                let start = [offset(rows, height), offset(columns, width)];
                window(from, start, [height, width], to);
            }
            Self::Flip => {
                let mirrored = random.index(2) == 1;
                for (from, to) in from.values.chunks_exact(columns).zip(to.chunks_exact_mut(columns)) {
                    to.copy_from_slice(from);
                    if mirrored {
                        to.reverse();
                    }
                }
            }
            Self::Rotation { degrees } => {
                let (sin, cos) = sin_cos(random.within(degrees).to_radians());
                sample(from, [cos, -sin, sin, cos], to);
            }
            Self::Scale { least, most } => {
                let step = 1.0 / random.between(least, most);
                sample(from, [step, 0.0, 0.0, step], to);
            }
        }
    }
}

/// Copies the window that begins at row and column `start` of an image that zeros surround.
fn window(from: Pixels<'_>, start: [isize; 2], [height, width]: [usize; 2], to: &mut [f32]) {
    let [_, rows, columns] = from.size;
    // The columns of the window that lie in the image.
    let first = start[1].min(0).unsigned_abs().min(width);
    let end = (columns as isize - start[1]).clamp(first as isize, width as isize) as usize;
    for (from, to) in from.values.chunks_exact(rows * columns).zip(to.chunks_exact_mut(height * width)) {
        for (y, to) in to.chunks_exact_mut(width).enumerate() {
            to.fill(0.0);
            let y = y as isize + start[0];
            if (0..rows as isize).contains(&y) && first < end {
                let x = (first as isize + start[1]) as usize;
                to[first..end].copy_from_slice(&from[y as usize * columns + x..][..end - first]);
            }
        }
    }
}

/// Fills an image of the same size: each pixel is what lies at its place, relative to the centre, times the matrix
/// [xx, xy, yx, yy].
fn sample(from: Pixels<'_>, [xx, xy, yx, yy]: [f32; 4], to: &mut [f32]) {
    let [_, rows, columns] = from.size;
    let (centre_x, centre_y) = ((columns - 1) as f32 / 2.0, (rows - 1) as f32 / 2.0);
    for (from, to) in from.values.chunks_exact(rows * columns).zip(to.chunks_exact_mut(rows * columns)) {
        for (row, to) in to.chunks_exact_mut(columns).enumerate() {
            let y = row as f32 - centre_y;
            for (column, to) in to.iter_mut().enumerate() {
                let x = column as f32 - centre_x;
                *to = bilinear(from, [rows, columns], xx * x + xy * y + centre_x, yx * x + yy * y + centre_y);
            }
        }
    }
}

/// The value of a map between its pixels.
fn bilinear(map: &[f32], [rows, columns]: [usize; 2], x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (right, below) = (x - left, y - top);
    let at = |x: f32, y: f32| {
        let inside = x >= 0.0 && y >= 0.0 && x < columns as f32 && y < rows as f32;
        if inside { map[y as usize * columns + x as usize] } else { 0.0 }
    };
    let upper = at(left, top) * (1.0 - right) + at(left + 1.0, top) * right;
    let lower = at(left, top + 1.0) * (1.0 - right) + at(left + 1.0, top + 1.0) * right;
    upper * (1.0 - below) + lower * below
}

#[cfg(test)]
mod tests;
