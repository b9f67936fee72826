//! Each faulty provider gets its own right verdict, and none harms the harness.

use offhook_tests::{elf, pe, run};

/// Faults that end the child: fault, exercise that shows it, verdict, exit code.
const DEATHS: [(&str, &str, &str, i32); 6] = [
    ("panics-in-init", "exercise/outgoing-answered", "crash", 3),
    ("hangs-in-make-call", "exercise/outgoing-answered", "hang", 4),
    ("exits-in-make-call", "exercise/outgoing-answered", "exit", 3),
    ("writes-past-total-size", "exercise/outgoing-answered", "crash", 3),
    (
        "reads-params-after-return",
        "exercise/outgoing-answered",
        "crash",
        3,
    ),
    ("crashes-on-load", "exercise/outgoing-answered", "crash", 3),
];

fn deaths_are_told_apart(dll: &str) {
    for (fault, exercise, verdict, code) in DEATHS {
        let args = [
            "check",
            "--provider",
            dll,
            "--timeout",
            "5s",
            "--filter",
            "tspi/lineMakeCall/4",
            "--report",
            "json",
        ];
        let answer = run(&args, fault);
        assert_eq!(answer.verdict(exercise), verdict, "{fault}: {}", answer.out);
        assert_eq!(answer.code, code, "{fault}: {}", answer.out);
    }
}

#[test]
fn deaths_are_told_apart_on_elf() {
    deaths_are_told_apart(elf("faulty-tsp").to_str().unwrap());
}

#[test]
fn deaths_are_told_apart_under_wine() {
    deaths_are_told_apart(pe("faulty-tsp").to_str().unwrap());
}

/// What shows only where two threads are in a provider: fault, verdict on the rule or on its exercise, exit code.
const TOGETHER: [(&str, &str, &str, i32); 4] = [
    ("wants-one-at-a-time", "tspi/providerInit/5", "pass", 0),
    ("refuses-second-caller", "tspi/providerInit/5", "violation", 1),
    ("mixes-up-callers", "tspi/providerInit/5", "violation", 1),
    ("panics-at-second-caller", "exercise/at-once", "crash", 3),
];

fn what_two_callers_meet_is_told(dll: &str) {
    for (fault, id, verdict, code) in TOGETHER {
        let args = [
            "check",
            "--device",
            "none",
            "--provider",
            dll,
            "--filter",
            "tspi/providerInit/5",
            "--report",
            "json",
        ];
        let answer = run(&args, fault);
        assert_eq!(answer.verdict(id), verdict, "{fault}: {}", answer.out);
        assert_eq!(answer.code, code, "{fault}: {}", answer.out);
        let names_it = verdict == "pass" || answer.out.contains("TSPI_lineGetDevCaps");
        assert!(names_it, "{fault}: {}", answer.out);
    }
}

#[test]
fn what_two_callers_meet_is_told_on_elf() {
    what_two_callers_meet_is_told(elf("faulty-model-tsp").to_str().unwrap());
}

#[test]
fn what_two_callers_meet_is_told_under_wine() {
    what_two_callers_meet_is_told(pe("faulty-model-tsp").to_str().unwrap());
}

#[test]
fn a_provider_that_floods_standard_output_is_judged_all_the_same() {
    let dll = elf("faulty-tsp");
    let answer = run(
        &[
            "check",
            "--provider",
            dll.to_str().unwrap(),
            "--filter",
            "lineMakeCall",
        ],
        "floods-stdout",
    );
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn what_is_no_provider_cannot_be_loaded() {
    let text = offhook_tests::root().join("fixtures/providers/not-a-dll.txt");
    let answer = run(&["check", "--provider", text.to_str().unwrap()], "");
    assert_eq!(answer.code, 7, "{}{}", answer.out, answer.err);
    let answer = run(&["check", "--provider", "no/such/file.tsp"], "");
    assert_eq!(answer.code, 7, "{}{}", answer.out, answer.err);
    assert!(answer.err.contains("no/such/file.tsp"), "{}", answer.err);
}

#[test]
fn a_dll_that_exports_nothing_is_said_to() {
    let dll = elf("empty-dll");
    let answer = run(
        &[
            "check",
            "--provider",
            dll.to_str().unwrap(),
            "--filter",
            "lineOpen",
        ],
        "",
    );
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(
        answer
            .out
            .contains("does not export TSPI_lineNegotiateTSPIVersion"),
        "{}",
        answer.out
    );
}
