//! Learning rates that change from step to step.

use std::f64::consts::PI;

/// How the learning rate changes.
///
/// A closure of the same arguments is a schedule too.
///
/// ```
/// use cnn_runtime::train::{Cosine, Schedule, WarmUp};
///
/// let schedule = WarmUp::new(100, Cosine::new());
/// assert_eq!(schedule.rate(0.1, 100, 1000), 0.1);
/// assert!(schedule.rate(0.1, 999, 1000) < 1e-6);
/// let halved = |base: f64, step: u64, steps: u64| if step < steps / 2 { base } else { base / 2.0 };
/// assert_eq!(halved.rate(0.1, 999, 1000), 0.05);
/// ```
pub trait Schedule {
    /// The learning rate of step `step`, counted from 0, of so many `steps`; `base` is the optimizer's own.
    ///
    /// Behind the last step the rate remains that of the end.
    fn rate(&self, base: f64, step: u64, steps: u64) -> f64;
}

impl<F: Fn(f64, u64, u64) -> f64> Schedule for F {
    fn rate(&self, base: f64, step: u64, steps: u64) -> f64 {
        self(base, step, steps)
    }
}

/// Always the optimizer's own rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Constant;

impl Schedule for Constant {
    fn rate(&self, base: f64, _: u64, _: u64) -> f64 {
        base
    }
}

/// The rate is multiplied by a factor every so many steps: `StepLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepDecay {
    size: u64,
    gamma: f64,
}

impl StepDecay {
    /// Multiplies by 0.1 every `size` steps, or every step where that is 0.
    pub fn new(size: u64) -> Self {
        Self { size: size.max(1), gamma: 0.1 }
    }

    /// Multiplies by this factor instead.
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
}

impl Schedule for StepDecay {
    fn rate(&self, base: f64, step: u64, _: u64) -> f64 {
        base * self.gamma.powf((step / self.size) as f64)
    }
}

/// Half a cosine from the optimizer's rate down to `eta_min`, which is reached behind the last step: `CosineAnnealingLR`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cosine {
    eta_min: f64,
}

impl Cosine {
    /// Down to 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// Down to this rate.
    pub fn eta_min(self, eta_min: f64) -> Self {
        Self { eta_min }
    }
}

impl Schedule for Cosine {
    fn rate(&self, base: f64, step: u64, steps: u64) -> f64 {
        cosine(base, self.eta_min, fraction(step as f64, 0.0, steps as f64))
    }
}

/// Up to the optimizer's rate, and down to almost nothing, each along half a cosine: `OneCycleLR` with two phases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneCycle {
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
}

impl Default for OneCycle {
    fn default() -> Self {
        Self { pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }
}

impl OneCycle {
    /// Up during the first three tenths of all steps, from a 25th of the rate, and down to a 250,000th.
    pub fn new() -> Self {
        Self::default()
    }

    /// The share of steps during which the rate rises, from 0 to 1.
    pub fn pct_start(self, pct_start: f64) -> Self {
        Self { pct_start, ..self }
    }

    /// The first rate is the highest over this.
    pub fn div_factor(self, div_factor: f64) -> Self {
        Self { div_factor, ..self }
    }

    /// The last rate is the first over this.
    pub fn final_div_factor(self, final_div_factor: f64) -> Self {
        Self { final_div_factor, ..self }
    }
}

impl Schedule for OneCycle {
    fn rate(&self, base: f64, step: u64, steps: u64) -> f64 {
        let first = base / self.div_factor;
        let last = first / self.final_div_factor;
        let (step, end) = (step as f64, steps as f64 - 1.0);
        let top = self.pct_start * steps as f64 - 1.0;
        if step <= top {
            cosine(first, base, fraction(step, 0.0, top))
        } else {
            cosine(base, last, fraction(step, top, end))
        }
    }
}

/// A rate that rises in equal parts up to that of another schedule, which begins then: `LinearLR` before another one in
/// `SequentialLR`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WarmUp<S> {
    steps: u64,
    start_factor: f64,
    then: S,
}

impl<S> WarmUp<S> {
    /// From a third of the optimizer's rate, `steps` steps before `then` begins.
    pub fn new(steps: u64, then: S) -> Self {
        Self { steps, start_factor: 1.0 / 3.0, then }
    }

    /// From this share of the optimizer's rate, instead of a third.
    pub fn start_factor(self, start_factor: f64) -> Self {
        Self { start_factor, ..self }
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn rate(&self, base: f64, step: u64, steps: u64) -> f64 {
        if step >= self.steps {
            return self.then.rate(base, step - self.steps, steps.saturating_sub(self.steps));
        }
        base * (self.start_factor + (1.0 - self.start_factor) * step as f64 / self.steps as f64)
    }
}

/// How far `step` is from `start` to `end`: from 0 to 1, which it also is where there is no way to go.
fn fraction(step: f64, start: f64, end: f64) -> f64 {
    if step < end { (step - start) / (end - start) } else { 1.0 }
}

/// Along half a cosine from `start` to `end`.
fn cosine(start: f64, end: f64, fraction: f64) -> f64 {
    end + (start - end) / 2.0 * ((PI * fraction).cos() + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::golden::{assert_near, numbers};

    const GOLDEN: &str = include_str!("golden/schedules.txt");

    fn check(name: &str, schedule: impl Schedule) {
        let rates: Vec<_> = (0..30).map(|step| schedule.rate(0.1, step, 30)).collect();
        assert_near(name, &rates, &numbers(GOLDEN, name), 1e-12, 1e-3);
    }

    #[test]
    fn rates_are_pytorchs() {
        check("step", StepDecay::new(7));
        check("step-gamma", StepDecay::new(4).gamma(0.5));
        check("cosine", Cosine::new());
        check("cosine-min", Cosine::new().eta_min(0.01));
        check("one-cycle", OneCycle::new());
        check("one-cycle-odd", OneCycle::new().pct_start(0.47).div_factor(10.0).final_div_factor(100.0));
        check("warm-up", WarmUp::new(6, Cosine::new()));
        check("warm-up-step", WarmUp::new(10, StepDecay::new(5)).start_factor(0.05));
    }

    #[test]
    fn rates_are_numbers_for_any_steps() {
        let schedules: [Box<dyn Schedule>; 7] = [
            Box::new(Constant),
            Box::new(StepDecay::new(0)),
            Box::new(Cosine::new()),
            Box::new(OneCycle::new()),
            Box::new(OneCycle::new().pct_start(0.0)),
            Box::new(OneCycle::new().pct_start(1.0)),
            Box::new(WarmUp::new(5, Cosine::new())),
        ];
        for schedule in schedules {
            for (step, steps) in (0..8).flat_map(|steps| (0..9).map(move |step| (step, steps))) {
                let rate = schedule.rate(0.1, step, steps);
                assert!((0.0..=0.1).contains(&rate), "{rate} at {step} of {steps}");
            }
            assert!((0.0..=0.1).contains(&schedule.rate(0.1, u64::MAX, u64::MAX)));
        }
    }

    #[test]
    fn the_last_rate_remains() {
        assert_eq!(Cosine::new().eta_min(0.01).rate(0.1, 40, 30), 0.01);
        assert_eq!(OneCycle::new().rate(0.1, 40, 30), OneCycle::new().rate(0.1, 29, 30));
        assert_eq!(Constant.rate(0.1, 40, 30), 0.1);
    }
}
