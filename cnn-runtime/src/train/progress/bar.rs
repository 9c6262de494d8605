//! A bar that fills while an epoch passes.

use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::time::Duration;

use indicatif::{ProgressDrawTarget, ProgressStyle};

use super::ProgressLines;
use crate::train::{Callback, Epoch, Step};

/// A bar that fills while an epoch passes, on standard error, and a line for each epoch that is done.
///
/// ```text
/// epoch 3/6 ━━━━━━╸━━━ loss 0.1021, 96.74 %  31415 images/s  1 s left, 8 s in all
/// ```
///
/// Loss and accuracy are those of the epoch so far. Where standard error is no terminal, there are the lines alone.
#[derive(Debug)]
pub struct ProgressBar {
    /// None before the first step of an epoch.
    bar: Option<indicatif::ProgressBar>,
    terminal: bool,
    /// How long the last epoch took, and how long without its validation.
    last: Option<[f64; 2]>,
    /// How long this one takes without validation, by its last step.
    training: f64,
}

impl Default for ProgressBar {
    fn default() -> Self {
        Self::new()
    }
}

impl ProgressBar {
    /// On standard error.
    pub fn new() -> Self {
        let terminal = io::stderr().is_terminal() && !ProgressDrawTarget::stderr().is_hidden();
        Self { bar: None, terminal, last: None, training: 0.0 }
    }

    /// What stands behind the bar.
    fn message(&self, step: &Step) -> String {
        let Step { epoch_loss, epoch_accuracy, images_per_second, .. } = step;
        let accuracy = epoch_accuracy.map_or(String::new(), |accuracy| format!(", {:.2} %", 100.0 * accuracy));
        let [epoch, all] = self.left(step).map(time);
        format!("loss {epoch_loss:.4}{accuracy}  {images_per_second:.0} images/s  {epoch} left, {all} in all")
    }

    /// How many seconds this epoch, and how many all of them are going to take.
    fn left(&self, step: &Step) -> [f64; 2] {
        let training = step.images as f64 / step.images_per_second;
        let share = (step.batch + 1) as f64 / step.batches.max(1) as f64;
        let validation = self.last.map_or(0.0, |[whole, training]| whole - training).max(0.0);
        let epoch = training * (1.0 - share) + validation;
        let others = step.epochs.saturating_sub(step.epoch + 1) as f64;
        [epoch, epoch + others * (training + validation)]
    }
}

impl<N> Callback<N> for ProgressBar {
    fn step(&mut self, step: &Step) {
        if !self.terminal {
            return;
        }
        self.training = step.images as f64 / step.images_per_second;
        let message = self.message(step);
        let bar = self.bar.get_or_insert_with(|| new_bar(step));
        bar.set_message(message);
        bar.set_position(step.batch as u64 + 1);
    }

    fn epoch(&mut self, epoch: &Epoch, _: &N) -> ControlFlow<()> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.last = Some([epoch.seconds, self.training]);
        ProgressLines::new().write(epoch);
        ControlFlow::Continue(())
    }
}

fn new_bar(step: &Step) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::with_draw_target(Some(step.batches as u64), ProgressDrawTarget::stderr());
    // The template is right, so that the other style is never seen.
    // 80 columns show all of it; what narrower terminals have no room for is cut off.
    let style = ProgressStyle::with_template("{prefix} {bar:10.cyan/black.bright} {wide_msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸━"));
    bar.set_prefix(format!("epoch {}/{}", step.epoch + 1, step.epochs));
    bar
}

/// A time in the two largest units that it has.
fn time(seconds: f64) -> String {
    let seconds = Duration::try_from_secs_f64(seconds.ceil()).unwrap_or_default().as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Step = Step {
        epoch: 1,
        epochs: 4,
        batch: 24,
        batches: 100,
        images: 6000,
        loss: 0.5,
        epoch_loss: 0.25,
        epoch_accuracy: Some(0.9674),
        rate: 0.1,
        images_per_second: 500.0,
    };

    #[test]
    fn the_message_says_how_good_and_how_long() {
        let mut bar = ProgressBar { bar: None, terminal: true, last: None, training: 0.0 };
        assert_eq!(bar.message(&STEP), "loss 0.2500, 96.74 %  500 images/s  9 s left, 33 s in all");
        // With validation, which takes three seconds.
        bar.last = Some([15.0, 12.0]);
        let regression = Step { epoch_accuracy: None, ..STEP };
        assert_eq!(bar.message(&regression), "loss 0.2500  500 images/s  12 s left, 42 s in all");
        // A clock that stands still, and one that does not move at all.
        for images_per_second in [f64::INFINITY, f64::NAN, 0.0] {
            assert!(bar.message(&Step { images_per_second, ..STEP }).contains(" s left"));
        }
    }

    #[test]
    fn times() {
        let times = [0.0, 0.4, 59.0, 60.0, 61.5, 3600.0, 1e6, 1e300, -1.0, f64::NAN].map(time);
        let expected =
            ["0 s", "1 s", "59 s", "1 min 00 s", "1 min 02 s", "1 h 00 min", "277 h 46 min", "0 s", "0 s", "0 s"];
        assert_eq!(times, expected);
    }
}
