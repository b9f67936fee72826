//! Wine: finding it, and keeping prefixes of our own for it.
//!
//! A prefix serves one child at a time, because the providers of one run keep their settings under the same registry
//! key and each has its own `COM1`. The pool therefore holds as many prefixes as there are children at once; they stay
//! in the user's cache from run to run. The first takes about seven seconds to make; the others are copies of it.

mod pool;
mod prefix;
mod seed;

pub(super) use pool::Seat;
pub use pool::WinePrefix;

use super::HostError;
use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The programs of a Wine installation.
#[derive(Clone, Debug)]
pub(super) struct Wine {
    /// What runs a Windows program.
    loader: PathBuf,
    /// What holds a prefix together.
    server: PathBuf,
    /// `wine --version`, by which a prefix is known to fit.
    version: String,
}

/// Where Debian keeps the programs that its wrappers in PATH start.
const DEBIAN: &str = "/usr/lib/wine";

impl Wine {
    /// Finds Wine in PATH or where Debian keeps it.
    fn find() -> Result<Wine, HostError> {
        if cfg!(windows) {
            return Err(HostError::NoWine("Windows needs none".to_owned()));
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let find = |names: &[&str]| {
            let folders: Vec<PathBuf> = env::split_paths(&path).chain([PathBuf::from(DEBIAN)]).collect();
            names.iter().find_map(|name| {
                folders
                    .iter()
                    .map(|folder| folder.join(name))
                    .find(|file| file.is_file())
            })
        };
        let missing = |name: &str| HostError::NoWine(format!("no `{name}` in PATH or {DEBIAN}"));
        let loader = find(&["wine64", "wine"]).ok_or_else(|| missing("wine64"))?;
        let server = find(&["wineserver64", "wineserver"]).ok_or_else(|| missing("wineserver"))?;
        let output = Command::new(&loader)
            .arg("--version")
            .stderr(Stdio::null())
            .output();
        let output = output.map_err(|error| HostError::NoWine(format!("{}: {error}", loader.display())))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || version.is_empty() {
            return Err(HostError::NoWine(format!(
                "`{} --version` says nothing",
                loader.display()
            )));
        }
        Ok(Wine {
            loader,
            server,
            version,
        })
    }

    /// A command that runs a Windows program in the prefix.
    fn command(&self, dir: &Path, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(&self.loader);
        command.arg(program);
        surround(&mut command, dir);
        command
    }

    /// A command for the prefix's server.
    fn server(&self, dir: &Path, option: &str) -> Command {
        let mut command = Command::new(&self.server);
        command
            .arg(option)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        surround(&mut command, dir);
        command
    }
}

/// Wine's surroundings: our prefix, no chatter, no offers to install Mono or Gecko, no screen.
fn surround(command: &mut Command, dir: &Path) {
    command
        .env("WINEPREFIX", dir)
        .env("WINEDEBUG", "-all")
        .env("WINEDLLOVERRIDES", "mscoree=;mshtml=;winemenubuilder.exe=")
        .env_remove("WINEARCH")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
}
