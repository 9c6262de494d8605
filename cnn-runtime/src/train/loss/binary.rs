//! Cross entropy of outputs that are yes or no, each for itself.

use super::{Loss, TargetError, check_probabilities, check_weights};
use crate::params::{Floats, as_slice};

/// Cross entropy of yes or no for each output, which is its logit: `torch.nn.BCEWithLogitsLoss`, no sigmoid stands before it.
///
/// Targets are the probabilities of yes (`f32`, or arrays of them), or a `bool` where there is one output.
#[derive(Clone, Debug, Default, PartialEq)]
#[doc(alias = "BCEWithLogitsLoss")]
pub struct BinaryCrossEntropy {
    pos_weight: Option<Box<[f64]>>,
}

impl BinaryCrossEntropy {
    /// Yes and no alike.
    pub fn new() -> Self {
        Self::default()
    }

    /// For each output, how much more a yes weighs than a no.
    pub fn pos_weight(self, pos_weight: &[f64]) -> Self {
        Self { pos_weight: Some(pos_weight.into()) }
    }

    fn positive(&self, at: usize) -> f64 {
        self.pos_weight.as_ref().map_or(1.0, |weights| weights.get(at).copied().unwrap_or(1.0))
    }

    /// The mean over all outputs of (1 - t) · softplus(x) + w · t · softplus(-x).
    fn against(&self, output: &[f64], target: &[f32], grad: &mut [f64]) -> f64 {
        let share = 1.0 / output.len() as f64;
        let mut loss = 0.0;
        for (at, ((&x, &target), grad)) in output.iter().zip(target).zip(grad).enumerate() {
            let no = 1.0 - f64::from(target);
            let yes = self.positive(at) * f64::from(target);
            // softplus(x) = x + softplus(-x), whose part with the logarithm is the same for both signs.
            let tail = (-x.abs()).exp().ln_1p();
            loss += no * (x.max(0.0) + tail) + yes * ((-x).max(0.0) + tail);
            *grad = share * (no * sigmoid(x) - yes * sigmoid(-x));
        }
        loss * share
    }
}

impl<T: Floats> Loss<T> for BinaryCrossEntropy {
    fn check(&self, outputs: usize, target: &T) -> Result<(), TargetError> {
        self.pos_weight.as_ref().map_or(Ok(()), |weights| check_weights(outputs, "pos_weight", weights))?;
        check_probabilities(outputs, target)
    }

    fn loss(&self, output: &[f64], target: &T, grad: &mut [f64]) -> f64 {
        self.against(output, as_slice(target), grad)
    }
}

impl Loss<bool> for BinaryCrossEntropy {
    fn check(&self, outputs: usize, &target: &bool) -> Result<(), TargetError> {
        self.check(outputs, &f32::from(target))
    }

    fn loss(&self, output: &[f64], &target: &bool, grad: &mut [f64]) -> f64 {
        self.against(output, &[f32::from(target)], grad)
    }
}

/// 1 / (1 + exp(-x)), without overflow.
fn sigmoid(x: f64) -> f64 {
    let exp = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + exp) } else { exp / (1.0 + exp) }
}
