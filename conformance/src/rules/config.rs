//! Rules about the configuration of lines, their device classes, icons and identifiers.

use super::Level::{Must, Should};
use super::judging::{each, is_error, kept, never_fails_with};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::structures::VARSTRING;
use crate::tspi::{constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGetDevConfig/5",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Should,
        requirement: "The device classes that can be configured, and those that have an icon, are among those of TSPI_lineGetID: one that \
                      it does not know is refused. Windows' own provider for modems has classes that it configures alone: a warning.",
        why: "Applications look for a class in one place and find it in another.",
        mend: "Take the names of classes from one list, and return LINEERR_INVALDEVICECLASS for others.",
        broken_by: "configures-any-class",
        exercises: &["device-config", "classes-of-line"],
        judge: classes_are_those_of_get_id,
    },
    Rule {
        id: "tspi/lineGetDevConfig/7",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Should,
        requirement: "TSPI_lineGetDevConfig knows the class tapi/line, which stands for what the line as a whole is set to.",
        why: "An application that keeps the settings of a line, to bring them back later, asks for this class first.",
        mend: "Give what is set for the line under tapi/line, be it a few bytes; answer LINEERR_OPERATIONUNAVAIL where nothing can be \
               configured at all.",
        broken_by: "configures-no-line",
        exercises: &["device-config"],
        judge: |story| {
            let errors = ["LINEERR_INVALDEVICECLASS", "LINEERR_NODEVICE"];
            never_fails_with(story, CONFIG, &errors, |one| class(one).as_deref() == Some("tapi/line"))
        },
    },
    Rule {
        id: "tspi/lineGetDevConfig/12",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Must,
        requirement: "The configuration of TSPI_lineGetDevConfig stays as it is until it is set, configured in a dialog, or the line is \
                      closed; editing a copy of it changes nothing.",
        why: "An application that stores a configuration stores another than it saw.",
        mend: "Build the data of the settings alone, without times, counters or memory that was not set.",
        broken_by: "configuration-wanders",
        exercises: &["classes-of-line"],
        judge: configurations_are_stable,
    },
    Rule {
        id: "tspi/lineGetDevConfig/13",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Must,
        requirement: "What TSPI_lineGetDevConfig, or a dialog that edits a configuration, has given, TSPI_lineSetDevConfig takes for the \
                      same line and class, and a dialog takes for its input.",
        why: "Settings that an application has kept cannot be restored.",
        mend: "Take every configuration that you give out, of older versions too.",
        broken_by: "refuses-own-configuration",
        exercises: &["device-config", "user-interface"],
        judge: own_configurations_are_taken,
    },
    Rule {
        id: "tspi/lineGetDevConfig/10",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Must,
        requirement: "The configuration that nobody has changed is the same after the provider was shut down and initialized again.",
        why: "The user's settings are lost with the last application that ends.",
        mend: "Store the permanent settings, and load them in TSPI_providerInit.",
        broken_by: "loses-configuration",
        exercises: &["restarted"],
        judge: configurations_outlast_a_restart,
    },
    Rule {
        id: "tspi/lineGetIcon/5",
        page: "nf-tspi-tspi_linegeticon.md",
        level: Must,
        requirement: "TSPI_lineGetIcon without a device class gives the icon of the line itself: NULL is not refused.",
        why: "Applications show no icon for the line.",
        mend: "Take NULL for the class of the highest level.",
        broken_by: "demands-icon-class",
        exercises: &["classes-of-line"],
        judge: |story| {
            let errors = ["LINEERR_INVALDEVICECLASS", "LINEERR_INVALPOINTER"];
            never_fails_with(story, "TSPI_lineGetIcon", &errors, |one| one.is_null("lpszDeviceClass"))
        },
    },
    Rule {
        id: "tspi/lineGetID/9",
        page: "nf-tspi-tspi_linegetid.md",
        level: Must,
        requirement: "TSPI_lineGetID gives an identifier in the form of its class: for tapi/line the identifier of the line device, a DWORD.",
        why: "Applications open another line than the one that they have.",
        mend: "Put the dwDeviceID that TAPI gave into the VARSTRING, as four bytes.",
        broken_by: "names-another-line",
        exercises: &["ids"],
        judge: lines_are_named,
    },
];

/// Functions that take a class, beside TSPI_lineGetID.
const BY_CLASS: [&str; 6] = [
    "TSPI_lineGetDevConfig",
    "TSPI_lineGetIcon",
    "TSPI_lineConfigDialog",
    "TUISPI_lineConfigDialog",
    "TSPI_lineConfigDialogEdit",
    "TUISPI_lineConfigDialogEdit",
];

fn class(one: &Invocation<'_>) -> Option<String> {
    one.text_in("lpszDeviceClass").map(|class| class.to_ascii_lowercase()).filter(|class| !class.is_empty())
}

fn classes_are_those_of_get_id(story: &Story<'_>) -> Judgement {
    let unknown = ["LINEERR_INVALDEVICECLASS", "LINEERR_NODEVICE", "LINEERR_OPERATIONUNAVAIL"];
    let mut judgement = Judgement::default();
    for function in BY_CLASS {
        judgement.join(each(story, function, |one| {
            let (class, device) = (class(one)?, story.device_of(one)?);
            let mut ids = story
                .invocations_of("TSPI_lineGetID")
                .filter(|id| self::class(id).as_deref() == Some(class.as_str()) && story.device_of(id) == Some(device));
            let id = ids.next()?;
            let refused = is_error(id.result()?, &unknown);
            let right = !(one.accepted() && refused);
            kept(right, || {
                let said = render_result(id.result().unwrap_or_default());
                format!("{function} took the class {class:?}, for which TSPI_lineGetID gave {said}")
            })
            .map(|said| said.with([id.called]))
        }));
    }
    judgement
}

/// The data of a configuration that a call gave out.
fn given(one: &Invocation<'_>) -> Option<Vec<u8>> {
    let name = ["lpDeviceConfig", "lpDeviceConfigOut"].into_iter().find_map(|name| {
        let bytes = one.bytes_out(name).filter(|_| one.result() == Some(0))?;
        Some((name, bytes))
    });
    let (_, bytes) = name?;
    let string = decode(&VARSTRING, bytes, one.version);
    let number = |member: &str| string.get(member).and_then(|value| value.number()).map(|number| number as usize);
    let (offset, size) = (number("dwStringOffset")?, number("dwStringSize")?);
    // What was cut for want of room is no configuration.
    (number("dwNeededSize")? <= number("dwTotalSize")?).then_some(())?;
    bytes.get(offset..offset.checked_add(size)?).map(<[u8]>::to_vec)
}

const CONFIG: &str = "TSPI_lineGetDevConfig";

/// The calls before one, latest first, that gave out a configuration of the same line and class.
fn gets_before<'s, 't>(story: &'s Story<'t>, one: &Invocation<'t>) -> impl Iterator<Item = &'s Invocation<'t>> {
    let (device, class, called) = (one.value("dwDeviceID"), class(one), one.called);
    story.invocations.iter().rev().filter(move |other| {
        other.function.name == CONFIG
            && other.called < called
            && other.value("dwDeviceID") == device
            && self::class(other) == class
            && given(other).is_some()
    })
}

fn happened(story: &Story<'_>, functions: &[&str], from: usize, to: usize) -> bool {
    let mut invocations = story.invocations.iter();
    invocations.any(|one| functions.contains(&one.function.name) && one.called > from && one.called < to)
}

const CHANGES: [&str; 6] = [
    "TSPI_lineSetDevConfig",
    "TSPI_lineConfigDialog",
    "TUISPI_lineConfigDialog",
    "TSPI_lineClose",
    "TSPI_providerConfig",
    "TUISPI_providerConfig",
];

fn configurations_are_stable(story: &Story<'_>) -> Judgement {
    each(story, CONFIG, |one| {
        let now = given(one)?;
        let before = gets_before(story, one).next()?;
        let changed = happened(story, &CHANGES, before.called, one.called)
            || happened(story, &["TSPI_providerInit"], before.called, one.called);
        if changed {
            return None;
        }
        kept(given(before)? == now, || "the configuration is another than before, and nobody has changed it".to_owned())
            .map(|said| said.with([before.called]))
    })
}

fn own_configurations_are_taken(story: &Story<'_>) -> Judgement {
    let takes = [
        ("TSPI_lineSetDevConfig", "lpDeviceConfig"),
        ("TSPI_lineConfigDialogEdit", "lpDeviceConfigIn"),
        ("TUISPI_lineConfigDialogEdit", "lpDeviceConfigIn"),
    ];
    let mut judgement = Judgement::default();
    for (function, parameter) in takes {
        judgement.join(each(story, function, |one| {
            let data = one.bytes_in(parameter)?;
            let mut givers = story.invocations.iter().filter(|other| {
                other.called < one.called
                    && other.value("dwDeviceID") == one.value("dwDeviceID")
                    && class(other) == class(one)
                    && given(other).is_some_and(|given| given == data)
            });
            let giver = givers.next()?;
            let errors = ["LINEERR_INVALPARAM", "LINEERR_INVALPOINTER", "LINEERR_OPERATIONFAILED"];
            kept(!is_error(one.result()?, &errors), || {
                let said = render_result(one.result().unwrap_or_default());
                format!("the data are those that {} gave, and {function} gave {said}", giver.function.name)
            })
            .map(|said| said.with([giver.called]))
        }));
    }
    judgement
}

fn configurations_outlast_a_restart(story: &Story<'_>) -> Judgement {
    each(story, CONFIG, |one| {
        let now = given(one)?;
        let before = gets_before(story, one).next()?;
        let restarted = happened(story, &["TSPI_providerInit"], before.called, one.called);
        let touched = CHANGES.iter().filter(|name| **name != "TSPI_lineClose");
        if !restarted || happened(story, &touched.copied().collect::<Vec<_>>(), 0, one.called) {
            return None;
        }
        kept(given(before)? == now, || "the configuration is another since the provider was initialized again".to_owned())
            .map(|said| said.with([before.called]))
    })
}

fn lines_are_named(story: &Story<'_>) -> Judgement {
    let line = constant_value("LINECALLSELECT_LINE");
    each(story, "TSPI_lineGetID", |one| {
        let device = story.device_of(one)?;
        if one.result() != Some(0) || class(one)? != "tapi/line" || one.dword("dwSelect") != line {
            return None;
        }
        let bytes = one.bytes_out("lpDeviceID")?;
        let string = decode(&VARSTRING, bytes, one.version);
        let number = |member: &str| string.get(member).and_then(|value| value.number()).map(|number| number as usize);
        let (offset, size) = (number("dwStringOffset")?, number("dwStringSize")?);
        (number("dwNeededSize")? <= number("dwTotalSize")?).then_some(())?;
        let id = bytes.get(offset..offset.checked_add(size)?)?;
        kept(id == device.to_le_bytes(), || format!("the line is device {device}, and its identifier is {id:02x?}"))
    })
}
