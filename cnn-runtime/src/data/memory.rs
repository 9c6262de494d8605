//! Images that lie in memory.

use std::borrow::Cow;

use super::error::{DataError, Item};
use super::{Dataset, check, value_count};
use crate::{Image, Shape};

/// Images in memory, with a target each.
///
/// It borrows slices and takes vectors, both without a copy. The sources that read files return it too; their bytes stay
/// bytes, and become 0..1 when an image is shown.
///
/// ```
/// use cnn_runtime::data::{Dataset, InMemory};
///
/// let images = [[[[0.0f32; 4]; 4]; 1], [[[1.0; 4]; 4]; 1]];
/// let data = InMemory::new(&images[..], vec![3usize, 7])?;
/// assert_eq!((data.len(), data.shape().to_string()), (2, "1×4×4".into()));
/// # Ok::<_, cnn_runtime::data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct InMemory<'a, T: Clone> {
    shape: Shape,
    pixels: Pixels<'a>,
    targets: Cow<'a, [T]>,
}

/// The values of all images, one behind another.
#[derive(Clone, Debug)]
pub(super) enum Pixels<'a> {
    /// 255 stands for 1.
    Bytes(Cow<'a, [u8]>),
    Floats(Cow<'a, [f32]>),
}

impl Pixels<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(values) => values.len(),
            Self::Floats(values) => values.len(),
        }
    }
}

impl<'a, T: Clone> InMemory<'a, T> {
    /// These images, a net's [`Input`](crate::Network::Input)s, with these targets.
    ///
    /// # Errors
    ///
    /// If there is no image, there are not as many targets, or a value is not finite.
    pub fn new<I: Image>(images: impl Into<Cow<'a, [I]>>, targets: impl Into<Cow<'a, [T]>>) -> Result<Self, DataError> {
        let floats = match images.into() {
            Cow::Borrowed(images) => Cow::Borrowed(bytemuck::cast_slice(images)),
            Cow::Owned(images) => {
                Cow::Owned(bytemuck::allocation::try_cast_vec(images).unwrap_or_else(|(_, images)| {
                    // A capacity that is no whole number of images.
                    bytemuck::cast_slice(&images).to_vec()
                }))
            }
        };
        Self::from_pixels(I::SHAPE, Pixels::Floats(floats), targets.into())
    }

    pub(super) fn from_pixels(shape: Shape, pixels: Pixels<'a>, targets: Cow<'a, [T]>) -> Result<Self, DataError> {
        let size = value_count(shape).ok_or_else(|| DataError::argument("the shape of images", shape, "values"))?;
        let images = pixels.len() / size;
        if images == 0 {
            return Err(DataError::Empty { origin: "the set".into() });
        }
        if images != targets.len() {
            return Err(DataError::Count { images, targets: targets.len() });
        }
        if let Pixels::Floats(values) = &pixels {
            check_finite(values, size, Item::Index)?;
        }
        Ok(Self { shape, pixels, targets })
    }

    /// All targets, in order.
    pub fn targets(&self) -> &[T] {
        &self.targets
    }
}

impl InMemory<'_, usize> {
    /// How many classes: one more than the largest label.
    pub fn classes(&self) -> usize {
        self.targets.iter().max().map_or(0, |&label| label.saturating_add(1))
    }

    /// The same, if all labels stand for one of so many classes.
    ///
    /// # Errors
    ///
    /// Names the first image whose label does not.
    pub fn check_classes(self, classes: usize) -> Result<Self, DataError> {
        check_labels(&self.targets, classes, Item::Index)?;
        Ok(self)
    }
}

impl<T: Clone + Send + Sync> Dataset for InMemory<'_, T> {
    type Target = T;

    fn len(&self) -> usize {
        self.targets.len()
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn get(&self, index: usize, _draw: u64, image: &mut [f32]) -> Result<T, DataError> {
        check(self, index, image)?;
        let range = index * image.len()..(index + 1) * image.len();
        match &self.pixels {
            Pixels::Bytes(values) => scale(&values[range], image),
            Pixels::Floats(values) => image.copy_from_slice(&values[range]),
        }
        Ok(self.targets[index].clone())
    }
}

/// Bytes as 0..1.
pub(super) fn scale(bytes: &[u8], values: &mut [f32]) {
    for (value, &byte) in values.iter_mut().zip(bytes) {
        *value = f32::from(byte) / 255.0;
    }
}

/// Checks images of `size` values each, and names the first that has one that is not finite.
pub(super) fn check_finite(values: &[f32], size: usize, item: impl Fn(usize) -> Item) -> Result<(), DataError> {
    for (index, image) in values.chunks_exact(size).enumerate() {
        // First without a branch for each value.
        if image.iter().fold(true, |finite, value| finite & value.is_finite()) {
            continue;
        }
        if let Some((position, &found)) = image.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(DataError::NotFinite { item: item(index), position, found });
        }
    }
    Ok(())
}

/// Names the first image whose label stands for none of `classes`.
pub(super) fn check_labels(labels: &[usize], classes: usize, item: impl Fn(usize) -> Item) -> Result<(), DataError> {
    match labels.iter().position(|&label| label >= classes) {
        Some(index) => Err(DataError::Label { item: item(index), found: labels[index] as i128, classes }),
        None => Ok(()),
    }
}

#[cfg(feature = "ndarray")]
mod ndarray {
    use ::ndarray::{ArrayView, Dimension, Ix1, Ix4};

    use super::*;

    impl<'a, T: Clone> InMemory<'a, T> {
        /// Images N×channels×height×width with N targets. Arrays in standard layout are borrowed, others are copied.
        ///
        /// # Errors
        ///
        /// As for [`new`](Self::new).
        pub fn from_ndarray(
            images: ArrayView<'a, f32, Ix4>,
            targets: ArrayView<'a, T, Ix1>,
        ) -> Result<Self, DataError> {
            let (_, channels, height, width) = images.dim();
            let shape = Shape::Maps { channels, height, width };
            Self::from_pixels(shape, Pixels::Floats(in_order(images)), in_order(targets))
        }
    }

    fn in_order<'a, T: Clone, D: Dimension>(array: ArrayView<'a, T, D>) -> Cow<'a, [T]> {
        match array.to_slice() {
            Some(values) => Cow::Borrowed(values),
            None => Cow::Owned(array.iter().cloned().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_and_slices() -> Result<(), DataError> {
        let images = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
        let borrowed = InMemory::new(&images[..], &[[0.5], [1.5], [2.5]][..])?;
        let owned = InMemory::new(images.to_vec(), vec![[0.5], [1.5], [2.5]])?;
        for data in [borrowed, owned] {
            assert_eq!((data.len(), data.shape()), (3, Shape::Vector(2)));
            let mut image = [0.0; 2];
            assert_eq!(data.get(1, 9, &mut image)?, [1.5]);
            assert_eq!(image, [3.0, 4.0]);
            assert_eq!(data.get(3, 0, &mut image).unwrap_err().to_string(), "no image 3 in a set of 3");
            let error = data.get(0, 0, &mut [0.0; 3]).unwrap_err().to_string();
            assert_eq!(error, "an image of 2 does not fit in 3 values");
        }
        Ok(())
    }

    #[test]
    fn errors_name_the_image() {
        let error = |images: &[[f32; 2]], labels: &[usize]| InMemory::new(images, labels).unwrap_err().to_string();
        assert_eq!(error(&[], &[]), "no images in the set");
        assert_eq!(error(&[[0.0; 2]; 2], &[1]), "2 images expect as many targets, found 1");
        let nan = error(&[[0.0; 2], [1.0, f32::NAN]], &[1, 2]);
        assert_eq!(nan, "image 1: value 1 is NaN, expected a finite one");
        assert!(error(&[[f32::NEG_INFINITY, f32::INFINITY]], &[1]).contains("value 0 is -inf"));
        let data = InMemory::new(vec![[0.0f32]; 3], vec![0, 9, 10]).unwrap();
        assert_eq!(data.classes(), 11);
        assert_eq!(data.check_classes(10).unwrap_err().to_string(), "image 2 has label 10, expected less than 10");
        // A large image of large values is finite, though their sum is not.
        assert!(check_finite(&[f32::MAX; 9], 9, Item::Index).is_ok());
    }

    #[cfg(feature = "ndarray")]
    #[test]
    fn arrays_of_any_layout() -> Result<(), DataError> {
        let array = ::ndarray::Array4::from_shape_fn((3, 2, 1, 4), |(n, c, _, x)| (100 * n + 10 * c + x) as f32);
        let labels = ::ndarray::arr1(&[1usize, 2, 3]);
        let mut image = [0.0; 8];
        let data = InMemory::from_ndarray(array.view(), labels.view())?;
        assert_eq!(data.get(2, 0, &mut image)?, 3);
        assert_eq!(image, [200.0, 201.0, 202.0, 203.0, 210.0, 211.0, 212.0, 213.0]);
        let (flipped, labels) = (array.slice(::ndarray::s![..;-1, .., .., ..;-1]), labels.slice(::ndarray::s![..;-1]));
        let data = InMemory::from_ndarray(flipped, labels)?;
        assert_eq!((data.get(0, 0, &mut image)?, image[0]), (3, 203.0));
        let none = ::ndarray::Array4::zeros((3, 0, 1, 4));
        assert!(InMemory::from_ndarray(none.view(), labels).is_err());
        Ok(())
    }
}
