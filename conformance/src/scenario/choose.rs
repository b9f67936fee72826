//! Finds the verb that a line is written by; or says what is wrong with the line, from the verb that it follows furthest.

use super::ast::{Action, Ending, Given, Name, Outcome, StepKind, Until};
use super::error::{Mistake, MistakeKind};
use super::form::Form;
use super::lexer::Token;
use super::reader::{Expected, Mention, Reader, Stop};
use super::slots::is_name;
use super::source::Span;
use super::verbs::{BEGUN, Build, ENDING, Node, Place, UNTIL, VERBS, Verb, WITH};
use super::vocabulary::{found, nearest};
use crate::tspi::{self, Function, Mode};

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
    fn admits(self, place: Place) -> bool {
        match place {
            Place::Header => self == Part::Header,
            Place::Exchange => self == Part::Exchange,
            Place::Both => self != Part::Header,
            Place::App | Place::Steps => self == Part::Steps,
        }
    }

    /// What a line here is called.
    fn line(self) -> &'static str {
        match self {
            Part::Header => "a line of the header",
            Part::Exchange => "a line of the exchange",
            Part::Steps => "a step",
        }
    }
}

fn home(place: Place) -> &'static str {
    match place {
        Place::Header => "it belongs into the header, before `exchange` and `steps`",
        Place::Exchange | Place::Both => "it belongs under `exchange`",
        Place::App | Place::Steps => "it belongs under `steps`",
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
struct Tail {
    with: Vec<(Name, Given)>,
    outcome: Option<Outcome>,
}

/// A line held against one verb.
struct Attempt<'t> {
    verb: &'static Verb,
    reader: Reader<'t>,
    /// How the line goes on behind the verb's own words, if it can be read to its end.
    outcome: Option<Tail>,
    begun: Option<Span>,
}

impl<'t> Attempt<'t> {
    fn at(verb: &'static Verb, tokens: &'t [Token<'t>]) -> Self {
        let begun = tokens
            .first()
            .filter(|token| token.text == "begin" && tokens.len() > 1)
            .map(|token| token.span);
        let mut reader = Reader::new(tokens, usize::from(begun.is_some()));
        reader.function = verb.function();
        let outcome = match begun {
            Some(_) if !verb.is_action() => Err(Stop),
            _ => read_to_end(verb, &mut reader, begun.is_some()),
        };
        Self {
            verb,
            reader,
            outcome: outcome.ok(),
            begun,
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
                problems.extend(self.begun.and_then(|begun| cannot_begin(function, begun)));
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
                Node::Step(StepKind::App { action, outcome })
            }
        };
        Ok(Line {
            node,
            mentions,
            problems,
        })
    }

    /// The furthest token at which the verb expected something.
    fn furthest(&self) -> usize {
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

/// Only what finds something at once, and neither gives nor ends a name, can be made again and again.
fn cannot_wait(action: &Action, until: &Until) -> Option<Mistake> {
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

fn cannot_begin(function: &Function, begun: Span) -> Option<Mistake> {
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

fn diagnose(part: Part, tokens: &[Token<'_>], attempts: &[Attempt<'_>]) -> Vec<Mistake> {
    if let Some(misplaced) = misplaced(part, tokens) {
        return vec![misplaced];
    }
    let furthest = attempts.iter().map(Attempt::furthest).max().unwrap_or(0);
    let begins = attempts.iter().any(|attempt| attempt.begun.is_some());
    if furthest == usize::from(begins) {
        return vec![unknown_verb(part, &tokens[furthest], begins)];
    }
    let nearest: Vec<&Attempt<'_>> = attempts
        .iter()
        .filter(|attempt| attempt.furthest() == furthest)
        .collect();
    let problems = nearest
        .iter()
        .map(|attempt| &attempt.reader.problems)
        .min_by_key(|problems| problems.len());
    match problems {
        Some(problems) if !problems.is_empty() => problems.clone(),
        _ => vec![unexpected(tokens, furthest, &nearest)],
    }
}

/// The line is fine, or begins so, but belongs elsewhere.
fn misplaced(part: Part, tokens: &[Token<'_>]) -> Option<Mistake> {
    let begins = |verb: &&Verb| verb.form.first_word() == tokens.first().map(|token| token.text);
    if VERBS.iter().any(|verb| part.admits(verb.place) && begins(&verb)) {
        let fits = |verb: &&'static Verb| Attempt::at(verb, tokens).outcome.is_some();
        let verb = VERBS.iter().filter(|verb| !part.admits(verb.place)).find(fits)?;
        return Some(misplaced_at(part, tokens, verb));
    }
    let begun = tokens.first().is_some_and(|token| token.text == "begin") && part != Part::Steps;
    let verb = VERBS
        .iter()
        .find(|verb| begins(verb) || begun && verb.is_action())?;
    Some(misplaced_at(part, tokens, verb))
}

fn misplaced_at(part: Part, tokens: &[Token<'_>], verb: &Verb) -> Mistake {
    let span = tokens[0].span.to(tokens[tokens.len() - 1].span);
    Mistake::new(
        MistakeKind::Misplaced,
        span,
        format!("this is not {}", part.line()),
    )
    .help(home(verb.place))
}

fn unknown_verb(part: Part, token: &Token<'_>, begun: bool) -> Mistake {
    let verbs = || {
        VERBS
            .iter()
            .filter(|verb| part.admits(verb.place) && (!begun || verb.is_action()))
    };
    let also = verbs().find(|verb| verb.also.contains(&token.text.to_lowercase().as_str()));
    let words = || {
        let sections = if part == Part::Header {
            ["scenario:", "exchange", "steps"].as_slice()
        } else {
            &[]
        };
        let begin = if part == Part::Steps && !begun {
            Some("begin")
        } else {
            None
        };
        verbs()
            .filter_map(|verb| verb.form.first_word())
            .chain(begin)
            .chain(sections.iter().copied())
    };
    let what = if begun {
        "a step that can be begun"
    } else {
        part.line()
    };
    let mistake = Mistake::new(
        MistakeKind::UnknownVerb,
        token.span,
        format!("`{}` does not begin {what}", token.text),
    );
    match also {
        Some(verb) => mistake.help(format!("did you mean `{}`?", verb.form)),
        None => mistake.suggest(nearest(token.text, words()), || {
            let mut known: Vec<&str> = words().collect();
            known.sort_unstable();
            known.dedup();
            format!("{what} begins with one of: {}", known.join(", "))
        }),
    }
}

/// What stands at token `at` is none of what these verbs expected there.
fn unexpected(tokens: &[Token<'_>], at: usize, nearest_to: &[&Attempt<'_>]) -> Mistake {
    let end = tokens.last().map_or(0, |token| token.span.end());
    let (span, found) = match tokens.get(at) {
        Some(token) => (token.span, format!("`{}`", token.text)),
        None => (Span { start: end, len: 0 }, "the end of the line".to_owned()),
    };
    let mut wanted: Vec<String> = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    let mut names_many = true;
    let expected = nearest_to
        .iter()
        .flat_map(|attempt| &attempt.reader.expected)
        .filter(|(index, _)| *index == at);
    for (_, expected) in expected {
        let text = match expected {
            Expected::Word(word) => {
                words.push(word);
                format!("`{word}`")
            }
            Expected::Slot(slot) => slot.what().to_owned(),
            Expected::OneOf(slot, names) => {
                words.extend(names);
                slot.what().to_owned()
            }
            Expected::Mode => "a mode of that state".to_owned(),
            Expected::End => "the end of the line".to_owned(),
        };
        names_many &= matches!(expected, Expected::OneOf(..));
        if !wanted.contains(&text) {
            wanted.push(text);
        }
    }
    let kind = if names_many {
        MistakeKind::UnknownConstant
    } else {
        MistakeKind::Syntax
    };
    let mistake = Mistake::new(kind, span, format!("expected {}, found {found}", list(&wanted)));
    mistake.help(remedy(tokens.get(at), &wanted, &words, nearest_to))
}

/// What to write instead: the nearest word, or else a hint about names and how the line is written.
fn remedy(
    found: Option<&Token<'_>>,
    wanted: &[String],
    words: &[&str],
    nearest_to: &[&Attempt<'_>],
) -> String {
    if let Some(word) = found.and_then(|token| nearest(token.text, words.iter().copied())) {
        return format!("did you mean `{word}`?");
    }
    let mut forms: Vec<String> = nearest_to.iter().take(3).map(|attempt| attempt.shown()).collect();
    forms.dedup();
    let written = format!("it is written `{}`", forms.join("` or `"));
    let wants_name = wanted.iter().any(|what| what.contains("name"));
    if wants_name && found.is_some_and(|token| !is_name(token.text)) {
        format!("names begin with a capital letter, as in `C`; {written}")
    } else {
        written
    }
}

impl Attempt<'_> {
    fn shown(&self) -> String {
        match (self.verb.is_action(), self.begun) {
            (true, Some(_)) => format!("begin {} {}", self.verb.form, *BEGUN),
            (true, None) => format!("{} {}", self.verb.form, *ENDING),
            _ => self.verb.form.to_string(),
        }
    }
}

impl Verb {
    /// Whether it is a step of the application, which may end so or so.
    pub(super) fn is_action(&self) -> bool {
        self.place == Place::App
    }
}

fn list(wanted: &[String]) -> String {
    match wanted {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
