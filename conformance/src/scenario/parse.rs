//! A whole file: its lines one by one, each in the part where it stands, and what a file must have.

use std::collections::HashSet;

use super::ast::{Provider, Scenario, Setup, Step, StepKind};
use super::check::{Checker, check_setup};
use super::choose::{Line, Part, read_line};
use super::error::{Mistake, MistakeKind, ScenarioError};
use super::lexer::{Token, tokens};
use super::reader::Mention;
use super::slots::is_name;
use super::source::{Source, Span, Spanned};
use super::verbs::Node;

/// Reads a scenario. `name` is what messages call the file.
///
/// # Errors
/// Every mistake in the file, each with its place and what was meant.
pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let mut parser = Parser::new(Source::new(name, text));
    let mut base = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        parser.line(index + 1, line, base);
        base += line.len();
    }
    parser.finish()
}

struct Parser {
    source: Source,
    part: Part,
    /// Where `exchange` and `steps` stand.
    begun: Vec<(Part, Span)>,
    title: Option<Spanned<String>>,
    providers: Option<(Span, Vec<Provider>)>,
    scenario: Scenario,
    /// What each set-up line and each step does with names.
    setup_mentions: Vec<Vec<Mention>>,
    step_mentions: Vec<Vec<Mention>>,
    /// Words of lines that could not be read: whether they give a name is not known.
    doubtful: HashSet<String>,
    mistakes: Vec<Mistake>,
}

impl Parser {
    fn new(source: Source) -> Self {
        let scenario = Scenario {
            source: source.clone(),
            title: Spanned::default(),
            needs: Vec::new(),
            providers: Vec::new(),
            setup: Vec::new(),
            steps: Vec::new(),
        };
        Self {
            source,
            part: Part::Header,
            begun: Vec::new(),
            title: None,
            providers: None,
            scenario,
            setup_mentions: Vec::new(),
            step_mentions: Vec::new(),
            doubtful: HashSet::new(),
            mistakes: Vec::new(),
        }
    }

    fn line(&mut self, number: usize, line: &str, base: usize) {
        if let Some(title) = title(line, base) {
            return self.title(title);
        }
        let tokens = match tokens(line, base) {
            Ok(tokens) => tokens,
            Err(mistake) => {
                self.mistakes.push(mistake);
                self.doubt(line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
                return;
            }
        };
        let Some((first, last)) = tokens.first().zip(tokens.last()) else {
            return;
        };
        let span = first.span.to(last.span);
        match part_begun(&tokens) {
            Some(part) => self.begin(part, first.span),
            None => match read_line(self.part, &tokens) {
                Ok(line) => self.take(line, number, span),
                Err(mistakes) => {
                    self.mistakes.extend(mistakes);
                    self.doubt(tokens.iter().map(|token| token.text));
                }
            },
        }
    }

    fn doubt<'a>(&mut self, words: impl Iterator<Item = &'a str>) {
        self.doubtful
            .extend(words.filter(|word| is_name(word)).map(str::to_owned));
    }

    fn title(&mut self, title: Spanned<String>) {
        if let Some(first) = &self.title {
            let repeated = Mistake::new(
                MistakeKind::Repeated,
                title.span,
                "the scenario has a title already",
            );
            self.mistakes.push(
                repeated
                    .related(first.span, "the first")
                    .help("a file holds one scenario"),
            );
        } else if self.part != Part::Header {
            let mistake = Mistake::new(MistakeKind::Misplaced, title.span, "the title comes too late");
            self.mistakes
                .push(mistake.help("`scenario:` is the first line of the file"));
            self.title = Some(title);
        } else {
            if title.node.is_empty() {
                let mistake = Mistake::new(MistakeKind::Missing, title.span, "the scenario has no title");
                self.mistakes
                    .push(mistake.help("say behind `scenario:` what the scenario shows"));
            }
            self.title = Some(title);
        }
    }

    fn begin(&mut self, part: Part, span: Span) {
        if let Some((_, first)) = self.begun.iter().find(|(begun, _)| *begun == part) {
            let message = "this part of the file has begun before";
            let mistake = Mistake::new(MistakeKind::Repeated, span, message).related(*first, "here");
            self.mistakes.push(mistake.help("put the lines of both together"));
        } else if part == Part::Exchange && self.part == Part::Steps {
            let mistake = Mistake::new(
                MistakeKind::Misplaced,
                span,
                "the exchange comes behind the steps",
            );
            self.mistakes
                .push(mistake.help("put `exchange` and its lines before `steps`"));
        }
        self.begun.push((part, span));
        self.part = part;
    }

    fn take(&mut self, line: Line, number: usize, span: Span) {
        self.mistakes.extend(line.problems);
        let kind = match (line.node, self.part) {
            (Node::Needs(needs), _) => return self.scenario.needs.extend(needs),
            (Node::Providers(providers), _) => return self.providers(providers, span),
            (Node::Setup(setup), _) => return self.setup(setup, line.mentions, span),
            (Node::Change(change), Part::Steps) => StepKind::Change(change),
            (Node::Change(change), _) => return self.setup(Setup::Change(change), line.mentions, span),
            (Node::Step(kind), _) => kind,
        };
        let text = self.source.slice(span).to_owned();
        self.scenario.steps.push(Step {
            kind,
            span,
            line: number,
            text,
        });
        self.step_mentions.push(line.mentions);
    }

    fn setup(&mut self, setup: Setup, mentions: Vec<Mention>, span: Span) {
        self.mistakes.extend(check_setup(&setup));
        self.scenario.setup.push(Spanned::new(setup, span));
        self.setup_mentions.push(mentions);
    }

    fn providers(&mut self, providers: Vec<Provider>, span: Span) {
        if let Some((first, _)) = &self.providers {
            let mistake = Mistake::new(
                MistakeKind::Repeated,
                span,
                "the providers have been named before",
            );
            self.mistakes.push(
                mistake
                    .related(*first, "here")
                    .help("name them all on one line, with commas"),
            );
            return;
        }
        for (index, provider) in providers.iter().enumerate() {
            if let Some(first) = providers[..index]
                .iter()
                .find(|first| first.name == provider.name)
            {
                let message = format!("two providers are called `{}`", provider.name);
                let mistake = Mistake::new(MistakeKind::NameTaken, provider.name.span, message);
                self.mistakes.push(
                    mistake
                        .related(first.name.span, "the first")
                        .help("give each its own name"),
                );
            }
        }
        self.providers = Some((span, providers));
    }

    fn finish(mut self) -> Result<Scenario, ScenarioError> {
        let end = Span {
            start: self.source.text().trim_end().len(),
            len: 0,
        };
        if self.title.is_none() {
            let start = Span { start: 0, len: 0 };
            let mistake = Mistake::new(MistakeKind::Missing, start, "the file does not say what it shows");
            self.mistakes
                .push(mistake.help("begin it with `scenario:` and a few words on the same line"));
        }
        if self.scenario.steps.is_empty() && self.mistakes.is_empty() {
            let mistake = Mistake::new(MistakeKind::Missing, end, "the scenario has no steps");
            self.mistakes
                .push(mistake.help("write `steps` on a line of its own, and the steps below it"));
        }
        self.scenario.title = self.title.unwrap_or_default();
        self.scenario.providers = self.providers.map_or_else(
            || {
                vec![Provider {
                    name: Spanned::new("P".to_owned(), end),
                    lines: Spanned::new(1, end),
                    phones: Spanned::new(0, end),
                    version: None,
                }]
            },
            |(_, providers)| providers,
        );
        let mut checker = Checker::new(&self.scenario, &self.doubtful);
        for mentions in &self.setup_mentions {
            checker.setup(mentions);
        }
        for (step, mentions) in self.scenario.steps.iter().zip(&self.step_mentions) {
            checker.step(step, mentions);
        }
        self.mistakes.extend(checker.mistakes);
        if self.mistakes.is_empty() {
            Ok(self.scenario)
        } else {
            Err(ScenarioError::new(&self.source, self.mistakes))
        }
    }
}

/// The title, if the line is `scenario: …`. Up to a comment, it is not split into words: any text will do.
fn title(line: &str, base: usize) -> Option<Spanned<String>> {
    let start = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let behind = start.strip_prefix("scenario")?.trim_start().strip_prefix(':')?;
    let text = behind.split('#').next().unwrap_or_default();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        let from = base + line.len() - start.len();
        return Some(Spanned::new(
            String::new(),
            Span {
                start: from,
                len: "scenario".len(),
            },
        ));
    }
    let from = base + line.len() - behind.len() + (text.len() - text.trim_start().len());
    Some(Spanned::new(
        trimmed.to_owned(),
        Span {
            start: from,
            len: trimmed.len(),
        },
    ))
}

/// The part that this line begins.
fn part_begun(tokens: &[Token<'_>]) -> Option<Part> {
    let [first, rest @ ..] = tokens else { return None };
    if !(rest.is_empty() || rest.len() == 1 && rest[0].text == ":") {
        return None;
    }
    match first.text {
        "exchange" => Some(Part::Exchange),
        "steps" => Some(Part::Steps),
        _ => None,
    }
}
