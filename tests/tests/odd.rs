//! What providers in the field do, odd but no fault, is blamed by no rule and stops no exercise.

use offhook_tests::{elf, run};

/// The provider, what is odd about it, and the exercises that come upon it.
const ODD: [(&str, &str, &[&str]); 9] = [
    ("faulty-tsp", "does-not-look-at-bearer", &["passthrough-asked"]),
    (
        "faulty-tsp",
        "second-call-fails-late",
        &["dial-refused", "call-refused", "no-number"],
    ),
    ("faulty-model-tsp", "msp-handle-of-zero", &["msp"]),
    ("faulty-tsp", "busy-goes-idle", &["outgoing-busy"]),
    ("faulty-tsp", "addresses-uncounted", &["lifecycle", "ids"]),
    // Steps about a call that was not made are left out.
    ("faulty-tsp", "makes-no-calls", &["passthrough-asked"]),
    ("faulty-model-tsp", "makes-no-calls", &["call-flags"]),
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

/// A device configuration of no bytes is nothing that an application could hand back: the exercise says so, and blames nobody.
#[test]
fn an_empty_configuration_is_not_passed_on() {
    let dll = elf("faulty-model-tsp");
    let args = [
        "check",
        "--device",
        "none",
        "--provider",
        dll.to_str().unwrap(),
        "--filter",
        "exercise/lifecycle",
        "--filter",
        "exercise/user-interface",
        "--report",
        "json",
    ];
    let answer = run(&args, "configuration-is-empty");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert_eq!(
        answer.verdict("exercise/user-interface"),
        "skip",
        "{}",
        answer.out
    );
    assert!(answer.out.contains("its String is empty"), "{}", answer.out);
}

/// An asynchronous function that returns 0 has neither refused nor begun anything: the rule on that says so, and no other.
#[test]
fn a_request_that_returned_zero_is_blamed_for_that_alone() {
    let dll = elf("faulty-model-tsp");
    let args = [
        "check",
        "--device",
        "none",
        "--provider",
        dll.to_str().unwrap(),
        "--report",
        "json",
    ];
    let answer = run(&args, "each-returns-zero@TSPI_lineSetTerminal");
    let results = answer.json()["results"].as_array().unwrap().clone();
    let blamed: Vec<&str> = results
        .iter()
        .filter(|outcome| outcome["id"].as_str().unwrap().starts_with("tspi/"))
        .filter(|outcome| !["pass", "skip"].contains(&outcome["verdict"].as_str().unwrap()))
        .map(|outcome| outcome["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        blamed,
        ["tspi/synchronous-asynchronous-model/1"],
        "{}",
        answer.out
    );
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

/// What one call dials while another is refused is not taken for the other's.
#[test]
fn a_call_on_its_way_is_no_breach_of_one_that_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("two.call");
    let steps = "scenario: a call is refused while another is dialled\nproviders: P with 2 lines\n\nexchange\n  \
                 station 5551234 answers after 100 ms\n\nsteps\n  open line 1 as L\n  open line 2 as M\n  \
                 begin make call C on L to \"5551234\" as R\n  make call D on M completes or fails\n  \
                 expect R completes within 5 s\n  expect C reaches CONNECTED within 8 s\n";
    std::fs::write(&file, steps).unwrap();
    let dll = elf("faulty-tsp");
    let args = [
        "run",
        file.to_str().unwrap(),
        "--no-golden",
        "--provider",
        dll.to_str().unwrap(),
    ];
    let answer = run(&args, "wants-a-number");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}
