//! Rules about device classes: what TSPI_lineGetID and TSPI_phoneGetID give for each, and which a device has.

use super::Level::{Must, Should};
use super::judging::{Said, each, each_answer, is_error, kept, refuses};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::{Value, constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/tapi-device-classes/1",
        page: "tapi-device-classes.md",
        level: Must,
        requirement: "What TSPI_lineGetID and TSPI_phoneGetID give has the form that the page of the class says: one DWORD for a line, \
                      phone, wave or MIDI device, two for wave/in/out, one for each terminal, a null-terminated name for comm and \
                      comm/datamodem/portname, a handle and a name for comm/datamodem and ndis. The identifier of tapi/line is the \
                      line's own, that of tapi/phone of a phone the phone's.",
        why: "An application that opens the device by these bytes opens another one, or none.",
        mend: "Write dwStringFormat and the data as the page of the class has them.",
        broken_by: "class-in-another-format",
        exercises: &["device-classes"],
        judge: data_has_the_form_of_its_class,
    },
    Rule {
        id: "tspi/tspi-device-classes/1",
        page: "tspi-device-classes.md",
        level: Must,
        requirement: "Names of device classes are compared without regard to case: TAPI/Line is tapi/line.",
        why: "An application that writes the name otherwise than the provider does not find the device.",
        mend: "Compare the names with lstrcmpi or the like.",
        broken_by: "class-names-by-case",
        exercises: &["device-classes"],
        judge: names_of_classes_have_no_case,
    },
    Rule {
        id: "tspi/LINEDEVCAPS/27",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "Each class in DeviceClasses of LINEDEVCAPS, LINEADDRESSCAPS or PHONECAPS is one that TSPI_lineGetID or TSPI_phoneGetID \
                      of the device knows.",
        why: "An application chooses a class from the list and is refused.",
        mend: "List the classes from the table that the function looks them up in.",
        broken_by: "knows-no-class",
        exercises: &["device-classes"],
        judge: listed_classes_are_known,
    },
    Rule {
        id: "tspi/tapi-line/2",
        page: "tapi-line.md",
        level: Should,
        requirement: "TSPI_phoneGetID for tapi/line on a telephone without line, and TSPI_lineGetID for tapi/phone on a line without telephone, \
                      fail with PHONEERR_ or LINEERR_INVALDEVICECLASS. The pages of the functions also have NODEVICE: that, too, is \
                      right, and any other a warning.",
        why: "Applications take another error for a failure of the device, and report it to the user.",
        mend: "Return INVALDEVICECLASS where the class means nothing on the device.",
        broken_by: "no-telephone-is-a-failure",
        exercises: &["device-classes"],
        judge: lacking_devices_are_an_unknown_class,
    },
    Rule {
        id: "tspi/lineerr--constants/15",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "TSPI_lineGetID and TSPI_phoneGetID of a device class that nobody has defined fail with INVALDEVICECLASS, or NODEVICE; with \
                      OPERATIONUNAVAIL where the provider knows no class at all.",
        why: "An application opens a device that does not exist, or reports a failure where there is only nothing of the kind.",
        mend: "Look the class up in the list of those that the device has, and return INVALDEVICECLASS where it is not there.",
        broken_by: "any-class-has-an-id",
        exercises: &["device-classes"],
        judge: |story| {
            GET_ID.iter().fold(Judgement::default(), |mut all, (function, _)| {
                all.join(refuses(story, function, &UNKNOWN, |one| class_of(one).as_deref() == Some(NONE)));
                all
            })
        },
    },
    Rule {
        id: "tspi/comm-datamodem/4",
        page: "comm-datamodem.md",
        level: Must,
        requirement: "Classes come with the media type that they are for: comm/datamodem with LINEMEDIAMODE_DATAMODEM, wave/in and \
                      wave/out with LINEMEDIAMODE_AUTOMATEDVOICE in LINEDEVCAPS.dwMediaModes.",
        why: "Applications look for a line by its media types and pass over one that could serve them.",
        mend: "Set the media type of every class in DeviceClasses.",
        broken_by: "class-without-media",
        exercises: &["lifecycle"],
        judge: classes_come_with_their_media,
    },
];

/// A class that nobody has.
pub(in crate::rules) const NONE: &str = "offhook/nothing";

/// What a query for a class that the device has not may fail with.
const UNKNOWN: [&str; 6] = [
    "LINEERR_INVALDEVICECLASS",
    "LINEERR_NODEVICE",
    "LINEERR_OPERATIONUNAVAIL",
    "PHONEERR_INVALDEVICECLASS",
    "PHONEERR_NODEVICE",
    "PHONEERR_OPERATIONUNAVAIL",
];

/// Functions that give the identifier of a device, and whether of a phone.
const GET_ID: [(&str, bool); 2] = [("TSPI_lineGetID", false), ("TSPI_phoneGetID", true)];

/// The form of the data of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    /// So many DWORDs.
    Dwords(usize),
    /// One or more DWORDs.
    Devices,
    /// One DWORD, the device's own identifier.
    Own,
    /// One DWORD for each terminal of the line.
    Terminals,
    /// A name that ends in a null.
    Name,
    /// A handle, and a name that ends in a null.
    HandleAndName,
}

fn form(class: &str, of_phone: bool) -> Option<Form> {
    Some(match (class, of_phone) {
        ("comm" | "comm/datamodem/portname", _) => Form::Name,
        ("comm/datamodem" | "comm/datamodem/dialin" | "comm/datamodem/dialout" | "ndis", _) => Form::HandleAndName,
        ("wave/in" | "wave/out" | "midi/in" | "midi/out", _) => Form::Dwords(1),
        ("wave/in/out", _) => Form::Dwords(2),
        ("tapi/line", false) | ("tapi/phone", true) => Form::Own,
        ("tapi/line", true) | ("tapi/phone", false) => Form::Devices,
        ("tapi/terminal", false) => Form::Terminals,
        ("tapi/terminal", true) => Form::Devices,
        _ => return None,
    })
}

fn class_of(one: &Invocation<'_>) -> Option<String> {
    one.text_in("lpszDeviceClass")
}

/// The format and the bytes that a call gave.
fn data(one: &Invocation<'_>) -> Option<(u32, Vec<u8>)> {
    let bytes = one.bytes_out("lpDeviceID").filter(|_| one.result() == Some(0))?;
    let dword = |at: usize| Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
    let (needed, used) = (dword(4)?, dword(8)?);
    let (format, size, offset) = (dword(12)?, dword(16)? as usize, dword(20)? as usize);
    // What did not fit is not there.
    let data = bytes.get(offset..offset.checked_add(size)?)?;
    (needed <= used).then(|| (format, data.to_vec()))
}

fn data_has_the_form_of_its_class(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, of_phone) in GET_ID {
        all.join(each(story, function, |one| {
            let class = class_of(one)?.to_lowercase();
            let form = form(&class, of_phone)?;
            let (format, data) = data(one)?;
            let wrong = wrong_in(story, one, form, format, &data);
            kept(wrong.is_none(), || format!("{function} for {class}: {}", wrong.unwrap_or_default()))
        }));
    }
    all
}

fn wrong_in(story: &Story<'_>, one: &Invocation<'_>, form: Form, format: u32, data: &[u8]) -> Option<String> {
    let is = |name: &str| format == constant_value(name);
    let named = |name: &[u8]| name.last() == Some(&0) && !is("STRINGFORMAT_BINARY");
    let dwords: Vec<u32> = data.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
    let binary = || (!is("STRINGFORMAT_BINARY")).then(|| format!("dwStringFormat is {format:#x}, not STRINGFORMAT_BINARY"));
    let count = |wanted: usize| {
        (data.len() != wanted * 4).then(|| format!("{} bytes came instead of {}", data.len(), wanted * 4))
    };
    match form {
        Form::Name => (!named(data)).then(|| format!("no name that ends in a null came, in format {format:#x}")),
        Form::HandleAndName => {
            let select = one.dword("dwSelect");
            let idle = one.function.name == "TSPI_lineGetID" && select != constant_value("LINECALLSELECT_CALL");
            match data {
                _ if !is("STRINGFORMAT_BINARY") => binary(),
                [.., last] if data.len() > 4 && *last != 0 => Some("the name does not end in a null".to_owned()),
                [0, 0, 0, 0, _, ..] => None,
                [_, _, _, _, _, ..] => idle.then(|| format!("a handle came, {:#x}, and no call is asked about", dwords[0])),
                _ => Some(format!("{} bytes hold no handle and name", data.len())),
            }
        }
        Form::Dwords(wanted) => binary().or_else(|| count(wanted)),
        Form::Devices => binary().or_else(|| {
            let whole = !data.is_empty() && data.len().is_multiple_of(4);
            (!whole).then(|| format!("{} bytes are no list of DWORDs", data.len()))
        }),
        Form::Own => binary().or_else(|| count(1)).or_else(|| {
            let own = story.device_of(one)?;
            (dwords[0] != own).then(|| format!("device {} came, and {own} was asked", dwords[0]))
        }),
        Form::Terminals => binary().or_else(|| {
            let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
            count(caps.number("dwNumTerminals")? as usize)
        }),
    }
}

fn names_of_classes_have_no_case(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, _) in GET_ID {
        all.join(each(story, function, |one| {
            let class = class_of(one)?;
            let small = class.to_lowercase();
            let about = |other: &Invocation<'_>| {
                ["hdLine", "dwAddressID", "hdCall", "dwSelect", "hdPhone"].map(|name| other.value(name))
            };
            let plain = story
                .invocations_of(function)
                .find(|other| class_of(other).as_deref() == Some(&small) && about(other) == about(one))?;
            if class == small || !plain.accepted() {
                return None;
            }
            kept(one.accepted(), || {
                format!("{function} knows {small}, and for {class} gave {}", render_result(one.result().unwrap_or_default()))
            })
            .map(|said| said.with([plain.called]))
        }));
    }
    all
}

/// The classes that an answer lists.
fn classes(caps: &Answer) -> Vec<String> {
    match caps.decoded.get("DeviceClasses") {
        Some(Value::List(values)) => values.iter().filter_map(|value| Some(value.text()?.to_lowercase())).collect(),
        _ => Vec::new(),
    }
}

fn listed_classes_are_known(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, of_phone) in GET_ID {
        let structure = if of_phone { "PHONECAPS" } else { "LINEDEVCAPS" };
        all.join(each(story, function, |one| {
            let class = class_of(one)?.to_lowercase();
            let caps = story.caps(structure, story.device_of(one)?, one.called)?;
            if !classes(caps).contains(&class) {
                return None;
            }
            let result = one.result()?;
            kept(!is_error(result, &UNKNOWN), || {
                format!("{structure}.DeviceClasses lists {class}, and {function} gave {}", render_result(result))
            })
            .map(|said| said.with([caps.at]))
        }));
    }
    all
}

fn lacking_devices_are_an_unknown_class(story: &Story<'_>) -> Judgement {
    const RIGHT: [&str; 4] = [
        "LINEERR_INVALDEVICECLASS",
        "LINEERR_NODEVICE",
        "PHONEERR_INVALDEVICECLASS",
        "PHONEERR_NODEVICE",
    ];
    let mut all = Judgement::default();
    for (function, class) in [("TSPI_lineGetID", "tapi/phone"), ("TSPI_phoneGetID", "tapi/line")] {
        all.join(each(story, function, |one| {
            let result = one.result().filter(|result| *result < 0)?;
            if class_of(one)?.to_lowercase() != class {
                return None;
            }
            kept(is_error(result, &RIGHT), || format!("{function} for {class} gave {}", render_result(result)))
        }));
    }
    all
}

fn classes_come_with_their_media(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEDEVCAPS", |caps| -> Option<Said> {
        let classes = classes(caps);
        caps.number("dwMediaModes")?;
        let lacking = classes.iter().find_map(|class| {
            let media = match class.as_str() {
                modem if modem.starts_with("comm/datamodem") => "LINEMEDIAMODE_DATAMODEM",
                "wave/in" | "wave/out" | "wave/in/out" => "LINEMEDIAMODE_AUTOMATEDVOICE",
                _ => return None,
            };
            (!caps.has("dwMediaModes", media)).then_some((class, media))
        });
        if classes.is_empty() {
            return None;
        }
        kept(lacking.is_none(), || match lacking {
            Some((class, media)) => format!("DeviceClasses lists {class}, and dwMediaModes lacks {media}"),
            None => String::new(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_one_form_for_each_kind_of_device() {
        assert_eq!(form("tapi/line", false), Some(Form::Own));
        assert_eq!(form("tapi/line", true), Some(Form::Devices));
        assert_eq!(form("wave/in/out", false), Some(Form::Dwords(2)));
        assert_eq!(form("vendor/video", false), None);
    }
}
