//! Images in files, one folder a class.

use std::fs;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::error::{DataError, Item};
use super::memory::scale;
use super::{Dataset, check, value_count};
use crate::Shape;

/// The most memory that one image may take, however large it says to be.
const MAX_BYTES: u64 = 1 << 28;

/// How many channels an image has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colours {
    /// One: the brightness.
    Grey,
    /// Three: red, green, blue.
    Rgb,
}

/// PNG and JPEG files, one folder for each class; the label is the folder's place among the others, by name.
///
/// A file is read when its image is shown. Values are 0 to 1; what is transparent is not.
#[derive(Clone, Debug)]
pub struct ImageFolder {
    /// With their labels.
    files: Vec<(PathBuf, usize)>,
    classes: Vec<String>,
    colours: Colours,
    height: usize,
    width: usize,
    resize: bool,
}

impl ImageFolder {
    /// The images of all folders in `folder`, of the size of the first one; see [`resize`](Self::resize).
    ///
    /// # Errors
    ///
    /// If a folder cannot be read or has no images, or the first image cannot be read.
    pub fn open(folder: impl AsRef<Path>, colours: Colours) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        let (mut files, mut classes) = (Vec::new(), Vec::new());
        for class in entries(folder)?.into_iter().filter(|path| path.is_dir() && !is_hidden(path)) {
            let images: Vec<_> = entries(&class)?.into_iter().filter(|path| is_image(path)).collect();
            if images.is_empty() {
                return Err(DataError::empty(&class));
            }
            files.extend(images.into_iter().map(|path| (path, classes.len())));
            classes.push(class.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
        let (first, _) = files.first().ok_or_else(|| DataError::empty(folder))?;
        let (width, height) = decoder(first)?.dimensions();
        let [height, width] = [height, width].map(|size| size as usize);
        Self { files, classes, colours, height, width, resize: false }.checked()
    }

    /// Makes every image as large as this when it is read, whatever its size and its proportions.
    ///
    /// # Errors
    ///
    /// If there would be no pixel, or more than fit in memory.
    pub fn resize(self, height: usize, width: usize) -> Result<Self, DataError> {
        Self { height, width, resize: true, ..self }.checked()
    }

    fn checked(self) -> Result<Self, DataError> {
        // What is decoded has a byte for each value.
        match value_count(self.shape()) {
            Some(count) if count as u64 <= MAX_BYTES => Ok(self),
            _ => Err(DataError::argument("the shape of images", self.shape(), format!("1 to {MAX_BYTES} values"))),
        }
    }

    /// The folders' names; a label is an index into them.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The file of each image.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &Path> {
        self.files.iter().map(|(path, _)| path.as_path())
    }

    /// The file as an image of the set's size.
    fn read(&self, path: &Path) -> Result<DynamicImage, DataError> {
        let decoder = decoder(path)?;
        let (width, height) = decoder.dimensions();
        let right = (height as usize, width as usize) == (self.height, self.width);
        if !right && !self.resize {
            let found = Shape::Maps { channels: self.channels(), height: height as usize, width: width as usize };
            return Err(DataError::Size { item: Item::Path(path.into()), expected: self.shape(), found });
        }
        let image = DynamicImage::from_decoder(decoder).map_err(|error| decode_error(path, error))?;
        // No larger than `MAX_BYTES`, so that the sizes fit.
        let [width, height] = [self.width, self.height].map(|size| size as u32);
        Ok(if right { image } else { image.resize_exact(width, height, FilterType::Triangle) })
    }

    fn channels(&self) -> usize {
        match self.colours {
            Colours::Grey => 1,
            Colours::Rgb => 3,
        }
    }
}

impl Dataset for ImageFolder {
    type Target = usize;

    fn len(&self) -> usize {
        self.files.len()
    }

    fn shape(&self) -> Shape {
        Shape::Maps { channels: self.channels(), height: self.height, width: self.width }
    }

    fn get(&self, index: usize, _draw: u64, image: &mut [f32]) -> Result<usize, DataError> {
        check(self, index, image)?;
        let (path, label) = &self.files[index];
        let decoded = self.read(path)?;
        match self.colours {
            Colours::Grey => scale(&decoded.into_luma8(), image),
            Colours::Rgb => {
                let pixels = decoded.into_rgb8();
                let (pixels, _) = pixels.as_chunks::<3>();
                for (channel, values) in image.chunks_exact_mut(self.height * self.width).enumerate() {
                    for (value, pixel) in values.iter_mut().zip(pixels) {
                        *value = f32::from(pixel[channel]) / 255.0;
                    }
                }
            }
        }
        Ok(*label)
    }
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = fs::read_dir(folder).map_err(DataError::io(folder))?;
    let mut paths =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>().map_err(DataError::io(folder))?;
    paths.sort();
    Ok(paths)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_image(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    !is_hidden(path) && ["png", "jpg", "jpeg"].iter().any(|name| extension.eq_ignore_ascii_case(name))
}

/// Reads the start of a file: its content, not its name, says what it is.
fn decoder(path: &Path) -> Result<impl ImageDecoder, DataError> {
    let reader = ImageReader::open(path).map_err(DataError::io(path))?;
    let mut reader = reader.with_guessed_format().map_err(DataError::io(path))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    reader.into_decoder().map_err(|error| decode_error(path, error))
}

fn decode_error(path: &Path, error: ImageError) -> DataError {
    match error {
        ImageError::IoError(error) if error.raw_os_error().is_some() => DataError::io(path)(error),
        error => DataError::malformed(path, "a PNG or JPEG", error.to_string()),
    }
}
