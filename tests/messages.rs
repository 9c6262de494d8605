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
        assert!(mended.faults.is_empty(), "{}\n{}", code.mended, rendered(&mended));
    }
}

/// Each of these is wrong in one way. What follows from a fault is not a fault.
#[test]
fn one_fault_is_one_error() {
    let deep = format!("{}flatten{}", "{ ".repeat(65), " }".repeat(65));
    let cases = [
        ("fc-inputs", "flatten; fc(1 -> 32) relu; fc(_ -> 10)"),
        ("duplicate-label", "flatten; a: fc(147 -> 32); a: fc(32 -> 10); b: fc(10 -> 10)"),
        ("kernel-too-large", "conv(3 -> 10, k = 9223372036854775807)"),
        ("syntax", "conv(3 to 9, k3)"),
        ("syntax", "conv[3 -> 9, k3]"),
        ("too-deep", &deep),
        ("too-large", "view(-1, 9223372036854775808, 1, 1); flatten; fc(_ -> 10)"),
        ("unexpected-argument", "conv(3 -> 9, k3x3x3)"),
        ("unexpected-argument", "conv(3, 9, 3)"),
        ("unexpected-argument", "relu(0.1); flatten; fc(_ -> 10)"),
        ("unexpected-argument", "flatten; fc(147.5 -> 10)"),
        ("unexpected-argument", "conv(3 -> 9, k3.5); flatten; fc(_ -> 10)"),
        ("unexpected-argument", "conv(3 -> 9, k = 3, s = 1e0)"),
        ("unexpected-argument", "view(-1, 14.7)"),
        ("unexpected-argument", "dropout(p = 1.5)"),
        ("unexpected-argument", "dropout(p = 1x2)"),
        ("unexpected-argument", "dropout(0.5)"),
        ("unexpected-argument", "elu(alpha)"),
        ("arithmetic", "elu(alpha = 1e99)"),
        ("arithmetic", "elu(alpha = 1 / 0)"),
        ("duplicate-argument", "elu(alpha = 1, alpha = 2.5)"),
        ("unknown-name", "elu(alpha = one)"),
        ("syntax", "elu(alpha = 1.)"),
        ("unexpected-argument", "relu * 1.5; flatten"),
        ("unknown-layer", "cnov(3 -> 9, k3); fc(225 -> 10)"),
        ("view-batch", "view(147); fc(147 -> 10)"),
    ];
    let nets = cases.map(|(code, body)| (code, format!("pub Net(3x7x7) {{ {body} }}")));
    let others = [
        ("too-large", "pub Net(3x10000000x10000000) { relu }".to_owned()),
        ("syntax", "pub Net(3x7) { relu }".to_owned()),
        ("syntax", "pub Net(3x7x7)".to_owned()),
        ("view-size", "pub Net(8x4x4) -> 8x3x4 { view(-1, 8, _, 3) }".to_owned()),
        ("syntax", "#[budget] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget()] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget(params < 8; macs <= 5)] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget(macs <= 8k)] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget(macs <= 1.2345K)] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget(macs <= 8K arena <= 8K)] pub Net(3) { relu }".to_owned()),
        ("syntax", "#[budget(macs <= 8K)] { relu }".to_owned()),
        ("syntax", "#[budget(macs <= 8K)] block a { relu } pub Net(3) { a }".to_owned()),
        ("too-large", "#[budget(macs <= 18446744073709551616)] pub Net(3) { relu }".to_owned()),
        ("unknown-argument", "#[budget(parms <= 8)] pub Net(3) { relu }".to_owned()),
        ("duplicate-argument", "#[budget(macs <= 8)] #[budget(macs <= 9)] pub Net(3) { relu }".to_owned()),
        ("budget", "#[budget(params <= 7, macs <= 8)] pub Net(3) { fc(_ -> 2) }".to_owned()),
        ("syntax", "include net.cnn; pub Net(3x7x7) { relu }".to_owned()),
    ];
    let wrong = nets.into_iter().chain(others).filter_map(|(code, text)| {
        let compilation = compile_text(&text);
        (codes_of(&compilation) != [code]).then(|| format!("{text}: not {code} alone but\n{}", rendered(&compilation)))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
