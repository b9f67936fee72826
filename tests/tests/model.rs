//! The model provider exports everything, and nothing is wrong with what it tells, as ELF and as PE.

use std::path::Path;

use offhook_tests::{elf, pe, run};

fn is_sound(dll: &Path) {
    let answer = run(&["inspect", "--sizes", dll.to_str().unwrap()], "");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    for said in [
        "122 of the 125 functions of TSPI and TUISPI, 0 other names",
        "3.1 of 1.3 to 3.1; alone 1.3, 1.4, 2.0, 2.1, 2.2, 3.0, 3.1",
        "3 lines, 2 phones",
    ] {
        assert!(answer.out.contains(said), "no `{said}`: {}", answer.out);
    }
    let sound = answer
        .out
        .lines()
        .filter(|line| line.ends_with(": sound"))
        .count();
    assert!(sound >= 30, "only {sound} structures were judged: {}", answer.out);
}

fn keeps_the_rules(dll: &Path) {
    let answer = run(
        &["check", "--device", "none", "--provider", dll.to_str().unwrap()],
        "",
    );
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn everything_is_there_and_sound_on_elf() {
    is_sound(&elf("model-tsp"));
}

#[test]
fn everything_is_there_and_sound_under_wine() {
    is_sound(&pe("model-tsp"));
}

#[test]
fn rules_are_kept_without_a_device() {
    keeps_the_rules(&elf("model-tsp"));
    keeps_the_rules(&pe("model-tsp"));
}
