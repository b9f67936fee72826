//! The provider started and ended many times in one process, which is counted after each end.

use std::thread;
use std::time::{Duration, Instant};

use super::call;
use crate::app::{Stage, Stop, Tapi};
use crate::rules::leftovers::{CYCLES, ends};
use crate::rules::story::Story;
use crate::trace::{Census, Recorder};

/// How long what ends by itself, such as a thread that has been told to, may take after TSPI_providerShutdown.
const SETTLING: Duration = Duration::from_millis(300);

/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(10);

/// Uses each provider a little, ends it and starts it anew, again and again.
pub(in crate::rules) fn many(stage: &mut Stage) -> Result<(), Stop> {
    let recorder = stage.recorder.clone();
    for tapi in &mut stage.providers {
        for _ in 0..CYCLES {
            used(tapi)?;
            tapi.restart_after(|tapi| settled(tapi, &recorder))?;
        }
    }
    Ok(())
}

/// Opens and closes the first line and the first phone.
fn used(tapi: &mut Tapi) -> Result<(), Stop> {
    let devices = [("line", "hdLine", tapi.lines), ("phone", "hdPhone", tapi.phones)];
    for (kind, handle, _) in devices.into_iter().filter(|(.., count)| *count > 0) {
        let version = if kind == "line" {
            tapi.line_version(0)
        } else {
            tapi.phone_version(0)
        };
        let ht = tapi.new_handle();
        let open = call(&format!("TSPI_{kind}Open"))?.dword("dwDeviceID", 0);
        let open = open.handle(&handle.replace("hd", "ht"), ht);
        let opened = tapi.invoke_at(open, version)?;
        if opened.result == 0 {
            let hd = opened.number(&format!("lp{handle}"));
            tapi.invoke_at(call(&format!("TSPI_{kind}Close"))?.handle(handle, hd), version)?;
        }
    }
    Ok(())
}

/// Counts until there is no more than after the end before, or long enough has been waited for that.
fn settled(tapi: &mut Tapi, recorder: &Recorder) -> Result<(), Stop> {
    let begun = Instant::now();
    loop {
        tapi.census()?;
        let events = recorder.events();
        let party = tapi.party();
        let ends = ends(&Story::read(&events, &party));
        let more = match ends.as_slice() {
            [.., (_, before), (_, now)] => has_more(now, before),
            [(_, first)] => first.open.contains(&true),
            [] => false,
        };
        if !more || begun.elapsed() >= SETTLING {
            return Ok(());
        }
        thread::sleep(LOOK);
    }
}

/// Whether one has more than the other of what is counted one by one.
fn has_more(now: &Census, before: &Census) -> bool {
    now.threads > before.threads || now.handles > before.handles || now.open.contains(&true)
}
