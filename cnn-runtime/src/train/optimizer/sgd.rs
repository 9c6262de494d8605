//! Stochastic gradient descent.

use std::ops::Range;

use super::state::State;
use super::update::Rule;
use super::{Check, HyperparameterError, Optimizer, OptimizerState, StateError, common};

/// The settings of [`Sgd`], by the names and defaults of `torch.optim.SGD`.
///
/// ```
/// use cnn_runtime::train::SgdOptions;
///
/// let sgd = SgdOptions::new(0.1).momentum(0.9).nesterov(true).weight_decay(5e-4).build()?;
/// # let _ = sgd;
/// # Ok::<(), cnn_runtime::train::HyperparameterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SgdOptions {
    rate: f64,
    momentum: f64,
    dampening: f64,
    nesterov: bool,
    weight_decay: f64,
}

impl SgdOptions {
    /// Plain steps of this learning rate along the gradient.
    pub fn new(rate: f64) -> Self {
        Self { rate, momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 }
    }

    /// How much of the last step the next one repeats: 0 unless told otherwise.
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// How much of the gradient does not enter the momentum: 0 unless told otherwise.
    pub fn dampening(self, dampening: f64) -> Self {
        Self { dampening, ..self }
    }

    /// Looks ahead along the momentum, which must not be 0 then, while dampening must.
    pub fn nesterov(self, nesterov: bool) -> Self {
        Self { nesterov, ..self }
    }

    /// What of each parameter is added to its gradient: 0 unless told otherwise.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// The optimizer.
    ///
    /// # Errors
    ///
    /// If a setting is out of its range.
    pub fn build(self) -> Result<Sgd, HyperparameterError> {
        let Self { rate, momentum, dampening, nesterov, weight_decay } = self;
        let check = Check(Sgd::NAME);
        check.not_negative("learning_rate", rate)?;
        check.not_negative("momentum", momentum)?;
        check.not_negative("weight_decay", weight_decay)?;
        check.holds(dampening.is_finite(), "dampening", dampening, "a finite number")?;
        check.holds(!nesterov || momentum > 0.0, "momentum", momentum, "more than 0, as `nesterov` is set")?;
        check.holds(!nesterov || dampening == 0.0, "dampening", dampening, "0, as `nesterov` is set")?;
        let vectors: &[&str] = if momentum == 0.0 { &[] } else { &["momentum_buffer"] };
        Ok(Sgd { options: self, state: State::new(vectors) })
    }
}

/// Stochastic gradient descent, `torch.optim.SGD`.
#[derive(Clone, Debug)]
pub struct Sgd {
    options: SgdOptions,
    state: State,
}

impl Sgd {
    const NAME: &'static str = "SGD";

    /// Plain steps of this learning rate along the gradient; see [`SgdOptions`] for more.
    ///
    /// # Errors
    ///
    /// If the rate is negative or not finite.
    pub fn new(rate: f64) -> Result<Self, HyperparameterError> {
        SgdOptions::new(rate).build()
    }
}

impl Optimizer for Sgd {
    common!();

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn step(&mut self, params: &mut [f32], grads: &[f32], trainable: &[Range<usize>]) {
        let SgdOptions { rate, momentum, dampening, nesterov, weight_decay } = self.options;
        let first = self.state.next_step(params.len()) == 1;
        let plain = Plain { rate: rate as f32, weight_decay: weight_decay as f32 };
        if momentum == 0.0 {
            return self.state.update(plain, params, grads, trainable);
        }
        let (momentum, gain) = (momentum as f32, (1.0 - dampening) as f32);
        self.state.update(Momentum { plain, momentum, gain, nesterov, first }, params, grads, trainable);
    }
}

/// Steps along the gradient.
#[derive(Clone, Copy)]
struct Plain {
    rate: f32,
    weight_decay: f32,
}

impl Plain {
    #[inline(always)]
    fn decayed(self, param: f32, grad: f32) -> f32 {
        if self.weight_decay == 0.0 { grad } else { grad + self.weight_decay * param }
    }
}

impl Rule<0> for Plain {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, _: &mut [f32; 0]) -> f32 {
        param - self.rate * self.decayed(param, grad)
    }
}

/// Steps along the momentum, which is the gradient itself in the first step.
#[derive(Clone, Copy)]
struct Momentum {
    plain: Plain,
    momentum: f32,
    gain: f32,
    nesterov: bool,
    first: bool,
}

impl Rule<1> for Momentum {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [buffer]: &mut [f32; 1]) -> f32 {
        let grad = self.plain.decayed(param, grad);
        *buffer = if self.first { grad } else { *buffer * self.momentum + self.gain * grad };
        let step = if self.nesterov { grad + self.momentum * *buffer } else { *buffer };
        param - self.plain.rate * step
    }
}
