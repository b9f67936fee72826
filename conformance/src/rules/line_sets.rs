//! Rules about setting a line or a call: what is set can be read back and is reported, and what is not there is refused.

use super::Level::{Must, Should};
use super::judging::{
    changes_info, each_line_event, each_outcome, is_error, kept, never_fails_with, reaches, refuses, takes,
};
use super::{Invocation, Judgement, Rule, Story, completions};
use crate::tspi::{constant_value, family, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineSetAppSpecific/4",
        page: "nf-tspi-tspi_linesetappspecific.md",
        level: Must,
        requirement: "What TSPI_lineSetAppSpecific, TSPI_lineSetMediaMode, TSPI_lineSetCallTreatment or TSPI_lineSetCallParams has set with \
                      success stands in LINECALLINFO when it is read next.",
        why: "Other applications go by the old value.",
        mend: "Keep the value with the call and fill LINECALLINFO from there.",
        broken_by: "forgets-app-specific",
        exercises: &["call-settings"],
        judge: settings_stand_in_callinfo,
    },
    Rule {
        id: "tspi/lineSetAppSpecific/6",
        page: "nf-tspi-tspi_linesetappspecific.md",
        level: Must,
        requirement: "A change of the application's own value, of the call data, of the media type or of the treatment of a call \
                      is reported by LINE_CALLINFO with its bit.",
        why: "Other applications go on with what they read before.",
        mend: "Send LINE_CALLINFO wherever the value changes.",
        broken_by: "app-specific-unsaid",
        exercises: &["call-changes"],
        judge: changes_of_calls_are_reported,
    },
    Rule {
        id: "tspi/lineMonitorDigits/4",
        page: "nf-tspi-tspi_linemonitordigits.md",
        level: Must,
        requirement: "Monitoring digits, media types or tones, and detecting media on a line, can be switched off at any time: 0, or \
                      no list, is accepted also where nothing is on.",
        why: "TAPI switches off when the last application has gone, and does not know what the provider had on.",
        mend: "Take 0 first, before looking at what is supported.",
        broken_by: "refuses-monitoring-off",
        exercises: &["digits"],
        judge: monitoring_can_be_switched_off,
    },
    Rule {
        id: "tspi/lineMonitorMedia/5",
        page: "nf-tspi-tspi_linemonitormedia.md",
        level: Must,
        requirement: "A media type that no line of the provider has is refused with LINEERR_INVALMEDIAMODE by monitoring, setting \
                      and detecting, unless the function is not available at all.",
        why: "TAPI leaves the check to the provider, so an application waits for what never comes.",
        mend: "Compare with LINEDEVCAPS.dwMediaModes before accepting.",
        broken_by: "monitors-any-media",
        exercises: &["media"],
        judge: foreign_media_are_refused,
    },
    Rule {
        id: "tspi/lineSwapHold/7",
        page: "nf-tspi-tspi_lineswaphold.md",
        level: Must,
        requirement: "What a successful request does to calls is reported by LINE_CALLSTATE: swapping, preparing a \
                      conference, setting up a transfer or a conference, picking up and unparking bring each call into the state \
                      that its page names.",
        why: "Applications follow calls by their states alone.",
        mend: "Report every state that the switch brings a call into, for each call that is concerned.",
        broken_by: "forgets-to-swap",
        exercises: &["swap", "hold", "transfer", "conference", "park", "pickup"],
        judge: requests_move_their_calls,
    },
    Rule {
        id: "tspi/lineUnhold/6",
        page: "nf-tspi-tspi_lineunhold.md",
        level: Must,
        requirement: "A call that is not held cannot be unheld, an idle one neither transferred nor put into a conference: the \
                      request fails with LINEERR_INVALCALLSTATE.",
        why: "The application is told that something was done which could not be.",
        mend: "Look at the state of the call before asking the switch.",
        broken_by: "unholds-any-call",
        exercises: &["hold"],
        judge: wrong_states_are_refused,
    },
    Rule {
        id: "tspi/lineMakeCall/12",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "lpCallParams and lpszDestAddress may be NULL where their page says so: neither is refused with \
                      LINEERR_INVALCALLPARAMS or LINEERR_INVALPOINTER, nor an address left out where partial dialling is claimed.",
        why: "Applications that are content with the defaults cannot make calls.",
        mend: "Take NULL for a voice call of 3.1 kHz, and for a number to be dialled later.",
        broken_by: "demands-call-params",
        exercises: &["call-defaults", "dial-partial", "transfer"],
        judge: defaults_are_taken,
    },
    Rule {
        id: "tspi/lineMakeCall/11",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "dwCountryCode 0 stands for the provider's own default and is not refused with LINEERR_INVALCOUNTRYCODE.",
        why: "TAPI passes 0 for every application that does not care.",
        mend: "Take 0 before looking the code up.",
        broken_by: "demands-country-code",
        exercises: &["two-lines"],
        judge: |story| {
            let functions = ["TSPI_lineMakeCall", "TSPI_lineDial", "TSPI_lineRedirect", "TSPI_lineBlindTransfer"];
            functions.iter().fold(Judgement::default(), |mut all, function| {
                all.join(never_fails_with(story, function, &["LINEERR_INVALCOUNTRYCODE"], |one| one.dword("dwCountryCode") == 0));
                all
            })
        },
    },
    Rule {
        id: "tspi/lineSetStatusMessages/3",
        page: "nf-tspi-tspi_linesetstatusmessages.md",
        level: Must,
        requirement: "TSPI_lineSetStatusMessages takes every combination of defined states, also of those that never come, and \
                      refuses bits that are none with LINEERR_INVALLINESTATE or LINEERR_INVALADDRESSSTATE.",
        why: "TAPI asks for the union of what applications want, and one that wants more than there is would spoil it for all.",
        mend: "Compare with all defined bits; keep of them those that the device reports.",
        broken_by: "takes-any-line-state",
        exercises: &["status-messages"],
        judge: status_masks_are_checked,
    },
    Rule {
        id: "tspi/lineSetStatusMessages/8",
        page: "nf-tspi-tspi_linesetstatusmessages.md",
        level: Should,
        requirement: "LINE_LINEDEVSTATE and LINE_ADDRESSSTATE are sent only for states that TSPI_lineSetStatusMessages has asked for, \
                      REINIT always. TAPI filters for each application again: a warning.",
        why: "What nobody asked for costs time on its way through TAPI.",
        mend: "Keep what was last asked for beside the line, nothing at first, and look at it before each event.",
        broken_by: "line-state-unasked",
        exercises: &["lifecycle", "two-lines"],
        judge: line_states_were_asked_for,
    },
    Rule {
        id: "tspi/lineSetTerminal/8",
        page: "nf-tspi-tspi_linesetterminal.md",
        level: Must,
        requirement: "A terminal beyond LINEDEVCAPS.dwNumTerminals is refused.",
        why: "TAPI does not know the terminals, so what the provider lets pass goes to the device.",
        mend: "Compare dwTerminalID with dwNumTerminals and return LINEERR_INVALTERMINALID.",
        broken_by: "takes-any-terminal",
        exercises: &["terminals"],
        judge: |story| {
            refuses(story, "TSPI_lineSetTerminal", &[], |one| {
                let device = story.device_of(one);
                let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
                caps.and_then(|caps| caps.number("dwNumTerminals")).is_some_and(|count| one.dword("dwTerminalID") >= count)
            })
        },
    },
    Rule {
        id: "tspi/lineUncompleteCall/5",
        page: "nf-tspi-tspi_lineuncompletecall.md",
        level: Must,
        requirement: "A completion identifier that TSPI_lineCompleteCall never gave is refused by TSPI_lineUncompleteCall, and a request \
                      that was cancelled leads to no call.",
        why: "TAPI does not check it, so another request may be cancelled.",
        mend: "Look the identifier up and return LINEERR_INVALCOMPLETIONID.",
        broken_by: "uncompletes-anything",
        exercises: &["complete-call"],
        judge: |story| {
            let given = |one: &Invocation<'_>| {
                let mut before = story.invocations_of("TSPI_lineCompleteCall").filter(|other| other.called < one.called && other.accepted());
                // Where an identifier was filled in later and not read again, any may be right.
                before.any(|other| completions::id_of(story, other).is_none_or(|id| id == one.dword("dwCompletionID")))
            };
            let mut all = refuses(story, "TSPI_lineUncompleteCall", &[], |one| !given(one));
            all.join(cancelled_requests_lead_nowhere(story));
            all
        },
    },
    Rule {
        id: "tspi/LINEEVENT/4",
        page: "nc-tspi-lineevent.md",
        level: Must,
        requirement: "htCall is NULL in events of a line that concern no call, such as LINE_LINEDEVSTATE and LINE_ADDRESSSTATE.",
        why: "TAPI hands the event to the owners of that call alone.",
        mend: "Pass 0 for htCall in every event about the line itself.",
        broken_by: "line-state-with-call",
        exercises: &["status-messages"],
        judge: |story| {
            ["LINE_LINEDEVSTATE", "LINE_ADDRESSSTATE", "LINE_CLOSE"].iter().fold(Judgement::default(), |mut all, message| {
                all.join(each_line_event(story, message, |_, args| {
                    kept(args.call == 0, || format!("{message} with htCall = {:#x}", args.call))
                }));
                all
            })
        },
    },
];

/// Function, its parameter, the member of LINECALLINFO that then holds it.
const IN_CALLINFO: &[(&str, &str, &str)] = &[
    ("TSPI_lineSetAppSpecific", "dwAppSpecific", "dwAppSpecific"),
    ("TSPI_lineSetMediaMode", "dwMediaMode", "dwMediaMode"),
    ("TSPI_lineSetCallTreatment", "dwTreatment", "dwCallTreatment"),
    ("TSPI_lineSetCallParams", "dwBearerMode", "dwBearerMode"),
];

fn settings_stand_in_callinfo(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, parameter, member) in IN_CALLINFO {
        all.join(each_outcome(story, function, |one, outcome| {
            let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
            let later = story.answers("LINECALLINFO").find(|info| info.call == Some(call.ht) && info.at > outcome.at)?;
            // Another may have been set in between.
            let again = story.invocations_of(function).any(|other| other.called > one.called && other.called < later.at);
            let (wanted, given) = (one.dword(parameter), later.number(member)?);
            if again {
                return None;
            }
            kept(wanted == given, || format!("{function} set {wanted:#x}, and LINECALLINFO.{member} is {given:#x}"))
                .map(|said| said.with([later.at]))
        }));
    }
    all.join(each_outcome(story, "TSPI_lineSetCallParams", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let later = story.answers("LINECALLINFO").find(|info| info.call == Some(call.ht) && info.at > outcome.at)?;
        let again = story.invocations_of("TSPI_lineSetCallParams").any(|other| other.called > one.called && other.called < later.at);
        let (least, most, rate) = (one.dword("dwMinRate"), one.dword("dwMaxRate"), later.number("dwRate")?);
        if again || most == 0 || rate == 0 {
            return None;
        }
        kept((least..=most).contains(&rate), || format!("a rate of {least} to {most} was set, and LINECALLINFO.dwRate is {rate}"))
            .map(|said| said.with([later.at]))
    }));
    all
}

/// The value of a member of LINECALLINFO that was read last before a call.
fn before(story: &Story<'_>, one: &Invocation<'_>, member: &str) -> Option<u32> {
    let call = story.call_of(one, "hdCall")?;
    let read = story.answers("LINECALLINFO").filter(|info| info.call == Some(call.ht) && info.at < one.called);
    read.last()?.number(member)
}

fn changes_of_calls_are_reported(story: &Story<'_>) -> Judgement {
    let changes = [
        ("TSPI_lineSetAppSpecific", "dwAppSpecific", "dwAppSpecific", "LINECALLINFOSTATE_APPSPECIFIC"),
        ("TSPI_lineSetMediaMode", "dwMediaMode", "dwMediaMode", "LINECALLINFOSTATE_MEDIAMODE"),
        ("TSPI_lineSetCallTreatment", "dwTreatment", "dwCallTreatment", "LINECALLINFOSTATE_TREATMENT"),
    ];
    let mut all = changes_info(story, "TSPI_lineSetCallData", "LINECALLINFOSTATE_CALLDATA", |one| {
        one.dword("dwSize") != 0 && before(story, one, "dwCallDataSize") == Some(0)
    });
    for (function, parameter, member, bit) in changes {
        all.join(changes_info(story, function, bit, |one| {
            before(story, one, member).is_some_and(|was| was != one.dword(parameter))
        }));
    }
    all
}

fn monitoring_can_be_switched_off(story: &Story<'_>) -> Judgement {
    let living = |one: &Invocation<'_>| {
        story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called))
    };
    let mut all = takes(story, "TSPI_lineMonitorDigits", |one| one.dword("dwDigitModes") == 0 && living(one));
    all.join(takes(story, "TSPI_lineMonitorMedia", |one| one.dword("dwMediaModes") == 0 && living(one)));
    // A list that is not there has no entries, whatever dwNumEntries says.
    all.join(takes(story, "TSPI_lineMonitorTones", |one| one.is_null("lpToneList") && living(one)));
    all.join(takes(story, "TSPI_lineSetDefaultMediaDetection", |one| one.dword("dwMediaModes") == 0));
    all
}

fn foreign_media_are_refused(story: &Story<'_>) -> Judgement {
    let errors = ["LINEERR_INVALMEDIAMODE", "LINEERR_OPERATIONUNAVAIL"];
    let foreign = |one: &Invocation<'_>, parameter: &str| {
        let device = story.device_of(one);
        let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
        let modes = caps.and_then(|caps| caps.number("dwMediaModes"));
        modes.is_some_and(|modes| one.dword(parameter) & !modes & 0x00FF_FFFC != 0)
    };
    let mut all = refuses(story, "TSPI_lineMonitorMedia", &errors, |one| foreign(one, "dwMediaModes"));
    all.join(refuses(story, "TSPI_lineSetMediaMode", &errors, |one| foreign(one, "dwMediaMode")));
    all.join(refuses(story, "TSPI_lineSetDefaultMediaDetection", &errors, |one| foreign(one, "dwMediaModes")));
    all
}

/// Function, the parameter with the call, the states of which one is reported.
const MOVES: &[(&str, &str, &[&str])] = &[
    ("TSPI_lineSwapHold", "hdActiveCall", &["LINECALLSTATE_ONHOLD", "LINECALLSTATE_ONHOLDPENDTRANSFER", "LINECALLSTATE_ONHOLDPENDCONF"]),
    ("TSPI_lineSwapHold", "hdHeldCall", &["LINECALLSTATE_CONNECTED"]),
    ("TSPI_linePrepareAddToConference", "hdConfCall", &["LINECALLSTATE_ONHOLDPENDCONF"]),
    ("TSPI_lineSetupTransfer", "hdCall", &["LINECALLSTATE_ONHOLDPENDTRANSFER"]),
    ("TSPI_lineSetupConference", "htConfCall", &["LINECALLSTATE_ONHOLDPENDCONF", "LINECALLSTATE_CONNECTED"]),
];

fn requests_move_their_calls(story: &Story<'_>) -> Judgement {
    MOVES.iter().fold(Judgement::default(), |mut all, (function, parameter, states)| {
        all.join(reaches(story, function, parameter, states));
        all
    })
}

fn wrong_states_are_refused(story: &Story<'_>) -> Judgement {
    let error = ["LINEERR_INVALCALLSTATE", "LINEERR_OPERATIONUNAVAIL"];
    let steady = |one: &Invocation<'_>, states: &[&str]| {
        story.call_of(one, "hdCall").is_some_and(|call| {
            let changed = call.states.iter().any(|seen| seen.at > one.called && seen.at < one.at());
            call.was(states, one.called) && !changed
        })
    };
    let mut all = refuses(story, "TSPI_lineUnhold", &error, |one| steady(one, &["LINECALLSTATE_CONNECTED", "LINECALLSTATE_IDLE"]));
    for function in ["TSPI_lineSetupTransfer", "TSPI_lineHold"] {
        all.join(refuses(story, function, &error, |one| steady(one, &["LINECALLSTATE_IDLE", "LINECALLSTATE_ONHOLD"])));
    }
    all
}

fn defaults_are_taken(story: &Story<'_>) -> Judgement {
    let functions = [
        "TSPI_lineMakeCall",
        "TSPI_lineSetupTransfer",
        "TSPI_lineSetupConference",
        "TSPI_linePrepareAddToConference",
    ];
    let mut all = Judgement::default();
    for function in functions {
        let errors = ["LINEERR_INVALCALLPARAMS", "LINEERR_INVALPOINTER"];
        all.join(never_fails_with(story, function, &errors, |one| one.is_null("lpCallParams")));
    }
    all.join(each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        if !one.is_null("lpszDestAddress") || !caps.has("dwAddrCapFlags", "LINEADDRCAPFLAGS_PARTIALDIAL") {
            return None;
        }
        kept(!is_error(outcome.result, &["LINEERR_INVALADDRESS", "LINEERR_INVALPOINTER"]), || {
            format!("no address was given, and {} came", render_result(outcome.result))
        })
    }));
    all
}

/// No call is offered for a completion that was taken back, unless its identifier was given again.
fn cancelled_requests_lead_nowhere(story: &Story<'_>) -> Judgement {
    let completion = constant_value("LINECALLREASON_CALLCOMPLETION");
    each_outcome(story, "TSPI_lineUncompleteCall", |one, outcome| {
        let line = story.line_by_hd(one.value("hdLine")?, one.called).filter(|_| outcome.succeeded())?;
        let id = one.dword("dwCompletionID");
        let again = story.invocations_of("TSPI_lineCompleteCall").any(|other| other.called > one.called && other.accepted());
        let offered = story.answers("LINECALLINFO").find(|info| {
            let call = info.call.and_then(|ht| story.call(ht));
            let later = call.is_some_and(|call| call.line == Some(line.ht) && call.begun > outcome.at);
            later && info.number("dwReason") == Some(completion) && info.number("dwCompletionID") == Some(id)
        });
        if again {
            return None;
        }
        kept(offered.is_none(), || format!("completion {id:#x} was cancelled, and a call was offered for it"))
            .map(|said| said.with(offered.map(|info| info.at)))
    })
}

fn status_masks_are_checked(story: &Story<'_>) -> Judgement {
    let defined = |name: &str| family(name).map_or(0, |family| family.mask());
    let (lines, addresses) = (defined("LINEDEVSTATE"), defined("LINEADDRESSSTATE"));
    let known = |one: &Invocation<'_>| {
        one.dword("dwLineStates") & !lines == 0 && one.dword("dwAddressStates") & !addresses == 0
    };
    let mut all = takes(story, "TSPI_lineSetStatusMessages", known);
    let errors = ["LINEERR_INVALLINESTATE", "LINEERR_INVALADDRESSSTATE"];
    all.join(refuses(story, "TSPI_lineSetStatusMessages", &errors, |one| !known(one)));
    all
}

/// The states that the capabilities list, all where nobody asked for them: what they lack is the affair of tspi/LINEDEVCAPS/20.
fn listed(story: &Story<'_>, device: u32, structure: &str, member: &str, at: usize) -> u64 {
    let caps = story.caps(structure, device, at);
    caps.and_then(|caps| caps.number(member)).map_or(u64::MAX, u64::from)
}

/// What a provider never reports: the affair of tspi/overall-comparison-with-tapi/1.
fn tapis() -> u64 {
    u64::from(constant_value("LINEDEVSTATE_OPEN") | constant_value("LINEDEVSTATE_CLOSE"))
}

fn line_states_were_asked_for(story: &Story<'_>) -> Judgement {
    let always = u64::from(constant_value("LINEDEVSTATE_REINIT"));
    let mut all = each_line_event(story, "LINE_LINEDEVSTATE", |at, args| {
        let line = story.line(args.device)?;
        let asked = u64::from(story.line_mask(line.ht, at).states) | always;
        let beyond = args.params[0] & !asked & listed(story, line.device, "LINEDEVCAPS", "dwLineStates", at) & !tapis();
        kept(beyond == 0, || {
            format!("LINE_LINEDEVSTATE reports {}, which nobody asked for", render_constant("LINEDEVSTATE", beyond as u32))
        })
    });
    all.join(each_line_event(story, "LINE_ADDRESSSTATE", |at, args| {
        let line = story.line(args.device)?;
        let asked = u64::from(story.line_mask(line.ht, at).address_states);
        let beyond = args.params[1] & !asked & listed(story, line.device, "LINEADDRESSCAPS", "dwAddressStates", at);
        kept(beyond == 0, || {
            format!("LINE_ADDRESSSTATE reports {}, which nobody asked for", render_constant("LINEADDRESSSTATE", beyond as u32))
        })
    }));
    all
}
