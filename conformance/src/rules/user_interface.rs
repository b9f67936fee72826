//! Rules about the user interface DLL, which lives in an application's process, and what passes between it and the provider.

use super::Level::{Must, Should};
use super::judging::{EVENTUALLY, each_outcome, is_error, kept};
use super::{Invocation, Judgement, Rule, Story};
use crate::trace::{HostNote, What};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/TUISPIDLLCALLBACK/1",
        page: "nc-tspi-tuispidllcallback.md",
        level: Must,
        requirement: "TUISPIDLLCALLBACK names the object that the function of the user interface was called for: the line, phone or \
                      provider by its id, a dialog by htDlgInst, each with its TUISPIDLL_OBJECT_ constant.",
        why: "TAPI finds by it which provider the block is for; with another object it reaches nobody, or another provider.",
        mend: "Pass on dwDeviceID, dwPermanentProviderID or htDlgInst as the function was given it.",
        broken_by: "calls-back-for-another",
        exercises: &["user-interface", "user-interface-phone", "dialog-opened"],
        judge: callbacks_name_the_object,
    },
    Rule {
        id: "tspi/providerGenericDialogData/1",
        page: "nf-tspi-tspi_providergenericdialogdata.md",
        level: Must,
        requirement: "A provider whose user interface calls TUISPIDLLCALLBACK exports TSPI_providerGenericDialogData.",
        why: "What the user interface wants to know, or to have changed, reaches nobody.",
        mend: "Export TSPI_providerGenericDialogData, or leave TUISPIDLLCALLBACK alone.",
        broken_by: "deaf-to-its-ui",
        exercises: &["user-interface", "user-interface-phone", "dialog-opened"],
        judge: callbacks_are_taken,
    },
    Rule {
        id: "tspi/TUISPI_providerGenericDialog/4",
        page: "nf-tspi-tuispi_providergenericdialog.md",
        level: Must,
        requirement: "TUISPI_providerGenericDialog signals hEvent once the dialog is ready for TUISPI_providerGenericDialogData.",
        why: "TAPI holds back all that the provider sends to the dialog until then: it never changes, and never closes.",
        mend: "Call SetEvent(hEvent) as soon as the dialog can take data.",
        broken_by: "dialog-never-ready",
        exercises: &["dialog-opened"],
        judge: dialogs_get_ready,
    },
    Rule {
        id: "tspi/TUISPI_providerGenericDialog/5",
        page: "nf-tspi-tuispi_providergenericdialog.md",
        level: Should,
        requirement: "TUISPI_providerGenericDialog signals hEvent as quickly as possible: here within a second.",
        why: "What the provider sends to its dialog waits until then, and with it whatever the dialog is to show.",
        mend: "Signal hEvent as soon as the window can take data, before anything that takes time.",
        broken_by: "dialog-ready-late",
        exercises: &["dialog-opened"],
        judge: dialogs_get_ready_soon,
    },
    Rule {
        id: "tspi/TUISPI_providerGenericDialogData/3",
        page: "nf-tspi-tuispi_providergenericdialogdata.md",
        level: Must,
        requirement: "TUISPI_providerGenericDialogData with lpParams NULL closes the dialog: TUISPI_providerGenericDialog returns, and \
                      TUISPIDLLCALLBACK is not called for it any more.",
        why: "The dialog outlives the request that it belongs to, and the application cannot end.",
        mend: "Post a message to the dialog that ends it, and clean up without asking the provider.",
        broken_by: "dialog-stays-open",
        exercises: &["dialog-opened"],
        judge: dialogs_close,
    },
    Rule {
        id: "tspi/providerFreeDialogInstance/4",
        page: "nf-tspi-tspi_providerfreedialoginstance.md",
        level: Must,
        requirement: "TSPI_providerFreeDialogInstance is exported by a provider that sends LINE_CREATEDIALOGINSTANCE, and takes the \
                      hdDlgInst that stood in TUISPICREATEDIALOGINSTANCEPARAMS.",
        why: "The provider never learns that a dialog is over, and its request never completes.",
        mend: "Keep what belongs to a dialog under the hdDlgInst that was passed, until this function comes.",
        broken_by: "forgets-its-dialogs",
        exercises: &["dialog-opened"],
        judge: dialogs_are_freed,
    },
    Rule {
        id: "tspi/TUISPI_lineConfigDialogEdit/7",
        page: "nf-tspi-tuispi_lineconfigdialogedit.md",
        level: Must,
        requirement: "On success lpDeviceConfigOut of TUISPI_lineConfigDialogEdit holds the configuration, with dwStringFormat \
                      STRINGFORMAT_BINARY.",
        why: "Applications keep the bytes as they are, and a text would be translated on its way.",
        mend: "Set dwStringFormat to STRINGFORMAT_BINARY, dwStringSize and dwStringOffset to where the bytes lie.",
        broken_by: "edits-into-text",
        exercises: &["user-interface"],
        judge: edits_are_binary,
    },
    Rule {
        id: "tspi/TUISPI_lineConfigDialogEdit/10",
        page: "nf-tspi-tuispi_lineconfigdialogedit.md",
        level: Must,
        requirement: "TUISPI_lineConfigDialogEdit leaves the device alone: TSPI_lineGetDevConfig gives what it gave before.",
        why: "An application edits a configuration for later, and the call that is up changes.",
        mend: "Work on the bytes in lpDeviceConfigIn, and have TSPI_lineSetDevConfig alone change the device.",
        broken_by: "edit-changes-the-device",
        exercises: &["user-interface"],
        judge: edits_change_nothing,
    },
    Rule {
        id: "tspi/TUISPI_providerInstall/7",
        page: "nf-tspi-tuispi_providerinstall.md",
        level: Must,
        requirement: "TUISPI_providerInstall of a provider that is installed is done, or refused with LINEERR_NOMULTIPLEINSTANCE.",
        why: "The control panel cannot tell that the provider is there already, and says that it could not be installed.",
        mend: "Return LINEERR_NOMULTIPLEINSTANCE where one instance is enough.",
        broken_by: "installs-once",
        exercises: &["user-interface"],
        judge: installs_again,
    },
    Rule {
        id: "tspi/TUISPI_providerConfig/5",
        page: "nf-tspi-tuispi_providerconfig.md",
        level: Must,
        requirement: "TUISPI_providerConfig and TUISPI_providerRemove may be called while the provider is in use, between TSPI_providerInit and \
                      TSPI_providerShutdown: both the application's process and the provider's survive that.",
        why: "A user who opens the Control Panel during a call ends the call, or the Control Panel.",
        mend: "Ask the running provider by TUISPIDLLCALLBACK for what the dialog needs, and take nothing away that it holds.",
        broken_by: "configured-when-idle",
        exercises: &["user-interface"],
        judge: interfaces_survive_use,
    },
    Rule {
        id: "tspi/TUISPI_providerRemove/10",
        page: "nf-tspi-tuispi_providerremove.md",
        level: Should,
        requirement: "That the provider is in use is no error of TUISPI_providerRemove or TUISPI_providerConfig: neither LINEERR_INUSE nor its \
                      like comes back. The provider settles it with the user, and returns LINEERR_OPERATIONFAILED where the user gives up.",
        why: "The Control Panel says that the provider could not be removed, and not what the user can do about it.",
        mend: "Ask the user, then go on, or return LINEERR_OPERATIONFAILED.",
        broken_by: "removal-in-use-refused",
        exercises: &["user-interface"],
        judge: use_is_no_reason,
    },
];

/// What TAPI may call of the user interface while the provider runs, as their pages say.
const IN_USE: [&str; 2] = ["TUISPI_providerConfig", "TUISPI_providerRemove"];

/// Whether the provider runs at an event.
fn runs(story: &Story<'_>, at: usize) -> bool {
    let before = story.invocations.iter().rev().filter(|one| one.called < at && one.result() == Some(0));
    let mut ends = before.filter(|one| matches!(one.function.name, "TSPI_providerInit" | "TSPI_providerShutdown"));
    ends.next().is_some_and(|one| one.function.name == "TSPI_providerInit")
}

fn interfaces_survive_use(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in IN_USE.iter().flat_map(|name| story.invocations_of(name)).filter(|one| runs(story, one.called)) {
        let until = one.returned.map_or(story.events.len(), |returned| returned.at);
        let died = story.events[one.called..until].iter().find_map(|event| match &event.what {
            What::Host(HostNote::Died(how) | HostNote::UiDied(how)) if event.by == story.party => Some(how),
            _ => None,
        });
        if one.returned.is_none() && died.is_none() {
            continue;
        }
        let said = kept(died.is_none(), || {
            format!("the provider runs, and {}: {}", one.function.name, died.map_or("", String::as_str))
        });
        judgement.say(one.called, said);
    }
    judgement
}

fn use_is_no_reason(story: &Story<'_>) -> Judgement {
    const REASONS: [&str; 4] = [
        "LINEERR_INUSE",
        "LINEERR_ALLOCATED",
        "LINEERR_RESOURCEUNAVAIL",
        "LINEERR_OPERATIONUNAVAIL",
    ];
    IN_USE.iter().fold(Judgement::default(), |mut all, name| {
        all.join(each_outcome(story, name, |one, outcome| {
            kept(!is_error(outcome.result, &REASONS), || {
                format!("the provider runs, and {name} gave {}", render_result(outcome.result))
            })
            .filter(|_| runs(story, one.called))
        }));
        all
    })
}

/// The dialog of a function of the user interface.
const DIALOG: &str = "TUISPI_providerGenericDialog";

/// The object that a function of the user interface was called for: the constant's name, and the id.
fn object_of(one: &Invocation<'_>) -> Option<(&'static str, u64)> {
    let (kind, parameter) = match one.function.name {
        "TUISPI_lineConfigDialog" | "TUISPI_lineConfigDialogEdit" => ("TUISPIDLL_OBJECT_LINEID", "dwDeviceID"),
        "TUISPI_phoneConfigDialog" => ("TUISPIDLL_OBJECT_PHONEID", "dwDeviceID"),
        "TUISPI_providerConfig" | "TUISPI_providerInstall" | "TUISPI_providerRemove" => {
            ("TUISPIDLL_OBJECT_PROVIDERID", "dwPermanentProviderID")
        }
        DIALOG => ("TUISPIDLL_OBJECT_DIALOGINSTANCE", "htDlgInst"),
        _ => return None,
    };
    Some((kind, one.value(parameter)?))
}

/// The callbacks of the user interface: where, number, object and its kind.
fn callbacks<'s>(story: &'s Story<'_>) -> impl Iterator<Item = (usize, u32, u64, u32)> + 's {
    let events = story.events.iter().enumerate();
    events.filter_map(|(at, event)| match event.what {
        What::Ui {
            ask, object, kind, ..
        } if event.by == story.party => Some((at, ask, object, kind)),
        _ => None,
    })
}

fn callbacks_name_the_object(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, _, object, kind) in callbacks(story) {
        let running = story.invocations.iter().filter(|one| {
            one.called < at && one.returned.is_none_or(|returned| returned.at > at)
        });
        let objects: Vec<(&str, u64)> = running.filter_map(object_of).collect();
        let hd = story.dialogs.iter().find(|dialog| dialog.hd == object).map(|dialog| dialog.ht);
        let is = |(wanted, id): &(&str, u64)| {
            constant_value(wanted) == kind && (*id == object || kind == constant_value(DIALOG_OBJECT) && hd == Some(*id))
        };
        let said = kept(objects.iter().any(is), || {
            let wanted: Vec<String> = objects.iter().map(|(kind, id)| format!("{kind} {id:#x}")).collect();
            format!(
                "TUISPIDLLCALLBACK names {} {object:#x}, and the function was called for {}",
                render_constant("TUISPIDLL_OBJECT", kind),
                if wanted.is_empty() { "nothing".to_owned() } else { wanted.join(", ") }
            )
        });
        judgement.say(at, said);
    }
    judgement
}

/// See [`callbacks_name_the_object`].
const DIALOG_OBJECT: &str = "TUISPIDLL_OBJECT_DIALOGINSTANCE";

fn callbacks_are_taken(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, number, ..) in callbacks(story) {
        let answer = story.events[at..].iter().find_map(|event| match event.what {
            What::UiAnswer { ask, result, .. } if event.by == story.party && ask == number => Some(result),
            _ => None,
        });
        let Some(result) = answer else { continue };
        let said = kept(!is_error(result, &["LINEERR_OPERATIONUNAVAIL"]), || {
            "TSPI_providerGenericDialogData is not there for what TUISPIDLLCALLBACK says".to_owned()
        });
        judgement.say(at, said);
    }
    judgement
}

/// The dialogs that were shown, with where their functions returned.
fn shown<'s, 't>(story: &'s Story<'t>) -> impl Iterator<Item = (&'s Invocation<'t>, Option<usize>)> {
    let shown = story.invocations_of(DIALOG);
    shown.map(|one| (one, one.returned.map(|returned| returned.at)))
}

fn dialogs_get_ready(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, returned) in shown(story) {
        if one.result().is_some_and(|result| result != 0) {
            continue;
        }
        let until = returned.unwrap_or(story.events.len());
        let signalled = story.events[one.called..until].iter().any(|event| {
            event.by == story.party && matches!(event.what, What::Signalled { seq } if seq == one.seq)
        });
        let lasted = story.end().saturating_sub(story.time(one.called));
        if !signalled && returned.is_none() && lasted < EVENTUALLY {
            continue;
        }
        let said = kept(signalled, || format!("{DIALOG} did not signal hEvent"));
        judgement.say(one.called, said);
    }
    judgement
}

fn dialogs_get_ready_soon(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, _) in shown(story) {
        let mut later = story.events.iter().enumerate().skip(one.called);
        let signalled = later.find(|(_, event)| {
            event.by == story.party && matches!(event.what, What::Signalled { seq } if seq == one.seq)
        });
        let Some((at, _)) = signalled else { continue };
        let took = story.time(at).saturating_sub(story.time(one.called));
        judgement.say(at, kept(took <= EVENTUALLY, || format!("hEvent was signalled after {} ms", took.as_millis())));
    }
    judgement
}

fn dialogs_close(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for closing in story.invocations_of("TUISPI_providerGenericDialogData") {
        let Some(closed) = closing.returned.filter(|_| closing.is_null("lpParams")) else {
            continue;
        };
        let ht = closing.value("htDlgInst");
        let dialog = shown(story).find(|(one, returned)| {
            one.value("htDlgInst") == ht
                && one.called < closing.called
                && returned.is_none_or(|returned| returned > closing.called)
        });
        let Some((_, returned)) = dialog else { continue };
        let lasted = story.end().saturating_sub(story.time(closed.at));
        if returned.is_none() && lasted < EVENTUALLY {
            continue;
        }
        let asks = callbacks(story).find(|(at, _, object, kind)| {
            *at > closing.called && *kind == constant_value(DIALOG_OBJECT) && Some(*object) == ht
        });
        let said = kept(returned.is_some() && asks.is_none(), || match asks {
            Some(_) => "TUISPIDLLCALLBACK is called for a dialog that is being closed".to_owned(),
            None => format!("{DIALOG} has not returned {} ms after lpParams NULL", lasted.as_millis()),
        });
        judgement.say(closing.called, said);
    }
    judgement
}

fn dialogs_are_freed(story: &Story<'_>) -> Judgement {
    const FREE: &str = "TSPI_providerFreeDialogInstance";
    let mut judgement = Judgement::default();
    for dialog in &story.dialogs {
        let freed = story.invocations_of(FREE).find(|one| {
            one.value("hdDlgInst") == Some(dialog.hd) && one.called > dialog.created
        });
        let over = shown(story).find_map(|(one, returned)| {
            returned.filter(|at| one.value("htDlgInst") == Some(dialog.ht) && *at > dialog.created)
        });
        let (at, result) = match (freed, over) {
            (Some(one), _) => (one.called, one.result()),
            (None, Some(at)) if story.ended_well => (at, None),
            _ => continue,
        };
        let said = kept(result == Some(0), || match result {
            Some(result) => format!("{FREE} of a dialog that is over returned {}", render_result(result)),
            None => format!("a dialog is over, and {FREE} is not exported"),
        });
        judgement.say(at, said.map(|said| said.with([dialog.created])));
    }
    judgement
}

const EDIT: &str = "TUISPI_lineConfigDialogEdit";

/// The bytes of a VARSTRING, and its dwStringFormat.
fn var_string(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let dword = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (format, size, offset) = (dword(12)?, dword(16)? as usize, dword(20)? as usize);
    Some((format, bytes.get(offset..offset.checked_add(size)?)?))
}

/// The configuration that a call has put into its VARSTRING.
fn given<'t>(one: &Invocation<'t>, parameter: &str) -> Option<(u32, &'t [u8])> {
    let out = one.bytes_out(parameter).filter(|_| one.result() == Some(0))?;
    var_string(out).filter(|(_, bytes)| !bytes.is_empty())
}

fn edits_are_binary(story: &Story<'_>) -> Judgement {
    each_outcome(story, EDIT, |one, outcome| {
        if !outcome.succeeded() {
            return None;
        }
        let binary = constant_value("STRINGFORMAT_BINARY");
        // One that did not fit is told by its size alone.
        let (format, _) = given(one, "lpDeviceConfigOut")?;
        kept(format == binary, || {
            format!("dwStringFormat is {}", render_constant("STRINGFORMAT", format))
        })
    })
}

fn edits_change_nothing(story: &Story<'_>) -> Judgement {
    const GET: &str = "TSPI_lineGetDevConfig";
    each_outcome(story, EDIT, |one, _| {
        let same = |other: &&Invocation<'_>| {
            other.function.name == GET && other.value("dwDeviceID") == one.value("dwDeviceID")
        };
        let before = story.invocations.iter().rev().filter(same).find(|other| other.called < one.called)?;
        let after = story.invocations.iter().filter(same).find(|other| other.called > one.called)?;
        let class = before.text_in("lpszDeviceClass");
        let changed = story.invocations.iter().any(|other| {
            let changes = matches!(
                other.function.name,
                "TSPI_lineSetDevConfig" | "TUISPI_lineConfigDialog" | "TSPI_lineConfigDialog" | "TSPI_lineClose"
            );
            changes && other.called > before.called && other.called < after.called
        });
        if changed || class != after.text_in("lpszDeviceClass") {
            return None;
        }
        let (before, after) = (given(before, "lpDeviceConfig")?, given(after, "lpDeviceConfig")?);
        kept(before == after, || "TSPI_lineGetDevConfig gives another configuration than before".to_owned())
    })
}

fn installs_again(story: &Story<'_>) -> Judgement {
    const INSTALL: &str = "TUISPI_providerInstall";
    each_outcome(story, INSTALL, |one, outcome| {
        let changes = |name: &str| matches!(name, INSTALL | "TUISPI_providerRemove");
        let mut earlier = story.invocations.iter().rev();
        let last = earlier.find(|other| other.called < one.called && changes(other.function.name))?;
        if last.function.name != INSTALL || last.result() != Some(0) {
            return None;
        }
        let right = outcome.succeeded() || is_error(outcome.result, &["LINEERR_NOMULTIPLEINSTANCE"]);
        kept(right, || format!("the second {INSTALL} failed with {}", render_result(outcome.result)))
    })
}
