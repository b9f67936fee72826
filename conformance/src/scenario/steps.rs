//! The steps: a table of verbs by their first word, and how each goes on.

use super::ast::{
    Action, Behaviour, CallerId, Change, Comparison, Expectation, ExpectationKind, Name, Outcome,
    QueryTarget, ReportMessage, StationAction, StationEvent, StepKind, Structure,
};
use super::error::{Mistake, MistakeKind};
use super::words::{Read, Reader, in_family};
use crate::tspi::vocabulary;

type ReadStep = fn(&mut Reader<'_>) -> Read<StepKind>;

/// Every verb: the words that it begins with, and what reads the rest of its line.
const VERBS: &[(&str, ReadStep)] = &[
    ("open line", |reader| app(reader, open_line)),
    ("close line", |reader| {
        app(reader, |reader| {
            Ok(Action::CloseLine {
                line: reader.word(LINE)?,
            })
        })
    }),
    ("watch incoming calls on", |reader| app(reader, watch)),
    ("make call", |reader| app(reader, make_call)),
    ("dial", |reader| app(reader, dial)),
    ("answer", |reader| {
        app(reader, |reader| {
            Ok(Action::Answer {
                call: reader.word(CALL)?,
            })
        })
    }),
    ("accept", |reader| {
        app(reader, |reader| {
            Ok(Action::Accept {
                call: reader.word(CALL)?,
            })
        })
    }),
    ("drop", |reader| {
        app(reader, |reader| {
            Ok(Action::Drop {
                call: reader.word(CALL)?,
            })
        })
    }),
    ("close call", |reader| {
        app(reader, |reader| {
            Ok(Action::CloseCall {
                call: reader.word(CALL)?,
            })
        })
    }),
    ("send digits", |reader| app(reader, send_digits)),
    ("set media mode of", |reader| app(reader, set_media_mode)),
    ("query", |reader| app(reader, query)),
    ("begin", begin),
    ("station", station),
    ("line", line),
    ("wait", |reader| Ok(StepKind::Wait(reader.duration()?))),
    ("expect", expect),
];

const LINE: &str = "the name of an open line";
const CALL: &str = "the name of a call";

/// Reads one step.
pub(super) fn step(reader: &mut Reader<'_>) -> Read<StepKind> {
    for (words, read) in VERBS {
        if reader.words(words) {
            return read(reader);
        }
    }
    let start = reader.here();
    let word = reader.word("a step")?;
    let message = format!("`{word}` begins no step");
    let first = |(words, _): &(&'static str, ReadStep)| words.split(' ').next().unwrap_or_default();
    let near = VERBS
        .iter()
        .find(|verb| first(verb) == word.node)
        .map(|(words, _)| *words);
    let near = near.or_else(|| {
        let of_first = nearest(&word.node, VERBS.iter().map(first))?;
        VERBS
            .iter()
            .find(|verb| first(verb) == of_first)
            .map(|(words, _)| *words)
    });
    Err(
        Mistake::new(MistakeKind::UnknownVerb, start, message).suggest(near, || {
            format!(
                "a step begins with one of: {}",
                VERBS
                    .iter()
                    .map(|(words, _)| *words)
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }),
    )
}

/// The word nearest to a misspelt one, if any is near.
pub(super) fn nearest<'w>(word: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let near = words.map(|known| (strsim::jaro_winkler(word, known), known));
    near.max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.75)
        .map(|(_, known)| known)
}

fn app(reader: &mut Reader<'_>, read: fn(&mut Reader<'_>) -> Read<Action>) -> Read<StepKind> {
    let action = read(reader)?;
    let ending = reader.ending()?.unwrap_or(super::ast::Ending::Completes);
    Ok(StepKind::App {
        action,
        outcome: Outcome::Ends(ending),
    })
}

fn begin(reader: &mut Reader<'_>) -> Read<StepKind> {
    let start = reader.here();
    let StepKind::App { action, .. } = step(reader)? else {
        return Err(Mistake::new(
            MistakeKind::Syntax,
            start,
            "only a step of the application can be begun",
        ));
    };
    reader.need("as")?;
    let name = reader.word("a name for the request")?;
    Ok(StepKind::App {
        action,
        outcome: Outcome::Begun(name),
    })
}

fn open_line(reader: &mut Reader<'_>) -> Read<Action> {
    let line = reader.line_ref()?;
    reader.need("as")?;
    Ok(Action::OpenLine {
        line,
        bind: reader.word("a name for the line")?,
    })
}

fn media(reader: &mut Reader<'_>) -> Read<Vec<Name>> {
    if reader.words("for") {
        reader.constants("LINEMEDIAMODE", "and")
    } else {
        Ok(Vec::new())
    }
}

fn watch(reader: &mut Reader<'_>) -> Read<Action> {
    Ok(Action::WatchIncoming {
        line: reader.word(LINE)?,
        media: media(reader)?,
    })
}

fn make_call(reader: &mut Reader<'_>) -> Read<Action> {
    let bind = reader.word("a name for the call")?;
    reader.need("on")?;
    let line = reader.word(LINE)?;
    let to = if reader.words("to") {
        Some(reader.text("what to dial, as a string")?)
    } else {
        None
    };
    Ok(Action::MakeCall {
        bind,
        line,
        to,
        media: media(reader)?,
    })
}

fn dial(reader: &mut Reader<'_>) -> Read<Action> {
    let digits = reader.text("what to dial, as a string")?;
    reader.need("on")?;
    Ok(Action::Dial {
        digits,
        call: reader.word(CALL)?,
    })
}

fn send_digits(reader: &mut Reader<'_>) -> Read<Action> {
    let digits = reader.text("a string of digits")?;
    reader.need("on")?;
    Ok(Action::SendDigits {
        digits,
        call: reader.word(CALL)?,
    })
}

fn set_media_mode(reader: &mut Reader<'_>) -> Read<Action> {
    let call = reader.word(CALL)?;
    reader.need("to")?;
    Ok(Action::SetMediaMode {
        call,
        media: reader.constants("LINEMEDIAMODE", "and")?,
    })
}

/// The structures that can be queried, and whether of a call.
const STRUCTURES: [(Structure, bool); 6] = [
    (Structure::CallInfo, true),
    (Structure::CallStatus, true),
    (Structure::DevCaps, false),
    (Structure::AddressCaps, false),
    (Structure::DevStatus, false),
    (Structure::AddressStatus, false),
];

fn query(reader: &mut Reader<'_>) -> Read<Action> {
    let word = reader.word("a structure, as in `LINECALLINFO`")?;
    let found = STRUCTURES
        .into_iter()
        .find(|(structure, _)| structure.name() == word.node);
    let Some((structure, of_call)) = found else {
        let names = STRUCTURES.iter().map(|(structure, _)| structure.name());
        let message = format!("`{word}` cannot be queried");
        return Err(Mistake::new(MistakeKind::Syntax, word.span, message).suggest(nearest(&word.node, names), || {
            "LINECALLINFO, LINECALLSTATUS, LINEDEVCAPS, LINEADDRESSCAPS, LINEDEVSTATUS and LINEADDRESSSTATUS can".to_owned()
        }));
    };
    reader.need("of")?;
    let of = match reader.words("line") {
        true => QueryTarget::Line(reader.line_ref()?),
        false if of_call => QueryTarget::Call(reader.word(CALL)?),
        false => QueryTarget::OpenLine(reader.word(LINE)?),
    };
    Ok(Action::Query { structure, of })
}

/// What a station does when it is called.
pub(super) fn behaviour(reader: &mut Reader<'_>) -> Read<Behaviour> {
    if reader.words("answers after") {
        return Ok(Behaviour::AnswersAfter(reader.duration()?));
    }
    match (reader.words("is busy"), reader.words("never answers")) {
        (true, _) => Ok(Behaviour::Busy),
        (_, true) => Ok(Behaviour::NeverAnswers),
        _ => Err(reader.expected("`answers after …`, `is busy` or `never answers`")),
    }
}

/// `has dial tone` or `has no dial tone`.
pub(super) fn dial_tone(reader: &mut Reader<'_>) -> Option<bool> {
    match (reader.words("has no dial tone"), reader.words("has dial tone")) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    }
}

fn station(reader: &mut Reader<'_>) -> Read<StepKind> {
    let number = reader.phone()?;
    let action = if reader.words("calls line") {
        let line = reader.line_ref()?;
        StationAction::Calls {
            line,
            caller_id: caller_id(reader)?,
        }
    } else if reader.words("hangs up") {
        StationAction::HangsUp
    } else if reader.words("sends") {
        StationAction::Sends(reader.bytes("a string")?)
    } else if reader.words("answers after") {
        let behaviour = Behaviour::AnswersAfter(reader.duration()?);
        return Ok(StepKind::Change(Change::Station { number, behaviour }));
    } else if reader.words("answers") {
        StationAction::Answers
    } else {
        let behaviour = behaviour(reader).map_err(|_| {
            reader.expected(
                "`calls line …`, `answers`, `hangs up`, `sends \"…\"`, or what it does when it is called",
            )
        })?;
        return Ok(StepKind::Change(Change::Station { number, behaviour }));
    };
    Ok(StepKind::Station { number, action })
}

fn caller_id(reader: &mut Reader<'_>) -> Read<Option<CallerId>> {
    if reader.words("showing nothing") {
        return Ok(None);
    }
    let number = if reader.words("showing") {
        Some(reader.text("the number shown, as a string")?)
    } else {
        None
    };
    let name = if reader.words("named") {
        Some(reader.text("the name shown, as a string")?)
    } else {
        None
    };
    Ok(Some(CallerId { number, name }))
}

fn line(reader: &mut Reader<'_>) -> Read<StepKind> {
    let line = reader.line_ref()?;
    if reader.words("is cut") {
        return Ok(StepKind::Cut { line });
    }
    match dial_tone(reader) {
        Some(present) => Ok(StepKind::Change(Change::DialTone { line, present })),
        None => Err(reader.expected("`is cut`, `has dial tone` or `has no dial tone`")),
    }
}

fn expect(reader: &mut Reader<'_>) -> Read<StepKind> {
    let kind = expectation(reader)?;
    let within = if reader.words("within") {
        Some(reader.duration()?)
    } else {
        None
    };
    Ok(StepKind::Expect(Expectation { kind, within }))
}

fn expectation(reader: &mut Reader<'_>) -> Read<ExpectationKind> {
    if reader.words("nothing on") {
        let call = reader.word(CALL)?;
        reader.need("for")?;
        return Ok(ExpectationKind::Nothing {
            call,
            lasting: reader.duration()?,
        });
    }
    if reader.words("call") {
        let bind = reader.word("a name for the call")?;
        reader.need("on")?;
        let line = reader.word(LINE)?;
        let states = if reader.words("is") {
            reader.states()?
        } else {
            Vec::new()
        };
        return Ok(ExpectationKind::IncomingCall { bind, line, states });
    }
    if reader.words("its") {
        let field = reader.word("a member of the structure that was queried")?;
        return Ok(ExpectationKind::Field {
            field,
            comparison: comparison(reader)?,
        });
    }
    if reader.words("station") {
        let number = reader.phone()?;
        return Ok(ExpectationKind::Station {
            number,
            event: station_event(reader)?,
        });
    }
    let of = reader.word("`call`, `its`, `nothing`, `station`, or a name")?;
    if reader.words("is") {
        return Ok(ExpectationKind::State {
            call: of,
            states: reader.states()?,
        });
    }
    if reader.words("reaches") {
        return Ok(ExpectationKind::Reaches {
            call: of,
            states: reader.states()?,
        });
    }
    if reader.words("reports") {
        let (message, any_of) = reports(reader)?;
        return Ok(ExpectationKind::Reports { message, of, any_of });
    }
    match reader.ending()? {
        Some(ending) => Ok(ExpectationKind::Request { request: of, ending }),
        None => Err(reader.expected("`is`, `reaches`, `reports`, `completes` or `fails`")),
    }
}

/// The families that a report can name, and the message that carries each.
const REPORTS: [(&str, ReportMessage); 4] = [
    ("LINECALLINFOSTATE", ReportMessage::CallInfo),
    ("LINEGENERATETERM", ReportMessage::Generate),
    ("LINEDEVSTATE", ReportMessage::LineDevState),
    ("LINEADDRESSSTATE", ReportMessage::AddressState),
];

fn reports(reader: &mut Reader<'_>) -> Read<(ReportMessage, Vec<Name>)> {
    let word = reader.word("a constant, as in `LINECALLINFOSTATE_CALLERID`")?;
    let prefix = |name: &str| word.node.starts_with(&format!("{name}_"));
    let Some((family, message)) = REPORTS.into_iter().find(|(name, _)| prefix(name)) else {
        return Err(in_family(&word, &REPORTS.map(|(name, _)| name))
            .err()
            .unwrap_or_else(|| {
                Mistake::new(
                    MistakeKind::Syntax,
                    word.span,
                    "write this constant by its whole name",
                )
            }));
    };
    let mut names = vec![in_family(&word, &[family])?];
    while reader.words("or") {
        names.push(reader.constant(family)?);
    }
    Ok((message, names))
}

fn comparison(reader: &mut Reader<'_>) -> Read<Comparison> {
    let bits = |reader: &mut Reader<'_>| -> Read<Vec<Name>> {
        let mut names = vec![reader.any_constant("a constant")?];
        while reader.words("and") {
            names.push(reader.any_constant("a constant")?);
        }
        Ok(names)
    };
    if reader.words("is not") {
        return Ok(Comparison::IsNot(reader.values()?));
    }
    if reader.words("is at least") {
        return Ok(Comparison::AtLeast(reader.number("a number")?));
    }
    if reader.words("is at most") {
        return Ok(Comparison::AtMost(reader.number("a number")?));
    }
    if reader.words("is") {
        return Ok(Comparison::Is(reader.values()?));
    }
    if reader.words("has") {
        return Ok(Comparison::Has(bits(reader)?));
    }
    if reader.words("lacks") {
        return Ok(Comparison::Lacks(bits(reader)?));
    }
    Err(reader.expected("`is`, `is not`, `has`, `lacks`, `is at least` or `is at most`"))
}

fn station_event(reader: &mut Reader<'_>) -> Read<StationEvent> {
    if reader.words("receives digits") {
        return Ok(StationEvent::ReceivesDigits(reader.text("a string of digits")?));
    }
    if reader.words("receives") {
        return Ok(StationEvent::Receives(reader.bytes("a string")?));
    }
    let plain = [
        ("rings", StationEvent::Rings),
        ("is answered", StationEvent::IsAnswered),
        ("hears busy tone", StationEvent::HearsBusyTone),
        ("hears hang-up", StationEvent::HearsHangUp),
    ];
    let found = plain.into_iter().find(|(words, _)| reader.words(words));
    found.map(|(_, event)| event).ok_or_else(|| {
        reader.expected(
            "`rings`, `is answered`, `hears busy tone`, `hears hang-up`, `receives …` or `receives digits …`",
        )
    })
}

/// Whether a member of any structure that can be queried has this name.
pub(super) fn is_field(structure: Structure, name: &str) -> bool {
    vocabulary::is_field(Some(structure.name()), name)
}
