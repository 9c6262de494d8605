//! Whether one thread or all of them compute an image of a small net sooner.

use std::time::{Duration, Instant};

/// Images that are computed in each way to find the faster one: enough for sleeping threads to wake.
const TRIAL: u32 = 32;

/// Images from one trial to the next one.
const PERIOD: u32 = 4096;

/// The faster way to compute an image, where threads have microseconds of work for each other. What goes from one core to another takes
/// a tenth of a microsecond or several, depending on where the system has put the threads, and a thread that sleeps takes longer still to
/// wake: so both ways are tried, now and then.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// Images since the last trial began.
    images: u32,
    /// All threads were faster.
    together: bool,
    /// The least time that one thread has taken in the last trial, and all of them.
    least: [Duration; 2],
}

impl Pace {
    /// Whether all threads are to compute.
    pub fn together(&self) -> bool {
        self.together
    }

    /// Lets `forward` compute an image, by all threads together or by one.
    pub fn image(&mut self, forward: impl FnOnce(bool)) {
        if self.images >= 2 * TRIAL {
            self.images = (self.images + 1) % PERIOD;
            return forward(self.together);
        }
        let together = self.images >= TRIAL;
        let least = &mut self.least[usize::from(together)];
        let start = Instant::now();
        forward(together);
        let time = start.elapsed();
        *least = if self.images.is_multiple_of(TRIAL) { time } else { time.min(*least) };
        self.images += 1;
        if self.images == 2 * TRIAL {
            self.together = self.least[1] < self.least[0];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread::sleep;

    use super::*;

    /// How many of the images between two trials are computed together, where that and one thread take so many microseconds.
    fn together(pace: &mut Pace, micros: [u64; 2]) -> usize {
        let mut count = 0;
        for image in 0..PERIOD {
            pace.image(|together| {
                if image < 2 * TRIAL {
                    sleep(Duration::from_micros(micros[usize::from(together)]));
                } else {
                    count += usize::from(together);
                }
            });
        }
        count
    }

    #[test]
    fn the_faster_way_is_taken_until_the_other_one_is() {
        let pace = &mut Pace::default();
        let usual = (PERIOD - 2 * TRIAL) as usize;
        assert_eq!(together(pace, [3000, 1]), usual);
        assert_eq!(together(pace, [1, 3000]), 0);
        assert_eq!(together(pace, [3000, 1]), usual);
    }
}
