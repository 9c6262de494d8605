//! What random values do not meet: bends, ties, and how often dropout draws.

use super::*;

/// At its bends a function has the slope that PyTorch gives it.
#[test]
fn slopes_at_bends() {
    fn slopes(op: &dyn Passes, keeps: Keeps, at: &[f32]) -> Vec<f64> {
        let case = Case::new(op, keeps, Vec::new(), at.len(), 1, |_| vec![at.to_vec()]);
        let alone = case.alone(0);
        alone.input_grads[0].iter().zip(case.output_grad(0)).map(|(slope, gradient)| slope / gradient).collect()
    }
    assert_eq!(slopes(&ReluOp {}, Keeps::Output, &[0.0]), [0.0]);
    assert_eq!(slopes(&Relu6Op {}, Keeps::Output, &[0.0, 6.0]), [0.0, 0.0]);
    assert_eq!(slopes(&HardSwishOp {}, Keeps::Input, &[-3.0, 3.0]), [0.0, 1.0]);
    assert_eq!(slopes(&HardSigmoidOp {}, Keeps::Output, &[-3.0, 3.0]), [0.0, 0.0]);
    assert_eq!(slopes(&LeakyReluOp { negative_slope: 0.25 }, Keeps::Input, &[0.0]), [0.25]);
    assert_eq!(slopes(&EluOp { alpha: 2.0 }, Keeps::Input, &[0.0]), [2.0]);
    assert!((slopes(&SeluOp {}, Keeps::Output, &[0.0])[0] - 1.758_099_340_847_376_6).abs() < 1e-12);
}

/// The first of a window's largest values gets all of the gradient.
#[test]
fn the_first_of_equal_values_wins() {
    let op = AdaptiveMaxPoolOp { channels: 1, input: [2, 2], output: [1, 1] };
    let case = Case::new(&op, Keeps::Both, Vec::new(), 1, 1, |_| vec![vec![1.0, 2.0, 2.0, 2.0]]);
    let gradient = case.output_grad(0)[0];
    assert_eq!(case.alone(0).input_grads[0], [0.0, gradient, 0.0, 0.0]);
}

/// Each step, layer and image draws something else, and as much as it should.
#[test]
fn dropout_draws() {
    const LEN: usize = 4096;
    let kept = |p: f32, layer: usize, image: usize| -> Vec<bool> {
        let op = DropoutOp { p, layer };
        let case = Case::new(&op, Keeps::Nothing, Vec::new(), LEN, 1, |_| vec![vec![1.0; LEN]]);
        case.alone(image).output.iter().map(|y| *y != 0.0).collect()
    };
    let count = |kept: &[bool]| kept.iter().filter(|&&kept| kept).count();
    for p in [0.1, 0.5, 0.9] {
        let expected = (1.0 - p) * LEN as f32;
        // Four standard deviations.
        let bound = 4.0 * (p * (1.0 - p) * LEN as f32).sqrt();
        for image in 0..8 {
            assert!((count(&kept(p, 3, image)) as f32 - expected).abs() < bound);
        }
    }
    let first = kept(0.5, 3, 0);
    for other in [kept(0.5, 3, 1), kept(0.5, 4, 0)] {
        let same = first.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(same.abs_diff(LEN / 2) < 128, "{same}");
        // Nor is it the same in another order, as where only a key's last bits differ.
        let shifted = first[1..].iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!(shifted.abs_diff(LEN / 2) < 128, "{shifted}");
    }
    assert_eq!(count(&kept(0.0, 3, 0)), LEN);
    assert_eq!(count(&kept(1.0, 3, 0)), 0);
}

/// Digits of erf from Abramowitz and Stegun's definition, computed with 30 of them.
#[test]
fn the_error_function() {
    for (z, expected) in [
        (0.1, 0.112_462_916_018_284_9),
        (0.5, 0.520_499_877_813_046_5),
        (1.0, 0.842_700_792_949_714_9),
        (2.0, 0.995_322_265_018_952_7),
        (3.0, 0.999_977_909_503_001_4),
        (5.0, 0.999_999_999_998_462_5),
    ] {
        for (z, expected) in [(z, 1.0 - expected), (-z, 1.0 + expected)] {
            assert!((Real::erfc(z) - expected).abs() < 1e-14, "{z}");
            assert!((f64::from(Real::erfc(z as f32)) - expected).abs() < 5e-7, "{z}");
        }
    }
}
