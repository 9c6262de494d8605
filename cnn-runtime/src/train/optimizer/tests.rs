use std::slice;

use super::update::{Rule, update_with};
use super::*;
use crate::simd::Isa;
use crate::train::golden::{assert_near, numbers, units};

const GOLDEN: &str = include_str!("../golden/optimizers.txt");
const PARAMS: u32 = 37;

/// The optimizers of `training_rules.py`.
fn optimizers() -> Vec<(&'static str, Box<dyn Optimizer>)> {
    let sgd = SgdOptions::new(0.05);
    let momentum = sgd.momentum(0.9);
    let adam = AdamOptions::new(0.01);
    let adam_w = AdamOptions::adam_w(0.01);
    let rmsprop = RmsPropOptions::new(0.01);
    let sgds = [
        ("sgd", sgd),
        ("sgd-decay", sgd.weight_decay(0.1)),
        ("sgd-momentum", momentum),
        ("sgd-dampening", momentum.dampening(0.3).weight_decay(0.01)),
        ("sgd-nesterov", momentum.nesterov(true).weight_decay(0.01)),
    ];
    let adams = [
        ("adam", adam),
        ("adam-betas", adam.betas(0.4, 0.99).eps(1e-3).weight_decay(0.1)),
        ("adam-amsgrad", adam.betas(0.9, 0.6).amsgrad(true)),
        ("adamw", adam_w),
        ("adamw-amsgrad", adam_w.betas(0.8, 0.7).weight_decay(0.3).amsgrad(true)),
    ];
    let rmsprops = [
        ("rmsprop", rmsprop),
        ("rmsprop-momentum", rmsprop.alpha(0.9).eps(1e-3).momentum(0.8).weight_decay(0.1)),
        ("rmsprop-centered", rmsprop.alpha(0.9).centered(true)),
        ("rmsprop-all", rmsprop.centered(true).momentum(0.8).weight_decay(0.1)),
    ];
    let mut all: Vec<(_, Box<dyn Optimizer>)> = Vec::new();
    all.extend(sgds.map(|(name, options)| (name, Box::new(options.build().unwrap()) as _)));
    all.extend(adams.map(|(name, options)| (name, Box::new(options.build().unwrap()) as _)));
    all.extend(rmsprops.map(|(name, options)| (name, Box::new(options.build().unwrap()) as _)));
    all
}

fn step(optimizer: &mut dyn Optimizer, params: &mut [f32], step: u32) {
    let all = 0..params.len();
    optimizer.step(params, &units(step, PARAMS), slice::from_ref(&all));
}

#[test]
fn parameters_are_pytorchs() {
    for (name, mut optimizer) in optimizers() {
        let mut params = units(0, PARAMS);
        for at in 1..=30 {
            if at == 5 {
                optimizer.set_learning_rate(optimizer.learning_rate() / 2.0);
            }
            step(&mut *optimizer, &mut params, at);
            if [1, 2, 5, 30].contains(&at) {
                let name = format!("{name}/{at}");
                let found: Vec<_> = params.iter().copied().map(f64::from).collect();
                assert_near(&name, &found, &numbers(GOLDEN, &name), 1e-6, 0.1);
            }
        }
    }
}

#[test]
fn what_is_not_trainable_stays() {
    let (frozen, learnt) = ([0..3, 22..30], [3..22, 30..37]);
    for (name, mut optimizer) in optimizers() {
        let (_, mut whole) = optimizers().into_iter().find(|(other, _)| *other == name).unwrap();
        let (mut params, mut all) = (units(0, PARAMS), units(0, PARAMS));
        for at in 1..4 {
            optimizer.step(&mut params, &units(at, PARAMS), &learnt);
            step(&mut *whole, &mut all, at);
        }
        for range in frozen.clone() {
            assert_eq!(params[range.clone()], units(0, PARAMS)[range], "{name}");
        }
        for range in learnt.clone() {
            assert_eq!(params[range.clone()], all[range], "{name}");
        }
    }
}

#[test]
fn training_goes_on_from_a_checkpoint() {
    for ((name, mut saved), (_, mut restored)) in optimizers().into_iter().zip(optimizers()) {
        let mut params = units(0, PARAMS);
        (1..8).for_each(|at| step(&mut *saved, &mut params, at));
        let mut state = saved.state();
        state.vectors.reverse();
        assert_eq!(state.steps, 7);
        restored.restore(PARAMS as usize, &state).unwrap();
        assert_eq!(restored.state(), saved.state(), "{name}");
        let mut again = params.clone();
        step(&mut *saved, &mut params, 8);
        step(&mut *restored, &mut again, 8);
        assert_eq!(params, again, "{name}");
    }
}

#[test]
fn a_wrong_state_changes_nothing() {
    let [one, two] = [[1.0], [2.0]];
    let mut adam = Adam::new(0.1).unwrap();
    let state =
        |name, vectors: &[(&'static str, &'static [f32])]| OptimizerState { name, steps: 5, vectors: vectors.into() };
    let faults = [
        (state("SGD", &[]), "the state is of SGD, expected Adam"),
        (state("Adam", &[]), "the state of Adam has no vectors, expected `exp_avg`, `exp_avg_sq`"),
        (
            state("Adam", &[("exp_avg", &[1.0]), ("exp_avg", &[1.0])]),
            "the state of Adam has `exp_avg`, `exp_avg`, expected `exp_avg`, `exp_avg_sq`",
        ),
        (
            state("Adam", &[("exp_avg", &[1.0]), ("exp_avg_sq", &[1.0, 2.0])]),
            "`exp_avg_sq` of Adam has 2 values, expected 1",
        ),
    ];
    let right = OptimizerState { name: "Adam", steps: 3, vectors: vec![("exp_avg", &one), ("exp_avg_sq", &two)] };
    adam.restore(1, &right).unwrap();
    for (state, message) in faults {
        assert_eq!(adam.restore(1, &state).unwrap_err().to_string(), message);
        assert_eq!(adam.state(), right);
    }
}

#[test]
fn what_lies_beyond_the_end_is_left_alone() {
    for (_, mut optimizer) in optimizers() {
        let mut params = [1.0; 40];
        let turned = Range { start: 9, end: 2 };
        optimizer.step(&mut params, &[1.0; 20], &[18..30, 50..60, turned, usize::MAX..usize::MAX]);
        assert!(params.iter().enumerate().all(|(at, &param)| (param == 1.0) != (18..20).contains(&at)));
        optimizer.step(&mut [], &[1.0; 20], slice::from_ref(&(0..9)));
    }
}

#[test]
fn the_state_is_made_once() {
    let mut adam = Adam::new(0.1).unwrap();
    assert!(adam.state().vectors.iter().all(|(_, vector)| vector.is_empty()));
    adam.prepare(37);
    let before = adam.state().vectors[0].1.as_ptr();
    step(&mut adam, &mut units(0, PARAMS), 1);
    adam.prepare(37);
    assert_eq!(adam.state().vectors[0].1.as_ptr(), before);
    assert_eq!(adam.state().steps, 1);
    adam.prepare(3);
    assert_eq!(
        adam.state(),
        OptimizerState { name: "Adam", steps: 0, vectors: vec![("exp_avg", &[0.0; 3]), ("exp_avg_sq", &[0.0; 3])] }
    );
}

#[test]
fn settings_are_checked() {
    let sgd = SgdOptions::new(0.1);
    let adam = AdamOptions::new(0.1);
    let rmsprop = RmsPropOptions::new(0.1);
    let faults = [
        sgd.momentum(-0.5).build().map(drop),
        sgd.dampening(f64::NAN).build().map(drop),
        sgd.nesterov(true).build().map(drop),
        sgd.nesterov(true).momentum(0.9).dampening(0.5).build().map(drop),
        Sgd::new(f64::INFINITY).map(drop),
        Adam::new(-1.0).map(drop),
        adam.betas(1.0, 0.9).build().map(drop),
        adam.betas(0.9, -0.1).build().map(drop),
        adam.eps(-1.0).build().map(drop),
        AdamOptions::adam_w(0.1).weight_decay(f64::NAN).build().map(drop),
        rmsprop.alpha(f64::NAN).build().map(drop),
        rmsprop.momentum(-1.0).build().map(drop),
    ];
    let messages = faults.map(|fault| fault.unwrap_err().to_string()).join("\n");
    let expected = "\
`momentum` of SGD is -0.5, expected a finite number of at least 0
`dampening` of SGD is NaN, expected a finite number
`momentum` of SGD is 0, expected more than 0, as `nesterov` is set
`dampening` of SGD is 0.5, expected 0, as `nesterov` is set
`learning_rate` of SGD is inf, expected a finite number of at least 0
`learning_rate` of Adam is -1, expected a finite number of at least 0
`betas.0` of Adam is 1, expected from 0 to below 1
`betas.1` of Adam is -0.1, expected from 0 to below 1
`eps` of Adam is -1, expected a finite number of at least 0
`weight_decay` of AdamW is NaN, expected a finite number of at least 0
`alpha` of RMSprop is NaN, expected from 0 to below 1
`momentum` of RMSprop is -1, expected a finite number of at least 0";
    assert_eq!(messages, expected);
}

/// A rule with all the operations that optimizers use, in an order that fused multiplication would change.
#[derive(Clone, Copy)]
struct Everything;

impl Rule<2> for Everything {
    #[inline(always)]
    fn next(self, param: f32, grad: f32, [mean, square]: &mut [f32; 2]) -> f32 {
        *mean = update::lerp(*mean, grad, 0.3);
        *square = *square * 0.7 + 0.3 * grad * grad;
        param - 0.01 * *mean / (square.sqrt() + 1e-3)
    }
}

#[test]
fn all_instruction_sets_compute_the_same_bits() {
    let results = Isa::available().into_iter().filter_map(Isa::token).map(|token| {
        let (mut params, mut state) = (units(0, 1003), [vec![0.0; 1003], vec![0.0; 1003]]);
        for at in 1..5 {
            update_with(token, Everything, &mut params, &units(at, 1003), &mut state, &[0..500, 501..1003]);
        }
        (params, state)
    });
    let results: Vec<_> = results.collect();
    assert!(results.iter().all(|result| *result == results[0]));
}
