//! A second session in the same load of the provider.

use super::{call, try_call, with_each};
use crate::app::{Stage, Stop};
use crate::tspi::constant_value;

/// Ends the session, begins another, and asks again what was asked before: all as TAPI does when the last application has
/// gone and the next one comes.
pub(in crate::rules) fn second(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, _| {
        let version = tapi.version;
        let provider = tapi.own_value("dwPermanentProviderID").unwrap_or_default() as u32;
        let shutdown = call("TSPI_providerShutdown")?
            .dword("dwTSPIVersion", version.0)
            .dword("dwPermanentProviderID", provider);
        if tapi.invoke(shutdown)?.result != 0 {
            return Ok(());
        }
        let init = call("TSPI_providerInit")?
            .dword("dwTSPIVersion", version.0)
            .dword("dwPermanentProviderID", provider)
            .dword("dwNumLines", tapi.lines)
            .dword("dwNumPhones", tapi.phones);
        if tapi.invoke(init)?.result != 0 {
            return Ok(());
        }
        let negotiate = call("TSPI_lineNegotiateTSPIVersion")?.dword("dwDeviceID", 0);
        let [low, high] = [0x0001_0003, version.0];
        tapi.invoke(negotiate.dword("dwLowVersion", low).dword("dwHighVersion", high))?;
        let of_line = tapi.line_version(0);
        tapi.invoke_at(call("TSPI_lineGetDevCaps")?.dword("dwDeviceID", 0), of_line)?;
        try_call(tapi, call("TSPI_lineGetExtensionID")?.dword("dwDeviceID", 0))?;
        if tapi.phones > 0 {
            let negotiate = call("TSPI_phoneNegotiateTSPIVersion")?.dword("dwDeviceID", 0);
            tapi.invoke(negotiate.dword("dwLowVersion", low).dword("dwHighVersion", high))?;
            let of_phone = tapi.phone_version(0);
            tapi.invoke_at(call("TSPI_phoneGetDevCaps")?.dword("dwDeviceID", 0), of_phone)?;
        }
        let ht = tapi.new_handle();
        let open = call("TSPI_lineOpen")?.dword("dwDeviceID", 0).handle("htLine", ht);
        let opened = tapi.invoke_at(open, of_line)?;
        if opened.result == 0 {
            let hd = opened.number("lphdLine");
            tapi.invoke_at(call("TSPI_lineGetLineDevStatus")?.handle("hdLine", hd), of_line)?;
            tapi.invoke(call("TSPI_lineClose")?.handle("hdLine", hd))?;
        }
        Ok(())
    })
}

/// How long a call with a limit on its ringing is watched.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(2500);

/// Waits for a call with `dwNoAnswerTimeout` of one second to be given up, where the provider claims that it can do that.
pub(in crate::rules) fn given_up(stage: &mut Stage) -> Result<(), Stop> {
    let recorder = stage.recorder.clone();
    with_each(stage, |tapi, story| {
        let able = story.claimed("LINEADDRESSCAPS", "dwMaxNoAnswerTimeout");
        if able.unwrap_or_default() == 0 || story.calls.is_empty() {
            return Ok(());
        }
        let (party, message) = (tapi.party(), constant_value("LINE_CALLSTATE"));
        let ended = ["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"]
            .map(|state| u64::from(constant_value(state)));
        recorder.wait(0, PATIENCE, |_, event| match &event.what {
            crate::trace::What::Line(args) if event.by == party && args.msg == message => {
                ended.contains(&args.params[0]).then_some(())
            }
            _ => None,
        });
        Ok(())
    })
}
