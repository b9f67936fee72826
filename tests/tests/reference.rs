//! The reference provider keeps every rule and plays every scenario as its golden files say, as ELF and as PE.

use offhook_tests::{Answer, elf, pe, run};

fn held(answer: &Answer) {
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn the_embedded_provider_keeps_every_rule() {
    let answer = run(&["check", "--report", "json"], "");
    held(&answer);
    let report = answer.json();
    let results = report["results"].as_array().unwrap();
    let rules = results
        .iter()
        .filter(|result| result["id"].as_str().unwrap().starts_with("tspi/"));
    let judged = rules.filter(|result| result["verdict"] == "pass").count();
    assert!(judged >= 25, "only {judged} rules were judged: {}", answer.out);
}

#[test]
fn scenarios_play_as_their_golden_files_say_on_elf() {
    let dll = elf("modem-tsp");
    held(&run(
        &["run", "fixtures/scenarios", "--provider", dll.to_str().unwrap()],
        "",
    ));
}

#[test]
fn scenarios_play_as_their_golden_files_say_under_wine() {
    let dll = pe("modem-tsp");
    held(&run(
        &["run", "fixtures/scenarios", "--provider", dll.to_str().unwrap()],
        "",
    ));
}

#[test]
fn the_provider_keeps_every_rule_under_wine() {
    let dll = pe("modem-tsp");
    held(&run(&["check", "--provider", dll.to_str().unwrap()], ""));
}
