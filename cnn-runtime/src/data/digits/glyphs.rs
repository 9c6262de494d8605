//! How digits are written: strokes in a box of ±1, y downwards.

/// One stroke of a pen.
pub enum Stroke {
    /// From point to point.
    Line(&'static [[f32; 2]]),
    /// A curve through all points.
    Curve(&'static [[f32; 2]]),
    /// A curve through all points that ends where it began.
    Loop(&'static [[f32; 2]]),
}

use Stroke::{Curve, Line, Loop};

/// How many lines a curve has between two of its points.
const STEPS: usize = 4;

impl Stroke {
    /// Calls `f` with each end of the short lines that make the stroke.
    pub fn points(&self, mut f: impl FnMut([f32; 2])) {
        let (points, closed) = match *self {
            Line(points) => return points.iter().copied().for_each(f),
            Curve(points) => (points, false),
            Loop(points) => (points, true),
        };
        let len = points.len();
        let spans = if closed { len } else { len - 1 };
        // An open curve's ends are their own neighbours.
        let at = |i: usize| if closed { points[(i + len - 1) % len] } else { points[i.clamp(1, len) - 1] };
        f(points[0]);
        for span in 0..spans {
            let knots = [at(span), at(span + 1), at(span + 2), at(span + 3)];
            (1..=STEPS).for_each(|step| f(catmull_rom(knots, step as f32 / STEPS as f32)));
        }
    }
}

/// A point between the two knots in the middle: the cubic whose slopes there are those between the neighbours.
fn catmull_rom([a, b, c, d]: [[f32; 2]; 4], t: f32) -> [f32; 2] {
    [0, 1].map(|i| {
        let (a, b, c, d) = (a[i], b[i], c[i], d[i]);
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    })
}

/// The ways in which each digit is written.
pub static GLYPHS: [&[&[Stroke]]; 10] = [
    &[&[Loop(&[
        [0.0, -1.0],
        [-0.48, -0.55],
        [-0.55, 0.15],
        [-0.25, 0.88],
        [0.15, 0.95],
        [0.5, 0.4],
        [0.5, -0.35],
        [0.3, -0.85],
    ])]],
    &[
        &[Line(&[[0.05, -1.0], [0.0, 1.0]])],
        &[Line(&[[-0.3, -0.6], [0.05, -1.0], [0.05, 1.0]])],
        &[Line(&[[-0.35, -0.6], [0.05, -1.0], [0.05, 1.0]]), Line(&[[-0.4, 1.0], [0.45, 1.0]])],
    ],
    &[
        &[
            Curve(&[[-0.5, -0.55], [-0.3, -0.9], [0.1, -1.0], [0.45, -0.7], [0.4, -0.25], [0.0, 0.35], [-0.55, 0.98]]),
            Line(&[[-0.55, 0.98], [0.58, 0.95]]),
        ],
        &[Curve(&[
            [-0.5, -0.6],
            [-0.2, -0.95],
            [0.25, -0.95],
            [0.45, -0.55],
            [0.2, 0.0],
            [-0.25, 0.6],
            [-0.5, 0.8],
            [-0.42, 0.58],
            [-0.1, 0.72],
            [0.2, 0.95],
            [0.6, 0.8],
        ])],
    ],
    &[
        &[
            Curve(&[[-0.48, -0.78], [-0.1, -1.0], [0.35, -0.85], [0.4, -0.4], [0.1, -0.1], [-0.15, -0.05]]),
            Curve(&[[-0.15, -0.05], [0.3, 0.05], [0.52, 0.42], [0.35, 0.85], [-0.1, 1.0], [-0.52, 0.8]]),
        ],
        &[
            Line(&[[-0.45, -0.95], [0.45, -0.95], [-0.05, -0.2]]),
            Curve(&[[-0.05, -0.2], [0.4, -0.05], [0.52, 0.42], [0.3, 0.85], [-0.1, 1.0], [-0.52, 0.8]]),
        ],
    ],
    &[
        &[Line(&[[0.1, -1.0], [-0.55, 0.3], [0.6, 0.3]]), Line(&[[0.28, -0.35], [0.25, 1.0]])],
        &[Line(&[[0.3, -1.0], [-0.58, 0.35], [0.6, 0.35]]), Line(&[[0.3, -1.0], [0.3, 1.0]])],
        &[
            Curve(&[[-0.45, -0.95], [-0.52, -0.3], [-0.4, 0.0], [0.0, 0.05], [0.4, -0.05]]),
            Line(&[[0.42, -1.0], [0.38, 1.0]]),
        ],
    ],
    &[
        &[
            Line(&[[0.48, -0.97], [-0.35, -0.97], [-0.42, -0.15]]),
            Curve(&[
                [-0.42, -0.15],
                [-0.05, -0.3],
                [0.38, -0.1],
                [0.52, 0.35],
                [0.3, 0.85],
                [-0.1, 1.0],
                [-0.52, 0.82],
            ]),
        ],
        &[
            Line(&[[0.5, -0.95], [-0.25, -0.9]]),
            Curve(&[[-0.25, -0.9], [-0.4, -0.2], [0.1, -0.15], [0.48, 0.2], [0.35, 0.8], [-0.1, 1.0], [-0.5, 0.85]]),
        ],
    ],
    &[
        &[Curve(&[
            [0.35, -0.98],
            [-0.15, -0.65],
            [-0.48, 0.0],
            [-0.42, 0.7],
            [-0.02, 1.0],
            [0.42, 0.75],
            [0.42, 0.25],
            [0.05, 0.0],
            [-0.3, 0.15],
            [-0.45, 0.45],
        ])],
        &[Curve(&[
            [0.1, -1.0],
            [-0.3, -0.5],
            [-0.48, 0.2],
            [-0.3, 0.85],
            [0.1, 0.98],
            [0.45, 0.65],
            [0.3, 0.15],
            [-0.1, 0.1],
            [-0.42, 0.45],
        ])],
    ],
    &[
        &[Line(&[[-0.52, -0.95], [0.52, -0.95]]), Curve(&[[0.52, -0.95], [0.2, -0.3], [-0.05, 0.3], [-0.15, 1.0]])],
        &[
            Line(&[[-0.52, -0.95], [0.52, -0.95]]),
            Curve(&[[0.52, -0.95], [0.2, -0.3], [-0.05, 0.3], [-0.15, 1.0]]),
            Line(&[[-0.25, 0.0], [0.42, 0.0]]),
        ],
    ],
    &[&[
        Loop(&[[0.0, -1.0], [-0.36, -0.8], [-0.36, -0.3], [0.0, -0.06], [0.36, -0.3], [0.36, -0.8]]),
        Loop(&[[0.0, -0.06], [-0.46, 0.25], [-0.46, 0.78], [0.0, 1.0], [0.46, 0.78], [0.46, 0.25]]),
    ]],
    &[
        &[
            Loop(&[[0.05, -1.0], [-0.36, -0.85], [-0.45, -0.4], [-0.1, -0.08], [0.32, -0.25], [0.42, -0.7]]),
            Curve(&[[0.42, -0.7], [0.42, 0.0], [0.3, 0.6], [0.05, 1.0]]),
        ],
        &[
            Loop(&[[0.0, -1.0], [-0.42, -0.7], [-0.38, -0.25], [0.0, -0.1], [0.38, -0.35], [0.38, -0.8]]),
            Line(&[[0.42, -0.9], [0.4, 1.0]]),
        ],
        &[
            Loop(&[[0.05, -1.0], [-0.36, -0.85], [-0.45, -0.4], [-0.1, -0.08], [0.32, -0.25], [0.42, -0.7]]),
            Curve(&[[0.42, -0.7], [0.45, 0.0], [0.38, 0.7], [0.0, 1.0], [-0.4, 0.8]]),
        ],
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_pass_their_points_and_stay_in_the_box() {
        for stroke in GLYPHS.iter().copied().flatten().copied().flatten() {
            let mut drawn = Vec::new();
            stroke.points(|point| drawn.push(point));
            let (Line(points) | Curve(points) | Loop(points)) = stroke;
            let near = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5;
            assert!(points.iter().all(|&point| drawn.iter().any(|&to| near(point, to))), "{points:?}");
            assert!(drawn.iter().all(|[x, y]| x.abs() < 0.75 && y.abs() < 1.1), "{drawn:?}");
            assert_eq!(near(drawn[0], drawn[drawn.len() - 1]), matches!(stroke, Loop(_)));
        }
    }
}
