//! What stands before a step of the application, `begin` and `at once`, and which steps can be made so, or `until`.

use super::ast::{Action, Ending, Given, Outcome, Until};
use super::error::{Mistake, MistakeKind};
use super::lexer::Token;
use super::reader::Reader;
use super::source::{Span, Spanned};
use super::verbs::AT_ONCE;
use super::vocabulary::found;
use crate::tspi::{Function, Mode};

/// What stands before the own words of a step of the application.
#[derive(Debug, Clone)]
pub(super) enum Before {
    Nothing,
    /// `begin`.
    Begin(Span),
    /// `at once`, `at once 8 times`.
    AtOnce {
        at: Span,
        times: Option<Spanned<u32>>,
        words: usize,
    },
}

impl Before {
    pub fn of(tokens: &[Token<'_>]) -> Before {
        match tokens {
            [first, _, ..] if first.text == "begin" => Before::Begin(first.span),
            [first, second, _, ..] if first.text == "at" && second.text == "once" => {
                let mut reader = Reader::new(tokens, 0);
                let read = reader.read(&AT_ONCE.0);
                let times = read
                    .ok()
                    .and_then(|()| reader.values.take::<Option<Spanned<u32>>>());
                Before::AtOnce {
                    at: first.span.to(second.span),
                    words: if times.is_some() { 4 } else { 2 },
                    times,
                }
            }
            _ => Before::Nothing,
        }
    }

    /// How many words there are.
    pub fn words(&self) -> usize {
        match self {
            Before::Nothing => 0,
            Before::Begin(_) => 1,
            Before::AtOnce { words, .. } => *words,
        }
    }
}

/// Only what finds something at once, and neither gives nor ends a name, can be made again and again.
pub(super) fn cannot_wait(action: &Action, until: &Until) -> Option<Mistake> {
    let function = action.function;
    let names = action.arguments();
    let names = names
        .iter()
        .any(|(_, given)| matches!(given, Given::New(..) | Given::Last(..)));
    let keeps = function.args.iter().any(|arg| arg.kept);
    let query = function.mode == Mode::Sync && !found(function).is_empty() && !names && !keeps;
    (!query).then(|| {
        Mistake::new(
            MistakeKind::Syntax,
            until.field.span,
            format!("{} is no query that could be made again", function.name),
        )
        .help(
            "`until` stands behind queries, as in `query LINEDEVSTATUS of L until its dwNumActiveCalls is 1`",
        )
    })
}

/// The most threads in which one step is called at once.
const TIMES_MAX: u32 = 64;

/// How a step that is made at once must end, and what is wrong with making it so.
pub(super) fn at_once(
    action: &Action,
    outcome: Outcome,
    at: Span,
    times: Option<&Spanned<u32>>,
) -> (Ending, Option<Mistake>) {
    let wrong = |span, message: String| Mistake::new(MistakeKind::Syntax, span, message);
    let named = action.arguments();
    let names = named
        .iter()
        .any(|(_, given)| matches!(given, Given::New(..) | Given::Last(..)));
    let several = times.filter(|times| times.node != 1);
    let mistake = match (&outcome, times, several) {
        (Outcome::Until(until), ..) => Some(
            wrong(
                until.field.span,
                "what is called at once is called once in each thread".to_owned(),
            )
            .help("leave out `until …`, or `at once`"),
        ),
        (_, Some(times), _) if !(1..=TIMES_MAX).contains(&times.node) => Some(
            wrong(times.span, format!("`{}` threads cannot be had", times.node))
                .help(format!("from 1 to {TIMES_MAX} call at once")),
        ),
        (_, _, Some(times)) if names => Some(
            wrong(
                times.span,
                "several calls cannot give or end the same name".to_owned(),
            )
            .help("write a line for each, with names of their own"),
        ),
        _ if action.function.name == "TUISPI_providerGenericDialog" => Some(
            wrong(at, "a dialog has a thread of its own as it is".to_owned())
                .help("show it before, and call at once what is to happen meanwhile"),
        ),
        _ => None,
    };
    let ending = match outcome {
        Outcome::Ends(ending) => ending,
        Outcome::Begun(_) | Outcome::Until(_) => Ending::Completes,
    };
    (ending, mistake)
}

/// Only what has something to complete can be begun.
pub(super) fn cannot_begin(function: &Function, begun: Span) -> Option<Mistake> {
    (function.mode != Mode::Async).then(|| {
        Mistake::new(
            MistakeKind::Syntax,
            begun,
            format!("{} has nothing to complete", function.name),
        )
        .label("cannot be begun")
        .help("its result is there when it returns: leave out `begin` and `as …`")
    })
}
