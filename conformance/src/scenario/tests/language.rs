//! What correct files mean: the fixtures, the rows of the verb table, the places of nodes, the defaults.

use std::path::PathBuf;
use std::time::Duration;

use crate::scenario::ast::*;
use crate::scenario::source::Spanned;
use crate::scenario::verbs::{Place, VERBS};
use crate::scenario::{load, parse, reference};

fn fixtures() -> Vec<PathBuf> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/scenarios");
    let entries = std::fs::read_dir(dir).expect("the fixtures are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "call"));
    paths.sort();
    paths
}

fn read(text: &str) -> Scenario {
    parse("test.call", text).unwrap_or_else(|error| panic!("{:?}", miette::Report::new(error)))
}

/// A file whose steps have named something of every kind.
const BEFORE: &str = "scenario: a test\nproviders: P with 2 lines and 1 phone\nsteps\n  open line 1 as L\n  \
     make call C on L\n  make call K on L\n  open phone 1 as H\n  create MSP instance M on L\n  expect dialog instance I\n  \
     query LINECALLINFO of C\n  begin drop C as R\n";

/// The step that a line becomes, with names of every kind at hand.
fn step(line: &str) -> StepKind {
    let text = format!(
        "scenario: a test\nproviders: P with 2 lines\nsteps\n  open line 1 as L\n  make call C on L\n  \
         begin drop C as R\n  query LINECALLINFO of C\n  {line}\n"
    );
    read(&text).steps.pop().expect("there is a step").kind
}

#[test]
fn every_fixture_is_read_and_survives_printing() {
    let paths = fixtures();
    assert!(paths.len() >= 15, "{paths:?}");
    for path in paths {
        let scenario = load(&path).unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(read(&scenario.to_string()), scenario, "{}", path.display());
    }
}

#[test]
fn a_blank_before_a_comma_is_kept_in_a_string() {
    let step = r#"make call D on L to "5551234 ,,9""#;
    let StepKind::App { action, .. } = self::step(step) else {
        panic!("`{step}` calls a function");
    };
    assert_eq!(action.to_string(), step);
}

#[test]
fn every_row_of_the_table_reads_its_example_and_prints_it_again() {
    for verb in VERBS.iter() {
        let example = verb.example;
        let printed = match verb.place {
            Place::Header => {
                let scenario = read(&format!("scenario: a test\n{example}\nsteps\n  wait 1 s\n"));
                scenario.to_string()
            }
            Place::Exchange | Place::Both => read(&format!(
                "scenario: a test\nexchange\n  {example}\nsteps\n  wait 1 s\n"
            ))
            .to_string(),
            Place::App | Place::Steps if example == "open line 1 as L" => {
                read(&format!("scenario: a test\nsteps\n  {example}\n")).to_string()
            }
            Place::App | Place::Steps => read(&format!("{BEFORE}  {example}\n")).to_string(),
        };
        // Short names of constants are printed whole; no other word may be lost.
        let whole = printed.replace("LINECALLSTATE_", "");
        let example = example.replace("LINECALLSTATE_", "");
        assert!(whole.contains(&example), "`{example}` is not in\n{whole}");
    }
}

#[test]
fn a_step_knows_its_place_and_its_text() {
    let text = "scenario: a test\n\nsteps # here\n  open line 1 as L   # a comment\r\n\tclose  line L\n";
    let scenario = read(text);
    let [open, close] = &scenario.steps[..] else {
        panic!("{:?}", scenario.steps)
    };
    assert_eq!((open.line, open.text.as_str()), (4, "open line 1 as L"));
    assert_eq!((close.line, close.text.as_str()), (5, "close  line L"));
    assert_eq!(scenario.source.slice(close.span), "close  line L");
    assert_eq!(scenario.source.place(close.span), "test.call:5");
    let StepKind::App { action, .. } = &close.kind else {
        panic!("{close:?}")
    };
    let [("hdLine", Given::Last(NameKind::Line, line))] = action.arguments()[..] else {
        panic!("{action:?}")
    };
    assert_eq!(scenario.source.slice(line.span), "L");
    assert_eq!(scenario.source.line_column(line.span.start), (5, 14));
}

#[test]
fn what_is_left_out_has_a_meaning() {
    let scenario = read(
        "scenario: a test\nsteps\n  open line 1 as L\n  watch incoming calls on L\n  expect call C on L\n",
    );
    assert_eq!(scenario.providers.len(), 1);
    assert_eq!(
        (
            scenario.providers[0].name.as_str(),
            scenario.providers[0].lines.node
        ),
        ("P", 1)
    );
    let StepKind::Expect(expectation) = &scenario.steps[2].kind else {
        panic!("{scenario:?}")
    };
    assert_eq!(expectation.deadline(), Duration::from_secs(5));
    assert_eq!(
        scenario.functions_needed(0),
        ["TSPI_lineOpen", "TSPI_lineSetDefaultMediaDetection"]
    );
}

#[test]
fn a_provider_needs_what_is_called_of_it() {
    let scenario = read(
        "scenario: a test\nneeds: TSPI_lineGetID\nproviders: P with 1 line, Q with 1 line and 1 phone\nsteps\n  \
         open line 1 as L\n  open line 1 of Q as M\n  make call C on L to \"103\"\n  watch incoming calls on M\n  \
         expect call D on M\n  hold D\n  drop C\n  open phone 1 of Q as H\n  query PHONESTATUS of H\n",
    );
    assert_eq!(
        scenario.functions_needed(0),
        [
            "TSPI_lineGetID",
            "TSPI_lineOpen",
            "TSPI_lineMakeCall",
            "TSPI_lineDrop"
        ]
    );
    assert_eq!(
        scenario.functions_needed(1),
        [
            "TSPI_lineGetID",
            "TSPI_lineOpen",
            "TSPI_lineSetDefaultMediaDetection",
            "TSPI_lineHold",
            "TSPI_phoneOpen",
            "TSPI_phoneGetStatus"
        ]
    );
}

#[test]
fn lines_are_numbered_over_all_providers_unless_they_are_given_numbers() {
    let scenario = read(
        "scenario: a test\nproviders: P with 2 lines, Q with 2 lines\nexchange\n  line 2 of Q is 4711\nsteps\n  wait 1 s\n",
    );
    let number = |number, provider: &str| {
        let name = Spanned::new(provider.to_owned(), Default::default());
        scenario.number_of(&LineRef {
            number: Spanned::new(number, Default::default()),
            provider: Some(name),
        })
    };
    assert_eq!(
        [number(1, "P"), number(2, "P"), number(1, "Q"), number(2, "Q")],
        ["101", "102", "103", "4711"]
    );
}

#[test]
fn behind_with_a_name_is_a_mode_if_it_can_be_one() {
    let StepKind::Expect(expectation) =
        step("expect C is DISCONNECTED with NORMAL or BUSY or IDLE or BUSY with UNAVAIL")
    else {
        panic!("it is an expectation")
    };
    let ExpectationKind::State { states, .. } = expectation.kind else {
        panic!("{expectation:?}")
    };
    let words: Vec<String> = states.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "LINECALLSTATE_DISCONNECTED with LINEDISCONNECTMODE_NORMAL or LINEDISCONNECTMODE_BUSY",
            "LINECALLSTATE_IDLE",
            "LINECALLSTATE_BUSY with LINEBUSYMODE_UNAVAIL"
        ]
    );
}

#[test]
fn durations_and_numbers_need_no_quotation_marks_and_units_no_blank() {
    let wait = |line| match step(line) {
        StepKind::Wait(time) => time.node,
        other => panic!("{other:?}"),
    };
    assert_eq!(wait("wait 1.5s"), Duration::from_millis(1500));
    assert_eq!(wait("wait 2 min"), Duration::from_secs(120));
    let bare = step("station *66 calls line 2 showing +4930");
    assert_eq!(bare.to_string(), "station *66 calls line 2 showing \"+4930\"");
    let quoted = step("station \"#31#\" hangs up");
    assert_eq!(quoted.to_string(), "station \"#31#\" hangs up");
}

#[test]
fn a_name_may_be_given_again_once_what_it_stood_for_is_closed() {
    let text = "scenario: a test\nsteps\n  open line 1 as L\n  make call C on L to 5 fails\n  make call C on L to 5\n  \
                close call C\n  make call C on L to 5\n  begin drop C as R\n  expect R completes\n  begin drop C as R\n";
    assert_eq!(read(text).steps.len(), 8);
}

#[test]
fn a_member_of_a_structure_inside_has_a_dot() {
    let inside = step("expect its DialParams.dwDialPause is at most 5000");
    assert_eq!(
        inside.to_string(),
        "expect its DialParams.dwDialPause is at most 5000"
    );
}

#[test]
fn the_reference_has_every_verb() {
    let page = reference();
    for verb in VERBS.iter() {
        assert!(
            page.contains(&verb.form.to_string()),
            "{} is not in the reference",
            verb.form
        );
    }
    assert!(page.contains("begin … as R"), "{page}");
}
