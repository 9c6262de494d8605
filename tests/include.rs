//! Nets out of `.cnn` files.

use cnn::network;
use cnn_compiler::parse::Loader;
use cnn_compiler::{Input, compile};
use cnn_tests::{Files, codes, rendered};

network! {
    include "nets/forms.cnn"
    include "nets/named.cnn";

    /// Uses a block of the file.
    pub Beside(3x8x8) { twice(2) }
}

#[test]
fn as_items() {
    assert_eq!(Included::PARAM_COUNT, 4 * 27 + 4 + 4 * 36 + 4);
    assert_eq!(Beside::PARAM_COUNT, 2 * 27 + 2 + 2 * 18 + 2);
    assert_eq!(Named::PARAM_COUNT, 2512);
}

#[test]
fn as_an_expression() {
    let space = network! { include "nets/nameless.cnn" };
    assert_eq!(space.param_count(), 2512);
    let mut engine = space.init(1).engine();
    let _: &[f32; 10] = engine.forward(&[[[0.0; 7]; 7]; 3]);
}

/// `rust` as a macro call and as a file, beside `files`, has faults of these kinds.
fn check(rust: &str, files: &'static [(&'static str, &'static str)], expected: &[&str]) {
    let macro_call = Input::Rust(rust.parse().unwrap());
    for input in [macro_call, Input::Text { path: "net.cnn", text: rust }] {
        let compilation = compile(input, &mut Files(files));
        assert_eq!(codes(&compilation), expected, "{rust}\n{}", rendered(&compilation));
    }
}

#[test]
fn files_that_cannot_be_included() {
    check("include \"missing.cnn\"", &[], &["include"]);
    check("include \"missing.cnn\" pub Net(3) { relu }", &[], &["include"]);
    check("include \"/a.cnn\" include \"C:\\\\a.cnn\"", &[("a.cnn", "")], &["include", "include"]);
    check("include \"a.cnn\"", &[("a.cnn", "include \"a.cnn\" pub Net(3) { relu }")], &["include"]);
    check("include \"a.cnn\"", &[("a.cnn", "include \"b.cnn\""), ("b.cnn", "include \"./a.cnn\"")], &["include"]);
}

#[test]
fn files_that_can() {
    let files = &[
        ("nets/a.cnn", "include \"../blocks/b.cnn\" include \"c.cnn\""),
        ("blocks/b.cnn", "block b { relu }"),
        ("nets/c.cnn", "pub C(3) { b }"),
        ("blank.cnn", "// Nothing yet."),
    ];
    check("include \"nets/a.cnn\" pub Net(3) { b b }", files, &[]);
    check("include \"blank.cnn\"; pub Net(3) { relu }", files, &[]);
    check("include \"nets/a.cnn\" include \"nets/c.cnn\"", files, &["duplicate-name"]);
    check("include \"nets/a.cnn\" pub C(3) { relu }", files, &["duplicate-name"]);
}

/// An edit of an included file rebuilds the crate: rustc tracks the files whose bytes a crate includes.
#[test]
fn edits_are_tracked() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    let cnn = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"edited\"\nedition = \"2024\"\n[dependencies]\ncnn = {{ path = {cnn:?} }}\n[workspace]\n"
        ),
    );
    write("src/main.rs", "cnn::network! { include \"net.cnn\" }\nfn main() { print!(\"{}\", Net::PARAM_COUNT) }\n");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    for outputs in [10, 20] {
        write("net.cnn", &format!("pub Net(4) {{ fc(4 -> {outputs}) }}"));
        let mut cargo = std::process::Command::new(env!("CARGO"));
        cargo.args(["run", "--quiet", "--offline"]).current_dir(&folder);
        // Its own folder, which the next test run finds again.
        cargo.env("CARGO_TARGET_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/edited"));
        let output = cargo.output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert_eq!(printed, (5 * outputs).to_string(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The loader sees each path as it is known from the crate's root.
#[test]
fn paths_reach_the_loader() {
    struct Asked(Vec<String>);
    impl Loader for Asked {
        fn load(&mut self, path: &str) -> Result<String, String> {
            self.0.push(path.to_owned());
            Ok(if path == "nets/a.cnn" {
                "include \"../b.cnn\" include \"./c/d.cnn\"".to_owned()
            } else {
                String::new()
            })
        }
    }
    let mut asked = Asked(Vec::new());
    compile(Input::Rust("include \"nets/a.cnn\" include \"../../e.cnn\"".parse().unwrap()), &mut asked);
    assert_eq!(asked.0, ["nets/a.cnn", "b.cnn", "nets/c/d.cnn", "../../e.cnn"]);
}
