//! Rules about messages that are no state: those that end a device, those of dialogs, of media service providers and of
//! extensions.

use super::Level::Must;
use super::judging::{Said, each_line_event, each_phone_event, is_error, kept};
use super::{Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::{Version, constant_value, message, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_CLOSE/2",
        page: "line-close.md",
        level: Must,
        requirement: "After LINE_CLOSE no LINEEVENT names that line, and after PHONE_CLOSE no PHONEEVENT that phone: the handle is \
                      invalid.",
        why: "TAPI has forgotten the handle, or given it to another line.",
        mend: "Send LINE_CLOSE or PHONE_CLOSE last, when everything on the device has been told and completed.",
        broken_by: "speaks-after-line-close",
        exercises: &["outgoing-answered"],
        judge: closed_devices_are_silent,
    },
    Rule {
        id: "tspi/LINE_LINEDEVSTATE/5",
        page: "line-linedevstate.md",
        level: Must,
        requirement: "LINE_LINEDEVSTATE with LINEDEVSTATE_REINIT carries a NULL line handle, and dwParam2 is zero: another value is for \
                      what TAPI translates.",
        why: "Applications take a message with dwParam2 for a translated one and do not restart TAPI.",
        mend: "Pass 0 for htLine, dwParam2 and dwParam3.",
        broken_by: "restart-of-one-line",
        exercises: &["outgoing-answered"],
        judge: restarts_concern_no_line,
    },
    Rule {
        id: "tspi/LINE_REMOVE/1",
        page: "line-remove.md",
        level: Must,
        requirement: "LINE_REMOVE and PHONE_REMOVE carry the identifier of a device that there is in dwParam1; the handles, dwParam2 \
                      and dwParam3 are zero.",
        why: "TAPI removes another device, and keeps the one that is gone.",
        mend: "Keep the device identifier that TSPI_providerInit or TSPI_providerCreateLineDevice gave, and pass that.",
        broken_by: "removes-unknown-line",
        exercises: &["created-devices"],
        judge: removals_name_a_device,
    },
    Rule {
        id: "tspi/LINE_NEWCALL/4",
        page: "line-newcall.md",
        level: Must,
        requirement: "dwParam2 of LINE_NEWCALL points to room for an HTAPICALL, into which TAPI writes before it returns.",
        why: "TAPI has no way to tell the provider its handle of the call, and drops the call.",
        mend: "Pass the address of a variable that lives until LINEEVENT returns.",
        broken_by: "newcall-without-room",
        exercises: &["two-lines", "incoming-answered"],
        judge: new_calls_have_room,
    },
    Rule {
        id: "tspi/LINE_DEVSPECIFIC/1",
        page: "line-devspecific.md",
        level: Must,
        requirement: "Device-specific messages are sent only by a provider that has the function they are paired with: \
                      TSPI_lineDevSpecific, TSPI_lineDevSpecificFeature, TSPI_phoneDevSpecific.",
        why: "An application that knows the extension answers by that function, and fails.",
        mend: "Export the function, or send a message that every application knows.",
        broken_by: "specific-to-nobody",
        exercises: &["device-specific"],
        judge: specific_messages_have_a_function,
    },
    Rule {
        id: "tspi/LINE_CREATEDIALOGINSTANCE/1",
        page: "line-createdialoginstance.md",
        level: Must,
        requirement: "LINE_CREATEDIALOGINSTANCE passes the hProvider of TSPI_providerEnumDevices, and the dwRequestID of an \
                      asynchronous request that TAPI made.",
        why: "TAPI finds by the two in whose process the dialog is to be shown, and shows none.",
        mend: "Keep hProvider from TSPI_providerEnumDevices, and dwRequestID with the request that needs the dialog.",
        broken_by: "dialog-of-no-request",
        exercises: &["dialog-opened"],
        judge: dialogs_belong_to_a_request,
    },
    Rule {
        id: "tspi/LINE_SENDDIALOGINSTANCEDATA/1",
        page: "line-senddialoginstancedata.md",
        level: Must,
        requirement: "LINE_SENDDIALOGINSTANCEDATA passes the htDlgInst of a dialog that has not been freed, with as many bytes as \
                      dwParam2 says.",
        why: "TAPI hands the bytes to nobody, or to another dialog.",
        mend: "Keep htDlgInst from TUISPICREATEDIALOGINSTANCEPARAMS until TSPI_providerFreeDialogInstance.",
        broken_by: "data-for-no-dialog",
        exercises: &["dialog-opened"],
        judge: dialog_data_have_a_dialog,
    },
    Rule {
        id: "tspi/LINE_SENDMSPDATA/2",
        page: "line-sendmspdata.md",
        level: Must,
        requirement: "dwParam1 of LINE_SENDMSPDATA is 0, or the htMSPLine that TSPI_lineCreateMSPInstance was given, and dwParam2 \
                      points to dwParam3 bytes.",
        why: "TAPI hands the bytes to no media service provider.",
        mend: "Keep htMSPLine with the instance, and pass it; your own handle means nothing to TAPI.",
        broken_by: "data-for-no-msp",
        exercises: &["msp-data"],
        judge: msp_data_have_an_instance,
    },
    Rule {
        id: "tspi/LINE_GATHERDIGITS/3",
        page: "line-gatherdigits.md",
        level: Must,
        requirement: "From version 2.0 on dwParam3 of LINE_GATHERDIGITS, LINE_GENERATE, LINE_MONITORDIGITS, LINE_MONITORMEDIA and \
                      LINE_MONITORTONE is a tick count in milliseconds, or 0: two of them lie as far apart as the messages.",
        why: "Applications measure by it how long a tone was, or a pause.",
        mend: "Pass GetTickCount() as it was when the digit, tone or end was detected.",
        broken_by: "ticks-in-microseconds",
        exercises: &["digits"],
        judge: ticks_are_milliseconds,
    },
    Rule {
        id: "tspi/linedevstate--constants/4",
        page: "linedevstate--constants.md",
        level: Must,
        requirement: "LINEDEVSTATE_COMPLCANCEL carries in dwParam2 the identifier of a completion that TSPI_lineCompleteCall has made.",
        why: "Applications strike another request off their list, or none.",
        mend: "Pass the identifier that *lpdwCompletionID was filled with.",
        broken_by: "cancels-no-completion",
        exercises: &["complete-call"],
        judge: cancelled_completions_were_made,
    },
    Rule {
        id: "tspi/PHONE_BUTTON/1",
        page: "phone-button.md",
        level: Must,
        requirement: "Each change of a button's state is reported by one PHONE_BUTTON: no two in succession report the same state of the \
                      same button.",
        why: "Applications dial the digit twice.",
        mend: "Send PHONE_BUTTON where the state changes, and not where the device repeats it.",
        broken_by: "buttons-stutter",
        exercises: &["phone-pressed"],
        judge: buttons_change,
    },
];

fn closed_devices_are_silent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (callbacks, close) in [(&story.callbacks, "LINE_CLOSE"), (&story.phone_callbacks, "PHONE_CLOSE")] {
        let msg = constant_value(close);
        for (at, closing) in callbacks.iter().filter(|(_, args)| args.msg == msg) {
            let late = callbacks.iter().find(|(later, args)| later > at && args.device == closing.device);
            let said = kept(late.is_none(), || {
                let name = late.and_then(|(_, args)| message(args.msg)).map_or("an event", |message| message.name);
                format!("{name} names {:#x} after {close}", closing.device)
            });
            let with = late.map(|(later, _)| *later);
            judgement.say(*at, said.map(|said| said.with(with)));
        }
        // Whoever never closes a device by itself keeps the rule with each event.
        if let (Some((at, _)), false) = (callbacks.last(), callbacks.iter().any(|(_, args)| args.msg == msg)) {
            judgement.note(*at, None);
        }
    }
    judgement
}

fn restarts_concern_no_line(story: &Story<'_>) -> Judgement {
    let reinit = u64::from(constant_value("LINEDEVSTATE_REINIT"));
    each_line_event(story, "LINE_LINEDEVSTATE", |_, args| {
        let restart = args.params[0] & reinit != 0;
        kept(!restart || args.device == 0 && args.params[1] == 0, || {
            format!("LINEDEVSTATE_REINIT with htLine = {:#x} and dwParam2 = {:#x}", args.device, args.params[1])
        })
    })
    .and(Judgement {
        judged: usize::from(!story.callbacks.is_empty()),
        findings: Vec::new(),
    })
}

/// Whether a device has been given to the provider, by its identifier, before an event.
fn is_device(story: &Story<'_>, of_phone: bool, device: u64, at: usize) -> bool {
    let function = match of_phone {
        true => "TSPI_providerCreatePhoneDevice",
        false => "TSPI_providerCreateLineDevice",
    };
    let mut created = story.invocations_of(function).filter(|one| one.result() == Some(0) && one.called < at);
    device < u64::from(story.devices(of_phone)) || created.any(|one| u64::from(one.dword("dwDeviceID")) == device)
}

fn removals_name_a_device(story: &Story<'_>) -> Judgement {
    let right = |of_phone: bool, at: usize, args: &CallbackArgs| -> Option<Said> {
        let [device, second, third] = args.params;
        let known = is_device(story, of_phone, device, at);
        kept(known && [args.device, args.call, second, third] == [0; 4], || {
            format!(
                "device {device}, handles {:#x} and {:#x}, dwParam2 = {second:#x}, dwParam3 = {third:#x}",
                args.device, args.call
            )
        })
    };
    each_line_event(story, "LINE_REMOVE", |at, args| right(false, at, args))
        .and(each_phone_event(story, "PHONE_REMOVE", |at, args| right(true, at, args)))
}

fn new_calls_have_room(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_NEWCALL", |_, args| {
        kept(args.params[1] != 0, || "dwParam2 of LINE_NEWCALL is NULL".to_owned())
    })
}

/// Message, the function that it is paired with.
const PAIRS: [(&str, &str); 6] = [
    ("LINE_DEVSPECIFIC", "TSPI_lineDevSpecific"),
    ("LINE_DEVSPECIFICEX", "TSPI_lineDevSpecific"),
    ("LINE_CALLDEVSPECIFIC", "TSPI_lineDevSpecific"),
    ("LINE_DEVSPECIFICFEATURE", "TSPI_lineDevSpecificFeature"),
    ("LINE_CALLDEVSPECIFICFEATURE", "TSPI_lineDevSpecificFeature"),
    ("PHONE_DEVSPECIFIC", "TSPI_phoneDevSpecific"),
];

fn specific_messages_have_a_function(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let unavailable = ["LINEERR_OPERATIONUNAVAIL", "PHONEERR_OPERATIONUNAVAIL"];
    for (name, function) in PAIRS {
        let calls: Vec<i32> = story.invocations_of(function).filter_map(|one| Some(story.outcome(one)?.result)).collect();
        let missing = story.lacks(function);
        if calls.is_empty() && story.exports.is_none() {
            continue;
        }
        let refused = !calls.is_empty() && calls.iter().all(|result| is_error(*result, &unavailable));
        let never = missing || refused;
        let said = |_: usize, _: &CallbackArgs| {
            kept(!never, || format!("{name} was sent, and {function} is not there"))
        };
        judgement.join(each_line_event(story, name, said));
        judgement.join(each_phone_event(story, name, said));
    }
    judgement
}

fn dialogs_belong_to_a_request(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let mut enumerated = story.invocations_of("TSPI_providerEnumDevices");
    let provider = enumerated.next().and_then(|one| one.value("hProvider"));
    for dialog in &story.dialogs {
        let request = story.request(dialog.request);
        let begun = request.map(|request| story.invocations[request.invocation].called);
        let right = begun.is_some_and(|begun| begun < dialog.created)
            && provider.is_none_or(|provider| provider == dialog.provider);
        let said = kept(right, || {
            format!(
                "LINE_CREATEDIALOGINSTANCE with handle {:#x} for request {:#x}; hProvider is {:#x}",
                dialog.provider,
                dialog.request,
                provider.unwrap_or_default()
            )
        });
        judgement.say(dialog.created, said.map(|said| said.with(begun)));
    }
    judgement
}

fn dialog_data_have_a_dialog(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_SENDDIALOGINSTANCEDATA", |at, args| {
        let mut dialogs = story.dialogs.iter();
        let dialog = dialogs.find(|dialog| dialog.ht == args.device && dialog.created < at);
        let living = dialog.is_some_and(|dialog| dialog.freed.is_none_or(|freed| freed > at));
        // NULL has the dialog closed.
        let whole = args.params[0] == 0 || args.data.len() as u64 == args.params[1];
        kept(living && whole, || {
            format!("{} of {} bytes for {:#x}, which is no dialog that is shown", args.data.len(), args.params[1], args.device)
        })
    })
}

fn msp_data_have_an_instance(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_SENDMSPDATA", |at, args| {
        let [instance, _, size] = args.params;
        let living = |msp: &&super::MspLife| msp.ht == instance && msp.created < at && msp.closed.is_none_or(|closed| closed > at);
        let known = instance == 0 || story.msps.iter().any(|msp| living(&msp));
        kept(known && args.data.len() as u64 == size, || {
            format!("{} of {size} bytes for {instance:#x}, which is no instance that TAPI made", args.data.len())
        })
    })
}

const TICKING: [&str; 5] = [
    "LINE_GATHERDIGITS",
    "LINE_GENERATE",
    "LINE_MONITORDIGITS",
    "LINE_MONITORMEDIA",
    "LINE_MONITORTONE",
];

/// How far the ticks of two messages may lie from the messages themselves: a tick count may step by 16, and a message be late.
const TICK_TOLERANCE: u32 = 2_000;

fn ticks_are_milliseconds(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if Version(story.version()) < Version::V2_0 {
        return judgement;
    }
    let ticking = TICKING.map(constant_value);
    let mut last: Option<(usize, u32)> = None;
    for (at, args) in story.callbacks.iter().filter(|(_, args)| ticking.contains(&args.msg) && args.params[2] != 0) {
        let tick = args.params[2] as u32;
        if let Some((before, then)) = last {
            let apart = (story.time(*at) - story.time(before)).as_millis() as u32;
            // It begins anew after 49 days.
            let ticked = tick.wrapping_sub(then).cast_signed();
            let right = (i64::from(ticked) - i64::from(apart)).abs() <= i64::from(TICK_TOLERANCE);
            let name = message(args.msg).map_or("a message", |message| message.name);
            let said = kept(right, || {
                format!("dwParam3 of {name} is {tick}, {ticked} after that of the message {apart} ms before")
            });
            judgement.say(*at, said.map(|said| said.with([before])));
        }
        last = Some((*at, tick));
    }
    judgement
}

fn cancelled_completions_were_made(story: &Story<'_>) -> Judgement {
    let cancelled = u64::from(constant_value("LINEDEVSTATE_COMPLCANCEL"));
    let of_events = each_line_event(story, "LINE_LINEDEVSTATE", |at, args| {
        if args.params[0] & cancelled == 0 {
            return None;
        }
        let made = story.invocations_of("TSPI_lineCompleteCall").filter(|one| one.called < at && one.accepted());
        // Where the identifier was filled in later, it is not known, and any may be right.
        let ids: Vec<u64> = made.map(|one| one.number_out("lpdwCompletionID").unwrap_or_default()).collect();
        let right = ids.iter().any(|id| *id == 0 || *id == args.params[1]);
        kept(right, || {
            let state = render_constant("LINEDEVSTATE", args.params[0] as u32);
            format!("{state} with dwParam2 = {:#x}, which no TSPI_lineCompleteCall has given", args.params[1])
        })
    });
    let mut made = story.invocations_of("TSPI_lineCompleteCall").filter(|one| one.accepted());
    of_events.and(Judgement {
        judged: usize::from(made.next().is_some()),
        findings: Vec::new(),
    })
}

fn buttons_change(story: &Story<'_>) -> Judgement {
    let msg = constant_value("PHONE_BUTTON");
    each_phone_event(story, "PHONE_BUTTON", |at, args| {
        let same = |other: &&CallbackArgs| other.msg == msg && other.device == args.device && other.params[0] == args.params[0];
        let mut before = story.phone_callbacks.iter().filter(|(earlier, _)| *earlier < at).map(|(_, other)| *other);
        let before = before.rfind(same);
        kept(before.is_none_or(|before| before.params[2] != args.params[2]), || {
            let state = render_constant("PHONEBUTTONSTATE", args.params[2] as u32);
            format!("button {} is reported {state} twice in succession", args.params[0])
        })
    })
}
