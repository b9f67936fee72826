//! What providers in the field do, odd but no fault, is blamed by no rule and stops no exercise.

use offhook_tests::{elf, run};

/// The provider, what is odd about it, and the exercises that come upon it.
const ODD: [(&str, &str, &[&str]); 5] = [
    ("faulty-tsp", "does-not-look-at-bearer", &["passthrough-asked"]),
    (
        "faulty-tsp",
        "second-call-fails-late",
        &["dial-refused", "call-refused", "no-number"],
    ),
    ("faulty-model-tsp", "msp-handle-of-zero", &["msp"]),
    (
        "faulty-tsp",
        "one-shutdown-for-all",
        &["lifecycle", "restarted", "initialised-twice"],
    ),
    (
        "faulty-model-tsp",
        "one-shutdown-for-all",
        &["lifecycle", "restarted", "initialised-twice"],
    ),
];

#[test]
fn what_is_odd_is_no_breach() {
    for (package, oddity, exercises) in ODD {
        let dll = elf(package);
        let mut args = vec!["check", "--provider", dll.to_str().unwrap(), "--report", "text"];
        if package == "faulty-model-tsp" {
            args.extend(["--device", "none"]);
        }
        let filters: Vec<String> = exercises.iter().map(|name| format!("exercise/{name}")).collect();
        args.extend(filters.iter().flat_map(|filter| ["--filter", filter]));
        let answer = run(&args, oddity);
        assert_eq!(answer.code, 0, "{oddity}: {}{}", answer.out, answer.err);
        for name in exercises {
            assert!(
                answer.out.contains(&format!("pass  exercise/{name}")),
                "{oddity}: {}",
                answer.out
            );
        }
    }
}

/// A function of basic telephony that is not exported: a copy of the provider whose export has another name.
#[test]
fn a_basic_function_that_is_not_exported_skips_what_needs_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut image = std::fs::read(elf("modem-tsp")).unwrap();
    let (name, other) = (b"TSPI_lineGetDevConfig\0", b"XSPI_lineGetDevConfig\0");
    let at = image.windows(name.len()).position(|bytes| bytes == name).unwrap();
    image[at..at + other.len()].copy_from_slice(other);
    let dll = dir.path().join("libbasic.so");
    std::fs::write(&dll, image).unwrap();
    let args = [
        "check",
        "--provider",
        dll.to_str().unwrap(),
        "--filter",
        "exercise/restarted",
        "--filter",
        "levels-of-service/1",
    ];
    let answer = run(&[&args[..], &["--report", "json"]].concat(), "");
    assert_eq!(answer.verdict("exercise/restarted"), "skip", "{}", answer.out);
    assert_eq!(
        answer.verdict("tspi/tspi-levels-of-service/1"),
        "warning",
        "{}",
        answer.out
    );
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}
