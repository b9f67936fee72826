//! Rows of the header, of the exchange, and of what the far end and the lines do.

use super::super::ast::{Behaviour, CallerId, Change, Given, Setup, StationAction, StepKind, Wants};
use super::super::value::Values;
use super::{Node, Place, Verb, row};

pub(super) fn header() -> Vec<Verb> {
    use Place::Header;
    vec![
        row(
            Header,
            "needs : <needs>",
            "what a provider must have, or the scenario is skipped",
            "needs: modem, LINEADDRCAPFLAGS_PARTIALDIAL",
            |v| Node::Needs(v.take()),
        )
        .also(&["requires", "need"]),
        row(
            Header,
            "providers : <providers>",
            "the providers, and how many lines each is installed with",
            "providers: P with 1 line, Q with 2 lines",
            |v| Node::Providers(v.take()),
        )
        .also(&["provider"]),
    ]
}

pub(super) fn exchange() -> Vec<Verb> {
    use Place::{Both, Exchange};
    vec![
        row(
            Exchange,
            "line <device> is <phone>",
            "the line's telephone number",
            "line 1 is 101",
            |v| {
                Node::Setup(Setup::Number {
                    line: v.take(),
                    number: v.take(),
                })
            },
        ),
        row(
            Exchange,
            "line <device> gives up after <duration>",
            "how long the line's modem waits for an answer",
            "line 1 of P gives up after 2 s",
            |v| {
                Node::Setup(Setup::GivesUpAfter {
                    line: v.take(),
                    after: v.take(),
                })
            },
        ),
        row(
            Both,
            "station <phone> answers after <duration>",
            "how long it rings when it is called",
            "station 5551234 answers after 200 ms",
            |v| {
                let number = v.take();
                Node::Change(Change::Station {
                    number,
                    behaviour: Behaviour::AnswersAfter(v.take()),
                })
            },
        ),
        row(
            Both,
            "station <phone> is busy",
            "it is busy when it is called",
            "station 5550000 is busy",
            |v| {
                Node::Change(Change::Station {
                    number: v.take(),
                    behaviour: Behaviour::Busy,
                })
            },
        ),
        row(
            Both,
            "station <phone> never answers",
            "it rings until the caller gives up",
            "station 5559999 never answers",
            |v| {
                Node::Change(Change::Station {
                    number: v.take(),
                    behaviour: Behaviour::NeverAnswers,
                })
            },
        ),
        row(
            Both,
            "switch <desk>",
            "somebody does something at the telephones of a PBX, or to its link",
            "switch \"do-not-disturb 202 on\"",
            |v| Node::Change(Change::Switch(v.take())),
        ),
        row(
            Both,
            "line <device> has no dial tone",
            "the exchange gives the line no dial tone",
            "line 1 has no dial tone",
            |v| {
                Node::Change(Change::DialTone {
                    line: v.take(),
                    present: false,
                })
            },
        ),
        row(
            Both,
            "line <device> has dial tone",
            "the exchange gives the line dial tone",
            "line 1 has dial tone",
            |v| {
                Node::Change(Change::DialTone {
                    line: v.take(),
                    present: true,
                })
            },
        ),
    ]
}

pub(super) fn device() -> Vec<Verb> {
    let step = |form, meaning, example, build| row(Place::Steps, form, meaning, example, build);
    vec![
        step(
            "station <phone> calls line <device> showing nothing",
            "it calls, and does not say who it is",
            "station 5551234 calls line 1 showing nothing",
            |v| {
                let (number, line) = (v.take(), v.take());
                Node::Step(StepKind::Station {
                    number,
                    action: StationAction::Calls {
                        line,
                        caller_id: None,
                    },
                })
            },
        )
        .also(&["remote"]),
        step(
            "station <phone> calls line <device> [showing <dialable>] [named <text>]",
            "it calls a line",
            "station 5551234 calls line 1 showing \"5550001\" named \"JANE DOE\"",
            |v| {
                let (number, line) = (v.take(), v.take());
                let caller_id = Some(CallerId {
                    number: v.take(),
                    name: v.take(),
                });
                Node::Step(StepKind::Station {
                    number,
                    action: StationAction::Calls { line, caller_id },
                })
            },
        ),
        step(
            "station <phone> answers",
            "it answers a call that rings",
            "station 5551234 answers",
            |v| does(v, |_| StationAction::Answers),
        ),
        step(
            "station <phone> hangs up",
            "it ends its call",
            "station 5551234 hangs up",
            |v| does(v, |_| StationAction::HangsUp),
        ),
        step(
            "station <phone> sends <data>",
            "it sends data to the other end",
            "station 5551234 sends \"hello\\r\\n\"",
            |v| does(v, |v| StationAction::Sends(v.take())),
        ),
        step(
            "line <device> is cut",
            "the line is pulled out of the wall",
            "line 1 is cut",
            |v| Node::Step(StepKind::Cut { line: v.take() }),
        ),
        step(
            "application <application> watches <statuses> on <watched>",
            "TAPI asks for all that applications watch there",
            "application A watches LINEDEVSTATE_RINGING and LINEADDRESSSTATE_NUMCALLS on L",
            |v| {
                let (name, states, on) = (v.take(), v.take(), v.take());
                Node::Step(StepKind::Application {
                    name,
                    wants: Wants::Reports { on, states },
                })
            },
        ),
        step(
            "application <application> takes calls for <media> on <line>",
            "TAPI has all media modes detected that applications take",
            "application A takes calls for LINEMEDIAMODE_G3FAX and LINEMEDIAMODE_DATAMODEM on L",
            |v| {
                let (name, media, on) = (v.take(), v.take(), v.take());
                let media = match media {
                    Given::Constants(media) => media,
                    _ => Vec::new(),
                };
                Node::Step(StepKind::Application {
                    name,
                    wants: Wants::Calls { on, media },
                })
            },
        ),
        step(
            "application <application> leaves <watched>",
            "it wants nothing there any more",
            "application A leaves L",
            |v| {
                let (name, on) = (v.take(), v.take());
                Node::Step(StepKind::Application {
                    name,
                    wants: Wants::Nothing { on },
                })
            },
        ),
        step(
            "refuse <number> new calls [from <provider>]",
            "TAPI answers the next LINE_NEWCALLs with NULL, as where it is short of memory",
            "refuse 2 new calls from P",
            |v| {
                Node::Step(StepKind::RefuseNewCalls {
                    count: v.take(),
                    provider: v.take(),
                })
            },
        ),
        step(
            "wait <duration>",
            "nothing is done for a while",
            "wait 300 ms",
            |v| Node::Step(StepKind::Wait(v.take())),
        )
        .also(&["sleep", "pause"]),
    ]
}

fn does(v: &mut Values, action: fn(&mut Values) -> StationAction) -> Node {
    let number = v.take();
    Node::Step(StepKind::Station {
        number,
        action: action(v),
    })
}
