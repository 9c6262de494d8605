//! What no compiler checks: every layer has its kernel, its page and its cases, and files stay short.

use std::fs;
use std::path::{Path, PathBuf};

use cnn_compiler::layers;

/// The longest a source file may be.
const MAX_LINES: usize = 600;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_layer_is_complete() {
    let (language, architecture) = (read("docs/language.md"), read("ARCHITECTURE.md"));
    let golden: String = fs::read_dir(root().join("tests/parity/golden"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let messages: String = fs::read_dir(root().join("tests/ui"))
        .unwrap()
        .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for kind in layers::ALL {
        let name = kind.name;
        assert!(
            read(&format!("cnn-compiler/src/layers/{name}.rs")).contains(&format!("//! `{name}`")),
            "{name}: no file"
        );
        assert!(
            read(&format!("cnn-runtime/src/kernels/{}.rs", kind.kernel)).contains("pub fn reference"),
            "{name}: no kernel"
        );
        assert!(language.contains(&format!("`{name}")), "{name}: not in docs/language.md");
        let words = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == name);
        assert!(words(&golden), "{name}: no parity case");
        assert!(words(&messages), "{name}: in no UI test");
    }
    assert!(architecture.contains("layers::ALL"));
}

#[test]
fn files_are_short() {
    let mut folders = vec![root()];
    let mut long = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name());
            let skipped = ["target", "generated", "parity", ".git", "corpus", "artifacts"];
            if path.is_dir() && !skipped.iter().any(|skip| name == *skip) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = fs::read_to_string(&path).unwrap().lines().count();
                if lines > MAX_LINES {
                    long.push(format!("{}: {lines} lines", path.display()));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}
