//! Structures that TAPI never passes: shorter than their fixed part, or with members that mean nothing.

use super::{call, finish, try_call, with_each};
use crate::app::{Stage, Stop, Tapi};
use crate::inspect::memory;
use crate::tspi::marshal::Call;
use crate::tspi::structures::PHONEBUTTONINFO;
use crate::tspi::{Kind, Version};

/// Puts each query with less room than the fixed part takes.
pub(in crate::rules) fn structures(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        for line in story.lines.iter().filter(|line| line.closed.is_none()) {
            let version = tapi.line_version(line.device);
            for function in ["TSPI_lineGetDevCaps", "TSPI_lineGetAddressCaps"] {
                ask(tapi, &call(function)?.dword("dwDeviceID", line.device), version)?;
            }
            for function in ["TSPI_lineGetLineDevStatus", "TSPI_lineGetAddressStatus"] {
                ask(tapi, &call(function)?.handle("hdLine", line.hd), version)?;
            }
            let calls = story
                .calls
                .iter()
                .filter(|call| call.closed.is_none() && call.line == Some(line.ht));
            for hd in calls.filter_map(|call| call.hd) {
                for function in ["TSPI_lineGetCallInfo", "TSPI_lineGetCallStatus"] {
                    ask(tapi, &call(function)?.handle("hdCall", hd), version)?;
                }
            }
        }
        for phone in story.phones.iter().filter(|phone| phone.closed.is_none()) {
            let version = tapi.phone_version(phone.device);
            ask(
                tapi,
                &call("TSPI_phoneGetDevCaps")?.dword("dwDeviceID", phone.device),
                version,
            )?;
            for function in ["TSPI_phoneGetStatus", "TSPI_phoneGetButtonInfo"] {
                ask(tapi, &call(function)?.handle("hdPhone", phone.hd), version)?;
            }
        }
        Ok(())
    })
}

/// The least that says how long a structure is, and the most that does not hold its fixed part.
fn ask(tapi: &mut Tapi, call: &Call, version: Version) -> Result<(), Stop> {
    let filled = call.function().args.iter().find_map(|arg| match arg.kind {
        Kind::OutStruct(structure) => Some((arg.name, structure)),
        _ => None,
    });
    let Some((parameter, structure)) = filled else {
        return Ok(());
    };
    if !tapi.missing(&[call.function().name])?.is_empty() {
        return Ok(());
    }
    for total in [12, structure.fixed_size(version) - 4] {
        let room = memory(structure, total, version);
        tapi.invoke_at(call.clone().structure(parameter, room), version)?;
    }
    Ok(())
}

/// A state of a button that is none.
const ODD_STATE: u32 = 0x70;

/// Sets what a button has, once as it was given and once with a state that means nothing.
pub(in crate::rules) fn button_state(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        for phone in story.phones.iter().filter(|phone| phone.closed.is_none()) {
            let version = tapi.phone_version(phone.device);
            let Some(state) = PHONEBUTTONINFO
                .member("dwButtonState")
                .filter(|state| state.since <= version)
            else {
                continue;
            };
            let get = call("TSPI_phoneGetButtonInfo")?.handle("hdPhone", phone.hd);
            let Some(got) = try_call(tapi, get.version(version))? else {
                continue;
            };
            let Some(mut info) = got
                .out("lpButtonInfo")
                .filter(|_| got.result == 0)
                .map(<[u8]>::to_vec)
            else {
                continue;
            };
            for odd in [false, true] {
                if let (true, Some(place)) = (odd, info.get_mut(state.offset..state.offset + 4)) {
                    place.copy_from_slice(&ODD_STATE.to_le_bytes());
                }
                let set = call("TSPI_phoneSetButtonInfo")?.handle("hdPhone", phone.hd);
                finish(tapi, set.structure("lpButtonInfo", info.clone()))?;
            }
        }
        Ok(())
    })
}
