//! The provider for extensions of a PBX keeps every rule and plays every scenario as its golden files say.
#![cfg(unix)]

use std::path::Path;

use offhook_tests::{elf, pe, run};

fn held(command: &[&str], dll: &Path) {
    let dll = dll.to_str().unwrap();
    let answer = run(&[command, &["--device", "pbx", "--provider", dll]].concat(), "");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn scenarios_play_as_their_golden_files_say_on_elf() {
    held(&["run", "fixtures/scenarios/csta"], &elf("csta-tsp"));
}

#[test]
fn scenarios_play_as_their_golden_files_say_under_wine() {
    held(&["run", "fixtures/scenarios/csta"], &pe("csta-tsp"));
}

#[test]
fn the_provider_keeps_every_rule_on_elf() {
    held(&["check"], &elf("csta-tsp"));
}

#[test]
fn the_provider_keeps_every_rule_under_wine() {
    held(&["check"], &pe("csta-tsp"));
}
