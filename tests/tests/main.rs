//! The end-to-end tests. They are one program, so that tests of all files run side by side: most of them wait for a
//! child, a modem or Wine.

mod command_line;
mod corpora;

#[cfg(unix)]
mod clients;
#[cfg(unix)]
mod csta;
#[cfg(unix)]
mod every_function;
#[cfg(unix)]
mod faults;
#[cfg(unix)]
mod inspect;
#[cfg(unix)]
mod mixed;
#[cfg(unix)]
mod model;
#[cfg(target_os = "linux")]
mod modem_lines;
#[cfg(unix)]
mod needs;
#[cfg(unix)]
mod odd;
#[cfg(unix)]
mod reference;
#[cfg(unix)]
mod selftest;
#[cfg(unix)]
mod setup;
mod sharing;
#[cfg(unix)]
mod simulator;
#[cfg(unix)]
mod user_interface;

/// A file that no `mod` names would never run.
#[test]
fn every_file_of_tests_is_a_module() {
    let this = include_str!("main.rs");
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests")).unwrap();
    for entry in folder {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let is_named = this.lines().any(|line| line == format!("mod {name};"));
        assert!(is_named || name == "main", "main.rs lacks `mod {name};`");
    }
}
