//! Files that are written all or nothing.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// Replaces the file at `path` by what `write` writes, all or nothing: a reader, or a crash at any
/// moment, sees the old file or the new one.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
    };
    // In the same directory, for a rename within one file system; no other process or thread uses
    // the same name.
    let mut temp = OsString::from(".");
    temp.push(name);
    temp.push(format!(".{}.{}.tmp", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    let temp = path.with_file_name(temp);
    let mut file = File::create_new(&temp)?;
    let written = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&temp, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temp);
    }
    written
}
