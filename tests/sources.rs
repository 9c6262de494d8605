//! The macro and a `.cnn` file make the same Rust of the same net.

use std::fs;
use std::path::Path;

use cnn_compiler::{Input, compile};
use cnn_tests::{Files, compile_rust, emitted, rendered};

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

/// A line as Rust's lexer reads it; documentation stays as it is.
fn spelled(line: &str) -> String {
    if line.trim_start().starts_with("///") { line.to_owned() } else { line.replace('→', "->").replace('×', "x") }
}
