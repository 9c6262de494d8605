//! Virtual environments for the tasks that compare with Python's engines.

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The Python of the virtual environment `folder`, made if there is none, with what the file `requirements` lists.
pub fn environment(root: &Path, folder: &str, requirements: &str) -> Result<PathBuf> {
    let (path, requirements) = (root.join(folder), root.join(requirements));
    let python = path.join("bin/python");
    if !python.exists() {
        let found = Command::new("python3").arg("--version").output();
        ensure!(
            found.is_ok(),
            "there is no python3 on the PATH; `--python` names one that has {}",
            requirements.display()
        );
        writeln!(stdout(), "making a virtual environment in {folder}")?;
        output(Command::new("python3").args(["-m", "venv"]).arg(&path))?;
    }
    let installed = path.join("installed.txt");
    if fs::read(&installed).ok() != fs::read(&requirements).ok() {
        writeln!(stdout(), "installing {}, which takes minutes", requirements.display())?;
        output(Command::new(&python).args(["-m", "pip", "install", "--quiet", "-r"]).arg(&requirements))?;
        fs::copy(&requirements, &installed)?;
    }
    Ok(python)
}

/// What a command prints; an error, with all that it said, where it fails.
pub fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command.output().with_context(|| format!("cannot run {}", program.display()))?;
    let [said, complained] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    ensure!(output.status.success(), "{} failed:\n{said}{complained}", program.display());
    Ok(said.into_owned())
}
