//! What holds for every net and every text: sizes, names, and that nothing panics or takes long.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use cnn_compiler::codes;
use cnn_compiler::graph::{Shape, field_name};
use cnn_tests::soup::{program, survives};
use cnn_tests::{compile_text, rendered};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Along one axis: the image, and the window's kernel, stride, padding and dilation.
type Axis = [u64; 5];

/// The windows that fit, counted one by one. Rounding up, PyTorch lets in one that ends behind the image if something
/// was left to see, but none that starts there: behind the image and its leading padding.
fn windows([image, kernel, stride, padding, dilation]: Axis, ceil: bool) -> u64 {
    let (padded, extent) = (image + 2 * padding, dilation * (kernel - 1) + 1);
    let fits = |start: u64| match ceil {
        false => start + extent <= padded,
        true => start + extent < padded + stride && start < image + padding,
    };
    (0..).map(|index| index * stride).take_while(|&start| fits(start)).count() as u64
}

fn axis() -> impl Strategy<Value = Axis> {
    (1..20u64, 1..7u64, 1..6u64, 0..5u64, 1..4u64).prop_map(|(i, k, s, p, d)| [i, k, s, p, d])
}

/// What a layer makes of an image; None where it is refused.
fn output(layer: &str, [height, width]: [u64; 2]) -> Option<[u64; 2]> {
    let compilation = compile_text(&format!("pub Net(2x{height}x{width}) {{ {layer} }}"));
    match (compilation.faults.is_empty(), compilation.nets[0].output) {
        (true, Shape::Maps([_, Some(height), Some(width)])) => Some([height, width]),
        _ => None,
    }
}

proptest! {
    #![proptest_config(config(4000))]

    #[test]
    fn windows_are_counted(h in axis(), w in axis(), form in 0..5usize) {
        let [mut h, mut w] = [h, w];
        let (layer, ceil) = [("conv", false), ("maxpool", false), ("maxpool", true), ("avgpool", false), ("avgpool", true)][form];
        if layer == "avgpool" {
            (h[4], w[4]) = (1, 1);
        }
        let pair = |index: usize| format!("{}x{}", h[index], w[index]);
        let dilation = if layer == "avgpool" { String::new() } else { format!(", d{}", pair(4)) };
        let flow = if layer == "conv" { "2 -> 1, " } else { "" };
        let ceil_flag = if ceil { ", ceil" } else { "" };
        let text = format!("{layer}({flow}k{}, s{}, p{}{dilation}{ceil_flag})", pair(1), pair(2), pair(3));
        let padding_is_right = layer == "conv" || [h, w].iter().all(|axis| axis[3] <= axis[1] / 2);
        let counted = [windows(h, ceil), windows(w, ceil)];
        let expected = (padding_is_right && counted.iter().all(|&n| n > 0)).then_some(counted);
        prop_assert_eq!(output(&text, [h[0], w[0]]), expected, "{} on {}x{}", text, h[0], w[0]);
    }

    #[test]
    fn same_keeps_the_size(h in axis(), w in axis()) {
        let text = format!("conv(2 -> 1, k{}x{}, d{}x{}, same)", h[1], w[1], h[4], w[4]);
        prop_assert_eq!(output(&text, [h[0], w[0]]), Some([h[0], w[0]]), "{}", text);
    }
}

/// Bodies with labels that are apt to clash, and how many layers they come to.
fn body() -> impl Strategy<Value = (String, usize)> {
    let label = prop_oneof![3 => Just(""), 2 => prop::sample::select(LABELS)];
    let layer = prop::sample::select(&["relu", "fc(_ -> 4)", "softmax"][..]);
    let leaf = (label.clone(), layer).prop_map(|(label, layer)| (format!("{label}{layer} "), 1));
    leaf.prop_recursive(3, 24, 4, move |inner| {
        (label.clone(), prop::collection::vec(inner, 0..4), 0..4usize).prop_map(|(label, nodes, times)| {
            let layers: usize = nodes.iter().map(|(_, layers)| layers).sum();
            let inner: String = nodes.into_iter().map(|(text, _)| text).collect();
            (format!("{label}{{ {inner}}} * {times} "), layers * times)
        })
    })
}

const LABELS: &[&str] =
    &["a: ", "a.0: ", "a_0: ", "0: ", "b.a: ", "fc1: ", "fc2: ", "relu1: ", "type: ", "a.fc1: ", "A: "];

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn names_are_unique((body, layers) in body()) {
        let compilation = compile_text(&format!("pub Net(4) {{ flatten {body} }}"));
        let nodes = &compilation.nets[0].nodes;
        let names: HashSet<&str> = nodes.iter().map(|node| node.node.name.as_str()).collect();
        let fields: HashSet<String> = names.iter().map(|name| field_name(name)).collect();
        if compilation.faults.is_empty() {
            prop_assert_eq!((nodes.len(), names.len(), fields.len()), (layers + 1, layers + 1, layers + 1), "{}", body);
        } else {
            let only_labels = compilation.faults.iter().all(|fault| *fault.code == codes::DUPLICATE_LABEL);
            prop_assert!(only_labels, "{}\n{}", body, rendered(&compilation));
        }
    }
}

/// Ten seconds of what the fuzz target tries.
#[test]
fn nothing_panics() {
    let start = Instant::now();
    // The same programs each time, as many as ten seconds allow; the fuzz target looks further.
    let mut runner = TestRunner::new_with_rng(config(100), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    while start.elapsed() < Duration::from_secs(10) {
        let bytes = prop::collection::vec(any::<u8>(), 0..160);
        if let Err(error) = runner.run(&bytes, |bytes| {
            let start = Instant::now();
            survives(&program(&bytes));
            prop_assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
            Ok(())
        }) {
            panic!("{error}");
        }
    }
}
