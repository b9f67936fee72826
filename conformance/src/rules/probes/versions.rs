//! Ranges of versions.

use super::call;
use crate::app::{Stage, Stop};

/// Ranges that are offered: one that no provider supports, one that ends below the newest, and all of them once more.
const RANGES: [(u32, u32); 3] = [
    (0x7000_0000, 0x7001_0000),
    (0x0001_0003, 0x0002_0000),
    (0x0001_0003, 0x0003_0001),
];

/// Offers ranges of versions for the first line and the first phone.
pub(in crate::rules) fn foreign_ranges(stage: &mut Stage) -> Result<(), Stop> {
    for tapi in &mut stage.providers {
        let mut functions = vec!["TSPI_lineNegotiateTSPIVersion"];
        if tapi.phones > 0 {
            functions.push("TSPI_phoneNegotiateTSPIVersion");
        }
        for function in functions {
            for (low, high) in RANGES {
                let range = call(function)?.dword("dwDeviceID", 0);
                tapi.invoke(range.dword("dwLowVersion", low).dword("dwHighVersion", high))?;
            }
        }
    }
    Ok(())
}
