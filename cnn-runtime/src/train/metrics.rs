//! How good a net is.

use std::fmt;

mod confusion;

pub use confusion::ConfusionMatrix;

/// Where the largest value stands, the first of equal ones; `None` where there is no value but NaN.
///
/// As `torch.argmax`, except that NaN is never the best.
pub fn best<V: Copy + PartialOrd>(values: &[V]) -> Option<usize> {
    let mut best = None;
    for (at, &value) in values.iter().enumerate() {
        if best.is_none_or(|(_, best)| value > best) && !is_nan(value) {
            best = Some((at, value));
        }
    }
    best.map(|(at, _)| at)
}

fn is_nan<V: PartialOrd>(value: V) -> bool {
    value.partial_cmp(&value).is_none()
}

/// How many images are classified right.
///
/// ```
/// use cnn_runtime::train::Accuracy;
///
/// let mut accuracy = Accuracy::new();
/// accuracy.add(&[0.1, 0.9], 1);
/// accuracy.add(&[0.1, 0.9], 0);
/// assert_eq!(accuracy.to_string(), "50.00% (1 of 2)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accuracy {
    k: usize,
    correct: u64,
    total: u64,
}

impl Default for Accuracy {
    fn default() -> Self {
        Self::new()
    }
}

impl Accuracy {
    /// An image is right where the label's output is the largest.
    pub fn new() -> Self {
        Self::top(1)
    }

    /// An image is right where the label's output is among the `k` largest.
    pub fn top(k: usize) -> Self {
        Self { k, correct: 0, total: 0 }
    }

    /// Counts an image by its outputs.
    ///
    /// Of equal outputs the first is the larger one. NaN is never among the largest, and a label that is no output's never right.
    pub fn add<V: Copy + PartialOrd>(&mut self, outputs: &[V], label: usize) {
        self.total += 1;
        let Some(&own) = outputs.get(label) else { return };
        let ahead = outputs.iter().enumerate().filter(|&(at, &other)| other > own || other == own && at < label);
        if !is_nan(own) && ahead.count() < self.k {
            self.correct += 1;
        }
    }

    /// How many images are right.
    pub fn correct(&self) -> u64 {
        self.correct
    }

    /// How many images there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The share of images that are right, from 0 to 1; NaN without images.
    pub fn value(&self) -> f64 {
        self.correct as f64 / self.total as f64
    }
}

impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}% ({} of {})", 100.0 * self.value(), self.correct, self.total)
    }
}

/// The mean of the losses so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RunningMean {
    sum: f64,
    weight: f64,
}

impl RunningMean {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a loss that is multiplied by its weight already, as [`Loss::loss`](super::Loss::loss) is.
    pub fn add(&mut self, loss: f64, weight: f64) {
        self.sum += loss;
        self.weight += weight;
    }

    /// The sum of the losses, and of their weights.
    #[cfg(feature = "safetensors")]
    pub(crate) fn parts(&self) -> (f64, f64) {
        (self.sum, self.weight)
    }

    /// Of such sums.
    #[cfg(feature = "safetensors")]
    pub(crate) fn from_parts(sum: f64, weight: f64) -> Self {
        Self { sum, weight }
    }

    /// The mean; NaN of nothing.
    pub fn value(&self) -> f64 {
        self.sum / self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAN: f32 = f32::NAN;

    #[test]
    fn the_best_is_the_first_of_the_largest_and_never_nan() {
        assert_eq!(best(&[1.0, 3.0, 3.0, 2.0]), Some(1));
        assert_eq!(best(&[NAN, -1.0, NAN, 0.0, NAN]), Some(3));
        assert_eq!(best(&[f32::NEG_INFINITY, NAN]), Some(0));
        assert_eq!(best(&[NAN, NAN]), None);
        assert_eq!(best::<f64>(&[]), None);
    }

    #[test]
    fn the_accuracy_is_that_of_the_best() {
        let outputs = [[1.0, 3.0, 3.0], [NAN, 0.0, NAN], [NAN, NAN, NAN], [-1.0, NAN, -1.0]];
        for outputs in outputs {
            for label in 0..4 {
                let mut accuracy = Accuracy::new();
                accuracy.add(&outputs, label);
                assert_eq!(accuracy.correct() == 1, best(&outputs) == Some(label), "{label} of {outputs:?}");
            }
        }
    }

    #[test]
    fn the_k_largest_are_right() {
        let outputs = [4.0, NAN, 5.0, 4.0, 1.0];
        let right = |k| {
            let right = |&label: &usize| {
                let mut accuracy = Accuracy::top(k);
                accuracy.add(&outputs, label);
                accuracy.correct() == 1
            };
            (0..6).filter(right).collect::<Vec<_>>()
        };
        assert!(right(0).is_empty());
        assert_eq!(right(1), [2]);
        assert_eq!(right(2), [0, 2]);
        assert_eq!(right(3), [0, 2, 3]);
        assert_eq!(right(9), [0, 2, 3, 4]);
    }

    #[test]
    fn shares_and_means_add_up() {
        let mut accuracy = Accuracy::default();
        assert!(accuracy.value().is_nan());
        for label in [1, 1, 0, 1] {
            accuracy.add(&[0.0, 1.0], label);
        }
        assert_eq!((accuracy.value(), accuracy.total()), (0.75, 4));
        let mut mean = RunningMean::new();
        assert!(mean.value().is_nan());
        mean.add(6.0, 2.0);
        mean.add(2.0, 2.0);
        assert_eq!(mean.value(), 2.0);
    }
}
