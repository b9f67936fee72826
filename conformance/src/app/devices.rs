//! Devices that a provider gains and loses while it runs, and what TAPI does then.

use std::time::Duration;

use super::Stop;
use super::expect::wait;
use super::steps::Player;
use crate::scenario::ast::{MessageValue, Name, NameKind};
use crate::tspi::constant_value;

/// Waits for a message of a provider about its devices. What TAPI does then it does whether it is waited for or not, and
/// a device that was not made is told here.
pub(super) fn expect(
    player: &mut Player<'_>,
    message: &Name,
    provider: Option<&Name>,
    values: &[MessageValue],
    within: Duration,
) -> Result<(), Stop> {
    let named = |name: &Name| player.scenario.providers.iter().position(|p| p.name == *name);
    let provider = provider.and_then(named).unwrap_or(0);
    let msg = constant_value(message);
    let seen = (provider, 0, msg);
    let from = player.handles.messages_seen.get(&seen).copied().unwrap_or(0);
    let at = wait(player, provider, from, within, message, |at, args| {
        (args.msg == msg && super::expect::has_values(args, values)).then_some(at)
    })?;
    player.handles.messages_seen.insert(seen, at + 1);
    match player.stage.providers[provider].unmade(at) {
        Some(why) => Err(Stop::failed(why)),
        None => Ok(()),
    }
}

/// A device is gone. What is open on it is closed, and its number is never used again. One that nobody knows is ignored.
pub(super) fn gone(
    player: &mut Player<'_>,
    provider: usize,
    kind: NameKind,
    device: u64,
) -> Result<(), Stop> {
    let Ok(device) = u32::try_from(device) else {
        return Ok(());
    };
    for name in player.handles.on_device(provider, kind, device) {
        if player.is_closed_by_provider(&name) {
            player.handles.end(&name);
            continue;
        }
        let close = match player.handles.lines.get(&name) {
            Some(line) => super::tapi::call("TSPI_lineClose")?.handle("hdLine", line.hd),
            None => {
                let hd = player.handles.others.get(&name).map_or(0, |phone| phone.hd);
                super::tapi::call("TSPI_phoneClose")?.handle("hdPhone", hd)
            }
        };
        player.stage.providers[provider].invoke(close)?;
        player.handles.end(&name);
    }
    player.stage.providers[provider].lose(kind == NameKind::Phone, device);
    Ok(())
}
