//! Rules about what messages carry: the detail of a state, the constant of a report, the identifier of what changed.

use super::Level::{Must, Should};
use super::judging::{each_line_event, kept};
use super::{Judgement, Rule, Story};
use crate::tspi::{callstate_mode, constant_value, family, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_CALLSTATE/4",
        page: "line-callstate.md",
        level: Must,
        requirement: "For LINECALLSTATE_DIALTONE and LINECALLSTATE_SPECIALINFO dwParam2 of LINE_CALLSTATE holds one constant \
                      of the state's modes; for LINECALLSTATE_CONNECTED and LINECALLSTATE_OFFERING one of them or zero.",
        why: "An application cannot tell which dial tone it hears, or takes a call for one that alerts elsewhere.",
        mend: "Pass the constant with UNKNOWN or UNAVAIL in its name where the device does not say which.",
        broken_by: "state-with-two-modes",
        exercises: &["outgoing-answered"],
        judge: states_have_one_mode,
    },
    Rule {
        id: "tspi/LINE_GENERATE/2",
        page: "line-generate.md",
        level: Must,
        requirement: "LINE_GENERATE, LINE_GATHERDIGITS, LINE_MONITORDIGITS and LINE_MONITORMEDIA carry exactly one constant \
                      where they say why, how or what.",
        why: "Applications compare with the constants; with none or two they wait on.",
        mend: "Send one message for each thing that happened.",
        broken_by: "report-of-two-at-once",
        exercises: &["digits"],
        judge: reports_hold_one_constant,
    },
    Rule {
        id: "tspi/LINE_LINEDEVSTATE/2",
        page: "line-linedevstate.md",
        level: Must,
        requirement: "With LINEDEVSTATE_RINGING, dwParam2 of LINE_LINEDEVSTATE is a ring mode from 1 to \
                      LINEDEVCAPS.dwRingModes.",
        why: "Applications choose a ringing sound by the mode, from as many as they were told of.",
        mend: "Say in dwRingModes how many there are, and number them from 1.",
        broken_by: "ring-mode-out-of-range",
        exercises: &["incoming-rings"],
        judge: ring_modes_lie_in_range,
    },
    Rule {
        id: "tspi/LINE_LINEDEVSTATE/4",
        page: "line-linedevstate.md",
        level: Should,
        requirement: "dwParam3 of LINE_LINEDEVSTATE with LINEDEVSTATE_RINGING counts the rings of the call: it begins low and \
                      grows with each. The page begins at zero and published providers at one, so either is right; Windows hands both on: a warning.",
        why: "Applications that answer after so many rings answer at once, or never.",
        mend: "Count the rings of each call anew, one event a ring.",
        broken_by: "rings-uncounted",
        exercises: &["incoming-rings"],
        judge: rings_are_counted,
    },
    Rule {
        id: "tspi/linedevstate--constants/13",
        page: "linedevstate--constants.md",
        level: Should,
        requirement: "LINEDEVSTATE_RINGING is sent for each ring of a modem while its call is offered, where TSPI_lineSetStatusMessages has asked \
                      for it, and not once for the call. Providers that report the first ring alone are common: a warning.",
        why: "An application that answers after so many rings counts one, and waits for ever.",
        mend: "Send LINE_LINEDEVSTATE with LINEDEVSTATE_RINGING at each RING that the device reports.",
        broken_by: "rings-once-a-call",
        exercises: &["incoming-rings-on"],
        judge: each_ring_is_reported,
    },
    Rule {
        id: "tspi/LINE_ADDRESSSTATE/1",
        page: "line-addressstate.md",
        level: Must,
        requirement: "dwParam1 of LINE_ADDRESSSTATE is the identifier of an address that the line has.",
        why: "TAPI asks for the status of an address that is not there.",
        mend: "Number addresses from 0 to dwNumAddresses-1 and pass that number.",
        broken_by: "state-of-no-address",
        exercises: &["status-messages"],
        judge: address_states_name_an_address,
    },
    Rule {
        id: "tspi/LINE_NEWCALL/13",
        page: "line-newcall.md",
        level: Must,
        requirement: "LINE_NEWCALL is never sent for a call whose handles a function such as TSPI_lineMakeCall exchanged.",
        why: "TAPI lists the same call twice, and applications see a second one.",
        mend: "Send LINE_NEWCALL only for calls that TAPI does not know yet.",
        broken_by: "newcall-for-made-call",
        exercises: &["outgoing-answered"],
        judge: made_calls_are_not_announced,
    },
    Rule {
        id: "tspi/overall-comparison-with-tapi/1",
        page: "overall-comparison-with-tapi.md",
        level: Must,
        requirement: "What concerns privilege and the number of clients is TAPI's alone: a provider never reports \
                      LINECALLINFOSTATE_NUMOWNERINCR, NUMOWNERDECR or NUMMONITORS, LINEDEVSTATE_OPEN or CLOSE, \
                      PHONESTATE_OWNER or MONITORS.",
        why: "Applications hear of owners that come and go who are not there.",
        mend: "Leave these bits out: TAPI reports them itself.",
        broken_by: "reports-owners",
        exercises: &["outgoing-answered"],
        judge: owners_are_not_reported,
    },
];

fn states_have_one_mode(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    // State, and whether zero stands for one of its modes.
    let detailed = [
        ("LINECALLSTATE_DIALTONE", false),
        ("LINECALLSTATE_SPECIALINFO", false),
        ("LINECALLSTATE_CONNECTED", true),
        ("LINECALLSTATE_OFFERING", true),
    ];
    for seen in story.calls.iter().flat_map(|call| &call.states) {
        let known = detailed.iter().find(|(state, _)| constant_value(state) == seen.state);
        let (Some((state, zero)), Some(modes)) = (known, callstate_mode(seen.state)) else {
            continue;
        };
        // Extensions lie in the high 16 bits, and stand alone.
        let one = u32::try_from(seen.mode).is_ok_and(|mode| {
            modes.name_of(mode).is_some() || (mode & 0xFFFF == 0 && mode.count_ones() == 1)
        });
        let right = one || (*zero && seen.mode == 0);
        let breach = (!right).then(|| format!("{state} with dwParam2 = {:#x}, not one {}_ constant", seen.mode, modes.name));
        judgement.note(seen.at, breach);
    }
    judgement
}

/// Message, which of its parameters, family.
const ONE_CONSTANT: [(&str, usize, &str); 4] = [
    ("LINE_GENERATE", 0, "LINEGENERATETERM"),
    ("LINE_GATHERDIGITS", 0, "LINEGATHERTERM"),
    ("LINE_MONITORDIGITS", 1, "LINEDIGITMODE"),
    ("LINE_MONITORMEDIA", 0, "LINEMEDIAMODE"),
];

fn reports_hold_one_constant(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (message, parameter, of) in ONE_CONSTANT {
        judgement.join(each_line_event(story, message, |_, args| {
            let value = u32::try_from(args.params[parameter]).ok();
            let one = value.is_some_and(|value| value.count_ones() == 1);
            kept(one, || {
                let shown = value.map_or_else(
                    || format!("{:#x}", args.params[parameter]),
                    |value| render_constant(of, value),
                );
                format!("dwParam{} of {message} is {shown}", parameter + 1)
            })
        }));
    }
    judgement
}

fn is_ringing(params: &[u64; 3]) -> bool {
    params[0] == u64::from(constant_value("LINEDEVSTATE_RINGING"))
}

fn ring_modes_lie_in_range(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_LINEDEVSTATE", |at, args| {
        let line = story.line(args.device).filter(|_| is_ringing(&args.params))?;
        let modes = u64::from(story.caps("LINEDEVCAPS", line.device, at)?.number("dwRingModes")?);
        let mode = args.params[1];
        kept((1..=modes).contains(&mode), || {
            format!("the ring mode is {mode}, and LINEDEVCAPS.dwRingModes is {modes}")
        })
    })
}

fn rings_are_counted(story: &Story<'_>) -> Judgement {
    let offering = constant_value("LINECALLSTATE_OFFERING");
    each_line_event(story, "LINE_LINEDEVSTATE", |at, args| {
        let line = story.line(args.device).filter(|_| is_ringing(&args.params))?;
        // The rings before this one that are of the same call: since the last call was offered on the line.
        let offered = story.calls.iter().filter(|call| call.line == Some(line.ht));
        let offered = offered.flat_map(|call| &call.states);
        let since = offered
            .filter(|seen| seen.state == offering && seen.at < at)
            .map(|seen| seen.at)
            .max()?;
        let before = story.callbacks.iter().rev().find(|(earlier, other)| {
            *earlier < at && *earlier > since && other.device == args.device && other.msg == args.msg && is_ringing(&other.params)
        });
        let (right, than) = match before {
            Some((_, before)) => (args.params[2] > before.params[2], format!("after {}", before.params[2])),
            // The first ring may have come before the call was offered.
            None => (args.params[2] <= 2, "first".to_owned()),
        };
        kept(right, || format!("the ring count is {}, {than}", args.params[2]))
    })
}

/// Of a provider with one modem: each RING while a call is offered, and asked for, is reported.
fn each_ring_is_reported(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let (message, ringing) = (constant_value("LINE_LINEDEVSTATE"), constant_value("LINEDEVSTATE_RINGING"));
    for call in &story.calls {
        let offered = call.states.first().filter(|seen| seen.state == constant_value("LINECALLSTATE_OFFERING"));
        let (Some(offered), Some(line)) = (offered, call.line.and_then(|line| story.line(line))) else { continue };
        let left = call.states.iter().find(|seen| seen.at > offered.at).map_or(story.events.len(), |seen| seen.at);
        if story.line_mask(line.ht, call.begun).states & ringing == 0 {
            continue;
        }
        let rings = super::call_device::results(story).into_iter();
        let rings: Vec<usize> = rings.filter(|(at, text)| text == "RING" && *at > offered.at && *at < left).map(|(at, _)| at).collect();
        let told = story.callbacks.iter().filter(|(at, args)| {
            *at > offered.at && *at < left && args.device == line.ht && args.msg == message && args.params[0] & u64::from(ringing) != 0
        });
        let told = told.count();
        let Some(last) = rings.last() else { continue };
        // The last may still be on its way.
        judgement.say(*last, kept(told + 1 >= rings.len(), || {
            format!("the modem said RING {} times after the call was offered, and LINEDEVSTATE_RINGING came {told} times", rings.len())
        }));
    }
    judgement
}

fn address_states_name_an_address(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_ADDRESSSTATE", |at, args| {
        let line = story.line(args.device)?;
        let addresses = story.caps("LINEDEVCAPS", line.device, at)?.number("dwNumAddresses")?;
        let address = args.params[0];
        kept(address < u64::from(addresses), || {
            format!("dwParam1 is {address}, and the line has {addresses} addresses")
        })
    })
}

fn made_calls_are_not_announced(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_NEWCALL", |at, args| {
        let hd = args.params[0];
        let made = story.calls.iter().find(|call| {
            matches!(call.origin, super::Origin::Made(_))
                && call.hd == Some(hd)
                && call.begun < at
                && call.valid.is_some_and(|valid| valid < at)
                && call.closed.is_none_or(|closed| closed > at)
                // With its line TAPI has forgotten the call.
                && call.line.and_then(|line| story.line(line)?.closed).is_none_or(|closed| closed > at)
        });
        let said = kept(made.is_none(), || {
            format!("LINE_NEWCALL names {hd:#x}, which a request of TAPI made and nobody has closed")
        });
        said.map(|said| said.with(made.map(|call| call.begun)))
    })
}

/// Message, bits of its first parameter that are TAPI's alone.
const OF_CLIENTS: [(&str, &[&str]); 3] = [
    (
        "LINE_CALLINFO",
        &[
            "LINECALLINFOSTATE_NUMOWNERINCR",
            "LINECALLINFOSTATE_NUMOWNERDECR",
            "LINECALLINFOSTATE_NUMMONITORS",
        ],
    ),
    ("LINE_LINEDEVSTATE", &["LINEDEVSTATE_OPEN", "LINEDEVSTATE_CLOSE"]),
    ("PHONE_STATE", &["PHONESTATE_OWNER", "PHONESTATE_MONITORS"]),
];

fn owners_are_not_reported(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (message, bits) in OF_CLIENTS {
        let value = constant_value(message);
        let clients = bits.iter().fold(0, |all, bit| all | u64::from(constant_value(bit)));
        let callbacks = story.callbacks.iter().chain(&story.phone_callbacks);
        for (at, args) in callbacks.filter(|(_, args)| args.msg == value) {
            let breach = (args.params[0] & clients != 0).then(|| {
                let family = family_of(bits[0]);
                let shown = family.map_or_else(
                    || format!("{:#x}", args.params[0]),
                    |family| render_constant(family, args.params[0] as u32),
                );
                format!("{message} reports {shown}")
            });
            judgement.note(*at, breach);
        }
    }
    judgement
}

fn family_of(constant: &str) -> Option<&'static str> {
    family(constant.rsplit_once('_')?.0).map(|family| family.name)
}
