//! Rows of the expectations.

use super::super::ast::{Comparison, Expectation, ExpectationKind, StationEvent, StepKind};
use super::super::value::Values;
use super::{Node, Place, Verb, row};

/// Takes what is expected, then by when.
fn expected(v: &mut Values, kind: fn(&mut Values) -> ExpectationKind) -> Node {
    let kind = kind(v);
    let within = if v.is_empty() { None } else { v.take() };
    Node::Step(StepKind::Expect(Expectation { kind, within }))
}

pub(super) fn expectations() -> Vec<Verb> {
    use ExpectationKind as Kind;
    let expect = |form, meaning, example, build| row(Place::Steps, form, meaning, example, build);
    let mut rows = vec![
        expect(
            "expect <call> is <states> [within <duration>]",
            "the next LINE_CALLSTATE is one of these",
            "expect C is DISCONNECTED with LINEDISCONNECTMODE_NORMAL or IDLE within 5 s",
            |v| {
                expected(v, |v| Kind::State {
                    call: v.take(),
                    states: v.take(),
                })
            },
        )
        .also(&["assert", "check"]),
        expect(
            "expect <call> reaches <states> [within <duration>]",
            "one of these states comes, others may before",
            "expect C reaches CONNECTED",
            |v| {
                expected(v, |v| Kind::Reaches {
                    call: v.take(),
                    states: v.take(),
                })
            },
        ),
        expect(
            "expect call <new-call> on <line> [is <states>] [within <duration>]",
            "LINE_NEWCALL, and the call's first state",
            "expect call D on L is OFFERING within 8 s",
            |v| {
                expected(v, |v| {
                    let (bind, line) = (v.take(), v.take());
                    Kind::IncomingCall {
                        bind,
                        line,
                        states: v.take_or_default(),
                    }
                })
            },
        ),
        expect(
            "expect <call> reports <call-reports> [within <duration>]",
            "LINE_CALLINFO or LINE_GENERATE",
            "expect C reports LINECALLINFOSTATE_CALLERID",
            |v| expected(v, reported),
        ),
        expect(
            "expect <line> reports <line-reports> [within <duration>]",
            "LINE_LINEDEVSTATE or LINE_ADDRESSSTATE",
            "expect L reports LINEDEVSTATE_RINGING or LINEDEVSTATE_DEVSPECIFIC within 3 s",
            |v| expected(v, reported),
        ),
        expect(
            "expect <telephone> reports <telephone-reports> [within <duration>]",
            "PHONE_STATE",
            "expect H reports PHONESTATE_LAMP",
            |v| expected(v, reported),
        ),
        expect(
            "expect only reports asked for on <watched>",
            "no report of a status that no application asked for",
            "expect only reports asked for on L",
            |v| expected(v, |v| Kind::OnlyAsked { of: v.take() }),
        ),
        expect(
            "expect <message> on <whom> [with <message-values>] [within <duration>]",
            "a message of a line, a call or a phone",
            "expect LINE_MONITORDIGITS on C with digit \"5\", LINEDIGITMODE_DTMF within 2 s",
            |v| {
                expected(v, |v| Kind::Message {
                    message: v.take(),
                    of: v.take(),
                    values: v.take_or_default(),
                })
            },
        ),
        expect(
            "expect <device-message> [from <provider>] [with <message-values>] [within <duration>]",
            "a provider gains or loses a device",
            "expect LINE_CREATE from P within 2 s",
            |v| {
                expected(v, |v| Kind::DeviceMessage {
                    message: v.take(),
                    provider: v.take(),
                    values: v.take_or_default(),
                })
            },
        ),
        expect(
            "expect dialog instance <new-dialog> [from <provider>] [within <duration>]",
            "LINE_CREATEDIALOGINSTANCE",
            "expect dialog instance J from P within 2 s",
            |v| {
                expected(v, |v| Kind::Dialog {
                    bind: v.take(),
                    provider: v.take(),
                })
            },
        ),
        expect(
            "expect nothing on <call> for <duration>",
            "no further state in that time",
            "expect nothing on C for 300 ms",
            |v| {
                expected(v, |v| Kind::Nothing {
                    call: v.take(),
                    lasting: v.take(),
                })
            },
        ),
        expect(
            "expect <request> <ending> [within <duration>]",
            "ASYNC_COMPLETION of a request begun before",
            "expect R completes or fails with LINEERR_OPERATIONFAILED within 2 s",
            |v| {
                expected(v, |v| Kind::Request {
                    request: v.take(),
                    ending: v.take(),
                })
            },
        ),
        expect(
            "expect station <phone> receives digits <digits> [within <duration>]",
            "DTMF digits reach it",
            "expect station 5551234 receives digits \"123\"",
            |v| expected(v, |v| seen(v, |v| StationEvent::ReceivesDigits(v.take()))),
        ),
        expect(
            "expect station <phone> receives <data> [within <duration>]",
            "data reaches it",
            "expect station 5551234 receives \"hello\" within 2 s",
            |v| expected(v, |v| seen(v, |v| StationEvent::Receives(v.take()))),
        ),
        expect(
            "expect switch receives <text> [within <duration>]",
            "a CSTA message that holds this text goes to the PBX",
            "expect switch receives \"MakeCall\"",
            |v| {
                expected(v, |v| Kind::Switch {
                    receives: true,
                    text: v.take(),
                })
            },
        ),
        expect(
            "expect switch sends <text> [within <duration>]",
            "a CSTA message that holds this text comes from the PBX",
            "expect switch sends \"DeliveredEvent\" within 2 s",
            |v| {
                expected(v, |v| Kind::Switch {
                    receives: false,
                    text: v.take(),
                })
            },
        ),
    ];
    macro_rules! seen {
        ($form:literal, $meaning:literal, $example:literal, $event:ident) => {
            rows.push(expect($form, $meaning, $example, |v| {
                expected(v, |v| seen(v, |_| StationEvent::$event))
            }))
        };
    }
    seen!(
        "expect station <phone> rings [within <duration>]",
        "a call reaches it",
        "expect station 5551234 rings",
        Rings
    );
    seen!(
        "expect station <phone> is answered [within <duration>]",
        "the call that it makes is answered",
        "expect station 5551234 is answered",
        IsAnswered
    );
    seen!(
        "expect station <phone> hears busy tone [within <duration>]",
        "the line that it calls is busy",
        "expect station 5551234 hears busy tone",
        HearsBusyTone
    );
    seen!(
        "expect station <phone> hears hang-up [within <duration>]",
        "the other end has hung up",
        "expect station 5551234 hears hang-up within 5 s",
        HearsHangUp
    );
    rows
}

fn reported(v: &mut Values) -> ExpectationKind {
    let of = v.take();
    let (message, any_of) = v.take();
    ExpectationKind::Reports { message, of, any_of }
}

fn seen(v: &mut Values, event: fn(&mut Values) -> StationEvent) -> ExpectationKind {
    let number = v.take();
    ExpectationKind::Station {
        number,
        event: event(v),
    }
}

/// Looks at members of the structure that was queried last.
pub(super) fn looks() -> Vec<Verb> {
    let look = |form, meaning, example, build| row(Place::Steps, form, meaning, example, build);
    fn its(v: &mut Values, comparison: fn(&mut Values) -> Comparison) -> Node {
        let (field, comparison) = (v.take(), comparison(v));
        let kind = ExpectationKind::Field { field, comparison };
        Node::Step(StepKind::Expect(Expectation { kind, within: None }))
    }
    vec![
        look(
            "expect its <field> is at least <number>",
            "a member is not less",
            "expect its dwNumOwners is at least 1",
            |v| its(v, |v| Comparison::AtLeast(v.take())),
        ),
        look(
            "expect its <field> is at most <number>",
            "a member is not more",
            "expect its dwNumOwners is at most 2",
            |v| its(v, |v| Comparison::AtMost(v.take())),
        ),
        look(
            "expect its <field> is not <values>",
            "a member is none of these",
            "expect its dwMediaMode is not 0",
            |v| its(v, |v| Comparison::IsNot(v.take())),
        ),
        look(
            "expect its <field> is <values>",
            "a member is one of these",
            "expect its CallerID is \"5551234\" or \"\"",
            |v| its(v, |v| Comparison::Is(v.take())),
        ),
        look(
            "expect its <field> has <bits>",
            "a member has all these bits",
            "expect its dwMediaMode has LINEMEDIAMODE_DATAMODEM",
            |v| its(v, |v| Comparison::Has(v.take())),
        ),
        look(
            "expect its <field> lacks <bits>",
            "a member has none of these bits",
            "expect its dwOrigin lacks LINECALLORIGIN_INBOUND and LINECALLORIGIN_UNKNOWN",
            |v| its(v, |v| Comparison::Lacks(v.take())),
        ),
    ]
}
