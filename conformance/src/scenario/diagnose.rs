//! What is wrong with a line that no verb reads, told from the verb that it follows furthest.

use super::before::Before;
use super::choose::{Attempt, Part};
use super::error::{Mistake, MistakeKind};
use super::lexer::Token;
use super::reader::Expected;
use super::slots::is_name;
use super::source::Span;
use super::verbs::{BEGUN, ENDING, Place, VERBS, Verb};
use super::vocabulary::nearest;

fn home(place: Place) -> &'static str {
    match place {
        Place::Header => "it belongs into the header, before `exchange` and `steps`",
        Place::Exchange | Place::Both => "it belongs under `exchange`",
        Place::App | Place::Steps => "it belongs under `steps`",
    }
}

/// What is wrong with a line that no verb reads.
pub(super) fn diagnose(part: Part, tokens: &[Token<'_>], attempts: &[Attempt<'_>]) -> Vec<Mistake> {
    if let Some(misplaced) = misplaced(part, tokens) {
        return vec![misplaced];
    }
    let furthest = attempts.iter().map(Attempt::furthest).max().unwrap_or(0);
    let before = attempts
        .iter()
        .map(|attempt| attempt.before.words())
        .max()
        .unwrap_or(0);
    if furthest == before {
        return vec![unknown_verb(part, &tokens[furthest], before > 0)];
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
    let begun = Before::of(tokens).words() > 0 && part != Part::Steps;
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
        let begin = match part == Part::Steps && !begun {
            true => ["begin", "at once"].as_slice(),
            false => &[],
        };
        verbs()
            .filter_map(|verb| verb.form.first_word())
            .chain(begin.iter().copied())
            .chain(sections.iter().copied())
    };
    let what = if begun {
        "a step of the application"
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
        match (self.verb.is_action(), &self.before) {
            (true, Before::Begin(_)) => format!("begin {} {}", self.verb.form, *BEGUN),
            (true, Before::AtOnce { .. }) => format!("at once {} {}", self.verb.form, *ENDING),
            (true, Before::Nothing) => format!("{} {}", self.verb.form, *ENDING),
            _ => self.verb.form.to_string(),
        }
    }
}

fn list(wanted: &[String]) -> String {
    match wanted {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
