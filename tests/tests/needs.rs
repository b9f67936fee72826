//! What a scenario needs is looked up before it is played; what is missing skips it, with the reason.

use offhook_tests::{Answer, run};

/// Plays a scenario of these lines with the reference provider.
fn played(lines: &str, more: &[&str]) -> Answer {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("need.call");
    std::fs::write(&file, format!("scenario: a need\n{lines}\n")).unwrap();
    let mut args = vec!["run", file.to_str().unwrap(), "--no-golden", "--report", "json"];
    args.extend(more);
    run(&args, "")
}

fn skipped(lines: &str, more: &[&str], reason: &str) {
    let answer = played(lines, more);
    assert_eq!(
        answer.verdict("need@modem-tsp"),
        "skip",
        "{}{}",
        answer.out,
        answer.err
    );
    assert!(answer.out.contains(reason), "{}", answer.out);
}

const STEPS: &str = "steps\n  open line 1 as L\n  close line L";

#[test]
fn a_function_that_is_not_exported_skips() {
    let reason = "does not export TSPI_lineForward";
    skipped(&format!("needs: TSPI_lineForward\n{STEPS}"), &[], reason);
    skipped(
        "steps\n  open line 1 as L\n  forward L to \"5551234\"\n  close line L",
        &[],
        reason,
    );
}

#[test]
fn a_capability_that_is_not_there_skips_and_one_that_is_does_not() {
    skipped(
        &format!("needs: LINEADDRCAPFLAGS_FWDCONSULT\n{STEPS}"),
        &[],
        "lacks LINEADDRCAPFLAGS_FWDCONSULT: dwAddrCapFlags of LINEADDRESSCAPS is LINEADDRCAPFLAGS_DIALED",
    );
    skipped(
        &format!("needs: PHONEHOOKSWITCHDEV_HANDSET\n{STEPS}"),
        &[],
        "of a phone, and the provider has none",
    );
    let held = played(&format!("needs: LINEADDRCAPFLAGS_PARTIALDIAL\n{STEPS}"), &[]);
    assert_eq!(held.code, 0, "{}{}", held.out, held.err);
}

#[test]
fn phones_that_are_not_there_skip() {
    skipped(
        "providers: P with 1 line and 1 phone\nsteps\n  open phone 1 as H\n  close phone H",
        &[],
        "does not export TSPI_phoneOpen",
    );
}

#[test]
fn without_a_device_what_needs_one_is_skipped() {
    let none = &["--device", "none"];
    skipped(&format!("needs: modem\n{STEPS}"), none, "it needs a modem");
    let called = "exchange\n  station 5551234 is busy\nsteps\n  wait 1 ms";
    skipped(called, none, "it needs an exchange");
    assert_eq!(
        played(STEPS, &["--device", "none", "--device", "modem"]).code,
        2,
        "none is none"
    );
}
