//! A grey image to draw on.

use crate::data::random::Random;

/// A square image; 0 is dark.
pub struct Canvas<'a> {
    values: &'a mut [f32],
    side: usize,
}

impl<'a> Canvas<'a> {
    /// An empty one.
    pub fn new(values: &'a mut [f32], side: usize) -> Self {
        values.fill(0.0);
        Self { values, side }
    }

    /// Draws a line with round ends: a pixel is as bright as the part of it that the line covers, to its distance.
    pub fn line(&mut self, [from, to]: [[f32; 2]; 2], radius: f32, brightness: f32) {
        let reach = radius + 0.5;
        let [columns, rows] = [0, 1].map(|axis| {
            // Pixel i lies from i to i + 1. A cast takes what is negative as 0.
            let first = (from[axis].min(to[axis]) - reach - 0.5).ceil().max(0.0) as usize;
            let end = (from[axis].max(to[axis]) + reach + 0.5).floor().max(0.0) as usize;
            first.min(self.side)..end.min(self.side)
        });
        if columns.is_empty() {
            return;
        }
        let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
        let length = dx * dx + dy * dy;
        let inverse = if length > 0.0 { 1.0 / length } else { 0.0 };
        for row in rows {
            let y = row as f32 + 0.5 - from[1];
            let values = &mut self.values[row * self.side..][columns.clone()];
            for (column, value) in values.iter_mut().enumerate() {
                let x = (columns.start + column) as f32 + 0.5 - from[0];
                // The nearest point of the line.
                let part = ((x * dx + y * dy) * inverse).clamp(0.0, 1.0);
                let (x, y) = (x - part * dx, y - part * dy);
                let covered = (reach - (x * x + y * y).sqrt()).clamp(0.0, 1.0);
                *value = value.max(covered * brightness);
            }
        }
    }

    /// Adds noise to each pixel, nearly normal, and a haze that all share.
    pub fn add_noise(&mut self, random: &mut Random) {
        // The sum of four bytes has mean 510 and standard deviation 148.
        let strength = random.between(0.02, 0.1) / 148.0;
        let haze = random.between(0.0, 0.15) - 510.0 * strength;
        let mut bytes = [0; 1024];
        for values in self.values.chunks_mut(bytes.len() / 4) {
            random.fill(&mut bytes[..4 * values.len()]);
            for (value, bytes) in values.iter_mut().zip(bytes.as_chunks::<4>().0) {
                let sum: u16 = bytes.iter().copied().map(u16::from).sum();
                *value = (*value + haze + f32::from(sum) * strength).clamp(0.0, 1.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cover_what_they_should() {
        let mut values = [9.0; 64];
        let mut canvas = Canvas::new(&mut values, 8);
        canvas.line([[2.0, 4.0], [6.0, 4.0]], 1.0, 0.5);
        // Rows 3 and 4 lie within the line, between its ends; rows 2 and 5 touch it. Its ends reach a pixel further.
        let row = |y: usize| values[8 * y + 2..][..4].to_vec();
        assert_eq!([row(3), row(4)], [[0.5; 4]; 2]);
        assert_eq!([row(1), row(2), row(5), row(6)], [[0.0; 4]; 4]);
        assert_eq!(values.iter().filter(|&&value| value > 0.0).count(), (4 + 2) * 2);
    }

    #[test]
    fn lines_outside_draw_nothing() {
        let mut values = [0.0; 64];
        let mut canvas = Canvas::new(&mut values, 8);
        for [x, y] in [[-50.0, 4.0], [50.0, 4.0], [4.0, -50.0], [4.0, 1e9]] {
            canvas.line([[x, y], [x, y]], 2.0, 1.0);
        }
        assert_eq!(values, [0.0; 64]);
        // Nor does one without an end panic.
        Canvas::new(&mut values, 8).line([[f32::NEG_INFINITY; 2], [f32::INFINITY; 2]], 2.0, 1.0);
    }
}
