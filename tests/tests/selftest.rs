//! Every rule finds its mutant, and none finds fault with a reference provider; what is not so is told.

use std::fs;
use std::path::Path;

use offhook_conformance::rules::rules;
use offhook_tests::{elf, run};

fn folder() -> std::path::PathBuf {
    elf("faulty-tsp").parent().unwrap().to_owned()
}

#[test]
fn every_rule_kills_its_mutant_and_spares_the_reference_providers() {
    let folder = folder();
    // CI prints it.
    let table = format!(
        "text={}",
        folder.parent().unwrap().join("kill-matrix.txt").display()
    );
    let args = [
        "selftest",
        "--mutants",
        folder.to_str().unwrap(),
        "--report",
        &table,
        "--report",
        "json",
    ];
    let answer = run(&args, "never-completes"); // the environment chooses nothing
    let matrix = answer.json();
    let wrong = |row: &&serde_json::Value| row["fate"] != "killed";
    let survivors: Vec<_> = matrix["mutants"]
        .as_array()
        .unwrap()
        .iter()
        .filter(wrong)
        .collect();
    assert!(survivors.is_empty(), "{survivors:#?}");
    for reference in matrix["references"].as_array().unwrap() {
        assert_eq!(reference["clean"], true, "{reference:#}");
    }
    assert_eq!(
        matrix["idle-faults"],
        serde_json::json!([]),
        "faults whose rule is gone"
    );
    let own = |row: &&serde_json::Value| row["own"] == true;
    let mutants = matrix["mutants"].as_array().unwrap();
    assert_eq!(mutants.iter().filter(own).count(), rules().count());
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

/// A folder with other DLLs under the names of those that `selftest` looks for.
fn disguised(as_what: &[(&str, &str)]) -> tempfile::TempDir {
    let disguise = tempfile::tempdir().unwrap();
    let file = |package: &str| elf(package).file_name().unwrap().to_owned();
    for (name, package) in as_what {
        fs::copy(elf(package), disguise.path().join(file(name))).unwrap();
    }
    disguise
}

fn drop_4(folder: &Path) -> offhook_tests::Answer {
    run(
        &[
            "selftest",
            "--mutants",
            folder.to_str().unwrap(),
            "--filter",
            "tspi/lineDrop/4",
        ],
        "",
    )
}

#[test]
fn a_mutant_that_nothing_is_wrong_with_survives() {
    let disguise = disguised(&[
        ("modem-tsp", "modem-tsp"),
        ("model-tsp", "model-tsp"),
        ("faulty-tsp", "modem-tsp"),
        ("faulty-model-tsp", "model-tsp"),
    ]);
    let answer = drop_4(disguise.path());
    assert!(
        answer.out.contains("survives  tspi/lineDrop/4"),
        "{}{}",
        answer.out,
        answer.err
    );
    assert!(
        answer
            .out
            .contains("the rule judged 1 occasions and found nothing"),
        "{}",
        answer.out
    );
    assert_eq!(answer.code, 1, "{}", answer.out);
}

#[test]
fn a_reference_provider_that_fails_is_not_clean() {
    let disguise = disguised(&[
        ("model-tsp", "model-tsp"),
        ("faulty-tsp", "faulty-tsp"),
        ("faulty-model-tsp", "faulty-model-tsp"),
    ]);
    let no_dll = offhook_tests::root().join("fixtures/providers/not-a-dll.txt");
    fs::copy(
        no_dll,
        disguise.path().join(elf("modem-tsp").file_name().unwrap()),
    )
    .unwrap();
    let answer = drop_4(disguise.path());
    assert!(
        answer.out.contains("not clean  modem-tsp"),
        "{}{}",
        answer.out,
        answer.err
    );
    assert!(answer.out.contains("killed  tspi/lineDrop/4"), "{}", answer.out);
    assert_eq!(answer.code, 1, "{}", answer.out);
}

#[test]
fn what_is_missing_is_named() {
    let disguise = disguised(&[("model-tsp", "model-tsp")]);
    let answer = drop_4(disguise.path());
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    assert!(
        answer.err.contains("`cargo build -p faulty-model-tsp` makes it"),
        "{}",
        answer.err
    );
    let folder = folder();
    let answer = run(
        &[
            "selftest",
            "--mutants",
            folder.to_str().unwrap(),
            "--filter",
            "no-such-rule",
        ],
        "",
    );
    assert_eq!(answer.code, 6, "{}{}", answer.out, answer.err);
}
