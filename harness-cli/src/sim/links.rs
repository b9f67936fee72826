//! Stable names for ports: a folder with a link for each line, gone when the simulation ends.

use std::path::{Path, PathBuf};

use offhook_sim::OpenPort;

use crate::fail::Fail;

/// The links that were made. Dropping it removes them.
#[derive(Debug, Default)]
pub struct Links {
    made: Vec<PathBuf>,
    /// The folder, where it was made too.
    folder: Option<PathBuf>,
}

impl Links {
    /// Makes a link for each port. What a simulator left that was killed is replaced; anything else is in the way.
    pub fn make(dir: &Path, ports: &[OpenPort]) -> Result<Links, Fail> {
        let failed = |path: &Path, error: std::io::Error| Fail::usage(format!("{}: {error}", path.display()));
        let mut links = Links::default();
        if !dir.exists() {
            std::fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
            links.folder = Some(dir.to_owned());
        }
        for port in ports {
            let link = dir.join(&port.number);
            if let Ok(about) = std::fs::symlink_metadata(&link) {
                if !about.is_symlink() {
                    let what = format!("{} is in the way: it is no link", link.display());
                    return Err(Fail::usage(what));
                }
                std::fs::remove_file(&link).map_err(|error| failed(&link, error))?;
            }
            symlink(Path::new(&port.path), &link).map_err(|error| failed(&link, error))?;
            links.made.push(link);
        }
        Ok(links)
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        for link in &self.made {
            if let Err(error) = std::fs::remove_file(link) {
                eprintln!("offhook: {} stays behind: {error}", link.display());
            }
        }
        if let Some(folder) = &self.folder {
            // Somebody may have put something into it.
            std::fs::remove_dir(folder).unwrap_or_default();
        }
    }
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
