//! The verbs of the language, a row each: where it may stand, how it is written, what it is for, what it becomes.
//!
//! To add a verb that calls a function, add a row in `lines`, `calls`, `supplementary`, `media`, `phones` or `providers`:
//! the form names the parameter that each slot goes to, and nothing else is needed. Other verbs also have a variant in
//! the tree. The parser, the player, the suggestions after a typo and the reference all read these rows; tests play
//! every row's example through parser and printer, and demand a row for every function.

mod around;
mod calls;
mod expectations;
mod faults;
mod lines;
mod media;
mod phones;
mod providers;
mod queries;
mod row;
mod supplementary;

use std::sync::LazyLock;

use super::ast::{Change, Comparison, Given, Need, Provider, Setup, StepKind};
use super::form::Form;
use super::source::Spanned;
use super::value::Values;
use crate::tspi::Function;

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
    Step(StepKind),
}

/// How a row's values become a node.
#[derive(Debug)]
pub(super) enum Build {
    /// By this.
    Node(fn(&mut Values) -> Node),
    /// It is a call of a function: its slots say themselves where their values go.
    Call {
        /// The function; `None` where the step names it.
        function: Option<&'static Function>,
        /// What TAPI passes where the step says nothing and zero would not do, by paths.
        preset: Vec<(&'static str, Given)>,
    },
}

/// A row.
#[derive(Debug)]
pub(super) struct Verb {
    pub place: Place,
    pub form: Form,
    /// What it is for, in a few words; the function that it calls.
    pub meaning: &'static str,
    /// A line of this form.
    pub example: &'static str,
    /// First words that people write when they mean this verb.
    pub also: &'static [&'static str],
    pub build: Build,
}

/// All verbs. Where several fit a line, the first does.
pub(super) static VERBS: LazyLock<Vec<Verb>> = LazyLock::new(|| {
    let rows = [
        around::header(),
        around::exchange(),
        faults::faults(),
        row::rows(lines::ROWS),
        row::rows(calls::ROWS),
        row::rows(supplementary::ROWS),
        row::rows(media::ROWS),
        row::rows(phones::ROWS),
        row::rows(providers::ROWS),
        row::rows(queries::ROWS),
        row::last_resort(),
        around::device(),
        expectations::expectations(),
        expectations::looks(),
    ];
    rows.into_iter().flatten().collect()
});

/// The form by which a step of the application gives the function more than its words have.
pub(super) static WITH: LazyLock<Form> = LazyLock::new(|| read("[with <parameters>]"));
/// The forms by which a step of the application goes on behind its own words.
pub(super) static ENDING: LazyLock<Form> = LazyLock::new(|| read("[<ending>]"));
/// The form by which `begin …` goes on.
pub(super) static BEGUN: LazyLock<Form> = LazyLock::new(|| read("as <new-request>"));

/// The form that stands before a step of the application that is made at the same time as its neighbours.
pub(super) static AT_ONCE: LazyLock<Form> = LazyLock::new(|| read("at once [<number> times]"));

/// The forms by which a query goes on that is made until it finds something, each with how its comparison is taken.
pub(super) static UNTIL: LazyLock<Vec<UntilForm>> = LazyLock::new(|| {
    let forms: [(&'static str, Compared); 6] = [
        (
            "until its <field> is at least <number> [within <duration>]",
            |v| Comparison::AtLeast(v.take()),
        ),
        ("until its <field> is at most <number> [within <duration>]", |v| {
            Comparison::AtMost(v.take())
        }),
        ("until its <field> is not <values> [within <duration>]", |v| {
            Comparison::IsNot(v.take())
        }),
        ("until its <field> is <values> [within <duration>]", |v| {
            Comparison::Is(v.take())
        }),
        ("until its <field> has <bits> [within <duration>]", |v| {
            Comparison::Has(v.take())
        }),
        ("until its <field> lacks <bits> [within <duration>]", |v| {
            Comparison::Lacks(v.take())
        }),
    ];
    forms
        .map(|(form, comparison)| UntilForm {
            form: read(form),
            comparison,
        })
        .into()
});

/// How a comparison is taken from the values of a form.
type Compared = fn(&mut Values) -> Comparison;

/// A way of saying what a query is made for until it finds it.
pub(super) struct UntilForm {
    pub form: Form,
    pub comparison: Compared,
}

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
        build: Build::Node(build),
    }
}

impl Verb {
    /// The function that it calls, where it always is the same.
    pub(super) fn function(&self) -> Option<&'static Function> {
        match &self.build {
            Build::Call { function, .. } => *function,
            Build::Node(_) => None,
        }
    }

    /// What is passed where the step says nothing, by paths.
    pub(super) fn preset(&self) -> &[(&'static str, Given)] {
        match &self.build {
            Build::Call { preset, .. } => preset,
            Build::Node(_) => &[],
        }
    }

    fn also(self, also: &'static [&'static str]) -> Verb {
        Verb { also, ..self }
    }
}
