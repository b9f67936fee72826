//! What the language answers to mistakes. `golden/scenario-diagnostics` shows each answer as a user sees it.

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::scenario::error::{MistakeKind, ScenarioError};
use crate::scenario::parse;

fn mistakes(text: &str) -> ScenarioError {
    match parse("test.call", text) {
        Ok(scenario) => panic!("no mistake was found in\n{scenario}"),
        Err(error) => error,
    }
}

/// The answer without colours, at a width that does not depend on the terminal.
pub(super) fn drawn(error: &ScenarioError) -> String {
    let mut text = String::new();
    let theme = GraphicalTheme::unicode_nocolor();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(110)
        .with_links(false);
    handler
        .render_report(&mut text, error)
        .expect("a string takes everything");
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Compares the answer to a file with a golden one, and its mistakes with their kinds.
macro_rules! answers {
    ($($name:ident: [$($kind:ident),+], $text:expr;)*) => {
        $(#[test]
        fn $name() {
            let text = $text;
            let error = mistakes(&text);
            let kinds: Vec<MistakeKind> = error.mistakes.iter().map(|mistake| mistake.kind).collect();
            assert_eq!(kinds, [$(MistakeKind::$kind),+], "{}", drawn(&error));
            for mistake in &error.mistakes {
                assert!(mistake.help.is_some(), "no remedy: {mistake:?}");
            }
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/scenario-diagnostics"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(stringify!($name), format!("{text}\n{}", drawn(&error))));
        })*

        /// The names of the answers.
        const ANSWERS: &[&str] = &[$(stringify!($name)),*];
    };
}

/// A file with these steps behind some that open a line, make a call, and name a request.
fn steps(steps: &str) -> String {
    format!("scenario: a test\nsteps\n  open line 1 as L\n  make call C on L to \"5551234\"\n  {steps}\n")
}

answers! {
    unknown_verb: [UnknownVerb], steps("answr C");
    verb_by_another_word: [UnknownVerb], steps("hangup C");
    verb_like_none: [UnknownVerb], steps("frobnicate C");
    misspelt_word_in_a_line: [Syntax], steps("make call D un L to \"5\"");
    line_that_ends_too_soon: [Syntax], steps("expect C is");
    line_that_goes_on: [Syntax], steps("wait 300 ms please");
    name_in_small_letters: [Syntax], steps("make call d on L to \"5\"");
    unknown_call: [UnknownName], steps("drop D");
    line_for_a_call: [WrongKind], steps("answer L");
    name_given_twice: [NameTaken], steps("make call C on L to \"5\"");
    closed_call_used: [NameEnded], steps("close call C\n  drop C");
    unknown_state: [UnknownConstant], steps("expect C reaches CONECTED within 5 s");
    mode_of_another_state: [UnknownConstant], steps("expect C is DISCONNECTED with LINEBUSYMODE_STATION");
    state_without_mode: [BadValue], steps("expect C is IDLE with NORMAL");
    unknown_error: [UnknownConstant], steps("answer C fails with LINEERR_INVALCALSTATE");
    unknown_report: [UnknownConstant], steps("expect C reports LINECALLINFOSTATE_CALERID");
    report_of_a_line_by_a_call: [WrongKind], steps("expect C reports LINEDEVSTATE_RINGING");
    unknown_structure: [Syntax], steps("query LINECALINFO of C");
    unknown_member: [UnknownField], steps("query LINECALLINFO of C\n  expect its CalerID is \"5551234\"");
    member_of_nothing: [NothingQueried], steps("expect its CallerID is \"5551234\"");
    number_for_a_string: [BadValue], steps("query LINECALLINFO of C\n  expect its CallerID is 5551234");
    constant_of_another_family: [UnknownConstant],
        steps("query LINECALLSTATUS of C\n  expect its dwCallState is LINEDISCONNECTMODE_BUSY");
    unknown_parameter: [UnknownField], steps("hold C with hdCal C");
    unknown_member_of_a_parameter: [UnknownField], steps("make call D on L with lpCallParams.dwMinRat 300");
    entry_of_a_list_without_its_number: [UnknownField], steps("generate tone LINETONEMODE_BEEP on C with lpTones.dwVolume 1");
    unknown_function_called: [UnknownFunction], steps("call TSPI_lineHolt with hdCall C");
    phone_that_is_not_there: [NoSuchLine], steps("open phone 1 as H");
    call_for_a_phone: [WrongKind], steps("get display of C");
    unknown_message: [UnknownConstant], steps("expect LINE_MONITORDIGIT on C");
    unknown_value_of_a_message: [UnknownConstant], steps("expect LINE_MONITORDIGITS on C with LINEDIGITMODE_DTFM");
    two_digits_for_one: [BadValue], steps("expect LINE_MONITORDIGITS on C with digit \"12\"");
    bytes_with_a_digit_missing: [BadValue], steps("send device specific 0x012 to line L");
    string_without_end: [BadText], steps("dial \"34 on C");
    unknown_escape: [BadText], steps("dial \"3\\q4\" on C");
    unknown_unit: [BadValue], steps("wait 3 seconds");
    telephone_number_with_letters: [BadValue], steps("station \"555-CALL\" hangs up");
    begin_of_a_synchronous_step: [Syntax], steps("begin close call C as R");
    at_once_what_others_make: [Syntax], steps("at once open line 1 as M\n  at once query LINEDEVSTATUS of M");
    at_once_what_others_use: [Syntax], steps("at once query LINECALLINFO of C\n  at once close call C");
    at_once_too_often: [Syntax], steps("at once 65 times query LINECALLINFO of C");
    at_once_many_of_one_name: [Syntax], steps("at once 2 times make call D on L");
    at_once_again_and_again: [Syntax], steps("at once query LINEDEVSTATUS of L until its dwNumOpens is 1");
    at_once_a_dialog: [Syntax], steps("expect dialog instance I\n  at once show dialog I");
    at_once_what_is_no_function: [UnknownVerb], steps("at once wait 5 ms");
    begin_of_what_is_no_step_of_the_application: [UnknownVerb], steps("begin wait 3 s");
    no_such_line: [NoSuchLine], steps("open line 2 as M");
    unknown_provider: [UnknownProvider], steps("open line 1 of Q as M");
    step_in_the_exchange: [Misplaced],
        "scenario: a test\nexchange\n  open line 1 as L\nsteps\n  close line L\n".to_owned();
    exchange_among_the_steps: [Misplaced], steps("line 1 gives up after 2 s");
    unknown_function: [UnknownFunction],
        "scenario: a test\nneeds: TSPI_lineMakCall\nsteps\n  wait 1 s\n".to_owned();
    unknown_capability: [UnknownConstant],
        "scenario: a test\nneeds: LINEADDRCAPFLAGS_PARTIALDAIL\nsteps\n  wait 1 s\n".to_owned();
    register_too_small: [BadValue],
        "scenario: a test\nexchange\n  line 1 gives up after 500 ms\nsteps\n  wait 1 s\n".to_owned();
    empty_file: [Missing], String::new();
    no_steps: [Missing], "scenario: a test\n".to_owned();
    no_title: [Missing], "steps\n  wait 1 s\n".to_owned();
    header_again: [Repeated, Repeated],
        "scenario: a test\nscenario: another\nproviders: P with 1 line\nproviders: Q with 1 line\nsteps\n  wait 1 s\n"
            .to_owned();
    many_mistakes: [UnknownVerb, UnknownConstant, UnknownName, BadValue],
        steps("opne line 1 as M\n  watch incoming calls on M\n  expect C is CONECTED\n  drop X\n  wait 5 apples");
}

#[test]
fn every_kind_of_mistake_has_a_code_of_its_own() {
    let error = mistakes("frobnicate\n");
    let code = miette::Diagnostic::code(&error.mistakes[0]).map(|code| code.to_string());
    assert_eq!(code.as_deref(), Some("scenario/unknown-verb"));
}

#[test]
fn no_golden_answer_is_left_over() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../golden/scenario-diagnostics");
    for entry in std::fs::read_dir(dir).expect("the golden answers are there") {
        let path = entry.expect("an entry").path();
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let pending = path.extension().is_some_and(|extension| extension == "new");
        assert!(
            pending || ANSWERS.contains(&stem.as_str()),
            "{} answers no mistake",
            path.display()
        );
    }
}
