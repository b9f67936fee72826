//! Rules about phones: what buttons and displays are set to, what is published of them, how icons and devices are named.

use super::Level::{Must, Should};
use super::judging::{each, each_outcome, is_error, kept, never_fails_with, refuses, takes};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::structures::{PHONEBUTTONINFO, VARSTRING};
use crate::tspi::{Value, constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/phoneSetButtonInfo/4",
        page: "nf-tspi-tspi_phonesetbuttoninfo.md",
        level: Must,
        requirement: "After TSPI_phoneSetButtonInfo has succeeded, TSPI_phoneGetButtonInfo gives the mode, function and text of the button that were \
                      set.",
        why: "The telephone shows one thing on its button and does another.",
        mend: "Keep all three with the button, and answer from there.",
        broken_by: "forgets-button",
        exercises: &["phone-buttons"],
        judge: buttons_are_kept,
    },
    Rule {
        id: "tspi/phoneSetDisplay/4",
        page: "nf-tspi-tspi_phonesetdisplay.md",
        level: Must,
        requirement: "After TSPI_phoneSetDisplay has succeeded, the display shows the text from dwRow and dwColumn on, in place of what stood there, \
                      and what was there before elsewhere.",
        why: "Parts of two texts stand mixed on the display.",
        mend: "Write the characters into the cells from row times columns plus column on.",
        broken_by: "forgets-display",
        exercises: &["phone-buttons"],
        judge: displays_show_what_was_set,
    },
    Rule {
        id: "tspi/phoneSetDisplay/5",
        page: "nf-tspi-tspi_phonesetdisplay.md",
        level: Must,
        requirement: "A text that is longer than the display is cut off: with a row and column that there are, TSPI_phoneSetDisplay does not fail for \
                      its length.",
        why: "A caller's name that is long is not shown at all.",
        mend: "Stop writing at the last cell.",
        broken_by: "refuses-long-text",
        exercises: &["phone-buttons"],
        judge: |story| {
            takes(story, "TSPI_phoneSetDisplay", |one| {
                let Some((rows, columns)) = cells(story, one) else { return false };
                let long = one.dword("dwSize") > 2 * rows * columns;
                long && one.dword("dwRow") < rows && one.dword("dwColumn") < columns
            })
        },
    },
    Rule {
        id: "tspi/phoneSetRing/7",
        page: "nf-tspi-tspi_phonesetring.md",
        level: Must,
        requirement: "Where PHONECAPS.dwNumRingModes is 0, the ring mode cannot be controlled: TSPI_phoneSetRing does not change it.",
        why: "Applications offer no ring modes, and the telephone rings by another.",
        mend: "Publish the number of ring modes, or leave the mode alone.",
        broken_by: "ring-modes-unpublished",
        exercises: &["phone-buttons", "phone-settings"],
        judge: |story| {
            each_outcome(story, "TSPI_phoneGetRing", |one, outcome| {
                let phone = story.phone_by_hd(one.value("hdPhone")?, one.called).filter(|_| outcome.succeeded())?;
                let caps = story.caps("PHONECAPS", phone.device, one.called)?;
                let mut earlier = story.invocations_of("TSPI_phoneGetRing").filter(|other| {
                    other.called < one.called && other.result() == Some(0) && other.value("hdPhone") == one.value("hdPhone")
                });
                let was = earlier.next()?.number_out("lpdwRingMode")?;
                let is = one.number_out("lpdwRingMode").filter(|_| caps.number("dwNumRingModes") == Some(0))?;
                kept(was == is, || format!("dwNumRingModes is 0, and the ring mode changed from {was} to {is}"))
            })
        },
    },
    Rule {
        id: "tspi/phoneGetData/4",
        page: "nf-tspi-tspi_phonegetdata.md",
        level: Must,
        requirement: "PHONECAPS publishes the size of each data area that can be read: as many bytes as that can be read by TSPI_phoneGetData.",
        why: "Applications allocate by the published size, and reading fails.",
        mend: "List the true size of each area at dwGetDataOffset.",
        broken_by: "data-unreadable",
        exercises: &["phone-buttons"],
        judge: |story| {
            takes(story, "TSPI_phoneGetData", |one| {
                let caps = story.device_of(one).and_then(|device| story.caps("PHONECAPS", device, one.called));
                let sizes = caps.and_then(|caps| caps.numbers("GetData")).unwrap_or_default();
                let size = sizes.get(one.dword("dwDataID") as usize);
                size.is_some_and(|size| *size > 0 && one.dword("dwSize") <= *size && !one.is_null("lpData"))
            })
        },
    },
    Rule {
        id: "tspi/phoneGetIcon/5",
        page: "nf-tspi-tspi_phonegeticon.md",
        level: Must,
        requirement: "TSPI_phoneGetIcon knows the classes that TSPI_phoneGetID knows, and takes NULL, an empty string and tapi/phone for the phone \
                      itself: none of them is refused with PHONEERR_INVALDEVICECLASS.",
        why: "Applications show no icon for a device that they can use.",
        mend: "Keep one list of classes; take NULL and an empty string for tapi/phone.",
        broken_by: "icon-of-no-class",
        exercises: &["phone-names"],
        judge: icons_go_by_known_classes,
    },
    Rule {
        id: "tspi/phoneGetID/1",
        page: "nf-tspi-tspi_phonegetid.md",
        level: Must,
        requirement: "TSPI_phoneGetID gives the identifier of the device of a class in the form of that class: for tapi/phone the DWORD that TAPI \
                      knows the phone by; for no class an empty VARSTRING.",
        why: "Applications open another device than the one that belongs to the phone.",
        mend: "Fill the VARSTRING with the identifier in the form that the class uses.",
        broken_by: "id-of-another-phone",
        exercises: &["phone-names"],
        judge: identifiers_name_the_phone,
    },
    Rule {
        id: "tspi/phoneDevSpecific/5",
        page: "nf-tspi-tspi_phonedevspecific.md",
        level: Should,
        requirement: "What TSPI_phoneDevSpecific has for the application goes by PHONE_DEVSPECIFIC: the block at lpParams is as it was. TAPI has \
                      copied the application's memory and some providers answer in the copy: a warning.",
        why: "The application never sees what was written there.",
        mend: "Send PHONE_DEVSPECIFIC.",
        broken_by: "answers-in-params",
        exercises: &["phone-pressed"],
        judge: |story| {
            each_outcome(story, "TSPI_phoneDevSpecific", |one, outcome| {
                let (before, after) = (one.bytes_in("lpParams")?, story.left(one, "lpParams")?);
                outcome.succeeded().then_some(())?;
                kept(before == after, || format!("lpParams was {before:02x?}, and is {after:02x?}"))
            })
        },
    },
    Rule {
        id: "tspi/phoneNegotiateTSPIVersion/5",
        page: "nf-tspi-tspi_phonenegotiatetspiversion.md",
        level: Must,
        requirement: "A provider without phones that exports TSPI_phoneNegotiateTSPIVersion answers PHONEERR_OPERATIONUNAVAIL, or \
                      PHONEERR_BADDEVICEID where it only has none at the moment.",
        why: "TAPI takes the success for a phone.",
        mend: "Return PHONEERR_OPERATIONUNAVAIL where there are no phones.",
        broken_by: "negotiates-without-phones",
        exercises: &["no-phones"],
        judge: |story| {
            let errors = ["PHONEERR_OPERATIONUNAVAIL", "PHONEERR_BADDEVICEID", "PHONEERR_NODRIVER"];
            let initialize = constant_value("INITIALIZE_NEGOTIATION");
            refuses(story, "TSPI_phoneNegotiateTSPIVersion", &errors, |one| {
                let started = story.invocations_of("TSPI_providerInit").any(|init| init.result() == Some(0) && init.called < one.called);
                let created = story.invocations_of("TSPI_providerCreatePhoneDevice").next().is_some();
                started && !created && story.devices(true) == 0 && one.dword("dwDeviceID") != initialize
            })
        },
    },
    Rule {
        id: "tspi/phoneSelectExtVersion/2",
        page: "nf-tspi-tspi_phoneselectextversion.md",
        level: Must,
        requirement: "While an extension version is selected on a line or phone, selecting another one fails with LINEERR_ or \
                      PHONEERR_INCOMPATIBLEEXTVERSION, though it may have been negotiated before; 0 gives the selection up.",
        why: "The application that came first finds other extensions under its feet.",
        mend: "Compare with the selected version before changing it.",
        broken_by: "selects-a-second-version",
        exercises: &["ext-versions"],
        judge: second_selections_are_refused,
    },
];

/// Rows and columns of the display of the phone that a call is about.
fn cells(story: &Story<'_>, one: &Invocation<'_>) -> Option<(u32, u32)> {
    let caps = story.caps("PHONECAPS", story.device_of(one)?, one.called)?;
    let (rows, columns) = (caps.number("dwDisplayNumRows")?, caps.number("dwDisplayNumColumns")?);
    (rows > 0 && columns > 0).then_some((rows, columns))
}

/// The next structure that a query on the same phone filled after an event, if no other setting came between.
fn next_on_phone<'s>(story: &'s Story<'_>, one: &Invocation<'_>, query: &str, from: usize) -> Option<(&'s Answer, &'s Invocation<'s>)> {
    let (setting, phone) = (one.function.name, one.value("hdPhone"));
    story.answers.iter().filter(|answer| answer.at > from).find_map(|answer| {
        let asked = story.invocations.get(answer.invocation)?;
        let again = story.invocations_of(setting).any(|other| other.called > one.called && other.called < answer.at && other.accepted());
        (asked.function.name == query && asked.value("hdPhone") == phone && !again).then_some((answer, asked))
    })
}

fn buttons_are_kept(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_phoneSetButtonInfo", |one, outcome| {
        outcome.succeeded().then_some(())?;
        let given = decode(&PHONEBUTTONINFO, one.bytes_in("lpButtonInfo")?, one.version);
        let (held, asked) = next_on_phone(story, one, "TSPI_phoneGetButtonInfo", outcome.at)?;
        if asked.dword("dwButtonLampID") != one.dword("dwButtonLampID") {
            return None;
        }
        for member in ["dwButtonMode", "dwButtonFunction"] {
            let (wanted, is) = (given.get(member)?.number()?, held.number(member)?);
            if wanted != is {
                return kept(false, || format!("{member} {wanted:#x} was set, and {is:#x} is read")).map(|said| said.with([held.at]));
            }
        }
        let (wanted, is) = (given.get("ButtonText")?.text()?, held.text("ButtonText")?);
        // A label may be shorter than the text.
        kept(wanted == is || !is.is_empty() && wanted.starts_with(is), || format!("the text {wanted:?} was set, and {is:?} is read"))
            .map(|said| said.with([held.at]))
    })
}

/// The cells of a display of this size; a display with line ends, or of another width, is laid out in a way that the page
/// does not lay down.
fn display_of(answer: &Answer, cells: usize) -> Option<Vec<u16>> {
    let shown: Vec<u16> = match answer.decoded.get("String")? {
        Value::Text(text) => text.encode_utf16().collect(),
        Value::Bytes(bytes) if bytes.len() == 2 * cells => {
            bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
        }
        Value::Bytes(bytes) => bytes.iter().copied().map(u16::from).collect(),
        _ => return None,
    };
    (shown.len() == cells).then_some(shown)
}

fn displays_show_what_was_set(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_phoneSetDisplay", |one, outcome| {
        outcome.succeeded().then_some(())?;
        let (rows, columns) = cells(story, one)?;
        let (held, _) = next_on_phone(story, one, "TSPI_phoneGetDisplay", outcome.at)?;
        let shown = display_of(held, (rows * columns) as usize)?;
        let units = one.bytes_in("lpsDisplay")?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let text: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        if one.dword("dwColumn") >= columns || one.dword("dwRow") >= rows {
            return None;
        }
        let at = (one.dword("dwRow") * columns + one.dword("dwColumn")) as usize;
        let wanted = &text[..text.len().min(shown.len() - at)];
        let is = &shown[at..at + wanted.len()];
        kept(is == wanted, || {
            format!("{:?} was set, and the display shows {:?} there", String::from_utf16_lossy(wanted), String::from_utf16_lossy(is))
        })
            .map(|said| said.with([held.at]))
    })
}

fn icons_go_by_known_classes(story: &Story<'_>) -> Judgement {
    let error = ["PHONEERR_INVALDEVICECLASS"];
    never_fails_with(story, "TSPI_phoneGetIcon", &error, |one| {
        let class = one.text_in("lpszDeviceClass").unwrap_or_default();
        let own = class.is_empty() || class.eq_ignore_ascii_case("tapi/phone");
        let known = || {
            let mut named = story.invocations_of("TSPI_phoneGetID").filter(|id| id.result() == Some(0));
            named.any(|id| id.text_in("lpszDeviceClass").is_some_and(|of| of.eq_ignore_ascii_case(&class)))
        };
        own || known()
    })
}

fn identifiers_name_the_phone(story: &Story<'_>) -> Judgement {
    each(story, "TSPI_phoneGetID", |one| {
        let phone = story.phone_by_hd(one.value("hdPhone")?, one.called)?;
        let bytes = one.bytes_out("lpDeviceID").filter(|_| one.result() == Some(0))?;
        let dword = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let (total, needed) = (dword(0)?, dword(4)?);
        let (size, offset) = (dword(16)?, dword(20)? as usize);
        if needed > total {
            return None;
        }
        let class = one.text_in("lpszDeviceClass")?;
        if class.eq_ignore_ascii_case("tapi/phone") {
            let id = dword(offset).filter(|_| size >= 4);
            return kept(id == Some(phone.device), || {
                format!("the phone is device {}, and TSPI_phoneGetID gave {}", phone.device, decode(&VARSTRING, bytes, one.version).render())
            });
        }
        kept(size > 0, || format!("TSPI_phoneGetID succeeded for {class:?}, and gave nothing"))
    })
}

fn second_selections_are_refused(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, handle, error) in [
        ("TSPI_lineSelectExtVersion", "hdLine", "LINEERR_INCOMPATIBLEEXTVERSION"),
        ("TSPI_phoneSelectExtVersion", "hdPhone", "PHONEERR_INCOMPATIBLEEXTVERSION"),
    ] {
        all.join(each(story, function, |one| {
            let before = story.invocations_of(function).filter(|other| {
                other.called < one.called && other.result() == Some(0) && other.value(handle) == one.value(handle)
            });
            let selected = before.last()?.dword("dwExtVersion");
            let wanted = one.dword("dwExtVersion");
            if selected == 0 || wanted == 0 || wanted == selected {
                return None;
            }
            let result = one.result()?;
            kept(is_error(result, &[error]), || format!("{selected:#x} is selected, and selecting {wanted:#x} gave {}", render_result(result)))
        }));
    }
    all
}
