//! Which scenario files a list of files and folders means.

use std::path::{Path, PathBuf};

use crate::fail::Fail;

/// The `.call` files named, and those in the folders named, by name.
pub fn scenario_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fail> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(folder(path)?);
        } else if path.is_file() {
            files.push(path.clone());
        } else {
            return Err(Fail::usage(format!(
                "{}: there is no such file or folder",
                path.display()
            )));
        }
    }
    Ok(files)
}

fn folder(dir: &Path) -> Result<Vec<PathBuf>, Fail> {
    let unreadable = |error: std::io::Error| Fail::usage(format!("{}: {error}", dir.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "call") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
