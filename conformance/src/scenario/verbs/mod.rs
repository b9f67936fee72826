//! The verbs of the language, a row each: where it may stand, how it is written, what it is for, what it becomes.
//!
//! To add a verb, add a row in a file of this folder, and a variant to the tree if it says something new. The parser, the suggestions after
//! a typo and the reference all read these rows; a test plays every row's example through parser and printer.

mod actions;
mod around;
mod expectations;

use std::sync::LazyLock;

use super::ast::{Action, Change, Need, Provider, Setup, StepKind};
use super::form::Form;
use super::source::Spanned;
use super::value::Values;

/// The part of a file that a verb belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before the others.
    Header,
    /// Under `exchange`.
    Exchange,
    /// Under `exchange` or `steps`.
    Both,
    /// Under `steps`, a function that the application calls: it may end so or so, and perhaps be begun.
    App,
    /// Under `steps`.
    Steps,
}

/// What a line becomes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Needs(Vec<Spanned<Need>>),
    Providers(Vec<Provider>),
    Setup(Setup),
    Change(Change),
    Action(Action),
    Step(StepKind),
}

/// A row.
#[derive(Debug)]
pub(super) struct Verb {
    pub place: Place,
    pub form: Form,
    /// What it is for, in a few words.
    pub meaning: &'static str,
    /// A line of this form.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the example is there for the test of the row")
    )]
    pub example: &'static str,
    /// First words that people write when they mean this verb.
    pub also: &'static [&'static str],
    pub build: fn(&mut Values) -> Node,
}

/// All verbs. Where several fit a line, the first does.
pub(super) static VERBS: LazyLock<Vec<Verb>> = LazyLock::new(|| {
    let rows = [
        around::header(),
        around::exchange(),
        actions::actions(),
        around::device(),
        expectations::expectations(),
        expectations::looks(),
    ];
    rows.into_iter().flatten().collect()
});

/// The forms by which a step of the application goes on behind its own words.
pub(super) static ENDING: LazyLock<Form> = LazyLock::new(|| read("[<ending>]"));
/// The form by which `begin …` goes on.
pub(super) static BEGUN: LazyLock<Form> = LazyLock::new(|| read("as <new-request>"));

fn read(form: &'static str) -> Form {
    Form::read(form).expect("a test reads every form of the table")
}

fn row(
    place: Place,
    form: &'static str,
    meaning: &'static str,
    example: &'static str,
    build: fn(&mut Values) -> Node,
) -> Verb {
    Verb {
        place,
        form: read(form),
        meaning,
        example,
        also: &[],
        build,
    }
}

impl Verb {
    fn also(self, also: &'static [&'static str]) -> Verb {
        Verb { also, ..self }
    }
}
