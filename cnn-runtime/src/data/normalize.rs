//! Channels of mean 0 and standard deviation 1.

use super::error::{DataError, Item, reserve};
use super::memory::check_finite;
use super::{Dataset, check, dims};
use crate::Shape;

/// The mean and the standard deviation of each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// One value for each channel.
    pub mean: Vec<f32>,
    /// One value for each channel.
    pub std: Vec<f32>,
}

impl Stats {
    /// Measures a set, all pixels of all images; a vector is one channel. Do so with the images to train with alone.
    ///
    /// # Errors
    ///
    /// If there is no image, or one cannot be read or is not finite.
    pub fn measure(data: &impl Dataset) -> Result<Self, DataError> {
        if data.is_empty() {
            return Err(DataError::Empty { origin: "the set".into() });
        }
        let [channels, height, width] = dims(data.shape());
        let mut image = reserve(data.shape().len())?;
        image.resize(data.shape().len(), 0.0);
        let mut sums = vec![Moments::default(); channels];
        for index in 0..data.len() {
            data.get(index, 0, &mut image)?;
            check_finite(&image, image.len().max(1), |_| Item::Index(index))?;
            for (sum, channel) in sums.iter_mut().zip(image.chunks_exact((height * width).max(1))) {
                sum.add(Moments::of(channel));
            }
        }
        let std = sums.iter().map(|sum| (sum.squares / sum.count).sqrt() as f32).collect();
        Ok(Self { mean: sums.iter().map(|sum| sum.mean as f32).collect(), std })
    }
}

/// Of some values: how many, their mean, and the sum of the squares of their differences from it.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn of(values: &[f32]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().copied().map(f64::from).sum::<f64>() / count;
        let squares = values.iter().map(|&value| (f64::from(value) - mean).powi(2)).sum();
        Self { count, mean, squares }
    }

    /// Those of both sets of values: Chan, Golub and LeVeque's formula, which cancels nothing.
    fn add(&mut self, other: Self) {
        let count = self.count + other.count;
        let delta = other.mean - self.mean;
        self.mean += delta * other.count / count;
        self.squares += other.squares + delta * delta * self.count * other.count / count;
        self.count = count;
    }
}

/// A set whose channels have been shifted and scaled: (value − mean) / std.
#[derive(Clone, Debug)]
pub struct Normalized<D> {
    data: D,
    stats: Stats,
}

impl<D: Dataset> Normalized<D> {
    /// Normalises a set by these statistics, which [`Stats::measure`] finds.
    ///
    /// # Errors
    ///
    /// Unless there is a finite mean and a positive standard deviation for each channel.
    pub fn new(data: D, stats: Stats) -> Result<Self, DataError> {
        let [channels, ..] = dims(data.shape());
        if [&stats.mean, &stats.std].into_iter().any(|values| values.len() != channels) {
            let found = format!("of {} and {} channels", stats.mean.len(), stats.std.len());
            return Err(DataError::argument("mean and standard deviation", found, channels));
        }
        if let Some(mean) = stats.mean.iter().find(|mean| !mean.is_finite()) {
            return Err(DataError::argument("a mean", mean, "a finite number"));
        }
        if let Some(std) = stats.std.iter().find(|&&std| !(std > 0.0 && std.is_finite())) {
            return Err(DataError::argument("a standard deviation", std, "a positive number"));
        }
        Ok(Self { data, stats })
    }

    /// What is subtracted and divided by.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }
}

impl<D: Dataset> Dataset for Normalized<D> {
    type Target = D::Target;

    fn len(&self) -> usize {
        self.data.len()
    }

    fn shape(&self) -> Shape {
        self.data.shape()
    }

    fn get(&self, index: usize, draw: u64, image: &mut [f32]) -> Result<D::Target, DataError> {
        check(self, index, image)?;
        let target = self.data.get(index, draw, image)?;
        let channels = image.chunks_exact_mut((image.len() / self.stats.mean.len()).max(1));
        for ((channel, mean), std) in channels.zip(&self.stats.mean).zip(&self.stats.std) {
            channel.iter_mut().for_each(|value| *value = (*value - mean) / std);
        }
        Ok(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::InMemory;

    #[test]
    fn normalised_sets_have_mean_0_and_deviation_1() -> Result<(), DataError> {
        let pixel = |n: usize, c: usize, x: usize| (1000 * c) as f32 + ((n * 31 + x * 17) % 23) as f32;
        let images: Vec<_> = (0..50).map(|n| [0, 1, 2].map(|c| [[0, 1, 2, 3, 4].map(|x| pixel(n, c, x))])).collect();
        let data = InMemory::new(images, vec![0usize; 50])?;
        let stats = Stats::measure(&data)?;
        assert!((stats.mean[2] - stats.mean[0] - 2000.0).abs() < 1e-3, "{stats:?}");
        assert!((stats.std[2] - stats.std[0]).abs() < 1e-3 && stats.std[0] > 6.0, "{stats:?}");
        let again = Stats::measure(&Normalized::new(&data, stats)?)?;
        assert!(again.mean.iter().all(|mean| mean.abs() < 1e-4), "{again:?}");
        assert!(again.std.iter().all(|std| (std - 1.0).abs() < 1e-4), "{again:?}");
        Ok(())
    }

    #[test]
    fn statistics_that_do_not_fit() -> Result<(), DataError> {
        let data = InMemory::new(vec![[[[0.5f32; 2]; 2]; 3]], vec![0usize])?;
        let stats = Stats::measure(&data)?;
        assert_eq!(stats, Stats { mean: vec![0.5; 3], std: vec![0.0; 3] });
        let error = |mean: &[f32], std: &[f32]| {
            let stats = Stats { mean: mean.to_vec(), std: std.to_vec() };
            Normalized::new(&data, stats).unwrap_err().to_string()
        };
        assert_eq!(error(&stats.mean, &stats.std), "a standard deviation is 0, expected a positive number");
        assert_eq!(error(&[0.0], &[1.0; 3]), "mean and standard deviation is of 1 and 3 channels, expected 3");
        assert_eq!(error(&[0.0, 0.0, f32::NAN], &[1.0; 3]), "a mean is NaN, expected a finite number");
        Ok(())
    }
}
