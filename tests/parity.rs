//! PyTorch's numbers and verdicts; `parity/generate.py` makes them and explains their files.

mod cases {
    include!("parity/cases.rs");
}

#[path = "parity/hash.rs"]
mod hash;

use std::slice;

use cnn::{Arithmetic, EngineOptions, Isa, Network};
use cnn_compiler::graph;
use cnn_tests::{compile_text, rendered};
use hash::unit;
use serde_json::Value;

/// The largest difference from PyTorch's outputs.
const TOLERANCE: f32 = 1e-5;

/// The same for functions of one value, relative to outputs above 1.
const FUNCTION_TOLERANCE: f32 = 2e-6;

const GOLDEN: [&str; 7] = [
    include_str!("parity/golden/nets.jsonl"),
    include_str!("parity/golden/layers.jsonl"),
    include_str!("parity/golden/spatial.jsonl"),
    include_str!("parity/golden/activations.jsonl"),
    include_str!("parity/golden/bn.jsonl"),
    include_str!("parity/golden/norms.jsonl"),
    include_str!("parity/golden/transposed.jsonl"),
];

fn number(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn numbers(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(number).collect()
}

/// What is wrong with one net, if anything is.
fn check<N: Network + 'static>(case: &Value) -> Result<(), String> {
    let same = |what: &str, ours: String, golden: String| match ours == golden {
        true => Ok(()),
        false => Err(format!("{what}: {ours}, PyTorch: {golden}")),
    };
    let tensors: Vec<&Value> =
        ["params", "buffers"].iter().flat_map(|key| case[key].as_array().into_iter().flatten()).collect();
    let golden = tensors.iter().map(|tensor| (tensor[0].as_str().unwrap(), numbers(&tensor[1])));
    let ours = N::PARAMS.iter().chain(N::BUFFERS).map(|tensor| (tensor.name, tensor.shape.to_vec()));
    same("tensors", format!("{:?}", Vec::from_iter(ours)), format!("{:?}", Vec::from_iter(golden)))?;
    same("parameter count", N::PARAM_COUNT.to_string(), case["param_count"].to_string())?;
    let output: Vec<String> = numbers(&case["output"]).iter().map(usize::to_string).collect();
    same("output", N::OUTPUT_SHAPE.to_string(), output.join("×"))?;

    let (seed, batch) = (number(&case["seed"]) as u32, number(&case["batch"]));
    let mut net = N::zeros();
    let floats: &mut [f32] = bytemuck::cast_slice_mut(slice::from_mut(&mut *net));
    for (info, tensor) in N::PARAMS.iter().chain(N::BUFFERS).zip(tensors) {
        let scale = 0.5f32.powi(number(&tensor[2]) as i32);
        let around = if info.name.ends_with("running_var") { 1.0 } else { 0.0 };
        for (i, value) in floats.iter_mut().enumerate().skip(info.offset).take(info.count()) {
            *value = around + unit(2 * seed + 1, i) * scale;
        }
    }
    let mut images: Vec<N::Input> = vec![bytemuck::Zeroable::zeroed(); batch];
    let scale = case["scale"].as_f64().map(|scale| scale as f32);
    for (i, value) in bytemuck::cast_slice_mut(&mut images).iter_mut().enumerate() {
        *value = match scale {
            Some(scale) if i % 7 > 0 => unit(2 * seed, i) * scale,
            Some(_) => 0.0,
            None => unit(2 * seed, i),
        };
    }
    let tolerance = |value: f32| match scale {
        Some(_) => FUNCTION_TOLERANCE * value.abs().max(1.0),
        None => TOLERANCE,
    };
    let close = |what: &str, ours: &[f32], golden: &[f32]| close(what, ours, golden, tolerance);
    let expected: Vec<f32> =
        case["expected"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect();
    let ways =
        Isa::available().into_iter().flat_map(|isa| [Arithmetic::Fast, Arithmetic::Strict].map(|way| (isa, way)));
    for (isa, arithmetic) in ways {
        let mut engine = EngineOptions::new().isa(isa).arithmetic(arithmetic).engine(&*net).unwrap();
        let mut outputs: Vec<N::Output> = vec![bytemuck::Zeroable::zeroed(); batch];
        engine.forward_batch(&images, &mut outputs).unwrap();
        close(&format!("forward_batch on {isa}"), bytemuck::cast_slice(&outputs), &expected)?;
        for (output, image) in outputs.iter_mut().zip(&images) {
            *output = *engine.forward(image);
        }
        close(&format!("forward on {isa}"), bytemuck::cast_slice(&outputs), &expected)?;
    }
    Ok(())
}

fn close(what: &str, ours: &[f32], golden: &[f32], tolerance: impl Fn(f32) -> f32) -> Result<(), String> {
    if ours.len() != golden.len() {
        return Err(format!("{what}: {} outputs, PyTorch: {}", ours.len(), golden.len()));
    }
    // A NaN is not near.
    let near = |a: f32, b: f32| (a - b).abs() <= tolerance(b);
    let far = ours.iter().zip(golden).position(|(a, b)| !near(*a, *b));
    far.map_or(Ok(()), |i| Err(format!("{what}, output {i}: {}, PyTorch: {}", ours[i], golden[i])))
}

#[test]
fn numbers_are_pytorchs() {
    let golden: Vec<Value> =
        GOLDEN.iter().flat_map(|file| file.lines()).map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut golden = golden.iter();
    let mut wrong = Vec::new();
    macro_rules! check_all {
        ($($net:ident => $name:literal,)*) => { $(
            let case = golden.next().unwrap();
            assert_eq!(case["name"], $name);
            if let Err(what) = check::<cases::$net>(case) {
                wrong.push(format!("{}: {} on {}\n    {what}", $name, case["net"], case["input"]));
            }
        )* };
    }
    cases::for_each_case!(check_all);
    assert!(golden.next().is_none());
    assert!(wrong.is_empty(), "{} nets differ from PyTorch:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn verdicts_are_pytorchs() {
    let verdicts = include_str!("parity/golden/verdicts.jsonl").lines().map(|line| serde_json::from_str(line).unwrap());
    let (mut accepted, mut disagreements) = (0, Vec::new());
    for verdict in verdicts {
        let verdict: Value = verdict;
        let image: Vec<String> = numbers(&verdict["input"]).iter().map(usize::to_string).collect();
        let text = format!("pub Net({}) {{ {} }}", image.join("x"), verdict["net"].as_str().unwrap());
        let compilation = compile_text(&text);
        let ours = match compilation.faults.is_empty() {
            true => sizes(compilation.nets[0].output),
            false => None,
        };
        let theirs = verdict["accepted"].as_bool().unwrap().then(|| numbers(&verdict["output"]));
        accepted += usize::from(theirs.is_some());
        if ours != theirs {
            disagreements.push(format!("{text}\nPyTorch: {theirs:?} {}\n{}", verdict["error"], rendered(&compilation)));
        }
    }
    assert_eq!((accepted > 150, accepted < 250), (true, true), "about half are right: {accepted}");
    assert!(disagreements.is_empty(), "{} disagreements:\n{}", disagreements.len(), disagreements.join("\n\n"));
}

fn sizes(shape: graph::Shape) -> Option<Vec<usize>> {
    let dims = match shape {
        graph::Shape::Unknown => return None,
        graph::Shape::Vector(n) => vec![n],
        graph::Shape::Maps(dims) => dims.to_vec(),
    };
    dims.into_iter().map(|dim| dim.map(|n| n as usize)).collect()
}
