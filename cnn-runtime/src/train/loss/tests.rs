use super::*;
use crate::train::RunningMean;
use crate::train::golden::{assert_near, numbers, units};

const GOLDEN: &str = include_str!("../golden/losses.txt");
const WEIGHTS: [f64; N] = [0.5, 2.0, 1.0, 0.0, 3.0];
const LABELS: [usize; 3] = [4, 1, 2];
const N: usize = 5;

/// The outputs of three images, times `scale`.
fn outputs(scale: f64) -> Vec<f64> {
    units(1, 15).into_iter().map(|unit| f64::from(unit) * 6.0 * scale).collect()
}

fn targets(change: impl Fn(f32) -> f32) -> [[f32; N]; 3] {
    let values = units(2, 15);
    [0, 1, 2].map(|image| std::array::from_fn(|at| change(values[image * N + at])))
}

/// Compares the batch's loss and gradient with PyTorch's, and each image's gradient with central differences.
fn check<T>(name: &str, loss: impl Loss<T>, scale: f64, targets: &[T]) {
    let (outputs, mut mean, mut grads) = (outputs(scale), RunningMean::new(), Vec::new());
    let weights: f64 = targets.iter().map(|target| loss.weight(target)).sum();
    for (output, target) in outputs.chunks(N).zip(targets) {
        loss.check(N, target).unwrap();
        let mut grad = [f64::NAN; N];
        mean.add(loss.loss(output, target, &mut grad), loss.weight(target));
        grads.extend(grad.map(|grad| grad / weights));
        if scale == 1.0 {
            assert_near(name, &grad, &differences(&loss, output, target), 1e-7, 1.0);
        }
    }
    let expected = numbers(GOLDEN, name);
    assert_near(name, &[mean.value()], &expected[..1], 1e-12, 1e-12);
    assert_near(name, &grads, &expected[1..], 1e-12, 1e-3);
}

fn differences<T>(loss: &impl Loss<T>, output: &[f64], target: &T) -> Vec<f64> {
    let at = |i: usize, by: f64| {
        let mut output = output.to_vec();
        output[i] += by;
        loss.loss(&output, target, &mut [0.0; N])
    };
    let step = 1e-5;
    (0..N).map(|i| (at(i, step) - at(i, -step)) / (2.0 * step)).collect()
}

#[test]
fn cross_entropy_is_pytorchs() {
    let plain = CrossEntropy::new();
    let losses = [
        ("plain", plain.clone()),
        ("smooth", plain.clone().label_smoothing(0.1)),
        ("weighted", plain.clone().class_weights(&WEIGHTS)),
        ("both", plain.clone().class_weights(&WEIGHTS).label_smoothing(0.3)),
    ];
    for (name, loss) in losses {
        check(&format!("labels-{name}"), loss.clone(), 1.0, &LABELS);
        check(&format!("probabilities-{name}"), loss, 1.0, &targets(f32::abs));
    }
    check("extreme", plain, 1000.0, &LABELS);
}

#[test]
fn binary_cross_entropy_is_pytorchs() {
    let plain = BinaryCrossEntropy::new();
    check("binary-plain", plain.clone(), 1.0, &targets(f32::abs));
    check("binary-weighted", plain.clone().pos_weight(&WEIGHTS), 1.0, &targets(f32::abs));
    check("binary-extreme", plain.clone(), 1000.0, &targets(f32::abs));
    for (bool, number) in [(false, 0.0_f32), (true, 1.0)] {
        let loss = plain.clone().pos_weight(&[2.5]);
        assert_eq!(loss.check(1, &bool), Ok(()));
        let [mut one, mut other] = [[0.0], [0.0]];
        assert_eq!(loss.loss(&[0.3], &bool, &mut one), loss.loss(&[0.3], &number, &mut other));
        assert_eq!(one, other);
    }
}

#[test]
fn losses_of_numbers_are_pytorchs() {
    check("mse", Mse, 1.0, &targets(|value| value));
    check("l1", L1, 1.0, &targets(|value| value));
    check("huber", Huber::new(), 1.0, &targets(|value| value));
    check("huber-delta", Huber::new().delta(2.5), 1.0, &targets(|value| value));
    // A map is the vector of its values.
    check("mse", Mse, 1.0, &targets(|value| value).map(|values| [[values]]));
}

#[test]
fn the_slope_of_l1_where_it_is_right_is_0() {
    let mut grad = [f64::NAN; 2];
    assert_eq!(L1.loss(&[1.0, 2.0], &[1.0, 3.0], &mut grad), 0.5);
    assert_eq!(grad, [0.0, -0.5]);
}

#[test]
fn an_impossible_class_costs_nothing() {
    let mut grad = [f64::NAN; 2];
    let loss = CrossEntropy::new().loss(&[f64::NEG_INFINITY, 1.0], &1, &mut grad);
    assert_eq!((loss, grad), (0.0, [0.0, 0.0]));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let plain = CrossEntropy::new();
    let smooth = |smoothing| CrossEntropy::new().label_smoothing(smoothing);
    let weights = |weights: &[f64]| CrossEntropy::new().class_weights(weights);
    let faults = [
        plain.check(3, &3),
        plain.check(3, &[0.0; 2]),
        plain.check(2, &[0.5, -0.1]),
        smooth(1.5).check(3, &0),
        smooth(f64::NAN).check(3, &0),
        weights(&[1.0; 4]).check(3, &0),
        weights(&[1.0, f64::NAN]).check(2, &[0.5; 2]),
        BinaryCrossEntropy::new().check(2, &[0.5, f32::NAN]),
        BinaryCrossEntropy::new().pos_weight(&[]).check(2, &[0.5; 2]),
        BinaryCrossEntropy::new().check(2, &true),
        Mse.check(2, &[1.0, f32::INFINITY]),
        L1.check(3, &[[[1.0; 2]; 2]; 1]),
        Huber::new().delta(0.0).check(1, &[1.0]),
    ];
    let messages = faults.map(|fault| fault.unwrap_err().to_string()).join("\n");
    let expected = "\
the label is 3, expected less than 3, the number of outputs
the target has 2 values, expected 3, the number of outputs
value 1 of the target is -0.1, expected from 0 to 1
`label_smoothing` is 1.5, expected from 0 to 1
`label_smoothing` is NaN, expected from 0 to 1
`class_weights` has 4 values, expected 3, the number of outputs
`class_weights` is NaN, expected finite numbers of at least 0
value 1 of the target is NaN, expected from 0 to 1
`pos_weight` has 0 values, expected 2, the number of outputs
the target has 1 values, expected 2, the number of outputs
value 1 of the target is inf, expected a finite number
the target has 4 values, expected 3, the number of outputs
`delta` is 0, expected a finite number above 0";
    assert_eq!(messages, expected);
}
