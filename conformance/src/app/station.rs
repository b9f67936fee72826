//! Expectations of what the far end sees: rings, answers, tones, data, digits.

use std::time::Duration;

use offhook_sim::{CallId, ExchangeEvent, SwitchStep};

use super::Stop;
use super::expect::timed_out;
use super::steps::Player;
use crate::scenario::ast::StationEvent;
use crate::trace::{Event, Party, Waited, What, short_numbers};

/// Which calls a station takes part in, told from the events up to one.
#[derive(Default)]
struct StationCalls {
    calls: Vec<CallId>,
}

impl StationCalls {
    fn note(&mut self, number: &str, event: &ExchangeEvent) {
        let (call, party) = match event {
            ExchangeEvent::Dialled { call, from, digits } => {
                if digits == number {
                    self.calls.push(*call);
                }
                (call, from)
            }
            ExchangeEvent::Ringing { call, number, .. } | ExchangeEvent::Answered { call, number } => {
                (call, number)
            }
            _ => return,
        };
        if party == number && !self.calls.contains(call) {
            self.calls.push(*call);
        }
    }
}

pub(super) fn expect(
    player: &mut Player<'_>,
    number: &str,
    wanted: &StationEvent,
    within: Duration,
) -> Result<(), Stop> {
    let from = player.handles.stations_seen.get(number).copied().unwrap_or(0);
    let mut mine = StationCalls::default();
    let mut received = Vec::new();
    let mut digits_heard = String::new();
    // From the beginning, to know the station's calls; what was looked at before does not count again.
    let waited = player.watch(0, within, |at, event: &Event| {
        if let What::Switch(step) = &event.what {
            return (at >= from && at_telephone(number, wanted, step)).then_some(at);
        }
        let What::Exchange(event) = &event.what else {
            return None;
        };
        mine.note(number, event);
        if at < from {
            return None;
        }
        let met = match (wanted, event) {
            (StationEvent::Rings, ExchangeEvent::Ringing { number: ringing, .. }) => ringing == number,
            (StationEvent::IsAnswered, ExchangeEvent::Answered { call, number: by }) => {
                by != number && mine.calls.contains(call)
            }
            (StationEvent::HearsBusyTone, ExchangeEvent::BusyTone { number: hears, .. }) => hears == number,
            (StationEvent::HearsHangUp, ExchangeEvent::HungUp { call, number: by }) => {
                by != number && mine.calls.contains(call)
            }
            (
                StationEvent::Receives(bytes),
                ExchangeEvent::Data {
                    call,
                    from,
                    bytes: came,
                },
            ) => {
                if from != number && mine.calls.contains(call) {
                    received.extend_from_slice(came);
                }
                let wanted = bytes.node.as_slice();
                wanted.is_empty() || received.windows(wanted.len()).any(|window| window == wanted)
            }
            (
                StationEvent::ReceivesDigits(digits),
                ExchangeEvent::Digits {
                    call,
                    from,
                    digits: came,
                },
            ) => {
                if from != number && mine.calls.contains(call) {
                    digits_heard.push_str(came);
                }
                digits_heard.contains(&digits.node)
            }
            _ => false,
        };
        met.then_some(at)
    })?;
    match waited {
        Waited::Seen(at) => {
            player.handles.stations_seen.insert(number.to_owned(), at + 1);
            Ok(())
        }
        Waited::TimedOut => {
            let wanted = format!("station {number}: {}", station_words(wanted));
            Err(timed_out(player, &Party::Device, from, within, &wanted))
        }
    }
}

/// Whether a step of a PBX's switch is what is expected at one of its telephones.
fn at_telephone(number: &str, wanted: &StationEvent, step: &SwitchStep) -> bool {
    let takes_part = step.devices.iter().any(|device| device == number);
    let here = step.device == number;
    match (wanted, step.event) {
        (StationEvent::Rings, Some("Delivered")) => here,
        (StationEvent::IsAnswered, Some("Established")) => takes_part && !here,
        (StationEvent::HearsBusyTone, Some("Failed")) => takes_part && step.cause == "busy",
        (StationEvent::HearsHangUp, Some("ConnectionCleared")) => takes_part && step.releasing != number,
        (StationEvent::ReceivesDigits(digits), Some("DigitsGenerated")) => {
            takes_part && !here && step.digits.contains(&digits.node)
        }
        _ => false,
    }
}

/// Waits for a CSTA message with a text in it, one that was not looked at before.
pub(super) fn message(
    player: &mut Player<'_>,
    receives: bool,
    text: &str,
    within: Duration,
) -> Result<(), Stop> {
    let verb = if receives { "receives" } else { "sends" };
    let seen = format!("switch {verb}");
    let from = player.handles.stations_seen.get(&seen).copied().unwrap_or(0);
    let waited = player.watch(from, within, |at, event: &Event| match &event.what {
        What::Csta {
            to_switch,
            text: said,
        } if *to_switch == receives => short_numbers(said).contains(text).then_some(at),
        _ => None,
    })?;
    match waited {
        Waited::Seen(at) => {
            player.handles.stations_seen.insert(seen, at + 1);
            Ok(())
        }
        Waited::TimedOut => {
            let wanted = format!("the switch {verb} {text:?}");
            Err(timed_out(player, &Party::Device, from, within, &wanted))
        }
    }
}

fn station_words(event: &StationEvent) -> String {
    match event {
        StationEvent::Rings => "to ring".to_owned(),
        StationEvent::IsAnswered => "to be answered".to_owned(),
        StationEvent::HearsBusyTone => "to hear busy tone".to_owned(),
        StationEvent::HearsHangUp => "to hear the other end hang up".to_owned(),
        StationEvent::Receives(bytes) => format!("to receive \"{}\"", bytes.escape_ascii()),
        StationEvent::ReceivesDigits(digits) => format!("to receive the digits {}", digits.node),
    }
}
