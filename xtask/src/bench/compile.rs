//! `cargo xtask bench compile`: what a net adds to the release build of a crate.
//!
//! Two programs are built in turn, one that runs the net and an empty one, both on a `cnn` that is built already.
//! The time of macro expansion is rustc's own (`-Z time-passes`).

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::median;
use crate::spec;

/// The longest that the expansion of ResNet-50 may take.
const MAX_EXPANSION: f64 = 0.2;

/// The most that ResNet-50 may add to a release build.
const MAX_BUILD: f64 = 10.0;

/// Builds both programs `rounds` times and prints the medians.
pub fn run(root: &Path, net: &str, rounds: usize) -> Result<()> {
    ensure!(rounds > 0, "nothing is measured in 0 rounds");
    let file = root.join("examples/specs").join(net).with_extension("cnn");
    let compilation = spec::open(&file)?;
    let (shaped, _) = spec::nets(&compilation).next().with_context(|| format!("{net} has no net"))?;
    let folder = root.canonicalize()?.join("target/xtask/bench-compile");
    let main = format!(
        "cnn::network! {{ include \"net.cnn\" }}\n\n\
        fn main() {{\n    let image: Box<<{name} as cnn::Network>::Input> = bytemuck::zeroed_box();\n    \
        println!(\"{{:?}}\", {name}::init(1).engine().forward(&image));\n}}\n",
        name = spec::name(shaped)
    );
    let filled = package(&folder, root, "filled", &main)?;
    fs::copy(&file, filled.join("net.cnn"))?;
    let empty = package(&folder, root, "empty", "use cnn as _;\n\nfn main() {}\n")?;

    // The first build is that of the dependencies.
    build(&empty)?;
    let (mut filled_builds, mut empty_builds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        filled_builds.push(build(&filled)?);
        empty_builds.push(build(&empty)?);
    }
    let [filled, empty] = [filled_builds, empty_builds].map(Build::medians);
    let added = Build { total: filled.total - empty.total, expansion: filled.expansion - empty.expansion };
    let mut out = stdout();
    writeln!(out, "{net}, medians of {rounds} release builds of a program with the net, and of an empty one")?;
    writeln!(out, "  expansion  {:6.3} s  (ResNet-50 at most {MAX_EXPANSION} s)", added.expansion)?;
    writeln!(out, "  build      {:6.3} s over {:.3} s  (ResNet-50 at most {MAX_BUILD} s)", added.total, empty.total)?;
    Ok(())
}

/// A package of its own, outside of the workspace.
fn package(folder: &Path, root: &Path, name: &str, main: &str) -> Result<PathBuf> {
    let package = folder.join(name);
    fs::create_dir_all(package.join("src"))?;
    let root = root.canonicalize()?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
        [dependencies]\nbytemuck = {{ version = \"1\", features = [\"extern_crate_alloc\"] }}\ncnn = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/main.rs"), main)?;
    Ok(package)
}

/// What one build took, in seconds.
struct Build {
    total: f64,
    expansion: f64,
}

impl Build {
    fn medians(builds: Vec<Build>) -> Build {
        let median = |part: fn(&Build) -> f64| median(&builds.iter().map(part).collect::<Vec<_>>());
        Build { total: median(|build| build.total), expansion: median(|build| build.expansion) }
    }
}

/// Builds a package anew, its dependencies excepted.
fn build(package: &Path) -> Result<Build> {
    let main = fs::File::options().append(true).open(package.join("src/main.rs"))?;
    main.set_modified(std::time::SystemTime::now())?;
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["rustc", "--release", "--", "-Z", "time-passes"]).current_dir(package);
    // `-Z` is for nightly compilers, and for those that are told to be one.
    cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", package.with_file_name("target"));
    let start = Instant::now();
    let output = cargo.output().context("cannot run cargo")?;
    let total = start.elapsed();
    let log = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "cargo failed:\n{log}");
    let expansion = expansion(&log).context("rustc did not say how long it expanded macros")?;
    Ok(Build { total: Duration::as_secs_f64(&total), expansion })
}

/// The seconds in `time:   0.012; rss: …   macro_expand_crate`.
fn expansion(log: &str) -> Option<f64> {
    let line = log.lines().find(|line| line.trim_end().ends_with("macro_expand_crate"))?;
    line.trim_start().strip_prefix("time:")?.split(';').next()?.trim().parse().ok()
}
