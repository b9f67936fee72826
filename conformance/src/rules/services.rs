//! Rules about what every provider has, and about what it must not do: basic functions, errors that are TAPI's, extensions
//! that nobody has selected, and identifiers of calls.

use super::Level::{Must, Should};
use super::judging::{Said, each_answer, is_error, kept, never_fails_with};
use super::{Answer, Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/tspi-levels-of-service/1",
        page: "tspi-levels-of-service.md",
        level: Should,
        requirement: "A provider implements all functions of basic telephony: each is exported, and none fails as unavailable. Published \
                      providers leave out some, for which TAPI answers LINEERR_OPERATIONUNAVAIL: a warning.",
        why: "Applications rely on basic telephony without asking for it.",
        mend: "Export every function of tspi-basic-telephony-functions and answer it, if only with what is always so.",
        broken_by: "basic-function-unavailable",
        exercises: &["lifecycle", "ids", "device-config"],
        judge: basic_functions_are_there,
    },
    Rule {
        id: "tspi/overall-comparison-with-tapi/2",
        page: "overall-comparison-with-tapi.md",
        level: Must,
        requirement: "Errors about privilege are TAPI's: a provider, which knows no owners, never returns LINEERR_NOTOWNER, \
                      LINEERR_INVALCALLPRIVILEGE, LINEERR_INVALPRIVSELECT, PHONEERR_NOTOWNER or PHONEERR_INVALPRIVILEGE.",
        why: "Applications ask TAPI for ownership that they have, and try again for ever.",
        mend: "Return the error that says what the device lacks, such as LINEERR_INVALCALLSTATE.",
        broken_by: "speaks-of-owners",
        exercises: &["wrong-states"],
        judge: errors_of_privilege_are_tapis,
    },
    Rule {
        id: "tspi/phone-spi-initialization/4",
        page: "phone-spi-initialization.md",
        level: Must,
        requirement: "Once TSPI_providerInit has succeeded, devices can be opened at once, by the identifiers from their base upward: \
                      TSPI_lineOpen and TSPI_phoneOpen of one that there is do not fail because the provider is not ready or does \
                      not know it.",
        why: "TAPI opens lines as soon as an application asks, and reports them as broken.",
        mend: "Finish starting before TSPI_providerInit returns, and count devices from the bases that it was given.",
        broken_by: "not-ready-after-init",
        exercises: &["lifecycle", "phone"],
        judge: devices_can_be_opened,
    },
    Rule {
        id: "tspi/tspi-versioning/6",
        page: "tspi-versioning.md",
        level: Should,
        requirement: "Extensions are off unless an extension version is selected: LINE_DEVSPECIFIC and PHONE_DEVSPECIFIC come only from a \
                      line or phone on which TSPI_lineSelectExtVersion or TSPI_phoneSelectExtVersion has selected one. Applications that \
                      know the provider cope: a warning.",
        why: "Applications that know nothing of the extensions get messages that mean nothing to them.",
        mend: "Look at the selected version before sending one.",
        broken_by: "extensions-unasked",
        exercises: &["lifecycle"],
        judge: extensions_are_selected,
    },
    Rule {
        id: "tspi/callhub-support/1",
        page: "callhub-support.md",
        level: Must,
        requirement: "Both ends of a call between two lines of the provider have the same LINECALLINFO.dwCallID, unless it is 0.",
        why: "TAPI joins the calls of one hub by this number, and a call center counts one call twice.",
        mend: "Give each call of the switch a number, and fill dwCallID of all its parties with it.",
        broken_by: "call-id-of-each-end",
        exercises: &["two-lines"],
        judge: both_ends_have_one_id,
    },
    Rule {
        id: "tspi/LINEDEVCAPS/9",
        page: "ns-tapi-linedevcaps.md",
        level: Should,
        requirement: "Where LINEDEVCAPS.dwBearerModes has LINEBEARERMODE_DATA, or dwMediaModes LINEMEDIAMODE_DATAMODEM, dwMaxRate is the \
                      highest rate in bits per second, not 0. Windows copes with 0: a warning.",
        why: "Applications show a modem of no speed.",
        mend: "Set dwMaxRate to the highest rate between the modems, or of the bearer channel.",
        broken_by: "modem-of-no-speed",
        exercises: &["lifecycle"],
        judge: data_has_a_rate,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/5",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "Flags of party identifiers in LINECALLINFO lie within those that LINEADDRESSCAPS lists for the party; that an \
                      identifier is unknown or unavailable needs no listing.",
        why: "Applications decide by the capabilities whether to show who calls.",
        mend: "Set the flags of all that can ever be said of a party in LINEADDRESSCAPS.",
        broken_by: "parties-beyond-caps",
        exercises: &["call-params", "two-lines", "incoming-caller-id"],
        judge: parties_are_claimed,
    },
    Rule {
        id: "tspi/LINECALLINFO/10",
        page: "ns-tapi-linecallinfo.md",
        level: Must,
        requirement: "A call of LINECALLREASON_CALLCOMPLETION has in LINECALLINFO.dwCompletionID an identifier that TSPI_lineCompleteCall gave.",
        why: "Applications do not know which of their requests the call answers.",
        mend: "Keep the identifier with the completion, and copy it to the call that comes of it.",
        broken_by: "completion-of-another",
        exercises: &["call-completed"],
        judge: completions_are_known,
    },
];

/// Functions of basic telephony that a provider is asked in any state, so that nothing but their absence makes them unavailable.
const BASIC: [&str; 16] = [
    "TSPI_lineGetDevCaps",
    "TSPI_lineGetDevConfig",
    "TSPI_lineSetDevConfig",
    "TSPI_lineGetLineDevStatus",
    "TSPI_lineSetStatusMessages",
    "TSPI_lineSetDefaultMediaDetection",
    "TSPI_lineGetID",
    "TSPI_lineGetIcon",
    "TSPI_lineGetAddressCaps",
    "TSPI_lineGetAddressStatus",
    "TSPI_lineGetNumAddressIDs",
    "TSPI_lineGetAddressID",
    "TSPI_lineGetCallInfo",
    "TSPI_lineGetCallStatus",
    "TSPI_lineSetAppSpecific",
    "TSPI_lineDrop",
];

/// Functions of basic telephony that mean nothing at some times, and so may be refused then.
const BASIC_AT_TIMES: [&str; 10] = [
    "TSPI_providerInit",
    "TSPI_providerShutdown",
    "TSPI_lineNegotiateTSPIVersion",
    "TSPI_lineOpen",
    "TSPI_lineClose",
    "TSPI_lineMakeCall",
    "TSPI_lineDial",
    "TSPI_lineAnswer",
    "TSPI_lineCloseCall",
    "TSPI_lineGetCallAddressID",
];

fn basic_functions_are_there(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for function in BASIC {
        all.join(never_fails_with(story, function, &["LINEERR_OPERATIONUNAVAIL"], |_| true));
    }
    // A provider of phones alone has none of them.
    let lines = story.devices(false) > 0;
    for (exports, name) in BASIC.iter().chain(&BASIC_AT_TIMES).filter_map(|name| Some((story.exports?, name))) {
        all.say(exports.at, lines.then(|| kept(exports.has(name), || format!("{name} is not exported"))).flatten());
    }
    all
}

fn errors_of_privilege_are_tapis(story: &Story<'_>) -> Judgement {
    const PRIVILEGE: [&str; 5] = [
        "LINEERR_NOTOWNER",
        "LINEERR_INVALCALLPRIVILEGE",
        "LINEERR_INVALPRIVSELECT",
        "PHONEERR_NOTOWNER",
        "PHONEERR_INVALPRIVILEGE",
    ];
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        let failed = story.outcome(one).filter(|outcome| !outcome.succeeded());
        let said = failed.and_then(|outcome| {
            kept(!is_error(outcome.result, &PRIVILEGE), || {
                format!("{} failed with {}", one.function.name, render_result(outcome.result))
            })
        });
        judgement.say(one.at(), said);
    }
    judgement
}

fn devices_can_be_opened(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, of_phone, kind) in [("TSPI_lineOpen", false, "LINE"), ("TSPI_phoneOpen", true, "PHONE")] {
        let errors = ["BADDEVICEID", "NODRIVER", "NODEVICE", "UNINITIALIZED", "OPERATIONUNAVAIL"];
        let errors = errors.map(|error| format!("{kind}ERR_{error}"));
        let errors: Vec<&str> = errors.iter().map(String::as_str).filter(|name| crate::tspi::constant(name).is_some()).collect();
        let devices = story.devices(of_phone);
        all.join(never_fails_with(story, function, &errors, |one| one.dword("dwDeviceID") < devices));
    }
    all
}

fn extensions_are_selected(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (callbacks, message, select, handle, of_phone) in [
        (&story.callbacks, "LINE_DEVSPECIFIC", "TSPI_lineSelectExtVersion", "hdLine", false),
        (&story.phone_callbacks, "PHONE_DEVSPECIFIC", "TSPI_phoneSelectExtVersion", "hdPhone", true),
    ] {
        let message_value = constant_value(message);
        for (at, args) in callbacks.iter() {
            let selected = story
                .invocations_of(select)
                .filter(|one| one.called < *at && one.result() == Some(0))
                .filter(|one| {
                    let hd = one.value(handle).unwrap_or_default();
                    let ht = match of_phone {
                        true => story.phone_by_hd(hd, one.called).map(|phone| phone.ht),
                        false => story.line_by_hd(hd, one.called).map(|line| line.ht),
                    };
                    ht == Some(args.device)
                })
                .last()
                .is_some_and(|one| one.dword("dwExtVersion") != 0);
            judgement.say(
                *at,
                kept(args.msg != message_value || selected, || {
                    format!("{message} came, and no extension version is selected there")
                }),
            );
        }
    }
    judgement
}

/// The number that a call was made to, and the call that was offered at an open line of that number meanwhile.
fn both_ends_have_one_id(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let Origin::Announced(at) = call.origin else {
            return None;
        };
        let own = story.caps("LINEADDRESSCAPS", story.line(call.line?)?.device, at)?;
        let address = own.text("Address").filter(|address| !address.is_empty())?;
        // The one call that was made to this number and not over when the call was offered.
        let mut made = story.calls.iter().filter(|other| {
            let Origin::Made(by) = other.origin else { return false };
            let one = &story.invocations[by];
            let over = other.was(&["LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"], at);
            one.called < at && !over && one.text_in("lpszDestAddress").as_deref() == Some(address)
        });
        let (other, None) = (made.next()?, made.next()) else {
            return None;
        };
        let there = story
            .answers("LINECALLINFO")
            .filter(|answer| answer.call == Some(other.ht) && answer.number("dwCallID").is_some())
            .min_by_key(|answer| answer.at.abs_diff(info.at))?;
        let settled = |call: &super::CallLife, answer: &Answer| {
            call.was(&["LINECALLSTATE_CONNECTED", "LINECALLSTATE_OFFERING", "LINECALLSTATE_RINGBACK"], answer.at)
        };
        if !settled(call, info) || !settled(other, there) {
            return None;
        }
        let ids = (info.number("dwCallID")?, there.number("dwCallID")?);
        kept(ids.0 == ids.1 || ids.0 == 0 || ids.1 == 0, || {
            format!("dwCallID is {} at one end of the call and {} at the other", ids.0, ids.1)
        })
        .map(|said| said.with([there.at]))
    })
}

fn data_has_a_rate(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEDEVCAPS", |caps| {
        let data = caps.has("dwBearerModes", "LINEBEARERMODE_DATA") || caps.has("dwMediaModes", "LINEMEDIAMODE_DATAMODEM");
        let rate = caps.number("dwMaxRate").filter(|_| data)?;
        kept(rate != 0, || "there are data calls, and dwMaxRate is 0".to_owned())
    })
}

fn parties_are_claimed(story: &Story<'_>) -> Judgement {
    const FLAGS: [&str; 5] = [
        "dwCallerIDFlags",
        "dwCalledIDFlags",
        "dwConnectedIDFlags",
        "dwRedirectionIDFlags",
        "dwRedirectingIDFlags",
    ];
    let free = ["UNKNOWN", "UNAVAIL"].iter().fold(0, |bits, name| bits | constant_value(&format!("LINECALLPARTYID_{name}")));
    each_answer(story, "LINECALLINFO", |info| -> Option<Said> {
        let device = story.line(story.call(info.call?)?.line?)?.device;
        let caps = story.caps("LINEADDRESSCAPS", device, info.at)?;
        let beyond = FLAGS.iter().find_map(|flags| {
            let beyond = info.number(flags)? & !caps.number(flags)? & !free;
            (beyond != 0).then_some((flags, beyond))
        });
        kept(beyond.is_none(), || match beyond {
            Some((flags, beyond)) => format!(
                "LINECALLINFO.{flags} has {}, which LINEADDRESSCAPS lacks",
                render_constant("LINECALLPARTYID", beyond)
            ),
            None => String::new(),
        })
        .map(|said| said.with([caps.at]))
    })
}

fn completions_are_known(story: &Story<'_>) -> Judgement {
    let mut given: Vec<u32> = Vec::new();
    for one in story.invocations_of("TSPI_lineCompleteCall") {
        given.extend(one.number_out("lpdwCompletionID").map(|id| id as u32));
        given.extend(kept_ids(story, one));
    }
    each_answer(story, "LINECALLINFO", |info| {
        let reason = info.number("dwReason")?;
        if reason != constant_value("LINECALLREASON_CALLCOMPLETION") || given.is_empty() {
            return None;
        }
        let id = info.number("dwCompletionID")?;
        kept(given.contains(&id), || format!("dwCompletionID is {id:#x}, and TSPI_lineCompleteCall gave {given:#x?}"))
    })
}

/// What was read anew of the memory with a completion's identifier.
fn kept_ids(story: &Story<'_>, one: &super::Invocation<'_>) -> Vec<u32> {
    use crate::trace::What;
    let Some(What::Call { seq: of, .. }) = story.events.get(one.called).map(|event| &event.what) else {
        return Vec::new();
    };
    let place = one.function.arg("lpdwCompletionID");
    let read = story.events.iter().filter_map(|event| match &event.what {
        What::Kept { seq, outs } if seq == of && event.by == story.party => Some(outs),
        _ => None,
    });
    read.flatten()
        .filter(|(index, _)| Some(usize::from(*index)) == place)
        .filter_map(|(_, bytes)| Some(u32::from_le_bytes(*bytes.first_chunk()?)))
        .collect()
}
