//! Pictures of training.

use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use thiserror::Error;

use super::{Epoch, Evaluation};
use crate::replace::replace;

const TRAINING: RGBColor = RGBColor(0x2b, 0x6c, 0xb0);
const VALIDATION: RGBColor = RGBColor(0xdd, 0x6b, 0x20);
const TEXT: RGBColor = RGBColor(0x2d, 0x37, 0x48);
const GRID: RGBColor = RGBColor(0xe2, 0xe8, 0xf0);
const PANEL: (u32, u32) = (520, 380);
const FONT: &str = "sans-serif";

/// Why there is no picture.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PlotError {
    /// There is no epoch yet.
    #[error("curves expect at least one epoch, found none")]
    Empty,
    /// Pictures are SVG.
    #[error("`{}`: curves are written as SVG, expected a name that ends in `.svg`", path.display())]
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The picture cannot be drawn.
    #[error("the picture cannot be drawn: {message}")]
    Draw {
        /// Why not.
        message: String,
    },
}

/// Writes loss and, of classes, accuracy of each epoch to an SVG file, all or nothing: those of training, and those of validation
/// where there is one.
///
/// What is not finite leaves a gap. Behind [`Trainer::fit`](super::Trainer::fit):
///
/// ```
/// # fn draw(trainer: &[cnn_runtime::train::Epoch]) -> Result<(), cnn_runtime::train::plot::PlotError> {
/// # struct T<'a>(&'a [cnn_runtime::train::Epoch]);
/// # impl T<'_> { fn history(&self) -> &[cnn_runtime::train::Epoch] { self.0 } }
/// # let trainer = T(trainer);
/// use cnn_runtime::train::plot;
///
/// plot::curves(trainer.history(), "curves.svg")
/// # }
/// ```
///
/// # Errors
///
/// If there is no epoch, the name does not end in `.svg`, or the file cannot be written; an old one is left as it was.
pub fn curves(epochs: &[Epoch], path: impl AsRef<Path>) -> Result<(), PlotError> {
    let path = path.as_ref();
    if !path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg")) {
        return Err(PlotError::Extension { path: path.into() });
    }
    if epochs.is_empty() {
        return Err(PlotError::Empty);
    }
    let picture = draw(epochs).map_err(|message| PlotError::Draw { message })?;
    replace(path, |file| file.write_all(picture.as_bytes()))
        .map_err(|source| PlotError::Io { path: path.into(), source })
}

/// One curve: what each epoch reached.
struct Curve {
    name: &'static str,
    colour: RGBColor,
    /// None where there is nothing to show.
    points: Vec<(f64, Option<f64>)>,
}

/// One system of axes.
struct Panel {
    title: &'static str,
    curves: Vec<Curve>,
    x: Axis,
    y: Axis,
}

/// Values that are shown, and those that have a line and a label.
#[derive(Clone, Debug, PartialEq)]
struct Axis {
    range: Range<f64>,
    ticks: Vec<f64>,
    digits: usize,
}

/// The SVG.
fn draw(epochs: &[Epoch]) -> Result<String, String> {
    let x = Axis::of_epochs(epochs);
    let curves = |training: &dyn Fn(&Epoch) -> Option<f64>, validation: &dyn Fn(&Evaluation) -> Option<f64>| {
        let validation = |epoch: &Epoch| epoch.validation.as_ref().and_then(validation);
        let training = Curve::new("training", TRAINING, epochs, training);
        let validation = Curve::new("validation", VALIDATION, epochs, &validation);
        [training, validation].into_iter().flatten().collect::<Vec<_>>()
    };
    let losses = curves(&|epoch| Some(epoch.loss), &|validation| Some(validation.loss));
    let percent = |accuracy: f64| 100.0 * accuracy;
    let accuracies = curves(&|epoch| epoch.accuracy.map(percent), &|validation| validation.accuracy.map(percent));

    let y = Axis::of_losses(&losses);
    let mut panels = vec![Panel { title: "loss", curves: losses, x: x.clone(), y }];
    if !accuracies.is_empty() {
        let y = Axis::of_percentages(&accuracies);
        panels.push(Panel { title: "accuracy, %", curves: accuracies, x, y });
    }
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (PANEL.0 * panels.len() as u32, PANEL.1)).into_drawing_area();
        let drawn = root.fill(&WHITE).map_err(|error| error.to_string()).and_then(|()| {
            let areas = root.split_evenly((1, panels.len()));
            panels.iter().zip(&areas).try_for_each(|(panel, area)| panel.draw(area).map_err(|error| error.to_string()))
        });
        drawn?;
        root.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

impl Curve {
    /// None where no epoch has a value.
    fn new(
        name: &'static str,
        colour: RGBColor,
        epochs: &[Epoch],
        value: &dyn Fn(&Epoch) -> Option<f64>,
    ) -> Option<Self> {
        let mut points = Vec::new();
        for (at, epoch) in epochs.iter().enumerate() {
            // What is larger than any axis is as good as infinite.
            points.push(((at + 1) as f64, value(epoch).filter(|value| value.abs() < 1e30)));
        }
        let any = epochs.iter().any(|epoch| value(epoch).is_some());
        any.then_some(Self { name, colour, points })
    }

    /// Its values without the gaps.
    fn values(&self) -> impl Iterator<Item = f64> {
        self.points.iter().filter_map(|point| point.1)
    }

    /// The points between two gaps.
    fn pieces(&self) -> impl Iterator<Item = Vec<(f64, f64)>> {
        let pieces = self.points.split(|point| point.1.is_none());
        pieces.map(|piece| piece.iter().filter_map(|&(x, y)| Some((x, y?))).collect())
    }
}

/// The lowest and the highest value of all; `None` where there is none.
fn extent(curves: &[Curve]) -> Option<[f64; 2]> {
    let values = curves.iter().flat_map(Curve::values);
    values.fold(None, |extent: Option<[f64; 2]>, value| {
        let [low, high] = extent.unwrap_or([value, value]);
        Some([low.min(value), high.max(value)])
    })
}

impl Axis {
    /// Whole numbers, at most about ten of them.
    fn of_epochs(epochs: &[Epoch]) -> Self {
        let last = epochs.len() as f64;
        let step = nice_step(last / 10.0).max(1.0);
        let mut ticks: Vec<f64> = (1..=(last / step) as usize).map(|tick| tick as f64 * step).collect();
        if step > 1.0 {
            ticks.insert(0, 1.0);
        }
        let margin = 0.03 * last.max(10.0);
        Self { range: 1.0 - margin..last + margin, ticks, digits: 0 }
    }

    /// From 0, unless there are negative ones.
    fn of_losses(curves: &[Curve]) -> Self {
        let [low, high] = extent(curves).unwrap_or([0.0, 1.0]);
        let low = low.min(0.0);
        let high = if high > low { high } else { low + 1.0 };
        Self::new(low, high + 0.04 * (high - low))
    }

    /// Up to 100, from a round number below all of them.
    fn of_percentages(curves: &[Curve]) -> Self {
        let [low, high] = extent(curves).unwrap_or([0.0, 100.0]);
        let step = if low >= 90.0 { 1.0 } else { 10.0 };
        let low = ((low / step).floor() * step).min(99.0);
        Self::new(low, high.max(100.0))
    }

    /// With about six ticks.
    fn new(low: f64, high: f64) -> Self {
        let step = nice_step((high - low) / 6.0);
        let ticks = (0..=8).map(|tick| (low / step).ceil() * step + tick as f64 * step);
        let ticks = ticks.filter(|&tick| tick <= high + 1e-9 * step).collect();
        Self { range: low..high, ticks, digits: (-step.log10()).ceil().clamp(0.0, 9.0) as usize }
    }
}

/// 1, 2 or 5 times a power of ten, the next one from `step` on.
fn nice_step(step: f64) -> f64 {
    let power = 10f64.powf(step.max(1e-30).log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        let share = (value - self.range.start) / (self.range.end - self.range.start);
        start + (share * f64::from(end - start)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

impl Panel {
    fn draw(&self, area: &Area<'_>) -> Result<(), Box<dyn std::error::Error>> {
        let mut chart = ChartBuilder::on(area)
            .margin(16)
            .margin_top(48)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        chart
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(TEXT.mix(0.5))
            .label_style((FONT, 13).into_font().color(&TEXT))
            .x_desc("epoch")
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_label_formatter(&|y| format!("{y:.*}", self.y.digits))
            .draw()?;
        for curve in &self.curves {
            for piece in curve.pieces() {
                chart.draw_series(piece.iter().map(|&point| Circle::new(point, 3, curve.colour.filled())))?;
                chart.draw_series([PathElement::new(piece, curve.colour.stroke_width(2))])?;
            }
        }
        self.draw_head(area)
    }

    /// Above the axes: the title to the left, and the legend to the right.
    fn draw_head(&self, area: &Area<'_>) -> Result<(), Box<dyn std::error::Error>> {
        let style = |size: i32| (FONT, size).into_font().color(&TEXT).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(self.title, (68, 26), style(16)))?;
        let right = area.dim_in_pixel().0 as i32 - 16;
        for (at, curve) in self.curves.iter().enumerate() {
            let left = right - 100 * (self.curves.len() - at) as i32;
            area.draw(&PathElement::new([(left, 26), (left + 18, 26)], curve.colour.stroke_width(2)))?;
            area.draw(&Circle::new((left + 9, 26), 3, curve.colour.filled()))?;
            area.draw(&Text::new(curve.name, (left + 24, 26), style(13)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(number: u64, loss: f64, accuracy: Option<f64>, validation: Option<f64>) -> Epoch {
        let validation = validation.map(|loss| Evaluation { loss, accuracy, confusion: None });
        Epoch { number, epochs: 9, loss, accuracy, validation, rate: 0.1, seconds: 1.0, images: 100 }
    }

    fn count(svg: &str, colour: &str) -> [usize; 2] {
        ["<circle", "<polyline"]
            .map(|tag| svg.lines().filter(|line| line.starts_with(tag) && line.contains(colour)).count())
    }

    #[test]
    fn curves_have_a_point_for_each_epoch() -> Result<(), String> {
        let epochs: Vec<Epoch> = (1..=7).map(|n| epoch(n, 2.0 / n as f64, Some(0.9), Some(1.0 / n as f64))).collect();
        let svg = draw(&epochs)?;
        // One more in the legend, and in both panels.
        assert_eq!([count(&svg, "#2B6CB0"), count(&svg, "#DD6B20")], [[16, 4]; 2], "{svg}");
        for text in ["loss", "accuracy, %", "epoch", "training", "validation"] {
            assert!(svg.contains(&format!("\n{text}\n")), "{text}: {svg}");
        }
        Ok(())
    }

    #[test]
    fn what_is_not_finite_is_a_gap() -> Result<(), String> {
        let losses = [1.0, f64::NAN, 0.5, 0.4, f64::INFINITY, 1e300, 0.3];
        let epochs: Vec<Epoch> = losses.iter().map(|&loss| epoch(1, loss, None, None)).collect();
        let svg = draw(&epochs)?;
        assert_eq!(count(&svg, "#2B6CB0")[0], 5);
        assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("validation"), "{svg}");
        for loss in [f64::NAN, f64::NEG_INFINITY, 0.0, -3.0, 1e29, 1e-29] {
            draw(&[epoch(1, loss, Some(loss), Some(loss))])?;
        }
        Ok(())
    }

    #[test]
    fn ticks_are_round() {
        let axis = Axis::new(0.0, 2.4);
        assert_eq!((axis.ticks, axis.digits), (vec![0.0, 0.5, 1.0, 1.5, 2.0], 1));
        let axis = Axis::new(90.0, 100.0);
        assert_eq!((axis.ticks, axis.digits), (vec![90.0, 92.0, 94.0, 96.0, 98.0, 100.0], 0));
        for (count, expected) in [(1, vec![1.0]), (3, vec![1.0, 2.0, 3.0]), (40, vec![1.0, 5.0, 10.0])] {
            let epochs = vec![epoch(1, 1.0, None, None); count];
            assert_eq!(Axis::of_epochs(&epochs).ticks[..expected.len()], expected);
        }
    }

    #[test]
    fn files_are_replaced_or_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("curves.svg");
        assert!(matches!(curves(&[], &path), Err(PlotError::Empty)));
        curves(&[epoch(1, 1.0, None, None)], &path).unwrap();
        let error = curves(&[epoch(1, 1.0, None, None)], folder.path().join("curves.png")).unwrap_err().to_string();
        assert!(error.ends_with("curves are written as SVG, expected a name that ends in `.svg`"), "{error}");
        assert!(curves(&[epoch(1, 1.0, None, None)], folder.path().join("none/curves.svg")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
