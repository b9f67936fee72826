//! The command line: what it answers to good words and to bad ones.

use offhook_tests::run;

#[test]
fn a_filter_that_selects_nothing_is_no_success() {
    assert_eq!(run(&["check", "--filter", "no-such-rule"], "").code, 6);
}

#[test]
fn wrong_words_are_usage_errors() {
    assert_eq!(run(&["chekc"], "").code, 2);
    assert_eq!(run(&["check", "--timeout", "soon"], "").code, 2);
    assert_eq!(run(&["run", "no/such/folder"], "").code, 2);
    assert_eq!(run(&["explain", "tspi/lineDorp/4"], "").code, 2);
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    let answer = run(&["explain", "tspi/lineDorp/4"], "");
    assert!(
        answer.err.contains("did you mean tspi/lineDrop/4"),
        "{}",
        answer.err
    );
}

#[test]
fn a_typo_in_a_scenario_draws_a_caret_and_a_suggestion() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("typo.call");
    std::fs::write(
        &file,
        "scenario: a typo\n\nsteps\n  open line 1 as L\n  clsoe line L\n",
    )
    .unwrap();
    let answer = run(&["run", file.to_str().unwrap()], "");
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(answer.err.contains("typo.call"), "{}", answer.err);
    assert!(answer.err.contains("close"), "{}", answer.err);
}

#[test]
fn help_shows_examples() {
    for args in [
        &["--help"][..],
        &["check", "--help"],
        &["run", "--help"],
        &["sim", "modem", "--help"],
    ] {
        let answer = run(args, "");
        assert_eq!(answer.code, 0);
        assert!(answer.out.contains("Examples:"), "{args:?}: {}", answer.out);
    }
}

#[test]
fn the_verbs_are_listed_for_people_and_for_machines() {
    let page = run(&["list", "verbs"], "");
    assert_eq!(page.code, 0);
    assert!(
        page.out.contains("  hold C\n      TSPI_lineHold\n"),
        "{}",
        page.out
    );
    let verbs = run(&["list", "verbs", "--json"], "").json();
    let functions = run(&["list", "functions", "--json"], "").json();
    for function in functions.as_array().unwrap() {
        let verb = verbs.as_array().unwrap().iter();
        let mut verb = verb.filter(|verb| verb["meaning"] == function["name"]);
        assert!(verb.next().is_some(), "no verb calls {}", function["name"]);
    }
}

#[test]
fn every_rule_function_and_exit_code_is_explained() {
    for what in ["rules", "functions", "messages", "structures", "exit-codes"] {
        let listed = run(&["list", what, "--json"], "");
        assert_eq!(listed.code, 0);
        let rows = listed.json();
        let rows = rows.as_array().unwrap();
        assert!(!rows.is_empty());
        let last = rows.last().unwrap();
        let id = last["id"].as_str().or(last["name"].as_str()).unwrap();
        assert_eq!(run(&["explain", id], "").code, 0, "{id}");
    }
}

#[cfg(unix)]
#[test]
fn the_simulator_ends_cleanly_on_an_interrupt() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let mut child = Command::new(offhook_tests::offhook())
        .args(["sim", "modem", "--lines", "2"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in ["101", "102"] {
        let line = lines.next().unwrap().unwrap();
        let (shown, path) = line.split_once("  ").unwrap();
        assert_eq!(shown, number);
        assert!(std::path::Path::new(path).exists(), "{path}");
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_port_that_is_not_there_is_a_usage_error() {
    let answer = run(&["check", "--device", "modem@no/such/port"], "");
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(answer.err.contains("no/such/port"), "{}", answer.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    use std::process::{Command, Stdio};

    let dir = tempfile::tempdir().unwrap();
    let scenario = dir.path().join("long.call");
    std::fs::write(
        &scenario,
        "scenario: long\n\nsteps\n  open line 1 as L\n  wait 60 s\n",
    )
    .unwrap();
    let scratch = dir.path().join("scratch");
    std::fs::create_dir(&scratch).unwrap();
    let files = || std::fs::read_dir(&scratch).unwrap().count();

    let mut child = Command::new(offhook_tests::offhook())
        .args(["run", "--no-golden"])
        .arg(&scenario)
        .env("TMPDIR", &scratch)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    while files() == 0 {
        assert!(child.try_wait().unwrap().is_none(), "the run ended early");
        std::thread::yield_now();
    }
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(files(), 0);
}
