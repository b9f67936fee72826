//! The language by its fixtures, and what it answers to mistakes.

use proptest::prelude::*;

use super::error::MistakeKind;
use super::parse;

fn fixtures() -> Vec<std::path::PathBuf> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/scenarios");
    let entries = std::fs::read_dir(dir).expect("the fixtures are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "call"));
    paths.sort();
    paths
}

#[test]
fn every_fixture_is_read() {
    let paths = fixtures();
    assert!(paths.len() >= 13, "{paths:?}");
    for path in paths {
        if let Err(error) = super::load(&path) {
            panic!("{error:?}");
        }
    }
}

const HEAD: &str = "scenario: a test\nsteps\n  open line 1 as L\n  make call C on L to \"5551234\"\n";

/// Steps with one mistake, its kind, and a word that the help names.
const MISTAKES: &[(&str, MistakeKind, &str)] = &[
    ("answr C", MistakeKind::UnknownVerb, "answer"),
    ("expct C is IDLE", MistakeKind::UnknownVerb, "expect"),
    ("drop D", MistakeKind::UnknownName, "C"),
    ("drop L", MistakeKind::WrongKind, ""),
    ("close call C\n  drop C", MistakeKind::NameEnded, ""),
    ("make call C on L", MistakeKind::NameTaken, "another name"),
    ("open line 2 as M", MistakeKind::NoSuchLine, "providers"),
    ("open line 1 of Q as M", MistakeKind::UnknownProvider, "providers"),
    ("expect C is CONECTED", MistakeKind::UnknownConstant, "CONNECTED"),
    (
        "expect C is DISCONNECTED with LINEDISCONNECTMODE_NORMALL",
        MistakeKind::UnknownConstant,
        "LINEDISCONNECTMODE_NORMAL",
    ),
    (
        "answer C fails with LINEERR_INVALCALSTATE",
        MistakeKind::UnknownConstant,
        "LINEERR_INVALCALLSTATE",
    ),
    (
        "expect C reports LINECALLINFOSTATE_CALERID",
        MistakeKind::UnknownConstant,
        "LINECALLINFOSTATE_CALLERID",
    ),
    (
        "expect its CallerID is \"1\"",
        MistakeKind::NothingQueried,
        "query",
    ),
    (
        "query LINECALLINFO of C\n  expect its CalerID is \"1\"",
        MistakeKind::UnknownField,
        "CallerID",
    ),
    ("query LINECALINFO of C", MistakeKind::Syntax, "LINECALLINFO"),
    ("dial 34 on C", MistakeKind::Syntax, ""),
    ("dial \"34 on C", MistakeKind::BadText, "ends"),
    ("wait 5 apples", MistakeKind::BadValue, ""),
    ("station 55x calls line 1", MistakeKind::BadValue, "digits"),
    ("drop C at once", MistakeKind::Syntax, ""),
];

#[test]
fn mistakes_have_a_place_and_a_remedy() {
    for (steps, kind, help) in MISTAKES {
        let text = format!("{HEAD}  {steps}\n");
        let error = parse("test.call", &text).expect_err(steps);
        let mistake = &error.mistakes[0];
        assert_eq!(mistake.kind, *kind, "{steps}: {error:?}");
        assert!(mistake.span.start >= HEAD.len(), "{steps}: {:?}", mistake.span);
        assert!(
            mistake.help.as_deref().unwrap_or_default().contains(help),
            "{steps}: {:?}",
            mistake.help
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let error = parse(
        "test.call",
        &format!("{HEAD}  answr C\n  drop D\n  wait 5 apples\n"),
    )
    .expect_err("three mistakes");
    assert_eq!(error.mistakes.len(), 3, "{error:?}");
}

#[test]
fn a_mistake_draws_a_caret() {
    let error = parse("test.call", &format!("{HEAD}  answr C\n")).expect_err("a typo");
    let drawn = format!("{:?}", miette::Report::new(error));
    for part in ["test.call", "answr C", "did you mean `answer`?"] {
        assert!(drawn.contains(part), "{part} is not in {drawn}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*") {
        let _ = parse("any.call", &text);
    }

    #[test]
    fn no_mixture_of_words_makes_the_parser_panic(
        words in proptest::collection::vec(
            prop_oneof![
                Just("steps\n"), Just("exchange\n"), Just("scenario:"), Just("needs:"), Just("\n"), Just("open line"),
                Just("1"), Just("as"), Just("L"), Just("make call"), Just("C"), Just("on"), Just("to"), Just("\"5\""),
                Just("expect"), Just("is"), Just("IDLE"), Just("with"), Just("or"), Just("within"), Just("5 s"),
                Just("query"), Just("LINECALLINFO"), Just("of"), Just("its"), Just("CallerID"), Just("station"),
            ],
            0..40,
        )
    ) {
        let _ = parse("any.call", &words.join(" "));
    }
}
