//! What is wrong with a scenario file: every mistake with its place, what stands there, and what was meant.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceSpan};
use thiserror::Error;

use super::source::{Source, Span};

/// A kind of mistake, for those that match on it; its code is shown beside the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MistakeKind {
    /// A string that does not end, or an unknown escape in one.
    BadText,
    /// A line that begins like nothing in the language.
    UnknownVerb,
    /// A line that goes on other than its verb does.
    Syntax,
    /// A line that belongs in another part of the file.
    Misplaced,
    /// Something that the file must have and has not.
    Missing,
    /// Something that the file may have once and has again.
    Repeated,
    /// A name that nothing before has given.
    UnknownName,
    /// A name of a call where a line is meant, and the like.
    WrongKind,
    /// A name that is given while it still stands for something.
    NameTaken,
    /// A name of something that is closed.
    NameEnded,
    /// A provider that the header does not name.
    UnknownProvider,
    /// A line that the provider has not.
    NoSuchLine,
    /// No TSPI function.
    UnknownFunction,
    /// No constant, or none of the family that is meant.
    UnknownConstant,
    /// No member of the structure.
    UnknownField,
    /// A member is looked at, and nothing was queried.
    NothingQueried,
    /// A number, duration or string outside of what is allowed.
    BadValue,
}

impl MistakeKind {
    /// The code that messages carry.
    pub fn code(self) -> &'static str {
        match self {
            MistakeKind::BadText => "scenario/bad-text",
            MistakeKind::UnknownVerb => "scenario/unknown-verb",
            MistakeKind::Syntax => "scenario/syntax",
            MistakeKind::Misplaced => "scenario/misplaced",
            MistakeKind::Missing => "scenario/missing",
            MistakeKind::Repeated => "scenario/repeated",
            MistakeKind::UnknownName => "scenario/unknown-name",
            MistakeKind::WrongKind => "scenario/wrong-kind",
            MistakeKind::NameTaken => "scenario/name-taken",
            MistakeKind::NameEnded => "scenario/name-ended",
            MistakeKind::UnknownProvider => "scenario/unknown-provider",
            MistakeKind::NoSuchLine => "scenario/no-such-line",
            MistakeKind::UnknownFunction => "scenario/unknown-function",
            MistakeKind::UnknownConstant => "scenario/unknown-constant",
            MistakeKind::UnknownField => "scenario/unknown-field",
            MistakeKind::NothingQueried => "scenario/nothing-queried",
            MistakeKind::BadValue => "scenario/bad-value",
        }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What kind.
    pub kind: MistakeKind,
    /// What is wrong, in a sentence without its stop.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What the caret says; empty for a bare caret.
    pub label: String,
    /// Another place that has to do with it.
    pub related: Option<(Span, String)>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake at `span`, with a bare caret.
    pub fn new(kind: MistakeKind, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            span,
            label: String::new(),
            related: None,
            help: None,
        }
    }

    /// With words at the caret.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// With the nearest word, if there is one, or else with `otherwise`.
    pub fn suggest(self, nearest: Option<impl fmt::Display>, otherwise: impl FnOnce() -> String) -> Self {
        match nearest {
            Some(word) => self.help(format!("did you mean `{word}`?")),
            None => self.help(otherwise()),
        }
    }

    /// With a second place.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related = Some((span, label.into()));
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.kind.code()))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = (!self.label.is_empty()).then(|| self.label.clone());
        let primary = LabeledSpan::new_primary_with_span(label, SourceSpan::from(self.span));
        let related = self
            .related
            .iter()
            .map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), SourceSpan::from(*span)));
        Some(Box::new(std::iter::once(primary).chain(related)))
    }
}

/// A scenario file that cannot be played, with all its mistakes in the order of their places.
#[derive(Debug, Clone, Error, Diagnostic)]
#[error("{} has {}", .source_code.name(), count(.mistakes.len()))]
pub struct ScenarioError {
    #[source_code]
    source_code: NamedSource<String>,
    /// The mistakes, at least one.
    #[related]
    pub mistakes: Vec<Mistake>,
}

impl ScenarioError {
    /// The mistakes of `source`, put in the order of their places.
    pub(super) fn new(source: &Source, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| (mistake.span.start, mistake.kind));
        Self {
            source_code: NamedSource::new(source.name(), source.text().to_owned()),
            mistakes,
        }
    }
}

fn count(mistakes: usize) -> String {
    if mistakes == 1 {
        "1 mistake".to_owned()
    } else {
        format!("{mistakes} mistakes")
    }
}
