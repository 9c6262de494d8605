//! Cross entropy of classes.

use super::{Loss, TargetError, check_probabilities, check_weights};

/// Cross entropy of the classes whose logits a net computes, `torch.nn.CrossEntropyLoss`: no softmax stands before it.
///
/// Targets are labels (`usize`), or a probability for each class (`[f32; N]`).
///
/// ```
/// use cnn_runtime::train::{CrossEntropy, Loss};
///
/// let mut grad = [0.0; 2];
/// let loss = CrossEntropy::new().loss(&[0.0, 0.0], &1, &mut grad);
/// assert_eq!(loss, 2_f64.ln());
/// assert_eq!(grad, [0.5, -0.5]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrossEntropy {
    label_smoothing: f64,
    class_weights: Option<Box<[f64]>>,
}

impl CrossEntropy {
    /// Without smoothing, all classes alike.
    pub fn new() -> Self {
        Self::default()
    }

    /// What share of each target is spread over all classes, from 0 to 1.
    pub fn label_smoothing(self, label_smoothing: f64) -> Self {
        Self { label_smoothing, ..self }
    }

    /// Weights the classes; the mean of a batch with labels is over the weights of its labels, as in PyTorch.
    #[doc(alias = "weight")]
    pub fn class_weights(self, class_weights: &[f64]) -> Self {
        Self { class_weights: Some(class_weights.into()), ..self }
    }

    fn class_weight(&self, class: usize) -> f64 {
        self.class_weights.as_ref().map_or(1.0, |weights| weights.get(class).copied().unwrap_or(0.0))
    }

    fn check_settings(&self, outputs: usize) -> Result<(), TargetError> {
        let value = self.label_smoothing;
        if !(0.0..=1.0).contains(&value) {
            return Err(TargetError::Setting { name: "label_smoothing", value, expected: "from 0 to 1" });
        }
        self.class_weights.as_ref().map_or(Ok(()), |weights| check_weights(outputs, "class_weights", weights))
    }

    /// The loss for a target that gives each class its probability.
    ///
    /// With t the smoothed target times the classes' weights and p the softmax, it is -Σ t · ln p, and its gradient p · Σ t - t.
    fn against(&self, output: &[f64], target: impl Fn(usize) -> f64, grad: &mut [f64]) -> f64 {
        let spread = self.label_smoothing / output.len() as f64;
        let target = |class| self.class_weight(class) * (target(class) * (1.0 - self.label_smoothing) + spread);
        // Of the largest logit, so that nothing overflows.
        let max = output.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut exp_sum = 0.0;
        for (&logit, grad) in output.iter().zip(&mut *grad) {
            *grad = (logit - max).exp();
            exp_sum += *grad;
        }
        let log_sum = max + exp_sum.ln();
        let sum: f64 = (0..output.len()).map(target).sum();
        let mut loss = 0.0;
        for (class, (&logit, grad)) in output.iter().zip(grad).enumerate() {
            let target = target(class);
            // An impossible class whose logit is -∞ costs nothing.
            loss -= if target == 0.0 { 0.0 } else { target * (logit - log_sum) };
            *grad = *grad / exp_sum * sum - target;
        }
        loss
    }
}

impl Loss<usize> for CrossEntropy {
    fn check(&self, outputs: usize, &label: &usize) -> Result<(), TargetError> {
        self.check_settings(outputs)?;
        if label < outputs { Ok(()) } else { Err(TargetError::Label { label, classes: outputs }) }
    }

    fn weight(&self, &label: &usize) -> f64 {
        self.class_weight(label)
    }

    fn label(&self, &label: &usize) -> Option<usize> {
        Some(label)
    }

    fn loss(&self, output: &[f64], &label: &usize, grad: &mut [f64]) -> f64 {
        self.against(output, |class| if class == label { 1.0 } else { 0.0 }, grad)
    }
}

impl<const N: usize> Loss<[f32; N]> for CrossEntropy {
    fn check(&self, outputs: usize, target: &[f32; N]) -> Result<(), TargetError> {
        self.check_settings(outputs)?;
        check_probabilities(outputs, target)
    }

    fn loss(&self, output: &[f64], target: &[f32; N], grad: &mut [f64]) -> f64 {
        self.against(output, |class| target.get(class).copied().map_or(0.0, f64::from), grad)
    }
}
