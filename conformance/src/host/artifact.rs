//! Finds the programs and libraries of this project that a run needs, and builds them where it runs from a checkout.

use super::HostError;
use serde_json::Value;
use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

/// The platform that something is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The platform that the harness runs on.
    Native,
    /// 64-bit Windows by MinGW.
    Windows64,
    /// 32-bit Windows by MinGW.
    Windows32,
}

impl Target {
    /// Cargo's name of the target, `None` for [`Target::Native`].
    pub fn triple(self) -> Option<&'static str> {
        match self {
            Target::Native => None,
            Target::Windows64 => Some("x86_64-pc-windows-gnu"),
            Target::Windows32 => Some("i686-pc-windows-gnu"),
        }
    }

    /// The linker that the target needs, and Debian's package of it.
    fn linker(self) -> Option<(&'static str, &'static str)> {
        match self {
            Target::Native => None,
            Target::Windows64 => Some(("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64")),
            Target::Windows32 => Some(("i686-w64-mingw32-gcc", "gcc-mingw-w64-i686")),
        }
    }

    fn is_windows(self) -> bool {
        cfg!(windows) || self != Target::Native
    }
}

/// Finds or builds `offhook-provider-host`, for Windows targets with `bcryptprimitives.dll` beside it.
///
/// `progress` is told what takes long, line by line.
pub fn provider_host(target: Target, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, HostError> {
    if target.is_windows() {
        library("bcryptprimitives", target, progress)?;
    }
    let suffix = if target.is_windows() { ".exe" } else { "" };
    find_or_build(
        "offhook-provider-host",
        &format!("offhook-provider-host{suffix}"),
        target,
        progress,
    )
}

/// Finds or builds the library of a package of this workspace, such as `modem-tsp`.
pub fn library(package: &str, target: Target, progress: &mut dyn FnMut(&str)) -> Result<PathBuf, HostError> {
    find_or_build(package, &library_name(package, target), target, progress)
}

/// The file name of a package's library.
pub fn library_name(package: &str, target: Target) -> String {
    let stem = package.replace('-', "_");
    if target.is_windows() {
        format!("{stem}.dll")
    } else {
        format!("{}{stem}{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX)
    }
}

/// Finds or builds the program of a package of this workspace.
pub fn program(
    package: &str,
    bin: &str,
    target: Target,
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, HostError> {
    let suffix = if target.is_windows() { ".exe" } else { "" };
    find_or_build(package, &format!("{bin}{suffix}"), target, progress)
}

/// What has been found in this process, so that cargo is asked once.
static FOUND: Mutex<Option<HashMap<(String, Target), PathBuf>>> = Mutex::new(None);

fn find_or_build(
    package: &str,
    file: &str,
    target: Target,
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, HostError> {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let found = found.get_or_insert_default();
    let key = (file.to_owned(), target);
    if let Some(path) = found.get(&key) {
        return Ok(path.clone());
    }
    // From a checkout cargo decides whether what lies there is up to date; elsewhere there is only what was installed.
    let path = match Checkout::of_this_program() {
        Some(checkout) => checkout.build(package, file, target, progress)?,
        None => installed(file, target).ok_or_else(|| HostError::NotBuilt {
            what: format!("`{file}`"),
            remedy: format!(
                "put it {}, or run Offhook from its checkout, which builds it",
                places(target)
            ),
        })?,
    };
    found.insert(key, path.clone());
    Ok(path)
}

/// A file beside the running program, or in a folder there that is named after the target.
fn installed(file: &str, target: Target) -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let beside = program.parent()?;
    let places = [
        target.triple().map(|triple| beside.join(triple).join(file)),
        Some(beside.join(file)),
    ];
    places.into_iter().flatten().find(|path| path.is_file())
}

fn places(target: Target) -> String {
    match target.triple() {
        Some(triple) => format!("beside `offhook`, or in the folder `{triple}` there"),
        None => "beside `offhook`".to_owned(),
    }
}

/// The workspace that the running program was built from, and where and how it was built.
struct Checkout {
    root: PathBuf,
    target_dir: PathBuf,
    release: bool,
    cargo: PathBuf,
}

impl Checkout {
    fn of_this_program() -> Option<Checkout> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.to_owned();
        if !root.join("Cargo.toml").is_file() {
            return None;
        }
        let program = env::current_exe().ok()?;
        let target_dir = target_dir(&program)?.to_owned();
        let release = program
            .strip_prefix(&target_dir)
            .ok()?
            .iter()
            .any(|part| part == "release");
        let cargo = env::var_os("CARGO")
            .map(PathBuf::from)
            .or_else(|| in_path("cargo"))?;
        Some(Checkout {
            root,
            target_dir,
            release,
            cargo,
        })
    }

    fn build(
        &self,
        package: &str,
        file: &str,
        target: Target,
        progress: &mut dyn FnMut(&str),
    ) -> Result<PathBuf, HostError> {
        self.demand_tools(file, target)?;
        let failed = |remedy: String| HostError::NotBuilt {
            what: format!("`{file}`"),
            remedy,
        };
        let mut command = Command::new(&self.cargo);
        command
            .args([
                "build",
                "--package",
                package,
                "--message-format",
                "json-render-diagnostics",
                "--manifest-path",
            ])
            .arg(self.root.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&self.target_dir)
            .args(
                target
                    .triple()
                    .into_iter()
                    .flat_map(|triple| ["--target", triple]),
            )
            .args(self.release.then_some("--release"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut cargo = command
            .spawn()
            .map_err(|error| failed(format!("cargo could not be started: {error}")))?;
        let stdout = cargo.stdout.take();
        let artifacts =
            thread::spawn(move || stdout.map_or_else(Vec::new, |stdout| artifacts(BufReader::new(stdout))));
        let mut said = Vec::new();
        for line in cargo
            .stderr
            .take()
            .into_iter()
            .flat_map(|stderr| BufReader::new(stderr).lines())
        {
            let line = line.unwrap_or_default();
            if line.trim_start().starts_with("Compiling") {
                progress(line.trim());
            }
            said.push(line);
        }
        let status = cargo
            .wait()
            .map_err(|error| failed(format!("cargo could not be waited for: {error}")))?;
        let artifacts = artifacts.join().unwrap_or_default();
        if !status.success() {
            return Err(failed(format!(
                "`{}` failed:\n{}",
                self.advice(package, target),
                said.join("\n")
            )));
        }
        let built = artifacts
            .into_iter()
            .find(|path| path.file_name().is_some_and(|name| name == file));
        built.ok_or_else(|| failed(format!("`{}` does not make it", self.advice(package, target))))
    }

    /// The command that a person would give.
    fn advice(&self, package: &str, target: Target) -> String {
        let target = target
            .triple()
            .map_or(String::new(), |triple| format!(" --target {triple}"));
        format!(
            "cargo build --package {package}{target}{}",
            if self.release { " --release" } else { "" }
        )
    }

    /// Sees to it that the linker and the standard library are there, whose lack cargo tells in less helpful words.
    fn demand_tools(&self, file: &str, target: Target) -> Result<(), HostError> {
        let (Some(triple), Some((linker, package))) = (target.triple(), target.linker()) else {
            return Ok(());
        };
        let missing = |remedy: String| {
            Err(HostError::NotBuilt {
                what: format!("`{file}`"),
                remedy,
            })
        };
        if !cfg!(windows) && in_path(linker).is_none() {
            return missing(format!(
                "its linker {linker} is not installed; on Debian `apt-get install {package}`"
            ));
        }
        let rustc = env::var_os("RUSTC").map_or_else(|| self.cargo.with_file_name("rustc"), PathBuf::from);
        let rustc = if rustc.is_file() {
            rustc
        } else {
            PathBuf::from("rustc")
        };
        let output = Command::new(rustc)
            .current_dir(&self.root)
            .args(["--print", "target-libdir", "--target", triple])
            .stdin(Stdio::null())
            .output();
        let folder = output
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default();
        if !Path::new(&folder).is_dir() {
            return missing(format!(
                "the Rust target is not installed; `rustup target add {triple}`"
            ));
        }
        Ok(())
    }
}

/// Cargo's target folder around a program; one elsewhere was installed.
fn target_dir(program: &Path) -> Option<&Path> {
    // Cargo tags the folder only where it makes it: one that was there before, such as a cache's mount, has no tag.
    const MARKS: [&str; 2] = ["CACHEDIR.TAG", ".rustc_info.json"];
    program
        .ancestors()
        .find(|folder| MARKS.iter().any(|mark| folder.join(mark).is_file()))
}

/// The files that cargo says it has made.
fn artifacts(lines: impl BufRead) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in lines.lines().map_while(Result::ok) {
        let Ok(message) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        if message["reason"] == "compiler-artifact" {
            let names = message["filenames"].as_array().into_iter().flatten();
            files.extend(names.filter_map(Value::as_str).map(PathBuf::from));
        }
    }
    files
}

fn in_path(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_folder_is_known_with_and_without_its_tag() {
        for mark in ["CACHEDIR.TAG", ".rustc_info.json"] {
            let folder = tempfile::tempdir().unwrap();
            let program = folder.path().join("release").join("offhook");
            assert_eq!(target_dir(&program), None);
            std::fs::write(folder.path().join(mark), "").unwrap();
            assert_eq!(target_dir(&program), Some(folder.path()));
        }
    }
}
