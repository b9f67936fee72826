//! Rules about the provider's partners: its media service provider, and its user interface with the dialogs that it shows.

use super::Level::Must;
use super::judging::{is_error, kept};
use super::{Judgement, Rule, Story};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/media-service-provider-communication/4",
        page: "media-service-provider-communication.md",
        level: Must,
        requirement: "A provider with a media service provider has all four functions for it: where TSPI_lineMSPIdentify names one, \
                      TSPI_lineCreateMSPInstance, TSPI_lineCloseMSPInstance and TSPI_lineReceiveMSPData are exported and not \
                      unavailable.",
        why: "TAPI makes the media service provider, and the two cannot speak to each other.",
        mend: "Export the four together.",
        broken_by: "deaf-to-its-msp",
        exercises: &["msp"],
        judge: msps_are_served,
    },
    Rule {
        id: "tspi/TUISPICREATEDIALOGINSTANCEPARAMS/2",
        page: "ns-tspi-tuispicreatedialoginstanceparams.md",
        level: Must,
        requirement: "Each dialog instance has an hdDlgInst of its own, different from those of all that are open, and lpszUIDLLName names \
                      the DLL that shows it.",
        why: "TAPI frees one dialog for another, or finds nothing to show it with.",
        mend: "Count the instances, or take the address of what is kept for each, and give the whole name of the DLL.",
        broken_by: "dialogs-of-one-handle",
        exercises: &["dialogs-together"],
        judge: dialogs_have_their_handle,
    },
    Rule {
        id: "tspi/architecture/1",
        page: "architecture.md",
        level: Must,
        requirement: "A provider that raises dialogs exports TSPI_providerFreeDialogInstance and TSPI_providerGenericDialogData, and its user \
                      interface TUISPI_providerGenericDialog and TUISPI_providerGenericDialogData; TSPI_providerUIIdentify names it.",
        why: "TAPI cannot show the dialog, or keeps it for ever.",
        mend: "Export the functions together with the first LINE_CREATEDIALOGINSTANCE.",
        broken_by: "dialog-without-data",
        exercises: &["dialog-opened", "dialogs-together"],
        judge: dialogs_have_their_functions,
    },
];

fn msps_are_served(story: &Story<'_>) -> Judgement {
    const FUNCTIONS: [&str; 3] = [
        "TSPI_lineCreateMSPInstance",
        "TSPI_lineCloseMSPInstance",
        "TSPI_lineReceiveMSPData",
    ];
    let mut judgement = Judgement::default();
    let named = story.invocations_of("TSPI_lineMSPIdentify").find(|one| one.result() == Some(0));
    let Some(named) = named else { return judgement };
    for function in FUNCTIONS {
        let said = story.exports.map(|exports| (exports.at, exports.has(function), "is not exported"));
        let calls = story.invocations_of(function).filter_map(|one| {
            let unavailable = is_error(one.result()?, &["LINEERR_OPERATIONUNAVAIL"]);
            Some((one.at(), !unavailable, "is unavailable"))
        });
        for (at, right, how) in said.into_iter().chain(calls) {
            let said = kept(right, || {
                format!("TSPI_lineMSPIdentify names a media service provider, and {function} {how}")
            });
            judgement.say(at, said.map(|said| said.with([named.at()])));
        }
    }
    judgement
}

fn dialogs_have_their_handle(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for dialog in &story.dialogs {
        let twin = story.dialogs.iter().find(|other| {
            let open = other.freed.is_none_or(|freed| freed > dialog.created);
            other.created < dialog.created && open && other.hd == dialog.hd
        });
        let said = kept(twin.is_none() && !dialog.ui_dll.is_empty(), || match twin {
            Some(_) => format!("two dialog instances that are open have hdDlgInst {:#x}", dialog.hd),
            None => "lpszUIDLLName is empty".to_owned(),
        });
        judgement.say(dialog.created, said.map(|said| said.with(twin.map(|twin| twin.created))));
    }
    judgement
}

fn dialogs_have_their_functions(story: &Story<'_>) -> Judgement {
    const FUNCTIONS: [&str; 5] = [
        "TSPI_providerUIIdentify",
        "TSPI_providerFreeDialogInstance",
        "TSPI_providerGenericDialogData",
        "TUISPI_providerGenericDialog",
        "TUISPI_providerGenericDialogData",
    ];
    let mut judgement = Judgement::default();
    let Some(dialog) = story.dialogs.first() else {
        return judgement;
    };
    for name in FUNCTIONS {
        let said = story.exports_with(name).map(|exports| (exports.at, exports.has(name)));
        let calls = story.invocations_of(name).filter_map(|one| {
            Some((one.at(), !is_error(one.result()?, &["LINEERR_OPERATIONUNAVAIL"])))
        });
        for (at, right) in said.into_iter().chain(calls) {
            let said = kept(right, || format!("a dialog was raised, and {name} is not there"));
            judgement.say(at, said.map(|said| said.with([dialog.created])));
        }
    }
    judgement
}
