//! Two providers in one scenario, each with a DLL of its own: a modem and extensions of a PBX on one exchange.

use std::path::{Path, PathBuf};

use offhook_tests::{Answer, elf, pe, run};

fn mixed(modem: &Path, extensions: &Path) -> Answer {
    let modem = format!("P={}", modem.display());
    let extensions = format!("Q={}", extensions.display());
    run(
        &[
            "run",
            "fixtures/scenarios/mixed",
            "--provider",
            &modem,
            "--provider",
            &extensions,
            "--device",
            "Q=pbx",
        ],
        "",
    )
}

fn held(answer: &Answer) {
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    assert!(
        answer
            .out
            .contains("pass  modem-calls-extension@modem-tsp+csta-tsp"),
        "{}",
        answer.out
    );
}

#[test]
fn a_modem_and_an_extension_call_each_other_on_elf() {
    held(&mixed(&elf("modem-tsp"), &elf("csta-tsp")));
}

#[test]
fn a_modem_and_an_extension_call_each_other_under_wine() {
    held(&mixed(&pe("modem-tsp"), &pe("csta-tsp")));
}

#[test]
fn providers_that_the_program_carries_go_by_name() {
    held(&mixed(&PathBuf::from("modem-tsp"), &PathBuf::from("csta-tsp")));
}

#[test]
fn a_wine_and_a_native_child_stand_side_by_side() {
    held(&mixed(&pe("modem-tsp"), &elf("csta-tsp")));
}

fn refused(args: &[&str], code: i32, why: &str) {
    let answer = run(args, "");
    assert_eq!(answer.code, code, "{}{}", answer.out, answer.err);
    assert!(answer.err.contains(why), "no `{why}`: {}", answer.err);
}

#[test]
fn names_that_do_not_fit_are_refused_before_anything_runs() {
    let run = |more: &[&'static str]| [&["run", "fixtures/scenarios/mixed"], more].concat();
    refused(
        &run(&["--provider", "P=modem-tsp"]),
        2,
        "fixtures/scenarios/mixed/extension-calls-modem.call has a provider Q, which nothing plays: add --provider Q=FILE",
    );
    refused(
        &run(&["--provider", "modem-tsp", "--provider", "R=csta-tsp"]),
        2,
        "--provider R=…: no scenario here has a provider called R; theirs are P, Q",
    );
    refused(
        &run(&["--provider", "Q=modem-tsp", "--provider", "Q=csta-tsp"]),
        2,
        "--provider Q=… is given twice",
    );
    refused(
        &run(&["--provider", "modem-tsp", "--device", "R=pbx"]),
        2,
        "--device R=…: no scenario here has a provider called R; theirs are P, Q",
    );
    refused(
        &["check", "--provider", "Q=modem-tsp"],
        2,
        "judges one provider, which has no name",
    );
    refused(
        &["check", "--provider", "modm-tsp"],
        7,
        "no reference provider of that name: these are modem-tsp, csta-tsp, model-tsp",
    );
}
