//! What the compiler makes of convolutions and fully connected layers: the loops that take nearly all of their time do nothing but
//! multiply-adds and the loads for them. A sum that is kept in memory instead of a register, or a loop that is not vectorised, costs more than
//! half of the speed, and no other test would notice. And of functions of exp: they are to be vector code.

#![cfg(target_arch = "x86_64")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Direct convolution, Winograd's, Strassen's, depthwise and fully connected layers, and a function of exp, large enough to share
/// their kernels.
const NET: &str = "cnn::network! {
    pub Net(64x32x32) {
        conv(64 -> 64, k1) relu; conv(64 -> 64, k3, s2, p1) relu; conv(64 -> 64, k3, p1) relu;
        conv(64 -> 256, k1) relu; conv(256 -> 64, k1) silu; depthwise(k3, p1) relu; flatten; fc(_ -> 64)
    }
}
fn main() {
    let image: Box<<Net as cnn::Network>::Input> = cnn::__private::Zeroable::zeroed_box();
    println!(\"{:?}\", Net::init(1).engine().forward(&image));
}
";

/// The assembly of a release build of a program with that net.
fn assembly() -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("codegen");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"codegen\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
        [dependencies]\ncnn = {{ path = {root:?}, default-features = false }}\n\
        bytemuck = {{ version = \"1\", features = [\"extern_crate_alloc\"] }}\n\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::write(folder.join("src/main.rs"), NET.replace("cnn::__private::Zeroable::zeroed_box", "bytemuck::zeroed_box"))
        .unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["rustc", "--quiet", "--release", "--", "--emit", "asm", "-C", "codegen-units=1"]);
    // Flags of the tests' own build, for another CPU perhaps, would give other code.
    cargo.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target")).env_remove("RUSTFLAGS");
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let deps = fs::read_dir(folder.join("target/release/deps")).unwrap();
    let files = deps.map(|entry| entry.unwrap().path());
    let newest = files.filter(|path| path.extension().is_some_and(|extension| extension == "s"));
    let newest = newest.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
    fs::read_to_string(newest.expect("rustc wrote assembly")).unwrap()
}

/// The bodies of loops that hold no other loop.
fn innermost_loops(assembly: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = assembly.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut loops = Vec::new();
    let mut last = 0;
    for (at, line) in lines.iter().enumerate() {
        let Some((jump, target)) = line.split_once('\t') else { continue };
        if !jump.starts_with('j') || !target.starts_with(".LBB") {
            continue;
        }
        // A jump back to a label behind the end of the last loop.
        let label = format!("{target}:");
        if let Some(start) = (last..at).rev().find(|&start| lines[start] == label) {
            loops.push(lines[start + 1..at].to_vec());
            last = at;
        }
    }
    loops
}

#[test]
fn hot_loops_stay_in_registers() {
    let assembly = assembly();
    for (register, least) in [("ymm", 8), ("zmm", 16)] {
        let mut hot = 0;
        for body in innermost_loops(&assembly) {
            let multiply_adds =
                body.iter().filter(|line| line.starts_with("vfmadd") && line.contains(register)).count();
            // Loops with decisions are of depthwise convolutions, which hold more than there are registers, and know edges.
            if multiply_adds < least || body.iter().any(|line| line.starts_with('j') || line.starts_with("cmov")) {
                continue;
            }
            hot += 1;
            // With an index, or without an offset, where a frame has no values, rbp is a pointer as any other.
            let in_frame = |line: &str| {
                line.match_indices("(%rbp)").any(|(at, _)| line[..at].ends_with(|c: char| c.is_ascii_hexdigit()))
            };
            let spilled = |line: &&&str| line.starts_with('v') && (line.contains("(%rsp") || in_frame(line));
            let spills: Vec<_> = body.iter().filter(spilled).collect();
            assert!(
                spills.is_empty(),
                "{register}: {multiply_adds} multiply-adds, and in memory {spills:#?}\nof {body:#?}"
            );
        }
        assert!(hot >= 5, "{hot} loops of at least {least} multiply-adds of {register}");
    }
    // SiLU divides by 1 + exp(−x).
    let divides = |body: &Vec<&str>| body.iter().any(|line| line.starts_with("vdivps") && !line.contains("xmm"));
    let vectors = innermost_loops(&assembly).iter().filter(|body| divides(body)).count();
    assert!(vectors >= 2, "{vectors} loops of SiLU are vectors");
}
