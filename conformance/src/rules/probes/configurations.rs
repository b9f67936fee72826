//! The configuration of a line: what the provider gives out is given back to it, and bytes that are none are tried.

use super::super::Story;
use super::{call, try_call, with_each};
use crate::app::{Stage, Stop, Tapi};

/// Classes that a line's configuration may be of.
const CLASSES: [&str; 3] = ["tapi/line", "comm/datamodem", "comm"];

fn get(tapi: &mut Tapi, device: u32, class: &str) -> Result<Option<Vec<u8>>, Stop> {
    let query = call("TSPI_lineGetDevConfig")?
        .dword("dwDeviceID", device)
        .text("lpszDeviceClass", class);
    let Some(answered) = try_call(tapi, query)?.filter(|answered| answered.result == 0) else {
        return Ok(None);
    };
    let bytes = answered.out("lpDeviceConfig").unwrap_or_default();
    let dword = |at: usize| {
        bytes
            .get(at..at + 4)
            .and_then(|four| four.try_into().ok())
            .map_or(0, u32::from_le_bytes) as usize
    };
    let (size, offset) = (dword(16), dword(20));
    Ok(offset
        .checked_add(size)
        .and_then(|end| bytes.get(offset..end))
        .map(<[u8]>::to_vec))
}

fn set(tapi: &mut Tapi, device: u32, class: &str, bytes: &[u8]) -> Result<(), Stop> {
    let setting = call("TSPI_lineSetDevConfig")?
        .dword("dwDeviceID", device)
        .text("lpszDeviceClass", class);
    try_call(tapi, setting.bytes("lpDeviceConfig", bytes))?;
    Ok(())
}

fn give_back(tapi: &mut Tapi, device: u32) -> Result<(), Stop> {
    for class in CLASSES {
        let Some(given) = get(tapi, device, class)? else {
            continue;
        };
        set(tapi, device, class, &given)?;
        get(tapi, device, class)?;
        set(tapi, device, class, &[0xFF])?;
    }
    Ok(())
}

/// The devices whose lines are open.
fn open(story: &Story<'_>) -> Vec<u32> {
    story
        .lines
        .iter()
        .filter(|line| line.closed.is_none())
        .map(|line| line.device)
        .collect()
}

/// Gives each configuration of each open line back to it.
pub(in crate::rules) fn given_back(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        open(story)
            .into_iter()
            .try_for_each(|device| give_back(tapi, device))
    })
}

/// The same while a call is up, and once it has been closed.
pub(in crate::rules) fn given_back_in_a_call(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        open(story)
            .into_iter()
            .try_for_each(|device| give_back(tapi, device))?;
        for call in story.calls.iter().filter(|call| call.closed.is_none()) {
            if let Some(hd) = call.hd {
                super::finish(tapi, self::call("TSPI_lineDrop")?.handle("hdCall", hd))?;
                try_call(tapi, self::call("TSPI_lineCloseCall")?.handle("hdCall", hd))?;
            }
        }
        open(story)
            .into_iter()
            .try_for_each(|device| give_back(tapi, device))
    })
}
