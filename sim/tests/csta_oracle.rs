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
    sync::OnceLock,
};

use offhook_sim::wire::csta::{
    ber::{
        self,
        apdu::{self, Apdu},
    },
    message::Message,
    schema::{Type, phase1, phase3},
    services::{EVENTS, SERVICES},
    value::{Value, hex},
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

/// Python with asn1tools, in an environment of the tests' own beside the test binaries; made where it is missing, by the first
/// test that asks.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(make_python)
}

fn make_python() -> PathBuf {
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

/// Values of a type.
fn values(runner: &mut TestRunner, ty: &'static Type, count: usize) -> Vec<Value> {
    let strategy = csta_values::value(ty);
    let mut value = || strategy.new_tree(runner).expect("the type has values").current();
    (0..count).map(|_| value()).collect()
}

fn asn1tools_agrees(phase: &str, types: &[&'static Type], samples: usize) {
    let mut runner = TestRunner::deterministic();
    let mut expected = String::new();
    for ty in types {
        for value in values(&mut runner, ty, samples) {
            let bytes = ber::encode(ty, &value).expect("the value is of the type");
            expected += &format!("{} {}\n", ty.name, hex(&bytes).to_lowercase());
        }
    }
    asn1tools_reads(phase, &expected);
}

/// Hands lines of types and encodings to asn1tools, which has to give back the same.
fn asn1tools_reads(phase: &str, expected: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csta_asn1tools.py");
    let mut child = Command::new(python())
        .arg(script)
        .args(definitions(phase))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("it has an input");
    let lines = expected.to_owned();
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

/// Every message that there is: each service asked for, answered and refused, each event, each reject, each association.
#[test]
fn asn1tools_reads_and_writes_every_message_as_we_do() {
    let mut runner = TestRunner::deterministic();
    let mut all: Vec<(String, Apdu)> = Vec::new();
    let ty = |name: &str| phase3::ty(name).expect("the schema has it");
    for service in SERVICES {
        for argument in values(&mut runner, ty(service.argument), 3) {
            let message = Message::Request {
                invoke: 1,
                service,
                argument,
            };
            all.push((format!("ROSEapdu:{}", service.argument), Apdu::Message(message)));
        }
        let Some(name) = service.result else { continue };
        for result in values(&mut runner, ty(name), 3) {
            let message = Message::Response {
                invoke: 1,
                service: Some(service),
                result,
            };
            all.push((format!("ROSEapdu:{name}"), Apdu::Message(message)));
        }
    }
    for event in EVENTS {
        for data in values(&mut runner, ty(event.ty), 3) {
            let monitor = b"17".to_vec();
            let message = Message::Event {
                invoke: 300,
                monitor,
                event,
                data,
            };
            all.push((
                "ROSEapdu:CSTAEventReportArgument".to_owned(),
                Apdu::Message(message),
            ));
        }
    }
    for error in values(&mut runner, ty("UniversalFailure"), 40) {
        let message = Message::Failure { invoke: 1, error };
        all.push(("ROSEapdu:UniversalFailure".to_owned(), Apdu::Message(message)));
    }
    for problem in values(&mut runner, ty("Problem"), 20) {
        for invoke in [Some(1), None] {
            let problem = problem.clone();
            all.push((
                "ROSEapdu".to_owned(),
                Apdu::Message(Message::Reject { invoke, problem }),
            ));
        }
    }
    for value in values(&mut runner, ty("ACSEapdu"), 60) {
        all.push(("ACSEapdu".to_owned(), Apdu::Association(value)));
    }
    let mut expected = String::new();
    for (name, message) in &all {
        let bytes = apdu::write(message).expect("it has a form");
        assert_eq!(apdu::read(&bytes).as_ref(), Ok(message), "{name}");
        expected += &format!("{name} {}\n", hex(&bytes).to_lowercase());
    }
    asn1tools_reads("phase3", &expected);
}
