//! The model provider plays its scenarios as its golden files say, as ELF and as PE, and is asked for every function.

use std::collections::{BTreeMap, BTreeSet};

use offhook_tests::{Answer, elf, pe, run};

fn played(dll: &std::path::Path) -> Answer {
    let dll = dll.to_str().unwrap();
    run(
        &[
            "run",
            "fixtures/scenarios/model",
            "--provider",
            dll,
            "--device",
            "none",
            "--trace",
        ],
        "",
    )
}

/// Every scenario holds, none is skipped, and every function that the header declares is called at least once.
fn held_and_called(answer: &Answer) {
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let passed = answer.out.lines().filter(|line| line.contains(" pass  ")).count();
    assert!(passed >= 40, "only {passed} scenarios: {}", answer.out);
    assert!(!answer.out.contains(" skip  "), "{}", answer.out);

    let called: BTreeSet<&str> = answer
        .out
        .lines()
        .filter_map(|line| function(called_at(line)?.1))
        .collect();
    let listed = run(&["list", "functions", "--json"], "").json();
    let listed = listed.as_array().unwrap();
    let names = listed.iter().map(|function| function["name"].as_str().unwrap());
    // What only the documentation still names is exported by nobody.
    let undeclared = [
        "TSPI_lineConfigDialog",
        "TSPI_lineConfigDialogEdit",
        "TSPI_phoneConfigDialog",
    ];
    let missed: Vec<&str> = names
        .clone()
        .filter(|name| !called.contains(name) && !undeclared.contains(name))
        .collect();
    assert!(missed.is_empty(), "never called: {missed:?}");
    let succeeded = succeeded(&answer.out);
    let refused: Vec<&&str> = called.iter().filter(|name| !succeeded.contains(*name)).collect();
    // The provider has no feature keys.
    assert_eq!(
        refused,
        [&"TSPI_lineDevSpecificFeature"],
        "called and always refused"
    );
    assert_eq!(names.count() - undeclared.len(), 122);
}

/// The lane of a line of a trace, and what it says of calls: of the provider's, and of those in an application's process.
fn called_at(line: &str) -> Option<(&str, &str)> {
    let (lane, text) = line.split_once(" | ")?;
    let lane = lane.trim_end();
    (lane == "P call" || lane == "P ui" || lane.starts_with("P dialog")).then_some((lane, text))
}

/// The function that a line of a trace calls; none where it goes on about a structure.
fn function(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('(')?;
    (name.starts_with("TSPI_") || name.starts_with("TUISPI_")).then_some(name)
}

/// The functions that a trace shows with success, or with a request taken, at least once.
fn succeeded(trace: &str) -> BTreeSet<&str> {
    let mut succeeded = BTreeSet::new();
    // The last function of each lane.
    let mut functions = BTreeMap::new();
    for (lane, text) in trace.lines().filter_map(called_at) {
        match text.strip_prefix("  -> ") {
            Some(result) if !result.contains("ERR_") && !result.starts_with("0x") => {
                succeeded.extend(functions.remove(lane));
            }
            Some(_) => drop(functions.remove(lane)),
            None => {
                if let Some(function) = function(text) {
                    functions.insert(lane, function);
                }
            }
        }
    }
    succeeded
}

#[test]
fn every_function_is_called_and_every_scenario_holds_on_elf() {
    held_and_called(&played(&elf("model-tsp")));
}

#[test]
fn every_function_is_called_and_every_scenario_holds_under_wine() {
    held_and_called(&played(&pe("model-tsp")));
}
