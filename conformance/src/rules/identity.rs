//! Rules about what stays: identifiers of addresses and of completions, and what tracking of call hubs is set.

use super::Level::{Must, Should};
use super::judging::{each, each_answer, is_error, kept, never_fails_with};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGetAddressCaps/10",
        page: "nf-tspi-tspi_linegetaddresscaps.md",
        level: Must,
        requirement: "An address identifier belongs to its address for good: after the provider was shut down and initialized again, it \
                      names the same address.",
        why: "Applications that have stored the identifier use another number.",
        mend: "Number the addresses in the order in which the switch has them, and keep that.",
        broken_by: "addresses-move",
        exercises: &["restarted"],
        judge: addresses_keep_their_identifiers,
    },
    Rule {
        id: "tspi/lineCompleteCall/5",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "The completion identifier is at lpdwCompletionID when TSPI_lineCompleteCall has completed with success.",
        why: "The application cannot take the request back, nor know the call that comes of it.",
        mend: "Write *lpdwCompletionID before you complete the request.",
        broken_by: "no-completion-id",
        exercises: &["completions-taken-back", "called-back"],
        judge: completion_ids_are_written,
    },
    Rule {
        id: "tspi/lineGetCallHubTracking/3",
        page: "nf-tspi-tspi_linegetcallhubtracking.md",
        level: Must,
        requirement: "LINECALLHUBTRACKINGINFO holds the tracking in effect: one that dwAvailableTracking lists, and the one that \
                      TSPI_lineSetCallHubTracking has set. It can be asked for in any state of the calls.",
        why: "Applications take calls for one that are not, or tracked for untracked ones.",
        mend: "Keep what was set with the line, and fill both members from there.",
        broken_by: "tracks-unavailable",
        exercises: &["call-hub"],
        judge: tracking_is_as_set,
    },
    Rule {
        id: "tspi/lineDevSpecific/9",
        page: "nf-tspi-tspi_linedevspecific.md",
        level: Should,
        requirement: "TSPI_lineDevSpecific and TSPI_lineDevSpecificFeature are available only once an extension version has been \
                      negotiated and selected. Providers that leave that to TAPI work all the same: a warning.",
        why: "An application speaks one version of the extensions, and the provider another.",
        mend: "Refuse both with LINEERR_OPERATIONUNAVAIL while no extension version is selected on the line.",
        broken_by: "specific-without-version",
        exercises: &["unselected"],
        judge: extensions_want_a_version,
    },
    Rule {
        id: "tspi/lineMSPIdentify/4",
        page: "nf-tspi-tspi_linemspidentify.md",
        level: Should,
        requirement: "TSPI_lineMSPIdentify of a line without a media service provider fails with LINEERR_OPERATIONUNAVAIL. What else may be \
                      amiss is not known from outside: a warning.",
        why: "TAPI takes the line for one whose MSP is broken.",
        mend: "Return LINEERR_OPERATIONUNAVAIL where the line has no MSP.",
        broken_by: "no-msp-for-another-reason",
        exercises: &["msp-named"],
        judge: |story| {
            each(story, "TSPI_lineMSPIdentify", |one| {
                let result = one.result().filter(|_| one.dword("dwDeviceID") < story.devices(false))?;
                let own = ["LINEERR_OPERATIONUNAVAIL", "LINEERR_NOMEM", "LINEERR_RESOURCEUNAVAIL"];
                kept(result >= 0 || is_error(result, &own), || format!("TSPI_lineMSPIdentify gave {}", render_result(result)))
            })
        },
    },
];

fn addresses_keep_their_identifiers(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEADDRESSCAPS", |caps| {
        let address = caps.text("Address").filter(|address| !address.is_empty())?;
        let same = |other: &&super::Answer| {
            other.device == caps.device && other.address == caps.address && other.at < caps.at
        };
        let before = story.answers("LINEADDRESSCAPS").filter(same).last()?;
        let mut started = story.invocations_of("TSPI_providerInit");
        if !started.any(|one| one.called > before.at && one.called < caps.at) {
            return None;
        }
        let was = before.text("Address")?;
        kept(was == address, || {
            let id = caps.address.unwrap_or_default();
            format!("address {id} was {was:?} before the provider was initialized again, and is {address:?}")
        })
        .map(|said| said.with([before.at]))
    })
}

fn completion_ids_are_written(story: &Story<'_>) -> Judgement {
    super::judging::each_outcome(story, "TSPI_lineCompleteCall", |one, outcome| {
        let before = one.bytes_in("lpdwCompletionID").filter(|_| outcome.succeeded())?;
        let read = story.kept(one, "lpdwCompletionID");
        let (at, after) = read.into_iter().find(|(at, _)| *at > outcome.at)?;
        kept(before != after, || "the request succeeded, and *lpdwCompletionID is as it was".to_owned())
            .map(|said| said.with([one.called, at]))
    })
}

fn tracking_is_as_set(story: &Story<'_>) -> Judgement {
    let mut all = each_answer(story, "LINECALLHUBTRACKINGINFO", |info| {
        let (current, available) = (info.number("dwCurrentTracking")?, info.number("dwAvailableTracking")?);
        let render = |value| render_constant("LINECALLHUBTRACKING", value);
        if current.count_ones() > 1 || current & !available != 0 {
            return kept(false, || {
                format!("dwCurrentTracking is {}, and dwAvailableTracking is {}", render(current), render(available))
            });
        }
        let one = &story.invocations[info.invocation];
        let set = story.invocations_of("TSPI_lineSetCallHubTracking").filter(|set| {
            set.value("hdLine") == one.value("hdLine") && set.called < one.called && set.result() == Some(0)
        });
        let wanted = set.last().and_then(tracking_of);
        kept(wanted.is_none_or(|wanted| wanted == current), || {
            format!("{} was set, and dwCurrentTracking is {}", render(wanted.unwrap_or_default()), render(current))
        })
    });
    all.join(never_fails_with(story, "TSPI_lineGetCallHubTracking", &["LINEERR_INVALCALLSTATE"], |_| true));
    all
}

fn tracking_of(one: &Invocation<'_>) -> Option<u32> {
    let info = &crate::tspi::structures::LINECALLHUBTRACKINGINFO;
    let decoded = crate::tspi::decode(info, one.bytes_in("lpTrackingInfo")?, one.version);
    decoded.get("dwCurrentTracking")?.number()
}

fn extensions_want_a_version(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for function in ["TSPI_lineDevSpecific", "TSPI_lineDevSpecificFeature"] {
        all.join(super::judging::refuses(story, function, &[], |one| {
            let selected = story.invocations_of("TSPI_lineSelectExtVersion").filter(|select| {
                select.value("hdLine") == one.value("hdLine") && select.called < one.called && select.result() == Some(0)
            });
            selected.last().is_none_or(|select| select.dword("dwExtVersion") == 0)
        }));
    }
    all
}
