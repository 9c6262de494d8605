//! The picture of the space of models.

use std::error::Error;

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{Learner, Plane, Point, SIZES};

const TEXT: RGBColor = RGBColor(0x2d, 0x37, 0x48);
const GRID: RGBColor = RGBColor(0xe2, 0xe8, 0xf0);
const COLOURS: [RGBColor; 3] = [RGBColor(0xdd, 0x6b, 0x20), RGBColor(0x2b, 0x6c, 0xb0), RGBColor(0x80, 0x3d, 0xa8)];
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Three panels beside one another.
pub fn draw(line: &[Point], plane: &Plane, learners: &[Learner], path: &str) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, (1600, 480)).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, rest) = root.split_horizontally(480);
    let (middle, right) = rest.split_horizontally(540);
    draw_line(line, &left)?;
    draw_plane(plane, &middle)?;
    draw_learners(learners, &right)?;
    root.present()?;
    Ok(())
}

fn font(size: i32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&TEXT)
}

/// The loss between two nets.
fn draw_line(line: &[Point], area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    let top = line.iter().map(|point| point.loss).fold(0.0, f64::max);
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .caption("loss between two trained nets", font(17))
        .x_label_area_size(44)
        .y_label_area_size(52)
        .build_cartesian_2d(-0.5..1.5, 0.0..1.05 * top)?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(TEXT.mix(0.5))
        .label_style(font(13))
        .x_desc("share of the way from net 1 to net 2")
        .x_labels(5)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    let point = |point: &Point| (point.share, point.loss);
    chart.draw_series([PathElement::new(line.iter().map(point).collect::<Vec<_>>(), COLOURS[1].stroke_width(2))])?;
    for (share, name) in [(0.0, "net 1"), (1.0, "net 2")] {
        if let Some(end) = line.iter().find(|point| (point.share - share).abs() < 1e-9).map(point) {
            chart.draw_series([Circle::new(end, 5, COLOURS[0].filled())])?;
            chart.draw_series([EmptyElement::at(end) + Text::new(name, (-18, -24), font(14))])?;
        }
    }
    Ok(())
}

/// The loss around a net, the darker the lower, with lines of equal loss.
fn draw_plane(plane: &Plane, area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    let (reach, cells) = (plane.reach, plane.losses.len() - 1);
    let all = plane.losses.iter().flatten().map(|loss| loss.ln());
    let [low, high] = [all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max)];
    let shade = |loss: f64| colour((loss.ln() - low) / (high - low).max(1e-9));

    let (area, scale) = area.split_horizontally(460);
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .caption("loss on a plane around net 1", font(17))
        .x_label_area_size(44)
        .y_label_area_size(44)
        .build_cartesian_2d(-reach..reach, -reach..reach)?;
    let at = |index: usize| reach * (2.0 * index as f64 / cells as f64 - 1.0);
    for (y, row) in plane.losses.windows(2).enumerate() {
        for x in 0..cells {
            let corners = [row[0][x], row[0][x + 1], row[1][x + 1], row[1][x]];
            let mean = corners.iter().map(|loss| loss.ln()).sum::<f64>() / 4.0;
            let cell = [(at(x), at(y)), (at(x + 1), at(y + 1))];
            chart.draw_series([Rectangle::new(cell, shade(mean.exp()).filled())])?;
        }
    }
    let levels: Vec<f64> = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        .into_iter()
        .filter(|level: &f64| (low..high).contains(&level.ln()))
        .collect();
    for level in &levels {
        for (y, rows) in plane.losses.windows(2).enumerate() {
            for x in 0..cells {
                let corners = [
                    ([at(x), at(y)], rows[0][x]),
                    ([at(x + 1), at(y)], rows[0][x + 1]),
                    ([at(x + 1), at(y + 1)], rows[1][x + 1]),
                    ([at(x), at(y + 1)], rows[1][x]),
                ];
                for ends in crossings(&corners, *level).chunks_exact(2) {
                    chart.draw_series([PathElement::new(ends.to_vec(), WHITE.mix(0.8))])?;
                }
            }
        }
    }
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(TEXT.mix(0.5))
        .label_style(font(13))
        .x_desc("direction 1, in lengths of the net's tensors")
        .y_desc("direction 2")
        .x_labels(5)
        .y_labels(5)
        .draw()?;
    chart.draw_series([Circle::new((0.0, 0.0), 5, COLOURS[0].filled())])?;
    draw_scale(low, high, &levels, &scale)
}

/// Which colour is which loss.
fn draw_scale(low: f64, high: f64, levels: &[f64], area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    let (top, height, steps) = (44, 376, 94);
    for step in 0..steps {
        let y = top + height * step / steps;
        let share = 1.0 - f64::from(step) / f64::from(steps - 1);
        area.draw(&Rectangle::new([(0, y), (14, y + height / steps)], colour(share).filled()))?;
    }
    for level in levels {
        let y = top + (f64::from(height) * (high - level.ln()) / (high - low)) as i32;
        area.draw(&PathElement::new([(0, y), (14, y)], WHITE.mix(0.8)))?;
        area.draw(&Text::new(level.to_string(), (20, y - 7), font(13)))?;
    }
    Ok(())
}

/// Where the sides of a square meet a level, in pairs.
fn crossings(corners: &[([f64; 2], f64); 4], level: f64) -> Vec<(f64, f64)> {
    let sides = (0..4).map(|side| (corners[side], corners[(side + 1) % 4]));
    let meets = sides.filter(|((_, from), (_, to))| (*from < level) != (*to < level));
    let between = meets.map(|((a, from), (b, to))| {
        let share = (level - from) / (to - from);
        (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    });
    between.collect()
}

/// From dark blue over green to yellow.
fn colour(share: f64) -> RGBColor {
    const STOPS: [[f64; 3]; 5] =
        [[68.0, 1.0, 84.0], [59.0, 82.0, 139.0], [33.0, 145.0, 140.0], [94.0, 201.0, 98.0], [253.0, 231.0, 37.0]];
    let place = 4.0 * share.clamp(0.0, 1.0);
    let stop = (place as usize).min(3);
    let [from, to] = [STOPS[stop], STOPS[stop + 1]];
    let [red, green, blue] = [0, 1, 2].map(|at| (from[at] + (place - stop as f64) * (to[at] - from[at])) as u8);
    RGBColor(red, green, blue)
}

/// What is learnt, by capacity and data.
fn draw_learners(learners: &[Learner], area: &Area<'_>) -> Result<(), Box<dyn Error>> {
    let last = SIZES.len() as i32 - 1;
    // Where the legend begins.
    let left = area.dim_in_pixel().0 as i32 - 130;
    let mut chart = ChartBuilder::on(area)
        .margin(16)
        .caption("capacity and data: accuracy, %", font(17))
        .margin_right(136)
        .x_label_area_size(44)
        .y_label_area_size(44)
        .build_cartesian_2d(0..last, 20.0..101.0)?;
    chart
        .configure_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(TEXT.mix(0.5))
        .label_style(font(13))
        .x_desc("images to learn from")
        .x_labels(SIZES.len())
        .x_label_formatter(&|&at| SIZES.get(at as usize).map_or(String::new(), |size| size.to_string()))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()?;
    for (at, (learner, colour)) in learners.iter().zip(COLOURS).enumerate() {
        let points = |accuracies: &[f64]| (0..).zip(accuracies.iter().map(|share| 100.0 * share)).collect::<Vec<_>>();
        let [train, held_out] = [points(&learner.train), points(&learner.held_out)];
        chart.draw_series([PathElement::new(train.clone(), colour.mix(0.5).stroke_width(1))])?;
        chart.draw_series(train.iter().map(|&point| Circle::new(point, 4, colour.stroke_width(1))))?;
        chart.draw_series([PathElement::new(held_out.clone(), colour.stroke_width(2))])?;
        chart.draw_series(held_out.iter().map(|&point| Circle::new(point, 4, colour.filled())))?;

        let y = 56 + 22 * at as i32;
        area.draw(&PathElement::new([(left, y), (left + 16, y)], colour.stroke_width(2)))?;
        area.draw(&Text::new(format!("{} parameters", learner.params), (left + 22, y - 7), font(12)))?;
    }
    for (at, name) in ["learnt from", "held out"].into_iter().enumerate() {
        let y = 136 + 22 * at as i32;
        let style = if at == 0 { TEXT.stroke_width(1) } else { TEXT.filled() };
        area.draw(&Circle::new((left + 8, y), 4, style))?;
        area.draw(&Text::new(name, (left + 22, y - 7), font(12)))?;
    }
    Ok(())
}
