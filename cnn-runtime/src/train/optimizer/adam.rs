//! Adam and AdamW.

use std::ops::Range;

use super::state::State;
use super::update::{Rule, lerp};
use super::{Check, HyperparameterError, Optimizer, OptimizerState, StateError, common};

/// The settings of [`Adam`], by the names and defaults of `torch.optim.Adam` and `torch.optim.AdamW`.
///
/// ```
/// use cnn_runtime::train::AdamOptions;
///
/// let adam = AdamOptions::new(1e-3).betas(0.9, 0.99).build()?;
/// let adam_w = AdamOptions::adam_w(1e-3).weight_decay(0.05).build()?;
/// # let _ = (adam, adam_w);
/// # Ok::<(), cnn_runtime::train::HyperparameterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamOptions {
    rate: f64,
    betas: [f64; 2],
    eps: f64,
    weight_decay: f64,
    decoupled: bool,
    amsgrad: bool,
}

impl AdamOptions {
    /// Adam with this learning rate, PyTorch's default of which is 0.001.
    pub fn new(rate: f64) -> Self {
        Self { rate, betas: [0.9, 0.999], eps: 1e-8, weight_decay: 0.0, decoupled: false, amsgrad: false }
    }

    /// AdamW with this learning rate: parameters decay by themselves, not through the gradient.
    #[doc(alias = "AdamW")]
    pub fn adam_w(rate: f64) -> Self {
        Self { weight_decay: 0.01, decoupled: true, ..Self::new(rate) }
    }

    /// How slowly the means of gradients and of their squares change: 0.9 and 0.999 unless told otherwise.
    pub fn betas(self, mean: f64, square: f64) -> Self {
        Self { betas: [mean, square], ..self }
    }

    /// What keeps the divisor from 0: 1e-8 unless told otherwise.
    pub fn eps(self, eps: f64) -> Self {
        Self { eps, ..self }
    }

    /// What of each parameter is added to its gradient, 0 unless told otherwise; with AdamW, what of it is taken away for each
    /// unit of the learning rate, 0.01 unless told otherwise.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// Divides by the largest mean of squares so far.
    pub fn amsgrad(self, amsgrad: bool) -> Self {
        Self { amsgrad, ..self }
    }

    /// The optimizer.
    ///
    /// # Errors
    ///
    /// If a setting is out of its range.
    pub fn build(self) -> Result<Adam, HyperparameterError> {
        let Self { rate, betas: [mean, square], eps, weight_decay, amsgrad, .. } = self;
        let check = Check(self.name());
        check.not_negative("learning_rate", rate)?;
        check.decay("betas.0", mean)?;
        check.decay("betas.1", square)?;
        check.not_negative("eps", eps)?;
        check.not_negative("weight_decay", weight_decay)?;
        let vectors: &[&str] =
            if amsgrad { &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] } else { &["exp_avg", "exp_avg_sq"] };
        Ok(Adam { options: self, state: State::new(vectors) })
    }

    fn name(&self) -> &'static str {
        if self.decoupled { "AdamW" } else { "Adam" }
    }
}

/// Steps by the mean of gradients over the root of the mean of their squares: `torch.optim.Adam` and `torch.optim.AdamW`.
///
/// Steps are counted for all parameters together: those that become trainable later start with the bias correction of the others.
#[derive(Clone, Debug)]
pub struct Adam {
    options: AdamOptions,
    state: State,
}

impl Adam {
    /// Adam with PyTorch's defaults, but for the learning rate; see [`AdamOptions`] for more, and for AdamW.
    ///
    /// # Errors
    ///
    /// If the rate is negative or not finite.
    pub fn new(rate: f64) -> Result<Self, HyperparameterError> {
        AdamOptions::new(rate).build()
    }
}

impl Optimizer for Adam {
    common!();

    fn name(&self) -> &'static str {
        self.options.name()
    }

    fn step(&mut self, params: &mut [f32], grads: &[f32], trainable: &[Range<usize>]) {
        let AdamOptions { rate, betas: [mean, square], eps, weight_decay, decoupled, amsgrad } = self.options;
        // More than 2^53 steps, each of a nanosecond, take a hundred days.
        let steps = self.state.next_step(params.len()) as f64;
        let correction = [mean, square].map(|beta| 1.0 - beta.powf(steps));
        let rule = Moments {
            shrink: if decoupled { (1.0 - rate * weight_decay) as f32 } else { 1.0 },
            weight_decay: if decoupled { 0.0 } else { weight_decay as f32 },
            mean_gain: (1.0 - mean) as f32,
            square_decay: square as f32,
            square_gain: (1.0 - square) as f32,
            root_correction: correction[1].sqrt() as f32,
            eps: eps as f32,
            step_size: (rate / correction[0]) as f32,
        };
        if amsgrad {
            self.state.update(Largest(rule), params, grads, trainable);
        } else {
            self.state.update(rule, params, grads, trainable);
        }
    }
}

/// Adam's rule, its scalars computed in f64 and rounded.
#[derive(Clone, Copy)]
struct Moments {
    shrink: f32,
    weight_decay: f32,
    mean_gain: f32,
    square_decay: f32,
    square_gain: f32,
    root_correction: f32,
    eps: f32,
    step_size: f32,
}

impl Moments {
    /// The parameter after its own decay; the means take in its gradient.
    #[inline(always)]
    fn observe(self, param: f32, grad: f32, mean: &mut f32, square: &mut f32) -> f32 {
        let grad = if self.weight_decay == 0.0 { grad } else { grad + self.weight_decay * param };
        *mean = lerp(*mean, grad, self.mean_gain);
        *square = *square * self.square_decay + self.square_gain * grad * grad;
        param * self.shrink
    }

    #[inline(always)]
    fn step(self, param: f32, mean: f32, square: f32) -> f32 {
        let divisor = square.sqrt() / self.root_correction + self.eps;
        param - self.step_size * mean / divisor
    }
}

impl Rule<2> for Moments {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [mean, square]: &mut [f32; 2]) -> f32 {
        let param = self.observe(param, grad, mean, square);
        self.step(param, *mean, *square)
    }
}

/// Adam with AMSGrad.
#[derive(Clone, Copy)]
struct Largest(Moments);

impl Rule<3> for Largest {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [mean, square, largest]: &mut [f32; 3]) -> f32 {
        let param = self.0.observe(param, grad, mean, square);
        // As `torch.maximum`: NaN where either is.
        *largest = if *square > *largest || square.is_nan() { *square } else { *largest };
        self.0.step(param, *mean, *largest)
    }
}
