//! A whole file: its lines, each by the part of the file it stands in.

use super::ast::{Change, Need, Provider, Scenario, Setup, Step, Structure};
use super::error::{Mistake, MistakeKind, ScenarioError};
use super::lexer::tokens;
use super::names;
use super::source::{Source, Span, Spanned};
use super::steps;
use super::words::{Read, Reader};
use crate::tspi::vocabulary;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Header,
    Exchange,
    Steps,
}

/// Reads a scenario. `name` is what messages call it.
///
/// # Errors
/// Every mistake in the file, each with its place and what was meant.
pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
    let source = Source::new(name, text);
    let mut scenario = Scenario {
        source: source.clone(),
        title: Spanned::default(),
        needs: Vec::new(),
        providers: Vec::new(),
        setup: Vec::new(),
        steps: Vec::new(),
    };
    let mut mistakes = Vec::new();
    let mut part = Part::Header;
    let mut base = 0;
    for (index, line) in text.split('\n').enumerate() {
        let read = tokens(line, base).and_then(|tokens| match tokens.as_slice() {
            [] => Ok(part),
            [first] if first.text == "exchange" => Ok(Part::Exchange),
            [first] if first.text == "steps" => Ok(Part::Steps),
            tokens => {
                let span = tokens[0].span.to(tokens[tokens.len() - 1].span);
                let mut reader = Reader::new(tokens);
                read_line(
                    part,
                    &mut reader,
                    &mut scenario,
                    (index + 1, span, source.slice(span)),
                )?;
                match reader.is_done() {
                    true => Ok(part),
                    false => Err(reader.expected("the end of the line")),
                }
            }
        });
        match read {
            Ok(next) => part = next,
            Err(mistake) => mistakes.push(mistake),
        }
        base += line.len() + 1;
    }
    if scenario.title.node.is_empty() && mistakes.is_empty() {
        let message = "the file does not say what it shows";
        let help = "begin it with `scenario: ` and a line that says so";
        mistakes.push(Mistake::new(MistakeKind::Missing, Span::default(), message).help(help));
    }
    if scenario.providers.is_empty() {
        let name = Spanned::new("P".to_owned(), Span::default());
        scenario.providers.push(Provider {
            name,
            lines: Spanned::new(1, Span::default()),
        });
    }
    mistakes.extend(names::check(&scenario));
    match mistakes.is_empty() {
        true => Ok(scenario),
        false => Err(ScenarioError::new(&source, mistakes)),
    }
}

fn read_line(
    part: Part,
    reader: &mut Reader<'_>,
    scenario: &mut Scenario,
    (line, span, text): (usize, Span, &str),
) -> Read<()> {
    match part {
        Part::Header => header(reader, scenario, text),
        Part::Exchange => {
            let setup = setup(reader)?;
            scenario.setup.push(Spanned::new(setup, span));
            Ok(())
        }
        Part::Steps => {
            let kind = steps::step(reader)?;
            scenario.steps.push(Step {
                kind,
                span,
                line,
                text: text.to_owned(),
            });
            Ok(())
        }
    }
}

const HEADERS: [&str; 3] = ["scenario", "needs", "providers"];

fn header(reader: &mut Reader<'_>, scenario: &mut Scenario, text: &str) -> Read<()> {
    let start = reader.here();
    let word = reader.word("a header: scenario, needs or providers")?;
    if !HEADERS.contains(&word.node.as_str()) {
        let message = format!("`{word}` is no header");
        return Err(Mistake::new(MistakeKind::UnknownVerb, start, message).suggest(
            steps::nearest(&word.node, HEADERS.into_iter()),
            || {
                "the header is `scenario:`, `needs:` and `providers:`; then come `exchange` and `steps`"
                    .to_owned()
            },
        ));
    }
    reader.need(":")?;
    match word.node.as_str() {
        "scenario" => {
            let title = text.split_once(':').map_or("", |(_, title)| title.trim());
            if !scenario.title.node.is_empty() {
                return Err(Mistake::new(
                    MistakeKind::Repeated,
                    start,
                    "the file has a title already",
                ));
            }
            scenario.title = Spanned::new(title.to_owned(), start);
            while !reader.is_done() {
                reader.skip();
            }
            Ok(())
        }
        "needs" => comma_separated(reader, need).map(|needs| scenario.needs.extend(needs)),
        _ => comma_separated(reader, provider).map(|providers| scenario.providers.extend(providers)),
    }
}

fn comma_separated<T>(
    reader: &mut Reader<'_>,
    mut one: impl FnMut(&mut Reader<'_>) -> Read<T>,
) -> Read<Vec<T>> {
    let mut all = vec![one(reader)?];
    while reader.words(",") {
        all.push(one(reader)?);
    }
    Ok(all)
}

/// The capabilities that a scenario can need, by the prefix of the constant.
const CAPABILITIES: [(&str, Structure, &str); 3] = [
    ("LINEDEVCAPFLAGS_", Structure::DevCaps, "dwDevCapFlags"),
    ("LINEADDRCAPFLAGS_", Structure::AddressCaps, "dwAddrCapFlags"),
    ("LINEFEATURE_", Structure::DevCaps, "dwLineFeatures"),
];

fn need(reader: &mut Reader<'_>) -> Read<Spanned<Need>> {
    let word = reader.word("a function, a capability or `modem`")?;
    if word.node == "modem" {
        return Ok(word.map(|_| Need::Modem));
    }
    if let Some((_, structure, field)) = CAPABILITIES
        .into_iter()
        .find(|(prefix, ..)| word.node.starts_with(prefix))
    {
        if vocabulary::is_constant(&word.node) {
            return Ok(word.map(|constant| Need::Capability {
                structure,
                field,
                constant,
            }));
        }
        let message = format!("there is no constant `{word}`");
        return Err(Mistake::new(MistakeKind::UnknownConstant, word.span, message)
            .suggest(vocabulary::nearest_constant(&word.node), || {
                "`offhook explain` knows every constant".to_owned()
            }));
    }
    if vocabulary::is_function(&word.node) {
        return Ok(word.map(Need::Function));
    }
    let message = format!("TSPI has no function `{word}`");
    Err(Mistake::new(MistakeKind::UnknownFunction, word.span, message)
        .suggest(vocabulary::nearest_function(&word.node), || {
            "`offhook list functions` names them".to_owned()
        }))
}

fn provider(reader: &mut Reader<'_>) -> Read<Provider> {
    let name = reader.word("the name of a provider")?;
    reader.need("with")?;
    let lines = reader.number("the number of its lines")?;
    if !(reader.words("lines") || reader.words("line")) {
        return Err(reader.expected("`line` or `lines`"));
    }
    Ok(Provider { name, lines })
}

fn setup(reader: &mut Reader<'_>) -> Read<Setup> {
    if reader.words("station") {
        let number = reader.phone()?;
        return Ok(Setup::Change(Change::Station {
            number,
            behaviour: steps::behaviour(reader)?,
        }));
    }
    reader.need("line")?;
    let line = reader.line_ref()?;
    if reader.words("gives up after") {
        return Ok(Setup::GivesUpAfter {
            line,
            after: reader.duration()?,
        });
    }
    match steps::dial_tone(reader) {
        Some(present) => Ok(Setup::Change(Change::DialTone { line, present })),
        None => {
            reader.need("is")?;
            Ok(Setup::Number {
                line,
                number: reader.phone()?,
            })
        }
    }
}
