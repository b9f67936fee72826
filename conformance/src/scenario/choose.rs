//! Finds the verb that a line is written by; or says what is wrong with the line, from the verb that it follows furthest.

use super::ast::{Action, Ending, Given, Name, Outcome, StepKind, Until};
use super::before::{Before, at_once, cannot_begin, cannot_wait};
use super::diagnose::diagnose;
use super::error::Mistake;
use super::form::Form;
use super::lexer::Token;
use super::reader::{Mention, Reader, Stop};
use super::verbs::{BEGUN, Build, ENDING, Node, Place, UNTIL, VERBS, Verb, WITH};
use crate::tspi;

/// A line that was understood.
#[derive(Debug)]
pub(super) struct Line {
    pub node: Node,
    pub mentions: Vec<Mention>,
    /// Mistakes in its values.
    pub problems: Vec<Mistake>,
}

/// The part of a file that a line stands in, and what is written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Header,
    Exchange,
    Steps,
}

impl Part {
    pub fn admits(self, place: Place) -> bool {
        match place {
            Place::Header => self == Part::Header,
            Place::Exchange => self == Part::Exchange,
            Place::Both => self != Part::Header,
            Place::App | Place::Steps => self == Part::Steps,
        }
    }

    /// What a line here is called.
    pub fn line(self) -> &'static str {
        match self {
            Part::Header => "a line of the header",
            Part::Exchange => "a line of the exchange",
            Part::Steps => "a step",
        }
    }
}

/// Reads a line, which is not empty, of this part of the file.
pub(super) fn read_line(part: Part, tokens: &[Token<'_>]) -> Result<Line, Vec<Mistake>> {
    let attempts: Vec<Attempt<'_>> = VERBS
        .iter()
        .filter(|verb| part.admits(verb.place))
        .map(|verb| Attempt::at(verb, tokens))
        .collect();
    let read = attempts.iter().filter(|attempt| attempt.outcome.is_some());
    if let Some(best) = read.min_by_key(|attempt| attempt.reader.problems.len()) {
        return best.line();
    }
    Err(diagnose(part, tokens, &attempts))
}

/// What stands behind the own words of a step of the application.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail {
    with: Vec<(Name, Given)>,
    outcome: Option<Outcome>,
}

/// A line held against one verb.
pub(super) struct Attempt<'t> {
    pub verb: &'static Verb,
    pub reader: Reader<'t>,
    /// How the line goes on behind the verb's own words, if it can be read to its end.
    pub outcome: Option<Tail>,
    pub before: Before,
}

impl<'t> Attempt<'t> {
    pub fn at(verb: &'static Verb, tokens: &'t [Token<'t>]) -> Self {
        let before = Before::of(tokens);
        let mut reader = Reader::new(tokens, before.words());
        reader.function = verb.function();
        let outcome = match before {
            Before::Begin(_) | Before::AtOnce { .. } if !verb.is_action() => Err(Stop),
            _ => read_to_end(verb, &mut reader, matches!(before, Before::Begin(_))),
        };
        Self {
            verb,
            reader,
            outcome: outcome.ok(),
            before,
        }
    }

    fn line(&self) -> Result<Line, Vec<Mistake>> {
        let Reader {
            mut values,
            mentions,
            mut problems,
            ..
        } = self.reader.clone();
        let node = match &self.verb.build {
            Build::Node(build) => build(&mut values),
            Build::Call { .. } => {
                let tail = self.outcome.clone().unwrap_or_default();
                // Where the step names a function that there is none of, the mistake is noted, and the line is not kept.
                let Some(function) = self.reader.function.or_else(|| tspi::functions().next()) else {
                    return Err(problems);
                };
                if let Before::Begin(begun) = self.before {
                    problems.extend(cannot_begin(function, begun));
                }
                let slots = match self.verb.function() {
                    Some(_) => values.all_given(),
                    None => Vec::new(),
                };
                let action = Action {
                    verb: self.verb,
                    slots,
                    function,
                    with: tail.with,
                };
                let outcome = tail.outcome.unwrap_or(Outcome::Ends(Ending::Completes));
                if let Outcome::Until(until) = &outcome {
                    problems.extend(cannot_wait(&action, until));
                }
                match (&self.before, outcome) {
                    (Before::AtOnce { at, times, .. }, outcome) => {
                        let (ending, mistake) = at_once(&action, outcome, *at, times.as_ref());
                        problems.extend(mistake);
                        Node::Step(StepKind::AtOnce {
                            times: *times,
                            action,
                            ending,
                        })
                    }
                    (_, outcome) => Node::Step(StepKind::App { action, outcome }),
                }
            }
        };
        Ok(Line {
            node,
            mentions,
            problems,
        })
    }

    /// The furthest token at which the verb expected something.
    pub fn furthest(&self) -> usize {
        self.reader.expected.iter().map(|(at, _)| *at).max().unwrap_or(0)
    }
}

/// Reads the verb's own form, and behind it what every step of the application may have.
fn read_to_end(verb: &Verb, reader: &mut Reader<'_>, begun: bool) -> Result<Tail, Stop> {
    reader.read(&verb.form.0)?;
    if !verb.is_action() {
        reader.end()?;
        return Ok(Tail::default());
    }
    let own = std::mem::take(&mut reader.values);
    let form: &Form = if begun { &BEGUN } else { &ENDING };
    let mut until = None;
    let read = reader.read(&WITH.0).and_then(|()| {
        if reader.peek_word().is_some_and(|token| token.text == "until") {
            until = Some(read_until(reader)?);
            return Ok(());
        }
        reader.read(&form.0)
    });
    let mut tail = std::mem::replace(&mut reader.values, own);
    read?;
    reader.end()?;
    if let Some(until) = until {
        let (with, outcome) = (tail.take_or_default(), Some(Outcome::Until(until)));
        return Ok(Tail { with, outcome });
    }
    let with = tail.take_or_default();
    let outcome = if begun {
        Some(Outcome::Begun(tail.take()))
    } else {
        tail.take::<Option<Ending>>().map(Outcome::Ends)
    };
    Ok(Tail { with, outcome })
}

/// Reads what a query is made for until it finds it, by the first form that fits the line to its end.
fn read_until(reader: &mut Reader<'_>) -> Result<Until, Stop> {
    let before = std::mem::take(&mut reader.values);
    let mut expected = Vec::new();
    for until in UNTIL.iter() {
        let mut attempt = reader.clone();
        if attempt.read(&until.form.0).and_then(|()| attempt.end()).is_err() {
            expected.append(&mut attempt.expected);
            continue;
        }
        let values = &mut attempt.values;
        let (field, comparison, within) = (values.take(), (until.comparison)(values), values.take());
        *reader = Reader {
            values: before,
            ..attempt
        };
        return Ok(Until {
            field,
            comparison,
            within,
        });
    }
    reader.values = before;
    reader.expected = expected;
    Err(Stop)
}

impl Verb {
    /// Whether it is a step of the application, which may end so or so.
    pub(super) fn is_action(&self) -> bool {
        self.place == Place::App
    }
}
