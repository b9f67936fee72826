//! What the end-to-end tests share: the programs and DLLs under test, built once a run by cargo, and a way to run
//! the command line and read what it says.

#[cfg(unix)]
pub mod bench;
#[cfg(unix)]
pub mod program;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// The target that PE builds are for.
pub const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The target folder that this test was built into: the test stands in `PROFILE/deps` of it.
fn target_dir() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    test.ancestors()
        .nth(3)
        .expect("tests stand in target/PROFILE/deps")
        .to_owned()
}

fn build(packages: &[&str], target: Option<&str>) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build
        .current_dir(root())
        .args(["build", "--quiet", "--target-dir"])
        .arg(target_dir());
    for package in packages {
        build.args(["-p", package]);
    }
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    let status = build.status().expect("cargo runs");
    assert!(
        status.success(),
        "building {packages:?} for {target:?} failed; tests/run installs what that needs"
    );
}

/// The command line program.
pub fn offhook() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| build(&["offhook"], None));
    target_dir()
        .join("debug")
        .join(format!("offhook{}", std::env::consts::EXE_SUFFIX))
}

const DLLS: [&str; 6] = [
    "modem-tsp",
    "csta-tsp",
    "model-tsp",
    "faulty-tsp",
    "faulty-model-tsp",
    "empty-dll",
];

/// A provider DLL built for this machine, by its package.
pub fn elf(package: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| build(&DLLS, None));
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target_dir()
        .join("debug")
        .join(format!("{prefix}{}{suffix}", package.replace('-', "_")))
}

/// The library that gives clients of pseudo-terminals their modem lines.
pub fn lines_library() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| build(&["offhook-lines"], None));
    target_dir().join("debug").join("liboffhook_lines.so")
}

/// A provider DLL built for Windows, by its package.
pub fn pe(package: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| build(&DLLS, Some(WINDOWS)));
    target_dir()
        .join(WINDOWS)
        .join("debug")
        .join(format!("{}.dll", package.replace('-', "_")))
}

/// A client of serial ports in `fixtures/clients`, built for this machine.
pub fn client(package: &str) -> PathBuf {
    build(&[package], None);
    let suffix = std::env::consts::EXE_SUFFIX;
    target_dir().join("debug").join(format!("{package}{suffix}"))
}

/// The same, built for Windows.
pub fn windows_client(package: &str) -> PathBuf {
    // Programs in Rust import the second, which Debian's Wine has not; Windows finds it beside the program.
    build(&[package, "bcryptprimitives"], Some(WINDOWS));
    target_dir()
        .join(WINDOWS)
        .join("debug")
        .join(format!("{package}.exe"))
}

/// What the command line answered.
pub struct Answer {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}{}", self.out, self.err))
    }

    /// The verdict on one id in a JSON report.
    pub fn verdict(&self, id: &str) -> String {
        let report = self.json();
        let results = report["results"].as_array().expect("a report has results");
        let found = results.iter().find(|result| result["id"] == id);
        let found = found.unwrap_or_else(|| panic!("{id} is not in the report: {}", self.out));
        found["verdict"].as_str().unwrap_or_default().to_owned()
    }
}

/// Runs the command line in the workspace's root with a fault for `faulty-tsp` (empty for none).
pub fn run(args: &[&str], fault: &str) -> Answer {
    let mut command = Command::new(offhook());
    command
        .current_dir(root())
        .args(args)
        .env("INSTA_UPDATE", "no")
        // A provider that panics would spend seconds on it under Wine.
        .env_remove("RUST_BACKTRACE")
        .env_remove("OFFHOOK_FAULT");
    if !fault.is_empty() {
        command.env("OFFHOOK_FAULT", fault);
    }
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("offhook runs");
    Answer {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}
