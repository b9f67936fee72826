//! A look at every call that the provider has announced, which tells its media mode.

use super::{call, try_call, with_each};
use crate::app::{Stage, Stop};
use crate::rules::Origin;

/// Asks for the LINECALLINFO of each announced call that is open.
pub(in crate::rules) fn looked_at(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let open = story.calls.iter().filter(|call| {
            let announced = matches!(call.origin, Origin::Announced(_));
            announced && call.closed.is_none()
        });
        for hd in open.filter_map(|call| call.hd) {
            try_call(tapi, call("TSPI_lineGetCallInfo")?.handle("hdCall", hd))?;
        }
        Ok(())
    })
}
