//! Rules about dialling: in one step or several, and not at all where the address is refused.

use super::Level::Must;
use super::judging::{is_error, kept, never_fails_with};
use super::{CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::trace::What;
use offhook_sim::ExchangeEvent;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineBlindTransfer/5",
        page: "nf-tspi-tspi_lineblindtransfer.md",
        level: Must,
        requirement: "Where a function that dials fails with LINEERR_INVALADDRESS, nothing has been dialled: no digits go out, and no call \
                      goes on.",
        why: "The application corrects the number and dials again, into a call that is half dialled.",
        mend: "Look through the whole address before anything goes to the device.",
        broken_by: "dials-what-it-refuses",
        exercises: &["dial-refused"],
        judge: refused_addresses_are_not_dialled,
    },
    Rule {
        id: "tspi/lineDial/11",
        page: "nf-tspi-tspi_linedial.md",
        level: Must,
        requirement: "TSPI_lineDial works on a call whose address is not complete: one made without an address or with one that ends in a \
                      semicolon, and a consultation call that was set up. It is not refused for the call's state, and after a \
                      semicolon an empty string is no invalid address.",
        why: "Applications that dial digit by digit get no further than the first.",
        mend: "Keep with the call whether its address is complete, and take digits until it is; an empty string completes it.",
        broken_by: "dials-once",
        exercises: &["dial-steps", "dial-partial", "transfer"],
        judge: unfinished_calls_are_dialled,
    },
];

/// Functions that dial, and the parameter with the call that goes on with it, if there is one before.
const DIALS: &[(&str, Option<&str>)] = &[
    ("TSPI_lineMakeCall", Some("htCall")),
    ("TSPI_lineDial", Some("hdCall")),
    ("TSPI_lineBlindTransfer", None),
    ("TSPI_lineRedirect", None),
    ("TSPI_lineForward", Some("htConsultCall")),
];

const UNDER_WAY: [&str; 4] = [
    "LINECALLSTATE_DIALING",
    "LINECALLSTATE_PROCEEDING",
    "LINECALLSTATE_RINGBACK",
    "LINECALLSTATE_CONNECTED",
];

fn refused_addresses_are_not_dialled(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (index, one) in story.invocations.iter().enumerate() {
        let Some((_, parameter)) = DIALS.iter().find(|(name, _)| *name == one.function.name) else {
            continue;
        };
        let Some(outcome) = story.outcome(one).filter(|end| is_error(end.result, &["LINEERR_INVALADDRESS"])) else {
            continue;
        };
        let next = story.invocations[index + 1..].iter().find(|next| {
            next.accepted() && DIALS.iter().any(|(name, _)| *name == next.function.name)
        });
        let until = next.map_or(story.events.len(), |next| next.called);
        // Another call may still be on its way: what is dialled for it says nothing of this one.
        let own = one.text_in("lpszDestAddress").unwrap_or_default();
        let own: String = own.chars().filter(char::is_ascii_digit).collect();
        let dialled = story.events[one.called..until].iter().position(|event| {
            matches!(&event.what, What::Exchange(ExchangeEvent::Dialled { digits, .. }) if !digits.is_empty() && own.starts_with(digits.as_str()))
        });
        let call = parameter.and_then(|parameter| match parameter.strip_prefix("ht") {
            Some(_) => story.call(one.value(parameter)?),
            None => story.call_of(one, parameter),
        });
        let goes_on = call.and_then(|call| call.next_of(&UNDER_WAY, one.called)).filter(|seen| seen.at < until);
        let shown = dialled.map(|at| at + one.called).or(goes_on.map(|seen| seen.at));
        let said = kept(shown.is_none(), || {
            let how = if dialled.is_some() { "digits were dialled" } else { "the call goes on" };
            format!("{} failed with LINEERR_INVALADDRESS, and {how}", one.function.name)
        });
        judgement.say(outcome.at, said.map(|said| said.with(shown)));
    }
    judgement
}

/// Whether the address of a call was not complete before event `at`, as far as was asked: how it was begun, or what was
/// dialled last.
fn is_unfinished(story: &Story<'_>, call: &CallLife, at: usize) -> bool {
    let Origin::Made(by) = call.origin else { return false };
    let made = &story.invocations[by];
    let dialled = story.invocations_of("TSPI_lineDial").filter(|one| {
        one.called < at && story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht) && one.accepted()
    });
    let set_up = ["TSPI_lineSetupTransfer", "TSPI_lineSetupConference", "TSPI_linePrepareAddToConference"];
    match (dialled.last(), made.function.name) {
        (Some(last), _) => last.text_in("lpszDestAddress").is_some_and(|address| address.ends_with(';')),
        (None, "TSPI_lineMakeCall") => {
            made.text_in("lpszDestAddress").is_none_or(|address| address.is_empty() || address.ends_with(';'))
        }
        (None, name) => set_up.contains(&name),
    }
}

fn unfinished_calls_are_dialled(story: &Story<'_>) -> Judgement {
    let open = |one: &Invocation<'_>| {
        story.call_of(one, "hdCall").is_some_and(|call| {
            let waits = call.was(&["LINECALLSTATE_DIALTONE", "LINECALLSTATE_DIALING"], one.called);
            waits && is_unfinished(story, call, one.called)
        })
    };
    let mut all = never_fails_with(story, "TSPI_lineDial", &["LINEERR_INVALCALLSTATE", "LINEERR_OPERATIONUNAVAIL"], |one| open(one));
    all.join(never_fails_with(story, "TSPI_lineDial", &["LINEERR_INVALADDRESS", "LINEERR_INVALPOINTER"], |one| {
        let empty = one.text_in("lpszDestAddress").is_some_and(|address| address.is_empty());
        empty && open(one)
    }));
    all
}
