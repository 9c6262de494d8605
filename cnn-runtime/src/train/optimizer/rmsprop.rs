//! RMSprop.

use std::ops::Range;

use super::state::State;
use super::update::{Rule, lerp};
use super::{Check, HyperparameterError, Optimizer, OptimizerState, StateError, common};

/// The settings of [`RmsProp`], by the names and defaults of `torch.optim.RMSprop`.
///
/// ```
/// use cnn_runtime::train::RmsPropOptions;
///
/// let rmsprop = RmsPropOptions::new(0.01).momentum(0.9).build()?;
/// # let _ = rmsprop;
/// # Ok::<(), cnn_runtime::train::HyperparameterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsPropOptions {
    rate: f64,
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
}

impl RmsPropOptions {
    /// RMSprop with this learning rate, PyTorch's default of which is 0.01.
    pub fn new(rate: f64) -> Self {
        Self { rate, alpha: 0.99, eps: 1e-8, weight_decay: 0.0, momentum: 0.0, centered: false }
    }

    /// How slowly the mean of squares changes: 0.99 unless told otherwise.
    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// What keeps the divisor from 0: 1e-8 unless told otherwise.
    pub fn eps(self, eps: f64) -> Self {
        Self { eps, ..self }
    }

    /// What of each parameter is added to its gradient: 0 unless told otherwise.
    pub fn weight_decay(self, weight_decay: f64) -> Self {
        Self { weight_decay, ..self }
    }

    /// How much of the last step the next one repeats: 0 unless told otherwise.
    pub fn momentum(self, momentum: f64) -> Self {
        Self { momentum, ..self }
    }

    /// Divides by the deviation of gradients from their mean, instead of by their size.
    pub fn centered(self, centered: bool) -> Self {
        Self { centered, ..self }
    }

    /// The optimizer.
    ///
    /// # Errors
    ///
    /// If a setting is out of its range.
    pub fn build(self) -> Result<RmsProp, HyperparameterError> {
        let Self { rate, alpha, eps, weight_decay, momentum, centered } = self;
        let check = Check(RmsProp::NAME);
        check.not_negative("learning_rate", rate)?;
        check.decay("alpha", alpha)?;
        check.not_negative("eps", eps)?;
        check.not_negative("weight_decay", weight_decay)?;
        check.not_negative("momentum", momentum)?;
        let vectors: &[&str] = match (centered, momentum > 0.0) {
            (false, false) => &["square_avg"],
            (false, true) => &["square_avg", "momentum_buffer"],
            (true, false) => &["square_avg", "grad_avg"],
            (true, true) => &["square_avg", "grad_avg", "momentum_buffer"],
        };
        Ok(RmsProp { options: self, state: State::new(vectors) })
    }
}

/// Steps by the gradient over the root of the mean of its squares: `torch.optim.RMSprop`.
#[derive(Clone, Debug)]
pub struct RmsProp {
    options: RmsPropOptions,
    state: State,
}

impl RmsProp {
    const NAME: &'static str = "RMSprop";

    /// RMSprop with PyTorch's defaults, but for the learning rate; see [`RmsPropOptions`] for more.
    ///
    /// # Errors
    ///
    /// If the rate is negative or not finite.
    pub fn new(rate: f64) -> Result<Self, HyperparameterError> {
        RmsPropOptions::new(rate).build()
    }
}

impl Optimizer for RmsProp {
    common!();

    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn step(&mut self, params: &mut [f32], grads: &[f32], trainable: &[Range<usize>]) {
        let RmsPropOptions { rate, alpha, eps, weight_decay, momentum, centered } = self.options;
        self.state.next_step(params.len());
        let rule = Squares {
            rate: rate as f32,
            decay: alpha as f32,
            gain: (1.0 - alpha) as f32,
            eps: eps as f32,
            weight_decay: weight_decay as f32,
            momentum: momentum as f32,
        };
        match (centered, momentum > 0.0) {
            (false, false) => self.state.update(rule, params, grads, trainable),
            (false, true) => self.state.update(WithMomentum(rule), params, grads, trainable),
            (true, false) => self.state.update(Centered(rule), params, grads, trainable),
            (true, true) => self.state.update(WithMomentum(Centered(rule)), params, grads, trainable),
        }
    }
}

/// RMSprop's rule, its scalars computed in f64 and rounded.
#[derive(Clone, Copy)]
struct Squares {
    rate: f32,
    decay: f32,
    gain: f32,
    eps: f32,
    weight_decay: f32,
    momentum: f32,
}

impl Squares {
    #[inline(always)]
    fn decayed(self, param: f32, grad: f32) -> f32 {
        if self.weight_decay == 0.0 { grad } else { grad + self.weight_decay * param }
    }

    /// The divisor without centring; the mean takes in the gradient, parameters' decay included.
    #[inline(always)]
    fn square(self, grad: f32, square: &mut f32) -> f32 {
        *square = *square * self.decay + self.gain * grad * grad;
        square.sqrt() + self.eps
    }

    /// The divisor with centring.
    #[inline(always)]
    fn deviation(self, grad: f32, square: &mut f32, mean: &mut f32) -> f32 {
        self.square(grad, square);
        *mean = lerp(*mean, grad, self.gain);
        (*square - *mean * *mean).sqrt() + self.eps
    }

    /// The parameter after a step of the momentum that takes in `grad / divisor`.
    #[inline(always)]
    fn momentum(self, param: f32, grad: f32, divisor: f32, buffer: &mut f32) -> f32 {
        *buffer = *buffer * self.momentum + grad / divisor;
        param - self.rate * *buffer
    }
}

impl Rule<1> for Squares {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [square]: &mut [f32; 1]) -> f32 {
        let grad = self.decayed(param, grad);
        param - self.rate * grad / self.square(grad, square)
    }
}

/// RMSprop, centred.
#[derive(Clone, Copy)]
struct Centered(Squares);

impl Rule<2> for Centered {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [square, mean]: &mut [f32; 2]) -> f32 {
        let grad = self.0.decayed(param, grad);
        param - self.0.rate * grad / self.0.deviation(grad, square, mean)
    }
}

/// RMSprop with momentum.
#[derive(Clone, Copy)]
struct WithMomentum<R>(R);

impl Rule<2> for WithMomentum<Squares> {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [square, buffer]: &mut [f32; 2]) -> f32 {
        let Self(rule) = self;
        let grad = rule.decayed(param, grad);
        let divisor = rule.square(grad, square);
        rule.momentum(param, grad, divisor, buffer)
    }
}

impl Rule<3> for WithMomentum<Centered> {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [square, mean, buffer]: &mut [f32; 3]) -> f32 {
        let Self(Centered(rule)) = self;
        let grad = rule.decayed(param, grad);
        let divisor = rule.deviation(grad, square, mean);
        rule.momentum(param, grad, divisor, buffer)
    }
}
