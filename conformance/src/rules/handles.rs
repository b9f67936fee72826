//! Rules about handles, and about which messages may carry them.

use super::Level::Must;
use super::{Invocation, Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::messages::About;
use crate::tspi::{HandleKind, Kind, Sender, constant_value, message};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineOpen/3",
        page: "nf-tspi-tspi_lineopen.md",
        level: Must,
        requirement: "When TSPI_lineOpen returns 0, *lphdLine holds the provider's handle of the line.",
        why: "TAPI passes what stands there in every later call on the line; a handle that is not there crashes the provider.",
        mend: "Write the handle to *lphdLine before TSPI_lineOpen returns 0.",
        broken_by: "no-line-handle",
        exercises: &["lifecycle"],
        judge: |story| fills_handle(story, "TSPI_lineOpen", "lphdLine"),
    },
    Rule {
        id: "tspi/lineMakeCall/4",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "When a function that makes a call accepts, the provider's handle of the call is in place on return.",
        why: "TAPI passes what stands there in every later call on the call; a handle that is not there crashes the provider.",
        mend: "Write the handle to its place before the function returns its request id, not when the request completes.",
        broken_by: "no-call-handle",
        exercises: &["outgoing-answered"],
        judge: fills_call_handles,
    },
    Rule {
        id: "tspi/LINEEVENT/2",
        page: "nc-tspi-lineevent.md",
        level: Must,
        requirement: "The htLine of a LINEEVENT is the HTAPILINE that TSPI_lineOpen was given for that line.",
        why: "TAPI looks the line up by that handle and drops an event whose line it does not know.",
        mend: "Keep the htLine of TSPI_lineOpen beside the line and pass it, never the provider's own handle.",
        broken_by: "wrong-htline",
        exercises: &["outgoing-answered"],
        judge: names_open_lines,
    },
    Rule {
        id: "tspi/LINEEVENT/3",
        page: "nc-tspi-lineevent.md",
        level: Must,
        requirement: "The htCall of an event about a call is the HTAPICALL that TAPI gave for that call.",
        why: "TAPI looks the call up by that handle and drops an event whose call it does not know.",
        mend: "Keep the htCall that TAPI gave beside the call and pass it, never the provider's own handle.",
        broken_by: "wrong-htcall",
        exercises: &["outgoing-answered"],
        judge: names_known_calls,
    },
    Rule {
        id: "tspi/tspi-line-device-messages/1",
        page: "tspi-line-device-messages.md",
        level: Must,
        requirement: "The dwMsg of a LINEEVENT is one of the line messages that TSPI defines.",
        why: "TAPI ignores what it does not know, so what the provider meant to tell is lost.",
        mend: "Send only messages that tspi.h and tapi.h define; for more there is LINE_DEVSPECIFIC.",
        broken_by: "unknown-message",
        exercises: &["outgoing-answered"],
        judge: sends_known_messages,
    },
    Rule {
        id: "tspi/LINE_REPLY/1",
        page: "line-reply.md",
        level: Must,
        requirement: "LINE_REPLY and PHONE_REPLY are TAPI's messages to applications; a provider completes by \
                      ASYNC_COMPLETION alone.",
        why: "TAPI never takes it for a completion, so the application waits for its reply for ever.",
        mend: "Call the ASYNC_COMPLETION procedure of TSPI_providerInit.",
        broken_by: "sends-line-reply",
        exercises: &["outgoing-answered"],
        judge: leaves_line_reply_to_tapi,
    },
    Rule {
        id: "tspi/LINE_APPNEWCALL/1",
        page: "line-appnewcall.md",
        level: Must,
        requirement: "Messages that TAPI alone sends to applications are never passed to LINEEVENT.",
        why: "TAPI makes these messages itself, and an application that gets them twice counts twice.",
        mend: "Report by the messages that the page of LINEEVENT lists; TAPI makes the rest of them.",
        broken_by: "sends-appnewcall",
        exercises: &["outgoing-answered"],
        judge: leaves_tapis_messages_to_tapi,
    },
    Rule {
        id: "tspi/lineClose/7",
        page: "nf-tspi-tspi_lineclose.md",
        level: Must,
        requirement: "After TSPI_lineClose has returned, no LINEEVENT names that line or a call that was on it.",
        why: "TAPI has freed the line; an event with its handle is dropped or lands on a line that reuses it.",
        mend: "End whatever reports on the line before TSPI_lineClose returns.",
        broken_by: "event-after-close-line",
        exercises: &["lifecycle", "outgoing-answered"],
        judge: closed_lines_stay_silent,
    },
];

/// The places for handles of calls, of every function that has one and whose caller gave one. Forwarding makes a call only
/// where it consults, and leaves the place NULL where it does not (`nf-tspi-tspi_lineforward.md`).
fn fills_call_handles(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let makes_one = |one: &&Invocation<'_>| one.accepted() && one.function.name != "TSPI_lineForward";
    for one in story.invocations.iter().filter(makes_one) {
        let Some(returned) = one.returned else { continue };
        // A provider may take a request and complete it with an error: then there is no call, and TAPI asks for no handle.
        if story.outcome(one).is_some_and(|outcome| !outcome.succeeded()) {
            continue;
        }
        let places = one
            .function
            .args
            .iter()
            .filter(|arg| arg.kind == Kind::OutHandle(HandleKind::HdCall));
        for place in places.filter(|place| !place.optional && one.bytes_in(place.name).is_some()) {
            judgement.note(returned.at, handle_left_alone(one, place.name));
        }
    }
    judgement
}

fn fills_handle(story: &Story<'_>, function: &str, out: &str) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations_of(function).filter(|one| one.accepted()) {
        let Some(returned) = one.returned else { continue };
        judgement.note(returned.at, handle_left_alone(one, out));
    }
    judgement
}

fn handle_left_alone(one: &Invocation<'_>, out: &str) -> Option<String> {
    let untouched = one.bytes_out(out) == one.bytes_in(out);
    (untouched || one.number_out(out) == Some(0))
        .then(|| format!("{} returned success and left *{out} as it was", one.function.name))
}

fn names_open_lines(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let deviceless = [
        "LINE_CREATE",
        "LINE_REMOVE",
        "LINE_CREATEDIALOGINSTANCE",
        "LINE_SENDDIALOGINSTANCEDATA",
    ]
    .map(|name| constant_value(name));
    let opened = |ht: u64, at: usize| {
        let mut opens = story.invocations_of("TSPI_lineOpen");
        opens.any(|one| one.value("htLine") == Some(ht) && one.called < at && (one.result() == Some(0) || one.at() > at))
    };
    let restart = (constant_value("LINE_LINEDEVSTATE"), u64::from(constant_value("LINEDEVSTATE_REINIT")));
    for (at, args) in &story.callbacks {
        // What asks for a restart of everything names no line.
        let restarts = args.device == 0 && args.msg == restart.0 && args.params[0] & restart.1 != 0;
        if deviceless.contains(&args.msg) || restarts {
            continue;
        }
        let breach = (!opened(args.device, *at)).then(|| {
            format!(
                "htLine = {:#x}, which TSPI_lineOpen was not given before",
                args.device
            )
        });
        judgement.note(*at, breach);
    }
    judgement
}

fn names_known_calls(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    // Data for a media service provider may concern no call.
    let is_about_a_call = |args: &CallbackArgs| {
        message(args.msg).is_some_and(|message| message.about == About::Call)
            && !(args.call == 0 && args.msg == constant_value("LINE_SENDMSPDATA"))
    };
    for (at, args) in story.callbacks.iter().filter(|(_, args)| is_about_a_call(args)) {
        let known = story.calls.iter().any(|call| call.ht == args.call)
            || story
                .invocations
                .iter()
                .any(|one| one.value("htCall") == Some(args.call));
        let name = message(args.msg).map_or("LINEEVENT", |message| message.name);
        let breach =
            (!known).then(|| format!("{name} with htCall = {:#x}, which TAPI never gave", args.call));
        // And on the line that the call is on.
        let line = story.call(args.call).and_then(|call| call.line).filter(|line| *line != args.device);
        let breach = breach.or_else(|| {
            line.map(|line| format!("{name} with htLine = {:#x} for a call on line {line:#x}", args.device))
        });
        judgement.note(*at, breach);
    }
    judgement
}

fn sends_known_messages(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, args) in &story.callbacks {
        let known = message(args.msg).filter(|message| message.name.starts_with("LINE_"));
        let breach = known
            .is_none()
            .then(|| format!("LINEEVENT with dwMsg = {}, which is no message of lines", args.msg));
        judgement.note(*at, breach);
    }
    judgement
}

/// All but LINE_REPLY, which is a rule of its own.
fn leaves_tapis_messages_to_tapi(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, args) in &story.callbacks {
        let Some(message) = message(args.msg).filter(|message| message.name != "LINE_REPLY") else {
            continue;
        };
        let breach = (message.sender == Sender::Tapi).then(|| format!("{} was sent", message.name));
        judgement.note(*at, breach);
    }
    judgement
}

fn leaves_line_reply_to_tapi(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let sent = [
        (&story.callbacks, "LINE_REPLY", "LINEEVENT"),
        (&story.phone_callbacks, "PHONE_REPLY", "PHONEEVENT"),
    ];
    for (callbacks, reply, procedure) in sent {
        for (at, args) in callbacks {
            let breach = (args.msg == constant_value(reply))
                .then(|| format!("{procedure} with dwMsg = {reply} for request {:#x}", args.params[0]));
            judgement.note(*at, breach);
        }
    }
    judgement
}

fn closed_lines_stay_silent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for line in &story.lines {
        let Some(closed) = line.closed else { continue };
        let late = story
            .callbacks
            .iter()
            .find(|(at, args)| *at > closed && args.device == line.ht);
        let breach = late.map(|(_, args)| {
            let name = message(args.msg).map_or("an event", |message| message.name);
            format!("{name} names line {:#x} after TSPI_lineClose returned", line.ht)
        });
        judgement.note(late.map_or(closed, |(at, _)| *at), breach);
    }
    judgement
}
