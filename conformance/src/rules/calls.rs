//! Rules about the life of a call: how it begins, what it may be asked, and when nothing more is said of it.

use super::Level::{Must, Should};
use super::judging::call_was_given_time;
use super::{CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::trace::What;
use crate::tspi::{constant_value, message, render_constant, render_result};
use offhook_sim::ExchangeEvent;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/async-replies-versus-events-on-new-call-handles/2",
        page: "async-replies-versus-events-on-new-call-handles.md",
        level: Should,
        requirement: "No LINEEVENT names a new call before the successful completion of the request that makes it. \
                      The pages also allow callbacks before the function returns, and libraries in wide use send \
                      LINE_CALLINFO there: a warning.",
        why: "TAPI may not know the call yet and drops the event, so an application never sees it.",
        mend: "Queue events of a new call until ASYNC_COMPLETION for its request has returned.",
        broken_by: "event-before-completion",
        exercises: &["outgoing-answered"],
        judge: events_follow_completion,
    },
    Rule {
        id: "tspi/lineCloseCall/8",
        page: "nf-tspi-tspi_lineclosecall.md",
        level: Must,
        requirement: "After TSPI_lineCloseCall has returned, no further LINEEVENT about that call is sent.",
        why: "TAPI has freed the handle; an event with it is dropped or lands on another call that reuses the handle.",
        mend: "Mark the call closed before TSPI_lineCloseCall returns, and check the mark under the same lock wherever events are sent.",
        broken_by: "event-after-close-call",
        exercises: &["outgoing-answered"],
        judge: closed_calls_stay_silent,
    },
    Rule {
        id: "tspi/LINE_NEWCALL/1",
        page: "line-newcall.md",
        level: Must,
        requirement: "A call that arrives on an open line is introduced with LINE_NEWCALL.",
        why: "No application is told that anybody rings.",
        mend: "Send LINE_NEWCALL as soon as the device rings, and go on with the handle that TAPI puts into its place.",
        broken_by: "no-newcall",
        exercises: &["incoming-answered"],
        judge: arriving_calls_are_introduced,
    },
    Rule {
        id: "tspi/lineMakeCall/6",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "lpszDestAddress is a dialable number, and that number is what is dialled on the device.",
        why: "The application's user reaches somebody else.",
        mend: "Dial what lpszDestAddress says, without what only formats the number.",
        broken_by: "dials-wrong-number",
        exercises: &["outgoing-answered"],
        judge: dials_what_it_is_given,
    },
    Rule {
        id: "tspi/lineMakeCall/17",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "A dial string with W, @, $ or ? that the provider does not support is refused on return, with \
                      the error that the first such character demands.",
        why: "The application is told that the call is under way though part of the number was never understood. Three pages agree, and \
              `dial-ovr.md` has applications dial up to the sign and go on by TSPI_lineDial, which they can only do if they are told; \
              Microsoft's sample keeps to it.",
        mend: "Look through the dial string before returning and refuse the first sign that the device cannot do.",
        broken_by: "accepts-dial-modifiers",
        exercises: &["dial-modifiers"],
        judge: refuses_dial_modifiers,
    },
    Rule {
        id: "tspi/lineDrop/4",
        page: "nf-tspi-tspi_linedrop.md",
        level: Should,
        requirement: "TSPI_lineDrop of a call whose state does not allow it fails with LINEERR_INVALCALLSTATE. Published \
                      providers, Microsoft's sample among them, take the drop of a call that is idle and do nothing: a warning.",
        why: "An application that drops twice waits for an IDLE that has long been reported.",
        mend: "Look at the state of the call before accepting, and return LINEERR_INVALCALLSTATE.",
        broken_by: "drops-idle-call",
        exercises: &["wrong-states"],
        judge: |story| refuses_in_states(story, "TSPI_lineDrop", &["LINECALLSTATE_IDLE"]),
    },
    Rule {
        id: "tspi/lineDial/4",
        page: "nf-tspi-tspi_linedial.md",
        level: Must,
        requirement: "TSPI_lineDial on a call whose state does not allow dialling fails with LINEERR_INVALCALLSTATE.",
        why: "The digits go nowhere, or into another call, and the application takes them for dialled.",
        mend: "Look at the state of the call before accepting, and return LINEERR_INVALCALLSTATE.",
        broken_by: "dial-in-any-state",
        exercises: &["wrong-states"],
        judge: |story| {
            refuses_in_states(
                story,
                "TSPI_lineDial",
                &["LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"],
            )
        },
    },
    Rule {
        id: "tspi/termination-of-asynchronous-operations/4",
        page: "termination-of-asynchronous-operations.md",
        level: Must,
        requirement: "After TSPI_lineDrop the provider reports LINECALLSTATE_IDLE, unless the call is closed first.",
        why: "Applications wait for LINECALLSTATE_IDLE before they free the call; without it the call stays in their list for ever.",
        mend: "Report LINECALLSTATE_IDLE once the device has hung up, also where the far end had hung up first.",
        broken_by: "leaves-out-idle",
        exercises: &["dropped-while-dialling", "incoming-answered"],
        judge: dropped_calls_become_idle,
    },
];

fn events_follow_completion(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in story
        .calls
        .iter()
        .filter(|call| matches!(call.origin, Origin::Made(_)))
    {
        let Some(first) = call.events.first() else {
            continue;
        };
        let early = call.valid.is_none_or(|valid| *first < valid);
        let breach = early.then(|| {
            let name = event_name(story, *first);
            format!(
                "{name} for call {:#x} came before its request was completed with success",
                call.ht
            )
        });
        judgement.note(*first, breach);
    }
    judgement
}

fn event_name(story: &Story<'_>, at: usize) -> &'static str {
    match &story.events[at].what {
        What::Line(args) => message(args.msg).map_or("an unknown event", |message| message.name),
        _ => "an event",
    }
}

fn closed_calls_stay_silent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let Some(closed) = call.closed else { continue };
        let late = call.events.iter().find(|at| **at > closed);
        let breach = late.map(|at| {
            format!(
                "{} for call {:#x} after TSPI_lineCloseCall returned",
                event_name(story, *at),
                call.ht
            )
        });
        judgement.note(late.copied().unwrap_or(closed), breach);
    }
    judgement
}

/// A call that arrives is told from the device: the provider read RING while detection was on.
fn arriving_calls_are_introduced(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let watched = story
        .invocations_of("TSPI_lineSetDefaultMediaDetection")
        .find(|one| one.result() == Some(0) && one.value("dwMediaModes").is_some_and(|modes| modes != 0));
    let Some(watching) = watched.and_then(|one| one.returned) else {
        return judgement;
    };
    let rang = story
        .events
        .iter()
        .enumerate()
        .skip(watching.at)
        .find(|(_, event)| match &event.what {
            What::Wire {
                to_device: false,
                bytes,
                ..
            } => bytes.windows(4).any(|window| window == b"RING"),
            _ => false,
        });
    let Some((at, _)) = rang else { return judgement };
    if !story.ended_well {
        return judgement;
    }
    // One that TAPI refused with NULL counts: the call may be dropped then.
    let message = constant_value("LINE_NEWCALL");
    let refused = |args: &crate::trace::CallbackArgs| args.msg == message && args.params[1] != 0 && args.new_call.is_none();
    let introduced = story.calls.iter().any(|call| matches!(call.origin, Origin::Announced(_)))
        || story.callbacks.iter().any(|(_, args)| refused(args));
    let breach = (!introduced).then(|| "the device rang and no LINE_NEWCALL followed".to_owned());
    judgement.note(at, breach);
    judgement
}

/// The digits of a dial string in canonical or dialable form, without what only formats it or directs the dialling.
fn dialable(text: &str) -> String {
    let number = text.split(['|', '^', '\r']).next().unwrap_or_default();
    number
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D'))
        .collect()
}

fn dials_what_it_is_given(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (index, one) in story.invocations.iter().enumerate() {
        let making = one.function.name == "TSPI_lineMakeCall";
        let Some(wanted) = one
            .text_in("lpszDestAddress")
            .filter(|_| making && one.accepted())
        else {
            continue;
        };
        let until = story.invocations[index + 1..]
            .iter()
            .find(|next| matches!(next.function.name, "TSPI_lineMakeCall" | "TSPI_lineDial"))
            .map_or(story.events.len(), |next| next.called);
        let wanted = dialable(&wanted);
        let dialled = story.events[one.called..until]
            .iter()
            .enumerate()
            .find_map(|(offset, event)| match &event.what {
                What::Exchange(ExchangeEvent::Dialled { digits, .. }) => Some((one.called + offset, digits)),
                _ => None,
            });
        if let Some((at, digits)) = dialled {
            let right = dialable(digits) == wanted;
            judgement.note(
                at,
                (!right).then(|| format!("asked for {wanted}, and {digits} was dialled")),
            );
        }
    }
    judgement
}

/// The dialling control characters that a provider may lack, the capability that claims each, and the error
/// for each.
const DIAL_MODIFIERS: [(char, &str, &str); 4] = [
    ('$', "LINEDEVCAPFLAGS_DIALBILLING", "LINEERR_DIALBILLING"),
    ('@', "LINEDEVCAPFLAGS_DIALQUIET", "LINEERR_DIALQUIET"),
    ('W', "LINEDEVCAPFLAGS_DIALDIALTONE", "LINEERR_DIALDIALTONE"),
    ('?', "", "LINEERR_DIALPROMPT"),
];

fn refuses_dial_modifiers(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let Some(flags) = device_flags(story) else {
        return judgement;
    };
    let dials = ["TSPI_lineMakeCall", "TSPI_lineDial"].into_iter().flat_map(|function| story.invocations_of(function));
    for one in dials {
        let (Some(text), Some(returned)) = (one.text_in("lpszDestAddress"), one.returned) else {
            continue;
        };
        // A call that cannot be dialled on is refused for that.
        if returned.result == constant_value("LINEERR_INVALCALLSTATE") as i32 {
            continue;
        }
        let unsupported = text.chars().find_map(|c| {
            let modifier = DIAL_MODIFIERS
                .iter()
                .find(|(sign, ..)| *sign == c.to_ascii_uppercase())?;
            let claimed = !modifier.1.is_empty() && flags & constant_value(modifier.1) != 0;
            (!claimed).then_some(modifier)
        });
        let Some((sign, _, error)) = unsupported else {
            judgement.join(claimed_modifiers_are_taken(story, one, &text));
            continue;
        };
        let right = i64::from(returned.result) == i64::from(constant_value(error) as i32);
        let breach = (!right).then(|| {
            format!(
                "{sign:?} is not claimed in dwDevCapFlags; returned {}, not {error}",
                render_result(returned.result)
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

/// A modifier that is claimed is not refused as one that is not processed.
fn claimed_modifiers_are_taken(story: &Story<'_>, one: &Invocation<'_>, text: &str) -> Judgement {
    let mut judgement = Judgement::default();
    let Some(outcome) = story.outcome(one) else { return judgement };
    for (sign, flag, error) in DIAL_MODIFIERS {
        if text.to_ascii_uppercase().contains(sign) && !flag.is_empty() {
            let refused = outcome.result == constant_value(error) as i32;
            judgement.note(outcome.at, refused.then(|| format!("{flag} is set, and {sign:?} was refused with {error}")));
        }
    }
    judgement
}

/// `LINEDEVCAPS.dwDevCapFlags` as the provider last gave it.
fn device_flags(story: &Story<'_>) -> Option<u32> {
    let one = story
        .invocations_of("TSPI_lineGetDevCaps")
        .filter(|one| one.result() == Some(0))
        .last()?;
    super::structures::decoded(one, "lpLineDevCaps", story.version())?
        .get("dwDevCapFlags")?
        .number()
}

fn refuses_in_states(story: &Story<'_>, function: &str, states: &[&str]) -> Judgement {
    let mut judgement = Judgement::default();
    let invalid = constant_value("LINEERR_INVALCALLSTATE") as i32;
    for one in story.invocations_of(function) {
        let Some((call, state)) = state_at(story, one) else {
            continue;
        };
        let name = render_constant("LINECALLSTATE", state);
        let Some(returned) = one.returned.filter(|_| states.contains(&name.as_str())) else {
            continue;
        };
        let outcome = story.outcome(one).map(|outcome| outcome.result);
        let breach = (outcome != Some(invalid)).then(|| {
            let outcome = outcome.map_or("nothing".to_owned(), render_result);
            format!(
                "call {:#x} is {name}, and {function} gave {outcome}, not LINEERR_INVALCALLSTATE",
                call.ht
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

fn state_at<'s>(story: &'s Story<'_>, one: &Invocation<'_>) -> Option<(&'s CallLife, u32)> {
    let call = story.call_by_hd(one.value("hdCall")?, one.called)?;
    Some((call, call.state_before(one.called)?.state))
}

fn dropped_calls_become_idle(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let idle = constant_value("LINECALLSTATE_IDLE");
    for one in story.invocations_of("TSPI_lineDrop").filter(|one| one.accepted()) {
        let Some(call) = one
            .value("hdCall")
            .and_then(|hd| story.call_by_hd(hd, one.called))
        else {
            continue;
        };
        let went_idle = call.states.iter().any(|seen| seen.state == idle);
        let dropped = one.value("dwRequestID").is_some_and(|id| {
            let request = story.requests.iter().find(|request| u64::from(request.id) == id);
            request.is_some_and(|request| request.completions.iter().any(|(_, result)| *result == 0))
        });
        // Closing the call or ending the provider frees it from reporting anything.
        if !dropped || (!went_idle && !call_was_given_time(story, call, one.called)) {
            continue;
        }
        let breach = (!went_idle).then(|| {
            format!(
                "call {:#x} was dropped and LINECALLSTATE_IDLE was never reported",
                call.ht
            )
        });
        judgement.note(one.called, breach);
    }
    judgement
}
