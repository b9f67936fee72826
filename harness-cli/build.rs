//! Builds the provider host and the reference providers for the same target and hands them to the program, which
//! carries them: one file to install, and `offhook check` needs nothing beside it.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

type Carried = (&'static str, &'static str, bool, &'static str);

/// What is carried: package, file prefix and stem, whether it is a library, and the variable that names the file.
const CARRIED: [Carried; 5] = [
    (
        "offhook-provider-host",
        "offhook-provider-host",
        false,
        "OFFHOOK_EMBEDDED_HOST",
    ),
    ("modem-tsp", "modem_tsp", true, "OFFHOOK_EMBEDDED_MODEM_TSP"),
    ("csta-tsp", "csta_tsp", true, "OFFHOOK_EMBEDDED_CSTA_TSP"),
    ("model-tsp", "model_tsp", true, "OFFHOOK_EMBEDDED_MODEL_TSP"),
    ("offhook-lines", "offhook_lines", true, "OFFHOOK_EMBEDDED_LINES"),
];

/// What the providers without a modem are made of. Nobody measures those that are carried, and optimising them would take
/// four times as long as all the rest.
const UNHURRIED: [&str; 3] = ["offhook-sim", "csta-tsp-core", "model-tsp-core"];

/// Folders whose change makes a new build necessary: of the simulator, what providers are made of.
const SOURCES: [&str; 15] = [
    "Cargo.lock",
    "conformance/host-protocol",
    "conformance/provider-host",
    "fixtures/providers/modem-tsp",
    "fixtures/providers/modem-tsp-core",
    "fixtures/providers/csta-tsp",
    "fixtures/providers/csta-tsp-core",
    "fixtures/providers/model-tsp",
    "fixtures/providers/model-tsp-core",
    "fixtures/providers/tsp-kit",
    "sim/build",
    "sim/preload",
    "sim/src/exchange",
    "sim/src/port/page.rs",
    "sim/src/wire/csta",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("..")
        .canonicalize()?;
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", root.join(source).display());
    }
    let target = env::var("TARGET")?;
    let windows = env::var("CARGO_CFG_TARGET_OS")? == "windows";
    let target_dir = shared_target_dir(&PathBuf::from(env::var("OUT_DIR")?))?;

    let mut cargo = Command::new(env::var("CARGO")?);
    // Clippy sets itself as the compiler of the workspace; what is carried must be compiled for real.
    cargo.env_remove("RUSTC_WORKSPACE_WRAPPER").current_dir(&root);
    cargo
        .args([
            "build",
            "--release",
            "--quiet",
            "--target",
            &target,
            "--target-dir",
        ])
        .arg(&target_dir);
    cargo.args([
        "--config",
        "profile.release.strip=true",
        "--config",
        "profile.release.debug=false",
    ]);
    for package in UNHURRIED {
        cargo.args([
            "--config",
            &format!("profile.release.package.{package}.opt-level=0"),
        ]);
    }
    for (package, ..) in CARRIED {
        cargo.args(["-p", package]);
    }
    let status = cargo.status()?;
    if !status.success() {
        return Err(format!("building what the program carries failed: {status}").into());
    }

    for (_, stem, library, variable) in CARRIED {
        let (prefix, suffix) = match (windows, library) {
            (true, true) => ("", ".dll"),
            (true, false) => ("", ".exe"),
            (false, true) => ("lib", if target.contains("apple") { ".dylib" } else { ".so" }),
            (false, false) => ("", ""),
        };
        let file = target_dir
            .join(&target)
            .join("release")
            .join(format!("{prefix}{stem}{suffix}"));
        println!("cargo:rustc-env={variable}={}", file.canonicalize()?.display());
    }
    Ok(())
}

/// A folder of its own beside the profile folders, so that debug and release builds share it and no lock is
/// held twice.
fn shared_target_dir(out_dir: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let build = out_dir
        .ancestors()
        .find(|dir| dir.ends_with("build"))
        .ok_or("OUT_DIR has no build folder")?;
    let profile = build.parent().ok_or("the build folder has no parent")?;
    Ok(profile
        .parent()
        .ok_or("the profile folder has no parent")?
        .join("embedded"))
}
