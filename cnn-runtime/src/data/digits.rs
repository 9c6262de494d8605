//! Handwritten digits that nobody wrote.

mod canvas;
mod glyphs;

use self::canvas::Canvas;
use self::glyphs::{GLYPHS, Stroke};
use super::error::DataError;
use super::random::{Random, sin_cos};
use super::{Dataset, check};
use crate::Shape;

/// The smallest side on which ten digits differ.
const LEAST_SIDE: usize = 12;
/// The largest side, for which a pixel takes a microsecond of patience.
const MOST_SIDE: usize = 4096;

/// Grey images of the digits 0 to 9, drawn when they are asked for: a set to learn with, of any length, without a file.
///
/// Each is written by another hand, somewhere in the image: moved, turned, slanted and stretched, with another pen, among noise and
/// bits of other strokes. No pixel says much alone, so that a linear model does badly, and a small convolutional net well.
/// Values are 0 to 1; labels are the digits. An image depends on the seed, the index and the side alone.
#[derive(Clone, Debug)]
pub struct Digits {
    seed: u64,
    len: usize,
    side: usize,
}

impl Digits {
    /// So many images of 1×28×28. Other seeds have other images: take one to train, another to test.
    pub fn new(seed: u64, len: usize) -> Self {
        Self { seed, len, side: 28 }
    }

    /// With images of 1×`side`×`side`.
    ///
    /// # Errors
    ///
    /// Unless `side` is 12 to 4096.
    pub fn side(self, side: usize) -> Result<Self, DataError> {
        if !(LEAST_SIDE..=MOST_SIDE).contains(&side) {
            return Err(DataError::argument("the side of digits", side, format!("{LEAST_SIDE} to {MOST_SIDE} pixels")));
        }
        Ok(Self { side, ..self })
    }
}

impl Dataset for Digits {
    type Target = usize;

    fn len(&self) -> usize {
        self.len
    }

    fn shape(&self) -> Shape {
        Shape::Maps { channels: 1, height: self.side, width: self.side }
    }

    fn get(&self, index: usize, _draw: u64, image: &mut [f32]) -> Result<usize, DataError> {
        check(self, index, image)?;
        let mut random = Random::new(self.seed, index as u64);
        let label = random.index(10);
        let glyph = GLYPHS[label][random.index(GLYPHS[label].len())];
        let mut canvas = Canvas::new(image, self.side);
        let pen = Pen::new(&mut random, self.side as f32);
        for stroke in glyph {
            pen.draw(&mut canvas, stroke);
        }
        scribble(&mut canvas, &mut random, self.side as f32);
        canvas.add_noise(&mut random);
        Ok(label)
    }
}

/// How one digit is written: where each point of its strokes comes to lie, and how broad and bright they are.
struct Pen {
    /// The warp: x² and y² bend strokes, xy narrows one end; for x and for y.
    warp: [[f32; 3]; 2],
    /// Then [xx, xy, yx, yy], and where the middle lies; in pixels.
    matrix: [f32; 4],
    middle: [f32; 2],
    /// Half of the width of a stroke, in pixels.
    radius: f32,
    brightness: f32,
}

impl Pen {
    /// Another hand each time.
    fn new(random: &mut Random, side: f32) -> Self {
        let (sin, cos) = sin_cos(random.within(0.25));
        let slant = random.within(0.25);
        // Half of the height of a digit, and what x is stretched by.
        let size = side * random.between(0.26, 0.35);
        let stretch = random.between(0.8, 1.15);
        let warp = [(); 2].map(|()| [(); 3].map(|()| random.within(0.11)));
        let matrix = [cos * stretch, cos * slant - sin, sin * stretch, sin * slant + cos].map(|value| value * size);
        // A digit stays in the image.
        let reach = side * 0.5 - size * 0.95;
        let middle = [(); 2].map(|()| side * 0.5 + random.within(reach));
        let radius = side * random.between(0.025, 0.055);
        Self { warp, matrix, middle, radius, brightness: random.between(0.65, 1.0) }
    }

    fn place(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [x, y] = [0, 1].map(|axis| {
            let [xx, xy, yy] = self.warp[axis];
            [x, y][axis] + xx * x * x + xy * x * y + yy * y * y
        });
        let [xx, xy, yx, yy] = self.matrix;
        [xx * x + xy * y + self.middle[0], yx * x + yy * y + self.middle[1]]
    }

    fn draw(&self, canvas: &mut Canvas<'_>, stroke: &Stroke) {
        let mut from = None;
        stroke.points(|point| {
            let to = self.place(point);
            if let Some(from) = from.replace(to) {
                canvas.line([from, to], self.radius, self.brightness);
            }
        });
    }
}

/// Draws bits of strokes that belong to no digit.
fn scribble(canvas: &mut Canvas<'_>, random: &mut Random, side: f32) {
    for _ in 0..random.index(4) {
        let mut point = [(); 2].map(|()| random.between(0.0, side));
        let (radius, brightness) = (side * random.between(0.015, 0.04), random.between(0.2, 0.55));
        for _ in 0..2 {
            let to = point.map(|at| at + side * random.within(0.1));
            canvas.line([point, to], radius, brightness);
            point = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(data: &Digits) -> Vec<(usize, Vec<f32>)> {
        let image = |index| {
            let mut image = vec![f32::NAN; data.shape().len()];
            (data.get(index, 0, &mut image).unwrap(), image)
        };
        (0..data.len()).map(image).collect()
    }

    #[test]
    fn every_digit_is_as_likely_and_no_two_are_the_same() {
        let all = images(&Digits::new(1, 2000));
        let mut counts = [0; 10];
        all.iter().for_each(|(label, _)| counts[*label] += 1);
        assert!(counts.iter().all(|count| (150..250).contains(count)), "{counts:?}");
        for (label, image) in &all {
            assert!(image.iter().all(|value| (0.0..=1.0).contains(value)), "{label}");
            let ink = image.iter().sum::<f32>() / 784.0;
            assert!((0.03..0.5).contains(&ink), "{label}: {ink}");
        }
        assert!(all.windows(2).all(|pair| pair[0].1 != pair[1].1));
        assert_ne!(all[0].1, images(&Digits::new(2, 1))[0].1);
    }

    #[test]
    fn sides() {
        for side in [12, 13, 28, 64] {
            assert!(
                images(&Digits::new(3, 50).side(side).unwrap())
                    .iter()
                    .flat_map(|(_, image)| image)
                    .all(|v| v.is_finite())
            );
        }
        for side in [0, 11, 4097] {
            let error = Digits::new(3, 50).side(side).unwrap_err().to_string();
            assert_eq!(error, format!("the side of digits is {side}, expected 12 to 4096 pixels"));
        }
    }

    #[test]
    fn the_same_bits_on_every_machine() {
        // FNV-1a of all bits.
        let hash = images(&Digits::new(7, 100))
            .iter()
            .flat_map(|(_, image)| image)
            .fold(0xcbf2_9ce4_8422_2325, |hash, value| {
                (hash ^ u64::from(value.to_bits())).wrapping_mul(0x0100_0000_01b3)
            });
        assert_eq!(hash, 0x9ff1_4f99_fe74_3cd1, "{hash:#x}");
    }
}
