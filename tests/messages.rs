//! Every kind of fault: what rustc says, and that the error index tells the truth.

use std::fs;
use std::path::Path;

use cnn_compiler::codes;
use cnn_tests::{codes as codes_of, compile_text, file_stem, rendered};

#[test]
fn rustc_shows() {
    copy_nets();
    let cases = trybuild::TestCases::new();
    cases.pass("ui_pass/*.rs");
    cases.compile_fail("ui/*.rs");
}

/// Puts `nets/` where trybuild's crate looks for what it includes.
fn copy_nets() {
    let nets = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/cnn-tests/nets");
    fs::create_dir_all(&nets).unwrap();
    for file in fs::read_dir("nets").unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), nets.join(file.file_name())).unwrap();
    }
}

#[test]
fn every_code_has_its_case() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    for code in codes::ALL {
        let path = ui.join(file_stem(code));
        let read = |extension| fs::read_to_string(path.with_extension(extension)).unwrap_or_default();
        assert!(!read("rs").is_empty(), "{} has no case in tests/ui", code.name);
        assert!(read("stderr").contains(&format!("`{}`", code.name)), "tests/ui does not show {}", code.name);
    }
}

/// Messages are about nets: what rustc says of emitted code is a fault of ours.
#[test]
fn every_error_is_ours() {
    for entry in Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "stderr") {
            let text = fs::read_to_string(&path).unwrap();
            let foreign: Vec<&str> =
                text.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning")).collect();
            assert!(foreign.is_empty(), "{}: {foreign:#?}", path.display());
        }
    }
}

#[test]
fn examples_of_the_error_index() {
    for code in codes::ALL {
        let wrong = compile_text(code.wrong);
        assert_eq!(codes_of(&wrong), [code.name], "{}\n{}", code.wrong, rendered(&wrong));
        let mended = compile_text(code.mended);
        assert!(mended.plans.is_some(), "{}\n{}", code.mended, rendered(&mended));
    }
}
