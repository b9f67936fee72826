//! The provider for extensions of a PBX keeps every rule and plays every scenario as its golden files say.

use std::path::Path;

use offhook_tests::{elf, pe, run};

/// Scenarios that are played over other links too: each function group once, and what a telephone shows.
const CHOSEN: [&str; 6] = [
    "call-answered",
    "hold",
    "conference",
    "telephone",
    "transfer-consulted",
    "queue-and-agent",
];

/// Plays them with a PBX of another make behind the provider; the golden files are that make's own.
fn held_over(profile: &str, dll: &Path) {
    let device = format!("pbx:{profile}");
    let golden = format!("golden/{profile}");
    let files = CHOSEN.map(|name| format!("fixtures/scenarios/csta/{name}.call"));
    let mut args = vec!["run", "--device", &device, "--golden", &golden];
    args.extend(files.iter().map(String::as_str));
    args.extend(["--provider", dll.to_str().unwrap()]);
    let answer = run(&args, "");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

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

/// Every make of switch that speaks phase III; `md110` speaks phase I, which this provider does not.
#[test]
fn every_profile_plays_every_scenario_on_elf() {
    let dll = elf("csta-tsp");
    for profile in ["annex-j", "panasonic", "alcatel", "serial"] {
        let device = format!("pbx:{profile}");
        let args = [
            "run",
            "fixtures/scenarios/csta",
            "--no-golden",
            "--device",
            &device,
        ];
        let answer = run(&[&args[..], &["--provider", dll.to_str().unwrap()]].concat(), "");
        assert_eq!(answer.code, 0, "{profile}: {}{}", answer.out, answer.err);
    }
}

#[test]
fn a_serial_line_with_checksums_carries_the_same_on_elf() {
    held_over("serial", &elf("csta-tsp"));
}

#[test]
fn a_serial_line_with_checksums_carries_the_same_under_wine() {
    held_over("serial", &pe("csta-tsp"));
}

#[test]
fn xml_says_the_same_on_elf() {
    held_over("annex-j", &elf("csta-tsp"));
}

#[test]
fn xml_says_the_same_under_wine() {
    held_over("annex-j", &pe("csta-tsp"));
}
