//! The macro and a `.cnn` file make the same Rust of the same net.

use std::fs;
use std::path::Path;

use cnn_compiler::{Input, compile};
use cnn_tests::{Files, compile_rust, compile_text, emitted, rendered};

#[test]
fn macro_and_text_agree() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/specs");
    for spec in fs::read_dir(specs).unwrap() {
        let path = spec.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // A file's name names its nameless net; in the macro that is an expression.
        let nameless = !text.contains('{');
        let file_name = path.to_string_lossy();
        let file_name = if nameless { "net.cnn" } else { &*file_name };
        let from_text = compile(Input::Text { path: file_name, text: &text }, &mut Files(&[]));
        let spelled: Vec<String> = text.lines().map(spelled).collect();
        let spelled = spelled.join("\n");
        let spelled = if nameless { format!("pub Net {{ {spelled} }}") } else { spelled };
        let from_macro = compile_rust(spelled.parse().unwrap());
        for compilation in [&from_text, &from_macro] {
            assert!(compilation.faults.is_empty(), "{}: {}", path.display(), rendered(compilation));
        }
        let [from_text, from_macro] = [from_text, from_macro].map(|compilation| emitted(&compilation).to_string());
        assert!(from_text == from_macro, "{}:\n{from_text}\n\n{from_macro}", path.display());
    }
}

/// The layers of `body`, from text and from tokens.
fn layers(body: &str) -> [Vec<String>; 2] {
    let text = format!("pub Net(3x4x4) {{ {body} }}");
    [compile_text(&text), compile_rust(text.parse().unwrap())].map(|compilation| {
        assert!(compilation.faults.is_empty(), "{}", rendered(&compilation));
        compilation.nets[0].nodes.iter().map(|node| format!("{}: {}", node.node.name, node.node.layer)).collect()
    })
}

#[test]
fn decimal_numbers() {
    let numbers = [
        ("0.2", "0.2"),
        ("1", "1"),
        ("-0.5", "-0.5"),
        ("- 0.5", "-0.5"),
        ("1e-5", "0.00001"),
        ("1E-5", "0.00001"),
        ("1e+2", "100"),
        ("1e2", "100"),
        ("2.5e-1", "0.25"),
        ("1_0.2_5", "10.25"),
        ("1.5e1 - 0.5", "14.5"),
        ("1 / 4", "0.25"),
    ];
    for (written, value) in numbers {
        let expected = vec![format!("leakyrelu1: leakyrelu(slope = {value})")];
        for key in ["slope", "negative_slope"] {
            let body = format!("leakyrelu({key} = {written})");
            assert_eq!(layers(&body), [expected.clone(), expected.clone()], "{body}");
        }
    }
    let expected = ["dropout1: dropout(p = 0.25)", "dropout2: dropout(p = 1)", "dropout3: dropout(p = 0)"];
    assert_eq!(layers("dropout(p0.25) dropout(p1) dropout(p = 0.0)"), [expected, expected]);
}

#[test]
fn numbers_in_labels() {
    let expected = ["layer1.0.1: relu", "0.1: elu(alpha = 0.1)", "1.2.3: relu"];
    assert_eq!(layers("layer1.0.1: relu; 0.1: elu(alpha = 0.1) 1.2.3: relu"), [expected, expected]);
    let repeated = ["relu1: relu", "relu2: relu", "0.1: tanh"];
    assert_eq!(layers("relu * 2 0.1: tanh"), [repeated, repeated]);
}

/// A line as Rust's lexer reads it; documentation stays as it is.
fn spelled(line: &str) -> String {
    if line.trim_start().starts_with("///") { line.to_owned() } else { line.replace('→', "->").replace('×', "x") }
}
