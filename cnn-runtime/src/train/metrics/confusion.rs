//! Which classes are taken for which.

use std::fmt;

use super::best;
use crate::train::TargetError;

/// How many images of each class are classified as which.
///
/// Its `Display` is a table: a row for each class, with what its images were taken for, and its precision, recall and F1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    classes: usize,
    /// Row by row; behind the classes, a column for images whose outputs are all NaN.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// Of so many classes, without images.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * (classes + 1)] }
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Counts an image by its outputs, the largest of which says what it is taken for: see [`best`].
    ///
    /// # Errors
    ///
    /// If there is another number of outputs than of classes, or the label is no class.
    pub fn add<V: Copy + PartialOrd>(&mut self, outputs: &[V], label: usize) -> Result<(), TargetError> {
        let classes = self.classes;
        if outputs.len() != classes {
            return Err(TargetError::Classes { outputs: outputs.len(), classes });
        }
        if label >= classes {
            return Err(TargetError::Label { label, classes });
        }
        self.counts[label * (classes + 1) + best(outputs).unwrap_or(classes)] += 1;
        Ok(())
    }

    /// How many images of class `label` were taken for class `predicted`; 0 where either is no class.
    pub fn count(&self, label: usize, predicted: usize) -> u64 {
        if predicted < self.classes { self.row(label).get(predicted).copied().unwrap_or(0) } else { 0 }
    }

    /// How many images of class `label` were taken for nothing, since all outputs were NaN.
    pub fn undecided(&self, label: usize) -> u64 {
        self.row(label).last().copied().unwrap_or(0)
    }

    /// The share of images that are right, from 0 to 1; NaN without images.
    pub fn accuracy(&self) -> f64 {
        let right: u64 = (0..self.classes).map(|class| self.count(class, class)).sum();
        right as f64 / self.counts.iter().sum::<u64>() as f64
    }

    /// Of the images taken for `class`, the share that is of it; `None` where there are none.
    pub fn precision(&self, class: usize) -> Option<f64> {
        share(self.count(class, class), (0..self.classes).map(|label| self.count(label, class)).sum())
    }

    /// Of the images of `class`, the share that was taken for it; `None` where there are none.
    pub fn recall(&self, class: usize) -> Option<f64> {
        share(self.count(class, class), self.row(class).iter().sum())
    }

    /// The harmonic mean of precision and recall; `None` where no image is of the class or was taken for it.
    pub fn f1(&self, class: usize) -> Option<f64> {
        let taken: u64 = (0..self.classes).map(|label| self.count(label, class)).sum();
        share(2 * self.count(class, class), taken + self.row(class).iter().sum::<u64>())
    }

    fn row(&self, label: usize) -> &[u64] {
        let width = self.classes + 1;
        if label < self.classes { &self.counts[label * width..][..width] } else { &[] }
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let largest = self.counts.iter().copied().max().unwrap_or(0).max(self.classes.saturating_sub(1) as u64);
        let width = largest.to_string().len();
        let undecided = (0..self.classes).any(|class| self.undecided(class) > 0);
        // Labels stand in a column of five, the width of their heading.
        let label = width.max(5);
        write!(f, "{:>label$}", "label")?;
        (0..self.classes).try_for_each(|class| write!(f, "  {class:>width$}"))?;
        let none = width.max(4);
        if undecided {
            write!(f, "  {:>none$}", "none")?;
        }
        write!(f, "  precision  recall      F1")?;
        for class in 0..self.classes {
            write!(f, "\n{class:>label$}")?;
            (0..self.classes).try_for_each(|predicted| write!(f, "  {:>width$}", self.count(class, predicted)))?;
            if undecided {
                write!(f, "  {:>none$}", self.undecided(class))?;
            }
            let [precision, recall, f1] = [self.precision(class), self.recall(class), self.f1(class)].map(Share);
            write!(f, "  {precision:>9}  {recall:>6}  {f1:>6}")?;
        }
        Ok(())
    }
}

/// A share with four decimals, or a dash.
struct Share(Option<f64>);

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(share) = self;
        f.pad(&share.map_or_else(|| "-".to_owned(), |share| format!("{share:.4}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> ConfusionMatrix {
        let mut matrix = ConfusionMatrix::new(3);
        let images = [([3.0, 1.0, 0.0], 0), ([3.0, 3.0, 0.0], 1), ([0.0, 1.0, f32::NAN], 1), ([f32::NAN; 3], 1)];
        for (outputs, label) in images {
            assert_eq!(matrix.add(&outputs, label), Ok(()));
        }
        matrix
    }

    #[test]
    fn images_are_counted_by_label_and_best_output() {
        let matrix = example();
        assert_eq!([matrix.count(0, 0), matrix.count(1, 0), matrix.count(1, 1), matrix.count(0, 1)], [1, 1, 1, 0]);
        assert_eq!([matrix.undecided(0), matrix.undecided(1), matrix.undecided(9)], [0, 1, 0]);
        assert_eq!([matrix.count(3, 0), matrix.count(0, 3), matrix.count(1, 3)], [0, 0, 0]);
        assert_eq!(matrix.accuracy(), 0.5);
        assert_eq!([0, 1, 2, 3].map(|class| matrix.precision(class)), [Some(0.5), Some(1.0), None, None]);
        assert_eq!([0, 1, 2, 3].map(|class| matrix.recall(class)), [Some(1.0), Some(1.0 / 3.0), None, None]);
        assert_eq!([0, 1, 2, 3].map(|class| matrix.f1(class)), [Some(2.0 / 3.0), Some(0.5), None, None]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let mut matrix = example();
        let before = matrix.clone();
        assert_eq!(matrix.add(&[0.0; 3], 3), Err(TargetError::Label { label: 3, classes: 3 }));
        assert_eq!(matrix.add(&[0.0; 4], 0), Err(TargetError::Classes { outputs: 4, classes: 3 }));
        assert_eq!(matrix, before);
        assert!(ConfusionMatrix::new(0).accuracy().is_nan());
    }

    #[test]
    fn it_is_shown_as_a_table() {
        let table = "\
label  0  1  2  none  precision  recall      F1
    0  1  0  0     0     0.5000  1.0000  0.6667
    1  1  1  0     1     1.0000  0.3333  0.5000
    2  0  0  0     0          -       -       -";
        assert_eq!(example().to_string(), table);
        assert_eq!(ConfusionMatrix::new(0).to_string(), "label  precision  recall      F1");
    }
}
