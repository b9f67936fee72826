//! Rules about what the provider's DLLs export.

use super::Level::{Must, Should};
use super::judging::{Said, kept};
use super::{Exports, Judgement, Rule};
use crate::tspi::{Group, Version, constant_value, function, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/providerEnumDevices/1",
        page: "nf-tspi-tspi_providerenumdevices.md",
        level: Must,
        requirement: "A provider that settles on version 2.0 or later for itself exports TSPI_providerEnumDevices.",
        why: "From 2.0 on TAPI looks nowhere else for the number of devices, and finds none.",
        mend: "Export TSPI_providerEnumDevices, and give the numbers that stood in the registry before.",
        broken_by: "devices-uncounted",
        exercises: &["lifecycle"],
        judge: |story| {
            let version = Version(story.version());
            occasion(story.exports.filter(|_| version >= Version::V2_0), |exports| {
                kept(exports.has("TSPI_providerEnumDevices"), || {
                    format!("version {version} is settled on, and TSPI_providerEnumDevices is not exported")
                })
            })
        },
    },
    Rule {
        id: "tspi/providerUIIdentify/1",
        page: "nf-tspi-tspi_provideruiidentify.md",
        level: Must,
        requirement: "A provider that has any function of the user interface, in its own DLL or in one that it names with a dialog, exports \
                      TSPI_providerUIIdentify.",
        why: "TAPI never learns where the functions are, and does not call them.",
        mend: "Export TSPI_providerUIIdentify and copy the path of the DLL with the TUISPI_ functions; it may be the provider's own.",
        broken_by: "interface-unnamed",
        exercises: &["lifecycle", "dialog-opened"],
        judge: |story| {
            let of_ui = |exports: &Exports<'_>| exports.names.iter().copied().find(|name| is_of_ui(name));
            let has = story.exports.as_ref().and_then(of_ui).or_else(|| story.ui_exports.as_ref().and_then(of_ui));
            occasion(story.exports.filter(|_| has.is_some()), |exports| {
                kept(exports.has("TSPI_providerUIIdentify"), || {
                    format!("{} is there, and TSPI_providerUIIdentify is not exported", has.unwrap_or_default())
                })
            })
        },
    },
    Rule {
        id: "tspi/TUISPI_providerGenericDialogData/1",
        page: "nf-tspi-tuispi_providergenericdialogdata.md",
        level: Must,
        requirement: "A DLL that exports TUISPI_providerGenericDialog exports TUISPI_providerGenericDialogData too.",
        why: "What the provider sends to its dialog is lost, and TAPI cannot close it.",
        mend: "Export both; the least that TUISPI_providerGenericDialogData does is to close the dialog where lpParams is NULL.",
        broken_by: "dialog-data-unexported",
        exercises: &["lifecycle", "user-interface", "dialog-opened"],
        judge: |story| {
            let dll = |exports: Option<Exports<'_>>| {
                occasion(exports.filter(|exports| exports.has("TUISPI_providerGenericDialog")), |exports| {
                    kept(exports.has("TUISPI_providerGenericDialogData"), || {
                        "TUISPI_providerGenericDialog is exported, and TUISPI_providerGenericDialogData is not".to_owned()
                    })
                })
            };
            dll(story.exports).and(dll(story.ui_exports))
        },
    },
    Rule {
        id: "tspi/providerCreateLineDevice/1",
        page: "nf-tspi-tspi_providercreatelinedevice.md",
        level: Should,
        requirement: "LINE_CREATE comes from a provider that exports TSPI_providerCreateLineDevice, PHONE_CREATE from one that exports \
                      TSPI_providerCreatePhoneDevice.",
        why: "TAPI has no way to tell the provider the new device's identifier, and leaves it out.",
        mend: "Export the function, or have new devices appear when the provider starts next.",
        broken_by: "creation-unexported",
        exercises: &["created-devices"],
        judge: |story| {
            let mut judgement = Judgement::default();
            let Some(exports) = story.exports else { return judgement };
            let lines = story.callbacks.iter().map(|event| (event, "LINE_CREATE", "TSPI_providerCreateLineDevice"));
            let phones = story.phone_callbacks.iter().map(|event| (event, "PHONE_CREATE", "TSPI_providerCreatePhoneDevice"));
            for ((at, args), message, function) in lines.chain(phones) {
                let said = kept(exports.has(function), || format!("{message} was sent, and {function} is not exported"));
                judgement.say(*at, said.filter(|_| args.msg == constant_value(message)));
            }
            judgement
        },
    },
    Rule {
        id: "tspi/providerCreateLineDevice/5",
        page: "nf-tspi-tspi_providercreatelinedevice.md",
        level: Should,
        requirement: "TSPI_providerCreateLineDevice and TSPI_providerCreatePhoneDevice fail for a dwTempID that the provider has not announced. \
                      TAPI passes none: a warning.",
        why: "A device that does not exist appears to applications.",
        mend: "Look dwTempID up among what was announced, and return LINEERR_ or PHONEERR_OPERATIONFAILED where it is not there.",
        broken_by: "creates-anything",
        exercises: &["created-devices"],
        judge: |story| {
            let mut judgement = Judgement::default();
            for (create, message) in [
                ("TSPI_providerCreateLineDevice", "LINE_CREATE"),
                ("TSPI_providerCreatePhoneDevice", "PHONE_CREATE"),
            ] {
                for one in story.invocations.iter().filter(|one| one.function.name == create) {
                    let (Some(temporary), Some(result)) = (one.value("dwTempID"), one.result()) else { continue };
                    let mut events = story.callbacks.iter().chain(&story.phone_callbacks);
                    let announced = events.any(|(at, args)| {
                        *at < one.called && args.msg == constant_value(message) && args.params[1] == temporary
                    });
                    let said = kept(result < 0, || {
                        format!("dwTempID {temporary:#x} was never announced, and {create} gave {}", render_result(result))
                    });
                    judgement.say(one.at(), said.filter(|_| !announced));
                }
            }
            judgement
        },
    },
];

/// Whether a function is one of the user interface.
fn is_of_ui(name: &str) -> bool {
    function(name).is_some_and(|function| function.group == Group::Ui)
}

/// Judges exports, where they are known and there is something to judge.
fn occasion<'t>(exports: Option<Exports<'t>>, judge: impl FnOnce(Exports<'t>) -> Option<Said>) -> Judgement {
    let mut judgement = Judgement::default();
    if let Some(exports) = exports {
        judgement.say(exports.at, judge(exports));
    }
    judgement
}
