//! Some images of a set.

use super::error::{DataError, reserve};
use super::random::Random;
use super::{Dataset, check};
use crate::Shape;

/// Some images of a set, in an order of their own.
#[derive(Clone, Debug)]
pub struct Subset<D> {
    data: D,
    indices: Vec<usize>,
}

impl<D: Dataset> Subset<D> {
    /// The images at these `indices`, which may repeat.
    ///
    /// # Errors
    ///
    /// If there is no such image.
    pub fn new(data: D, indices: Vec<usize>) -> Result<Self, DataError> {
        match indices.iter().find(|&&index| index >= data.len()) {
            Some(&index) => Err(DataError::Index { index, len: data.len() }),
            None => Ok(Self { data, indices }),
        }
    }

    /// Where its images are in the whole set.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }
}

impl<'a, D: Dataset> Subset<&'a D> {
    /// Divides a set at random: a `fraction` of the images, between 0 and 1, is the second part, the others are the first.
    ///
    /// The same seed divides a set of the same size in the same way.
    ///
    /// # Errors
    ///
    /// If either part would be empty.
    pub fn split(data: &'a D, fraction: f64, seed: u64) -> Result<(Self, Self), DataError> {
        let len = data.len();
        let second = (len as f64 * fraction).round() as usize;
        if second == 0 || second >= len {
            let expected = format!("what leaves images in both parts of a set of {len}");
            return Err(DataError::argument("the fraction", fraction, expected));
        }
        let mut first = reserve(len)?;
        first.extend(0..len);
        Random::new(seed, 0).shuffle(&mut first);
        let mut second = first.split_off(len - second);
        // In the set's order, which is how the files of a folder are read fastest.
        first.sort_unstable();
        second.sort_unstable();
        Ok((Self { data, indices: first }, Self { data, indices: second }))
    }
}

impl<D: Dataset> Dataset for Subset<D> {
    type Target = D::Target;

    fn len(&self) -> usize {
        self.indices.len()
    }

    fn shape(&self) -> Shape {
        self.data.shape()
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<D::Target, DataError> {
        check(self, index, image)?;
        self.data.get(self.indices[index], draw, image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::InMemory;

    #[test]
    fn parts_are_the_whole() -> Result<(), DataError> {
        let data = InMemory::new((0..10).map(|i| [i as f32]).collect::<Vec<_>>(), (0..10).collect::<Vec<usize>>())?;
        let (train, held_out) = Subset::split(&data, 0.3, 5)?;
        assert_eq!((train.len(), held_out.len()), (7, 3));
        let mut all = [train.indices(), held_out.indices()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..10).collect::<Vec<_>>());
        let (again, _) = Subset::split(&data, 0.3, 5)?;
        assert_eq!(train.indices(), again.indices());
        assert_ne!(train.indices(), Subset::split(&data, 0.3, 6)?.0.indices());
        for (i, &index) in held_out.indices().iter().enumerate() {
            let mut image = [0.0];
            assert_eq!((held_out.get(i, 0, &mut image)?, image[0]), (index, index as f32));
        }
        assert!(held_out.get(3, 0, &mut [0.0]).is_err());
        for fraction in [0.0, 0.04, 1.0, -1.0, 2.0, f64::NAN, f64::INFINITY] {
            assert!(Subset::split(&data, fraction, 5).is_err(), "{fraction}");
        }
        let error = Subset::new(&data, vec![9, 10]).unwrap_err().to_string();
        assert_eq!(error, "no image 10 in a set of 10");
        Ok(())
    }
}
