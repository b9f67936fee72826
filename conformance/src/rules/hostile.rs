//! Rules about callers that TAPI never is: handles of nothing, NULL for what must be given, identifiers of no device.

use super::Level::Robust;
use super::judging::{is_error, kept};
use super::{Invocation, Judgement, Rule, Story};
use crate::trace::{HostNote, What};
use crate::tspi::{Group, HandleKind, Kind, Parameter, constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/phoneClose/6",
        page: "nf-tspi-tspi_phoneclose.md",
        level: Robust,
        requirement: "A handle that stands for nothing is refused: one that the provider never gave, and that of a line, phone or call that has been \
                      closed. TAPI never passes one.",
        why: "A provider that takes handles for pointers crashes, or changes what has taken their place.",
        mend: "Look each handle up in a table, and return LINEERR_INVALLINEHANDLE, LINEERR_INVALCALLHANDLE or PHONEERR_INVALPHONEHANDLE.",
        broken_by: "takes-dead-handles",
        exercises: &["hostile-handles"],
        judge: handles_of_nothing_are_refused,
    },
    Rule {
        id: "tspi/lineSetupConference/9",
        page: "nf-tspi-tspi_linesetupconference.md",
        level: Robust,
        requirement: "TSPI_lineSetupConference without a call and with an hdLine that stands for nothing fails with LINEERR_INVALLINEHANDLE, or \
                      LINEERR_INVALCALLHANDLE where conferences need a call. TAPI never \
                      passes one.",
        why: "The application cannot tell what is wrong.",
        mend: "Look hdLine up before anything else, where hdCall is NULL.",
        broken_by: "conference-on-no-line",
        exercises: &["hostile-handles"],
        judge: |story| {
            let mut judgement = Judgement::default();
            let setups = story.invocations.iter().filter(|one| one.function.name == "TSPI_lineSetupConference");
            for one in setups.filter(|one| one.value("hdCall") == Some(0)) {
                let dead = one.value("hdLine").is_some_and(|hd| !line_lives(story, hd, one.called));
                let Some(outcome) = story.outcome(one).filter(|_| dead) else { continue };
                let errors = ["LINEERR_INVALLINEHANDLE", "LINEERR_INVALCALLHANDLE", "LINEERR_OPERATIONUNAVAIL"];
                judgement.say(
                    outcome.at,
                    kept(is_error(outcome.result, &errors), || format!("hdLine stands for nothing, and {} came", render_result(outcome.result))),
                );
            }
            judgement
        },
    },
    Rule {
        id: "tspi/lineerr--constants/null-pointers",
        page: "lineerr--constants.md",
        level: Robust,
        requirement: "NULL where a pointer must be given is refused and crashes nothing: LINEERR_INVALPOINTER, or another error. TAPI checks what \
                      applications pass, and gives NULL for nothing of its own.",
        why: "The provider takes TAPI's server down with it.",
        mend: "Compare each pointer with NULL before using it.",
        broken_by: "writes-to-null",
        exercises: &["hostile-pointers"],
        judge: null_is_refused,
    },
    Rule {
        id: "tspi/lineerr--constants/null-sizes",
        page: "lineerr--constants.md",
        level: Robust,
        requirement: "A size that is not 0 beside a NULL pointer crashes nothing: the size is ignored, or the call refused.",
        why: "The provider takes TAPI's server down with it.",
        mend: "Look at the size only where the pointer is not NULL.",
        broken_by: "reads-from-null",
        exercises: &["hostile-pointers"],
        judge: |story| {
            survived(story, |one| {
                one.function.args.iter().any(|arg| match arg.kind {
                    Kind::Size { of } => one.is_null(of) && one.dword(arg.name) != 0,
                    _ => false,
                })
            })
        },
    },
    Rule {
        id: "tspi/lineerr--constants/foreign-devices",
        page: "lineerr--constants.md",
        level: Robust,
        requirement: "An identifier of no device of the provider, or of no address of the line, is refused. TAPI never passes one.",
        why: "What was meant for another provider's device happens to one of these.",
        mend: "Compare dwDeviceID and dwAddressID with what there is; return LINEERR_ or PHONEERR_BADDEVICEID, LINEERR_INVALADDRESSID.",
        broken_by: "knows-any-device",
        exercises: &["hostile-handles"],
        judge: foreign_devices_are_refused,
    },
];

/// Identifiers from here on are of no device and no address.
pub(super) const FOREIGN: u32 = 0x7000;

fn line_lives(story: &Story<'_>, hd: u64, at: usize) -> bool {
    story.lines.iter().any(|line| line.hd == hd && line.opened < at && line.closed.is_none_or(|closed| closed > at))
}

/// Whether a handle that was passed stands for something then; handles of other kinds are not looked at.
fn lives(story: &Story<'_>, kind: HandleKind, hd: u64, at: usize) -> bool {
    match kind {
        HandleKind::HdLine => line_lives(story, hd, at),
        HandleKind::HdPhone => story.phones.iter().any(|phone| phone.hd == hd && phone.opened < at && phone.closed.is_none_or(|closed| closed > at)),
        HandleKind::HdCall => story.calls.iter().any(|call| {
            let line_closed = call.line.and_then(|line| story.line(line)).and_then(|line| line.closed).is_some_and(|closed| closed < at);
            call.hd == Some(hd) && call.begun < at && call.closed.is_none_or(|closed| closed > at) && !line_closed
        }),
        _ => true,
    }
}

/// Functions for which a handle does not matter in some cases, or that say of another thing that it is over.
fn is_tolerant(one: &Invocation<'_>, arg: &Parameter) -> bool {
    // Which of several handles counts, dwSelect says.
    let wanted = match one.dword("dwSelect") {
        call if call == constant_value("LINECALLSELECT_CALL") => "hdCall",
        _ => "hdLine",
    };
    let selects = one.function.arg("dwSelect").is_some() && arg.name != wanted;
    let chosen = one.function.arg("dwSelect").is_some() && arg.name == wanted;
    let beside = arg.optional && !chosen || one.value(arg.name) == Some(0);
    let ignored = one.function.name == "TSPI_lineSetupConference" && arg.name == "hdLine" && one.value("hdCall") != Some(0);
    selects || beside || ignored
}

/// How the provider crashed in a call from which it did not return.
fn crash<'s>(story: &'s Story<'_>, one: &Invocation<'_>) -> Option<&'s str> {
    if one.returned.is_some() {
        return None;
    }
    story.events[one.called..].iter().find_map(|event| match &event.what {
        What::Host(HostNote::Died(how)) if event.by == story.party && how.starts_with("crashed") => Some(how.as_str()),
        _ => None,
    })
}

/// Judges calls for which `hostile` holds: none of them crashes the provider.
fn survived(story: &Story<'_>, hostile: impl Fn(&Invocation<'_>) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| hostile(one)) {
        let crash = crash(story, one);
        if one.returned.is_some() || crash.is_some() {
            judgement.say(one.at(), kept(crash.is_none(), || format!("the provider {} in {}", crash.unwrap_or_default(), one.function.name)));
        }
    }
    judgement
}

/// Judges calls for which `hostile` says why they are: each is refused, and none crashes the provider.
fn refused(story: &Story<'_>, hostile: impl Fn(&Invocation<'_>) -> Option<String>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| one.function.group != Group::Ui) {
        let Some(why) = hostile(one) else { continue };
        if let Some(how) = crash(story, one) {
            judgement.say(one.at(), kept(false, || format!("{why}, and the provider {how} in {}", one.function.name)));
        } else if let Some(outcome) = story.outcome(one) {
            let said = kept(outcome.result < 0, || format!("{why}, and {} gave {}", one.function.name, render_result(outcome.result)));
            judgement.say(outcome.at, said.map(|said| said.with([one.called])));
        }
    }
    judgement
}

/// The handle of a call that stands for nothing.
fn dead<'s>(story: &Story<'_>, one: &'s Invocation<'_>) -> Option<&'s Parameter> {
    one.function.args.iter().find(|arg| {
        let Kind::Handle(kind) = arg.kind else { return false };
        !is_tolerant(one, arg) && !lives(story, kind, one.value(arg.name).unwrap_or_default(), one.called)
    })
}

/// The place that must be given, and is NULL.
fn missing<'s>(one: &'s Invocation<'_>) -> Option<&'s Parameter> {
    one.function.args.iter().find(|arg| {
        let pointer = matches!(
            arg.kind,
            Kind::OutHandle(_) | Kind::OutDword(_) | Kind::OutVersion | Kind::OutStruct(_) | Kind::OutGuid | Kind::OutIcon | Kind::OutString { .. }
        );
        let options = arg.name == "lpdwTSPIOptions" || one.function.name == "TSPI_lineForward";
        pointer && !arg.optional && !options && one.is_null(arg.name)
    })
}

/// Whether a call is one that TAPI never makes, so that only the rules here say what must come of it.
pub(super) fn is_hostile(story: &Story<'_>, one: &Invocation<'_>) -> bool {
    missing(one).is_some() || dead(story, one).is_some()
}

fn handles_of_nothing_are_refused(story: &Story<'_>) -> Judgement {
    refused(story, |one| {
        let dead = dead(story, one)?;
        Some(format!("{} {:#x} stands for nothing", dead.name, one.value(dead.name).unwrap_or_default()))
    })
}

fn null_is_refused(story: &Story<'_>) -> Judgement {
    refused(story, |one| Some(format!("{} is NULL", missing(one)?.name)))
}

fn foreign_devices_are_refused(story: &Story<'_>) -> Judgement {
    refused(story, |one| {
        if one.function.name.contains("Create") || one.function.group == Group::Provider {
            return None;
        }
        let foreign = one.function.args.iter().find(|arg| {
            let of_address = arg.kind == Kind::AddressId && one.function.arg("dwSelect").is_none() && one.function.name != "TSPI_lineDevSpecific";
            let all = one.dword("bAllAddresses") != 0;
            (arg.kind == Kind::DeviceId || of_address && !all) && (FOREIGN..0x7FFF_0000).contains(&one.dword(arg.name))
        })?;
        Some(format!("{} is {:#x}", foreign.name, one.dword(foreign.name)))
    })
}
