//! Rules about what pages only recommend: breaking one is a warning.

use std::time::Duration;

use super::Level::Should;
use super::judging::{Said, each, each_answer, each_line_event, each_outcome, is_error, kept, never_fails_with, reaches};
use super::{Judgement, Origin, Rule, Story};
use crate::trace::What;
use crate::tspi::{Mode, Value, constant_value, message, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineAccept/9",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Should,
        requirement: "A request on a call brings it into the state that its page names as typical: TSPI_lineAccept into \
                      LINECALLSTATE_ACCEPTED, TSPI_lineAddToConference the conference call into LINECALLSTATE_CONNECTED, \
                      TSPI_lineBlindTransfer the call into LINECALLSTATE_IDLE.",
        why: "Applications wait for the state that is usual.",
        mend: "Report the new state with LINE_CALLSTATE once the request is done.",
        broken_by: "accepts-in-silence",
        exercises: &["two-lines"],
        judge: |story| {
            let mut all = reaches(story, "TSPI_lineAccept", "hdCall", &["LINECALLSTATE_ACCEPTED", "LINECALLSTATE_CONNECTED", "LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"]);
            all.join(reaches(story, "TSPI_lineAddToConference", "hdConfCall", &["LINECALLSTATE_CONNECTED", "LINECALLSTATE_IDLE"]));
            all.join(reaches(story, "TSPI_lineBlindTransfer", "hdCall", &["LINECALLSTATE_IDLE"]));
            all.join(accepting_is_reported(story));
            all
        },
    },
    Rule {
        id: "tspi/lineMakeCall/18",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Should,
        requirement: "Where TSPI_lineMakeCall or TSPI_lineDial fails with LINEERR_DIALBILLING, DIALQUIET, DIALDIALTONE or DIALPROMPT, nothing \
                      was done: the whole number is looked through before anything is dialled.",
        why: "The application dials the parts itself then, and the first part goes out twice.",
        mend: "Look for characters that the device lacks before the first command to it.",
        broken_by: "dials-and-refuses",
        exercises: &["dial-modifiers"],
        judge: refused_numbers_are_not_dialled,
    },
    Rule {
        id: "tspi/lineGetCallAddressID/5",
        page: "nf-tspi-tspi_linegetcalladdressid.md",
        level: Should,
        requirement: "A call has one address for its life: TSPI_lineGetCallAddressID and LINECALLINFO.dwAddressID give the same each time.",
        why: "Applications show the call now at one address and now at another.",
        mend: "Choose the address when the call begins, and keep it.",
        broken_by: "call-changes-address",
        exercises: &["call-settings"],
        judge: calls_keep_their_address,
    },
    Rule {
        id: "tspi/lineGetID/12",
        page: "nf-tspi-tspi_linegetid.md",
        level: Should,
        requirement: "The class tapi/line is known to TSPI_lineGetID, which gives the identifier of the line.",
        why: "Applications find the line's own identifier by that class.",
        mend: "Answer tapi/line with dwDeviceID.",
        broken_by: "knows-not-itself",
        exercises: &["device-classes"],
        judge: |story| {
            let errors = ["LINEERR_INVALDEVICECLASS", "LINEERR_NODEVICE", "LINEERR_OPERATIONUNAVAIL"];
            never_fails_with(story, "TSPI_lineGetID", &errors, |one| {
                let of_line = one.dword("dwSelect") == constant_value("LINECALLSELECT_LINE");
                of_line && one.text_in("lpszDeviceClass").is_some_and(|class| class == "tapi/line")
            })
        },
    },
    Rule {
        id: "tspi/synchronous-requests/1",
        page: "synchronous-requests.md",
        level: Should,
        requirement: "A synchronous function returns quickly: within two seconds, opening, closing, starting and ending apart. What takes \
                      longer is left to an asynchronous operation.",
        why: "TAPI's server waits, and with it every application.",
        mend: "Answer from what is known, and speak to the device on a thread of your own.",
        broken_by: "thinks-long",
        exercises: &["ids"],
        judge: synchronous_functions_are_quick,
    },
    Rule {
        id: "tspi/lineReleaseUserUserInfo/10",
        page: "nf-tspi-tspi_linereleaseuseruserinfo.md",
        level: Should,
        requirement: "TSPI_lineReleaseUserUserInfo on a connected call without user-user information succeeds all the same.",
        why: "Applications that release twice report a failure that is none.",
        mend: "Return success where there is nothing to release.",
        broken_by: "nothing-to-release",
        exercises: &["limits"],
        judge: |story| each_outcome(story, "TSPI_lineReleaseUserUserInfo", |one, outcome| {
            let call = story.call_of(one, "hdCall")?;
            let unavailable = is_error(outcome.result, &["LINEERR_OPERATIONUNAVAIL"]);
            if !call.was(&["LINECALLSTATE_CONNECTED"], one.called) || unavailable {
                return None;
            }
            kept(outcome.succeeded(), || format!("releasing gave {}", render_result(outcome.result)))
        }),
    },
    Rule {
        id: "tspi/LINE_NEWCALL/6",
        page: "line-newcall.md",
        level: Should,
        requirement: "After LINE_NEWCALL the next message for the new call is its first LINE_CALLSTATE.",
        why: "Applications hear of a call that is in no state yet.",
        mend: "Send LINE_CALLSTATE right after LINE_NEWCALL, and all else after it.",
        broken_by: "info-before-state",
        exercises: &["two-lines", "incoming-answered"],
        judge: new_calls_have_a_state_first,
    },
    Rule {
        id: "tspi/linecallinfostate--constants/6",
        page: "linecallinfostate--constants.md",
        level: Should,
        requirement: "Items that LINE_CALLINFO reports lie within LINEADDRESSCAPS.dwCallInfoStates.",
        why: "Applications ask by the capabilities which changes they will hear of.",
        mend: "Set the bit of every item that the provider can report.",
        broken_by: "info-beyond-caps",
        exercises: &["two-lines", "call-changes"],
        judge: info_states_are_claimed,
    },
    Rule {
        id: "tspi/linedevstate--constants/12",
        page: "linedevstate--constants.md",
        level: Should,
        requirement: "LINEDEVSTATE_REMOVED is followed at once by LINE_CLOSE for the line, PHONESTATE_REMOVED by PHONE_CLOSE for the phone.",
        why: "Applications keep a device open that is gone.",
        mend: "Send the close message next.",
        broken_by: "removed-and-open",
        exercises: &["two-lines"],
        judge: removed_devices_are_closed,
    },
    Rule {
        id: "tspi/LINECALLTREATMENTENTRY/3",
        page: "ns-tapi-linecalltreatmententry.md",
        level: Should,
        requirement: "Each call treatment that LINEADDRESSCAPS lists has a name, predefined ones too.",
        why: "Applications show the user a list with empty lines.",
        mend: "Give every entry a name.",
        broken_by: "treatment-without-name",
        exercises: &["two-lines"],
        judge: treatments_have_names,
    },
    Rule {
        id: "tspi/phoneGetDisplay/4",
        page: "nf-tspi-tspi_phonegetdisplay.md",
        level: Should,
        requirement: "What TSPI_phoneGetDisplay gives is not more than the display has room for: dwDisplayNumRows times dwDisplayNumColumns \
                      characters.",
        why: "Applications that draw the display write beyond it.",
        mend: "Give rows times columns characters.",
        broken_by: "display-overflows",
        exercises: &["phone"],
        judge: displays_fit,
    },
    Rule {
        id: "tspi/providerInit/8",
        page: "nf-tspi-tspi_providerinit.md",
        level: Should,
        requirement: "A provider for customers does not set LINETSPIOPTION_NONREENTRANT, which is for development only.",
        why: "TAPI calls it one function at a time, and applications wait for each other.",
        mend: "Make the provider safe to be called by several threads, and write 0.",
        broken_by: "one-caller-at-a-time",
        exercises: &["lifecycle"],
        judge: |story| each(story, "TSPI_providerInit", |one| {
            let options = one.number_out("lpdwTSPIOptions").filter(|_| one.result() == Some(0))?;
            let bit = u64::from(constant_value("LINETSPIOPTION_NONREENTRANT"));
            kept(options & bit == 0, || "*lpdwTSPIOptions has LINETSPIOPTION_NONREENTRANT".to_owned())
        }),
    },
];

/// A call that was accepted and then answered has been reported as accepted in between.
fn accepting_is_reported(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineAccept", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let next = call.states.iter().find(|seen| seen.at > one.called)?;
        // Somebody else may have ended the call, or taken it.
        let ends = ["LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"];
        let ended = ends.iter().any(|state| next.state == constant_value(state));
        if ended {
            return None;
        }
        kept(next.state == constant_value("LINECALLSTATE_ACCEPTED"), || {
            format!("the call was accepted, and went to {}", render_constant("LINECALLSTATE", next.state))
        })
        .map(|said| said.with([next.at]))
    })
}

fn refused_numbers_are_not_dialled(story: &Story<'_>) -> Judgement {
    const ERRORS: [&str; 4] = [
        "LINEERR_DIALBILLING",
        "LINEERR_DIALQUIET",
        "LINEERR_DIALDIALTONE",
        "LINEERR_DIALPROMPT",
    ];
    const SOON: Duration = Duration::from_millis(30);
    let mut all = Judgement::default();
    for function in ["TSPI_lineMakeCall", "TSPI_lineDial"] {
        all.join(each(story, function, |one| {
            let result = one.result().filter(|result| is_error(*result, &ERRORS))?;
            let until = story.time(one.at()) + SOON;
            let after = story.events.iter().enumerate().skip(one.called).take_while(|(_, event)| event.at <= until);
            let dialled = after.filter_map(|(at, event)| match &event.what {
                What::Wire { to_device: true, bytes, .. } => {
                    let dials = bytes.windows(3).any(|window| window.eq_ignore_ascii_case(b"ATD"));
                    dials.then_some(at)
                }
                _ => None,
            });
            let dialled: Vec<usize> = dialled.take(1).collect();
            kept(dialled.is_empty(), || format!("{function} gave {}, and the device was told to dial", render_result(result)))
                .map(|said| said.with(dialled))
        }));
    }
    all
}

fn calls_keep_their_address(story: &Story<'_>) -> Judgement {
    let first = |call: Option<u64>| {
        let read = story.answers("LINECALLINFO").find(|other| other.call == call)?;
        Some((read.number("dwAddressID")?, read.at))
    };
    let mut all = each_answer(story, "LINECALLINFO", |info| {
        let (was, at) = first(info.call).filter(|(_, at)| *at < info.at)?;
        let is = info.number("dwAddressID")?;
        kept(was == is, || format!("LINECALLINFO.dwAddressID was {was} and is {is}")).map(|said| said.with([at]))
    });
    all.join(each(story, "TSPI_lineGetCallAddressID", |one| {
        let given = one.number_out("lpdwAddressID").filter(|_| one.result() == Some(0))?;
        let (told, at) = first(story.call_of(one, "hdCall").map(|call| call.ht))?;
        kept(given == u64::from(told), || {
            format!("TSPI_lineGetCallAddressID gave {given}, and LINECALLINFO.dwAddressID is {told}")
        })
        .map(|said| said.with([at]))
    }));
    all
}

/// How long a synchronous function may take.
const QUICK: Duration = Duration::from_secs(2);

fn synchronous_functions_are_quick(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| one.function.mode == Mode::Sync) {
        let name = one.function.name;
        let slow = ["Open", "Close", "provider", "Install", "Config", "Dialog", "Remove"];
        let Some(returned) = one.returned.filter(|_| !slow.iter().any(|word| name.contains(word))) else {
            continue;
        };
        let took = story.time(returned.at).saturating_sub(story.time(one.called));
        judgement.say(
            returned.at,
            kept(took <= QUICK, || format!("{name} took {:.1} s", took.as_secs_f32())),
        );
    }
    judgement
}

fn new_calls_have_a_state_first(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in story.calls.iter().filter(|call| matches!(call.origin, Origin::Announced(_))) {
        let Some(first) = call.events.first() else { continue };
        let sent = story.callbacks.iter().find(|(at, _)| at == first);
        let said = sent.and_then(|(_, args)| {
            kept(args.msg == constant_value("LINE_CALLSTATE"), || {
                let name = message(args.msg).map_or("another message", |message| message.name);
                format!("{name} came for a new call before its first LINE_CALLSTATE")
            })
        });
        judgement.say(*first, said.map(|said| said.with([call.begun])));
    }
    judgement
}

fn info_states_are_claimed(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_CALLINFO", |at, args| {
        let device = story.line(args.device)?.device;
        let listed = story.caps("LINEADDRESSCAPS", device, at)?.number("dwCallInfoStates")?;
        let beyond = args.params[0] as u32 & !listed;
        kept(beyond == 0, || {
            format!(
                "LINE_CALLINFO reports {}, which LINEADDRESSCAPS.dwCallInfoStates lacks",
                render_constant("LINECALLINFOSTATE", beyond)
            )
        })
    })
}

fn removed_devices_are_closed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (callbacks, state, bit, close) in [
        (&story.callbacks, "LINE_LINEDEVSTATE", "LINEDEVSTATE_REMOVED", "LINE_CLOSE"),
        (&story.phone_callbacks, "PHONE_STATE", "PHONESTATE_REMOVED", "PHONE_CLOSE"),
    ] {
        let (state, bit) = (constant_value(state), u64::from(constant_value(bit)));
        for (index, (at, args)) in callbacks.iter().enumerate() {
            if args.msg != state || args.params[0] & bit == 0 {
                continue;
            }
            let next = callbacks[index + 1..].iter().find(|(_, next)| next.device == args.device);
            let closed = next.is_some_and(|(_, next)| next.msg == constant_value(close));
            judgement.say(*at, kept(closed, || format!("a device is removed, and {close} does not follow at once")));
        }
    }
    judgement
}

fn treatments_have_names(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEADDRESSCAPS", |caps| -> Option<Said> {
        let Some(Value::List(entries)) = caps.decoded.get("CallTreatmentList") else {
            return None;
        };
        let nameless = entries.iter().find_map(|entry| match entry {
            Value::Struct(members) => {
                let get = |name: &str| members.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
                let empty = get("CallTreatmentName")?.text().is_some_and(str::is_empty);
                empty.then(|| get("dwCallTreatmentID").and_then(Value::number).unwrap_or_default())
            }
            _ => None,
        });
        kept(nameless.is_none(), || {
            format!("{} has no name", render_constant("LINECALLTREATMENT", nameless.unwrap_or_default()))
        })
    })
}

fn displays_fit(story: &Story<'_>) -> Judgement {
    each(story, "TSPI_phoneGetDisplay", |one| {
        let shown = one.bytes_out("lpDisplay").filter(|_| one.result() == Some(0))?;
        let size = u32::from_le_bytes(*shown.get(16..)?.first_chunk()?);
        let caps = story.caps("PHONECAPS", story.device_of(one)?, one.called)?;
        let (rows, columns) = (caps.number("dwDisplayNumRows")?, caps.number("dwDisplayNumColumns")?);
        if rows == 0 || columns == 0 {
            return None; // how large it is was not said
        }
        // Two bytes for each character, and a null at the end.
        let most = rows.saturating_mul(columns).saturating_mul(2).saturating_add(2);
        kept(size <= most, || format!("the display has {rows} rows of {columns}, and {size} bytes came"))
    })
}
