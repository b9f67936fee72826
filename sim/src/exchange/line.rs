//! A subscriber's line: its loop, closed and opened, and dial tone.

use super::dialling::Dialling;
use super::ringing::Ringing;
use super::services::LineServices;
use super::switch::DeviceId;
use super::{Exchange, ExchangeEvent, LineSignal, RingPattern, StationBehaviour, Timer};
use crate::simulation::SimError;
use crate::time::SimTime;

/// A subscriber's line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) device: DeviceId,
    /// What stands on the line: a scripted station, or a device where there is none.
    pub(super) station: Option<StationBehaviour>,
    pub(super) has_dial_tone: bool,
    /// Signalling of its own says who calls, as a mobile network's does: nothing has to wait for the silence after a ring.
    pub(super) is_mobile: bool,
    pub(super) is_cut: bool,
    pub(super) is_off_hook: bool,
    /// The number that is being dialled.
    pub(super) dialling: Option<Dialling>,
    /// How it rings.
    pub(super) ringing: Option<Ringing>,
    /// When dial tone will begin.
    pub(super) dial_tone_at: Option<SimTime>,
    /// How the line rings, where it has a way of its own.
    pub(super) ring_pattern: Option<RingPattern>,
    pub(super) services: LineServices,
}

impl Line {
    pub(super) fn new(device: DeviceId, station: Option<StationBehaviour>) -> Line {
        Line {
            device,
            station,
            has_dial_tone: true,
            is_mobile: false,
            is_cut: false,
            is_off_hook: false,
            dialling: None,
            ringing: None,
            dial_tone_at: None,
            ring_pattern: None,
            services: LineServices::default(),
        }
    }
}

impl Exchange {
    /// Gives a line dial tone, which also mends it, or takes dial tone away.
    pub fn set_dial_tone(&mut self, number: &str, present: bool) -> Result<(), SimError> {
        let line = self.line_mut(number)?;
        line.has_dial_tone = present;
        line.is_cut &= !present;
        Ok(())
    }

    /// The device takes its line off-hook: answers where the line rings, asks for dial tone otherwise.
    pub fn off_hook(&mut self, number: &str, now: SimTime) {
        let delay = self.config.dial_tone_delay;
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if line.is_off_hook {
            return;
        }
        line.is_off_hook = true;
        let (device, rings) = (line.device, line.ringing.is_some());
        let has_tone = line.has_dial_tone && !line.is_cut;
        if !rings && has_tone {
            line.dial_tone_at = Some(now + delay);
        }
        self.events.push_back(ExchangeEvent::OffHook {
            number: number.to_owned(),
        });
        self.loop_is(device, true, now);
        if rings {
            self.answered(number, now);
        } else if has_tone {
            self.timers
                .insert((now + delay, Timer::DialTone(number.to_owned())));
        } else {
            self.events.push_back(ExchangeEvent::NoDialTone {
                number: number.to_owned(),
            });
        }
    }

    /// The device puts its line on-hook, which ends its call.
    pub fn on_hook(&mut self, number: &str, now: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if !line.is_off_hook {
            return;
        }
        line.is_off_hook = false;
        line.dial_tone_at = None;
        let device = line.device;
        self.events.push_back(ExchangeEvent::OnHook {
            number: number.to_owned(),
        });
        if let Some(connection) = self.engaged(number) {
            self.events.push_back(ExchangeEvent::HungUp {
                call: connection.call,
                number: number.to_owned(),
            });
            self.leave(number, connection, now);
        }
        self.release_others(number, now);
        self.loop_is(device, false, now);
    }

    pub(super) fn dial_tone(&mut self, number: &str, at: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if line.dial_tone_at != Some(at) {
            return;
        }
        line.dial_tone_at = None;
        self.events.push_back(ExchangeEvent::DialTone {
            number: number.to_owned(),
        });
        self.signal(number, LineSignal::DialTone);
    }

    /// Tells the switch that a line's loop is closed or open.
    pub(super) fn loop_is(&mut self, device: DeviceId, off_hook: bool, now: SimTime) {
        // The device is a line of this switch, which is all that could be wrong.
        self.serve(|switch| switch.set_off_hook(device, off_hook, now))
            .ok();
    }
}
