//! Virtual environments for the tasks that compare with Python's engines.

use std::fs;
use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::output;

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
