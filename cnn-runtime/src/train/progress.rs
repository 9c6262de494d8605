//! How far training is, for the one who waits.

#[cfg(feature = "progress")]
mod bar;

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{Callback, Epoch};

#[cfg(feature = "progress")]
pub use bar::ProgressBar;

/// A line for each epoch.
///
/// ```text
/// epoch 3/6  training loss 0.1021, 96.74 %  validation loss 0.0711, 97.90 %  31415 images/s
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ProgressLines {
    stdout: bool,
}

impl ProgressLines {
    /// On standard error, so that results on standard output stay apart.
    pub fn new() -> Self {
        Self::default()
    }

    /// On standard output.
    pub fn stdout() -> Self {
        Self { stdout: true }
    }

    fn write(self, epoch: &Epoch) {
        // Training goes on where nobody listens.
        let _ = if self.stdout { writeln!(io::stdout(), "{epoch}") } else { writeln!(io::stderr(), "{epoch}") };
    }
}

impl<N> Callback<N> for ProgressLines {
    fn epoch(&mut self, epoch: &Epoch, _: &N) -> ControlFlow<()> {
        self.write(epoch);
        ControlFlow::Continue(())
    }
}
