//! Device classes: each that a device lists, those that TAPI defines, and one written otherwise.

use super::{call, filled, try_call, with_each};
use crate::app::{Stage, Stop};
use crate::tspi::{Decoded, Value, constant_value};

/// Classes that are asked for besides those that a device lists.
const CLASSES: [&str; 9] = [
    "tapi/line",
    "TAPI/Line",
    "tapi/phone",
    "TAPI/Phone",
    "tapi/terminal",
    "comm",
    "comm/datamodem",
    "comm/datamodem/portname",
    super::super::device_classes::NONE,
];

/// Asks each open line and phone for its identifier in every class.
pub(in crate::rules) fn each_class(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        for line in story.lines.iter().filter(|line| line.closed.is_none()) {
            let version = tapi.line_version(line.device);
            let caps = filled(
                tapi,
                call("TSPI_lineGetDevCaps")?.dword("dwDeviceID", line.device),
                version,
            )?;
            for class in asked(caps.as_ref()) {
                let id = call("TSPI_lineGetID")?
                    .handle("hdLine", line.hd)
                    .dword("dwSelect", constant_value("LINECALLSELECT_LINE"))
                    .text("lpszDeviceClass", &class);
                try_call(tapi, id)?;
            }
        }
        for phone in story.phones.iter().filter(|phone| phone.closed.is_none()) {
            let version = tapi.phone_version(phone.device);
            let caps = filled(
                tapi,
                call("TSPI_phoneGetDevCaps")?.dword("dwDeviceID", phone.device),
                version,
            )?;
            for class in asked(caps.as_ref()) {
                let id = call("TSPI_phoneGetID")?.handle("hdPhone", phone.hd);
                try_call(tapi, id.text("lpszDeviceClass", &class))?;
            }
        }
        Ok(())
    })
}

/// The classes to ask for, small letters first.
fn asked(caps: Option<&Decoded>) -> Vec<String> {
    let listed = match caps.and_then(|caps| caps.get("DeviceClasses")) {
        Some(Value::List(values)) => values.iter().filter_map(Value::text).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let more = CLASSES.iter().map(|class| (*class).to_owned());
    let more: Vec<String> = more.filter(|class| !listed.contains(class)).collect();
    listed.into_iter().chain(more).collect()
}
