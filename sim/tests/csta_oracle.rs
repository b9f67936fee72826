//! The BER codec against asn1tools, which compiles the same type definitions and is not ours.
//!
//! The environment that it makes for Python is laid out as on Unix.
#![cfg(unix)]

mod csta_values;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use offhook_sim::wire::csta::{
    ber,
    schema::{Type, phase1, phase3},
    value::hex,
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

/// Python with asn1tools, in an environment of the tests' own beside the test binaries; made where it is missing.
fn python() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let environment = target.join("asn1tools-0.169.0");
    let python = environment.join("bin/python");
    if !environment.join("complete").exists() {
        let run = |program: &Path, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "{} {arguments:?} failed",
                program.display()
            );
        };
        run(
            Path::new("python3"),
            &["-m", "venv", "--clear", &environment.to_string_lossy()],
        );
        run(
            &python,
            &["-m", "pip", "install", "--quiet", "asn1tools==0.169.0"],
        );
        fs::write(environment.join("complete"), "").expect("the environment can be written");
    }
    python
}

fn definitions(phase: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/wire/csta/schema")
        .join(phase);
    let files = fs::read_dir(folder).expect("the definitions are there");
    files
        .map(|file| file.expect("the folder can be read").path())
        .collect()
}

fn asn1tools_agrees(phase: &str, types: &[&'static Type], samples: usize) {
    let mut runner = TestRunner::deterministic();
    let mut expected = String::new();
    for ty in types {
        let strategy = csta_values::value(ty);
        for _ in 0..samples {
            let value = strategy
                .new_tree(&mut runner)
                .expect("the type has values")
                .current();
            let bytes = ber::encode(ty, &value).expect("the value is of the type");
            expected += &format!("{} {}\n", ty.name, hex(&bytes).to_lowercase());
        }
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csta_asn1tools.py");
    let mut child = Command::new(python())
        .arg(script)
        .args(definitions(phase))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("it has an input");
    let lines = expected.clone();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("Python ends");
    writer.join().expect("the writer ends").expect("Python reads all");
    let found = String::from_utf8(output.stdout).expect("it writes hexadecimal");
    assert_eq!(found.lines().count(), expected.lines().count());
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
}

#[test]
fn asn1tools_reads_and_writes_phase_three_as_we_do() {
    asn1tools_agrees("phase3", phase3::all(), 6);
}

#[test]
fn asn1tools_reads_and_writes_phase_one_as_we_do() {
    asn1tools_agrees("phase1", phase1::all(), 12);
}
