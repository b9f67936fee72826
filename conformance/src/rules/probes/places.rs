//! Places for numbers, filled with what no provider writes, so that one that is left is seen.

use super::{call, try_call, with_each};
use crate::app::{Stage, Stop};
use crate::tspi::constant_value;

/// Asks for all that is put into a place of its own.
pub(in crate::rules) fn filled(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let pointer = std::mem::size_of::<u64>();
        for line in story.lines.iter().filter(|line| line.closed.is_none()) {
            let own = story.caps("LINEADDRESSCAPS", line.device, usize::MAX);
            if let Some(address) = own
                .and_then(|caps| caps.text("Address"))
                .filter(|address| !address.is_empty())
            {
                let units: Vec<u8> = address.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let id = call("TSPI_lineGetAddressID")?.handle("hdLine", line.hd);
                let id = id.dword("dwAddressMode", constant_value("LINEADDRESSMODE_DIALABLEADDR"));
                try_call(tapi, id.bytes("lpsAddress", units).room("lpdwAddressID", 4))?;
            }
            let icon = call("TSPI_lineGetIcon")?.dword("dwDeviceID", line.device);
            try_call(tapi, icon.room("lphIcon", pointer))?;
            let msp = call("TSPI_lineMSPIdentify")?.dword("dwDeviceID", line.device);
            try_call(tapi, msp.room("pCLSID", 16))?;
        }
        for hd in story
            .calls
            .iter()
            .filter(|call| call.closed.is_none())
            .filter_map(|call| call.hd)
        {
            let id = call("TSPI_lineGetCallAddressID")?.handle("hdCall", hd);
            try_call(tapi, id.room("lpdwAddressID", 4))?;
            let ids = call("TSPI_lineGetCallIDs")?
                .handle("hdCall", hd)
                .room("lpdwAddressID", 4);
            try_call(tapi, ids.room("lpdwCallID", 4).room("lpdwRelatedCallID", 4))?;
        }
        Ok(())
    })
}
