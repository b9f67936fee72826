//! Rows of the steps of the application, a TSPI function each.

use super::super::ast::{Action, QueryTarget, Structure};
use super::{Node, Place, Verb, row};

pub(super) fn actions() -> Vec<Verb> {
    let action = |form, meaning, example, build| row(Place::App, form, meaning, example, build);
    let mut rows = vec![
        action(
            "open line <device> as <new-line>",
            "TSPI_lineOpen",
            "open line 1 as L",
            |v| {
                Node::Action(Action::OpenLine {
                    line: v.take(),
                    bind: v.take(),
                })
            },
        ),
        action("close line <end-line>", "TSPI_lineClose", "close line L", |v| {
            Node::Action(Action::CloseLine { line: v.take() })
        }),
        action(
            "watch incoming calls on <line> [for <media>]",
            "TSPI_lineSetDefaultMediaDetection",
            "watch incoming calls on L for LINEMEDIAMODE_DATAMODEM",
            |v| {
                Node::Action(Action::WatchIncoming {
                    line: v.take(),
                    media: v.take_or_default(),
                })
            },
        ),
        action(
            "make call <new-call> on <line> [to <dialable>] [for <media>]",
            "TSPI_lineMakeCall",
            "make call D on L to \"5551234\"",
            |v| {
                let (bind, line, to) = (v.take(), v.take(), v.take());
                Node::Action(Action::MakeCall {
                    bind,
                    line,
                    to,
                    media: v.take_or_default(),
                })
            },
        )
        .also(&["call"]),
        action(
            "dial <digits> on <call>",
            "TSPI_lineDial",
            "dial \"34\" on C",
            |v| {
                Node::Action(Action::Dial {
                    digits: v.take(),
                    call: v.take(),
                })
            },
        ),
        action("answer <call>", "TSPI_lineAnswer", "answer C", |v| {
            Node::Action(Action::Answer { call: v.take() })
        })
        .also(&["pick", "pickup"]),
        action("accept <call>", "TSPI_lineAccept", "accept C", |v| {
            Node::Action(Action::Accept { call: v.take() })
        }),
        action("drop <call>", "TSPI_lineDrop", "drop C", |v| {
            Node::Action(Action::Drop { call: v.take() })
        })
        .also(&["hang", "hangup", "disconnect", "end"]),
        action(
            "close call <end-call>",
            "TSPI_lineCloseCall",
            "close call C",
            |v| Node::Action(Action::CloseCall { call: v.take() }),
        )
        .also(&["deallocate"]),
        action(
            "send digits <digits> on <call>",
            "TSPI_lineGenerateDigits",
            "send digits \"123\" on C",
            |v| {
                Node::Action(Action::SendDigits {
                    digits: v.take(),
                    call: v.take(),
                })
            },
        )
        .also(&["generate"]),
        action(
            "set media mode of <call> to <media>",
            "TSPI_lineSetMediaMode",
            "set media mode of C to LINEMEDIAMODE_DATAMODEM",
            |v| {
                Node::Action(Action::SetMediaMode {
                    call: v.take(),
                    media: v.take(),
                })
            },
        ),
    ];
    macro_rules! query {
        ($form:literal, $example:literal, $structure:ident, $target:ident) => {
            rows.push(
                action($form, Structure::$structure.function(), $example, |v| {
                    Node::Action(Action::Query {
                        structure: Structure::$structure,
                        of: QueryTarget::$target(v.take()),
                    })
                })
                .also(&["get", "read"]),
            )
        };
    }
    query!(
        "query LINECALLINFO of <call>",
        "query LINECALLINFO of C",
        CallInfo,
        Call
    );
    query!(
        "query LINECALLSTATUS of <call>",
        "query LINECALLSTATUS of C",
        CallStatus,
        Call
    );
    query!(
        "query LINEDEVSTATUS of <line>",
        "query LINEDEVSTATUS of L",
        DevStatus,
        OpenLine
    );
    query!(
        "query LINEADDRESSSTATUS of <line>",
        "query LINEADDRESSSTATUS of L",
        AddressStatus,
        OpenLine
    );
    query!(
        "query LINEDEVCAPS of line <device>",
        "query LINEDEVCAPS of line 1",
        DevCaps,
        Line
    );
    query!(
        "query LINEDEVCAPS of <line>",
        "query LINEDEVCAPS of L",
        DevCaps,
        OpenLine
    );
    query!(
        "query LINEADDRESSCAPS of line <device>",
        "query LINEADDRESSCAPS of line 1 of P",
        AddressCaps,
        Line
    );
    query!(
        "query LINEADDRESSCAPS of <line>",
        "query LINEADDRESSCAPS of L",
        AddressCaps,
        OpenLine
    );
    rows
}
