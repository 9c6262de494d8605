//! What `cargo xtask` prints, and how it exits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a task in a folder; exit code, stdout and stderr.
fn xtask_in(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_xtask")).args(args).current_dir(folder).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn xtask(args: &[&str]) -> (i32, String, String) {
    xtask_in(&root(), args)
}

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let file = folder.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    folder
}

#[test]
fn good_file() {
    let line = "DummyNet: 3×7×7 -> 10, 2,512 parameters, 8,325 multiply-adds\n";
    assert_eq!(xtask(&["check", "examples/specs/dummy.cnn"]), (0, line.into(), String::new()));
}

#[test]
fn every_file_is_checked() {
    let wrong = "pub Net(3×8×8) {\n    conv(3→9, k3) relu; flatten;\n    fc(225→10)\n}\n";
    let folder = folder(&[("wrong.cnn", wrong.as_bytes()), ("good.cnn", b"fc(2 -> 1)")]);
    let (code, out, err) = xtask_in(folder.path(), &["check", "wrong.cnn", "missing.cnn", "good.cnn"]);
    assert_eq!(code, 1);
    assert_eq!(out, "Good: 2 -> 1, 3 parameters, 2 multiply-adds\n");
    assert!(err.starts_with("error: `fc` expects 225 inputs but receives 324"), "{err}");
    assert!(err.contains("--> wrong.cnn:3:8\n  |\n3 |     fc(225→10)\n  |        ^^^\n"), "{err}");
    assert!(err.ends_with("error: cannot read missing.cnn: No such file or directory (os error 2)\n"), "{err}");
}

#[test]
fn includes_are_relative_to_the_including_file() {
    let folder = folder(&[
        ("nets/net.cnn", b"include \"blocks/pair.cnn\" pub Net(3x7x7) { pair }"),
        ("nets/blocks/pair.cnn", b"include \"../one.cnn\" block pair { one one }"),
        ("nets/one.cnn", b"block one { conv(_ -> 9, k3) }"),
        ("nets/itself.cnn", b"include \"../nets/itself.cnn\""),
    ]);
    let line = "Net: 3×7×7 -> 9×3×3, 990 parameters, 12,636 multiply-adds\n";
    let absolute = folder.path().join("nets/net.cnn");
    for path in ["nets/net.cnn", "./nets/net.cnn", absolute.to_str().unwrap()] {
        assert_eq!(xtask_in(folder.path(), &["check", path]), (0, line.into(), String::new()), "{path}");
    }
    let (code, _, err) = xtask_in(folder.path(), &["check", "nets/itself.cnn"]);
    assert_eq!(code, 1);
    assert!(err.contains("the file includes itself"), "{err}");
}

#[test]
fn unreadable_files_are_one_line() {
    let folder = folder(&[("latin1.cnn", b"// caf\xe9")]);
    for path in ["missing.cnn", "latin1.cnn", "."] {
        for task in ["check", "summary", "plan"] {
            let (code, out, err) = xtask_in(folder.path(), &[task, path]);
            assert_eq!((code, out.as_str(), err.lines().count()), (1, "", 1), "{task} {path}: {err}");
            assert!(err.starts_with(&format!("error: cannot read {path}: ")), "{err}");
        }
    }
}

#[test]
fn wrong_usage() {
    for args in [&[][..], &["chekc"], &["check"], &["summary", "--jsn", "net.cnn"]] {
        assert_eq!(xtask(args).0, 2, "{args:?}");
    }
}

#[test]
fn table() {
    let (code, out, _) = xtask(&["summary", "examples/specs/dummy.cnn"]);
    assert_eq!(code, 0);
    assert!(out.lines().any(|line| line.split_whitespace().eq(["total", "2,512", "8,325"])), "{out}");
}

#[test]
fn json() {
    let (code, out, _) = xtask(&["summary", "--json", "examples/specs/dummy.cnn"]);
    let nets: serde_json::Value = serde_json::from_str(&out).unwrap();
    let net = &nets[0];
    assert_eq!(
        (code, &net["name"], &net["param_count"], &net["macs"]),
        (0, &"DummyNet".into(), &2512.into(), &8325.into())
    );
    assert_eq!((&net["input"], &net["output"]), (&vec![3, 7, 7].into(), &vec![10].into()));
    assert_eq!((&net["layers"][0]["layer"], &net["layers"][0]["params"]), (&"conv(3 -> 9, k3)".into(), &252.into()));
    assert_eq!((&net["arena_bytes"], &net["arena_bound_bytes"]), (&1600.into(), &1600.into()));
}

#[test]
fn plan() {
    let (code, out, _) = xtask(&["plan", "examples/specs/dummy.cnn"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "DummyNet");
    let conv: Vec<&str> = lines[2].split_whitespace().collect();
    let slice = ["input", "->", "arena[0..400]"];
    assert_eq!(conv, [&["conv1", "+", "relu1", "Conv", "2×5", "1×7", "blocked", "3980", "6075"][..], &slice].concat());
    assert!(out.contains("\narena 1600 bytes for each thread, its lower bound 1600 (+0.0 %)\n"), "{out}");
}

#[test]
fn plan_names_a_net_of_the_catalogue() {
    assert_eq!(xtask(&["plan", "dummy"]), xtask(&["plan", "examples/specs/dummy.cnn"]));
}

#[test]
fn committed_files_are_up_to_date() {
    assert_eq!(xtask(&["codegen", "--check"]), (0, String::new(), String::new()));
}

#[test]
fn stale_files_are_named_then_mended() {
    let folder = folder(&[("examples/specs/tiny.cnn", b"fc(2 -> 1)"), ("examples/generated/gone.rs", b"")]);
    let root = folder.path().to_str().unwrap();
    let codegen = |args: &[&str]| xtask(&[&["codegen", "--root", root], args].concat());
    let files =
        ["docs/errors.md", "examples/generated/gone.rs", "examples/generated/mod.rs", "examples/generated/tiny.rs"];

    let names = files.map(|file| format!("  {file}\n")).concat();
    let stale = |names: &str| (1, String::new(), format!("error: out of date, run `cargo xtask codegen`:\n{names}"));
    assert_eq!(codegen(&["--check"]), stale(&names));
    assert!(!folder.path().join("docs").exists(), "--check writes nothing");

    assert_eq!(codegen(&[]).0, 0);
    assert_eq!(codegen(&["--check"]).0, 0);
    let tiny = fs::read_to_string(folder.path().join(files[3])).unwrap();
    assert!(
        tiny.starts_with("// Generated by `cargo xtask codegen` from examples/specs/tiny.cnn, do not edit by hand.\n")
    );
    assert!(tiny.contains("pub struct Tiny"));

    fs::write(folder.path().join(files[3]), tiny + "\n").unwrap();
    assert_eq!(codegen(&["--check"]), stale("  examples/generated/tiny.rs\n"));
}

#[test]
fn codegen_refuses_what_it_cannot_expand() {
    for (name, text, message) in [
        ("net.cnn", "cnov(3 -> 9, k3)", "error: there is no layer or block `cnov`"),
        ("my-net.cnn", "fc(2 -> 1)", "error: examples/specs/my-net.cnn is to become a Rust module"),
    ] {
        let folder = folder(&[(&format!("examples/specs/{name}"), text.as_bytes())]);
        let (code, _, err) = xtask(&["codegen", "--root", folder.path().to_str().unwrap()]);
        assert_eq!(code, 1);
        assert!(err.starts_with(message), "{err}");
        assert!(!folder.path().join("examples/generated").exists());
    }
}

#[test]
fn codegen_says_where_it_cannot_write() {
    let folder = folder(&[("examples/specs/tiny.cnn", b"fc(2 -> 1)"), ("docs", b"a file")]);
    let (code, _, err) = xtask(&["codegen", "--root", folder.path().to_str().unwrap()]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    assert!(err.contains("cannot write ") && err.contains("docs/errors.md: "), "{err}");
}

#[test]
fn plans_of_training() {
    let (code, out, err) = xtask(&["plan", "--train", "dummy", "--batch", "32", "--threads", "2"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "DummyNet");
    assert!(out.contains("arena[0..225]") && out.contains("\nbackward "), "{out}");
    assert!(out.contains("\na step of 32 images, 16 at once, 2 threads: "), "{out}");
    let (code, _, err) = xtask(&["plan", "dummy", "--batch", "32"]);
    assert!(code != 0 && err.contains("--train"), "{err}");
}
