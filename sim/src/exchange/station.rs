//! What scripted stations do, and what the lineman does to any line.

use super::switch::Script;
use super::{CallerId, Exchange, ExchangeEvent, Line, LineSignal, Sound, StationBehaviour};
use crate::simulation::SimError;
use crate::time::SimTime;

impl Exchange {
    /// Sets what the station `number` does when it is called; makes the station where the number is new.
    pub fn set_station(&mut self, number: &str, behaviour: StationBehaviour) -> Result<(), SimError> {
        if let Some(device) = self.telephone(number) {
            return self.set_telephone(device, number, behaviour);
        }
        match self.lines.get_mut(number) {
            Some(line) if line.station.is_none() => {
                return Err(SimError::NotAStation {
                    number: number.to_owned(),
                });
            }
            Some(line) => line.station = Some(behaviour),
            None => self.new_line(number, Some(behaviour))?,
        }
        let script = (behaviour == StationBehaviour::Busy).then_some(Script::Busy);
        let device = self.line_mut(number)?.device;
        // The device is a line of this switch. When it answers is up to its script here, which lifts the handset first.
        self.serve(|switch| switch.set_script(device, script)).ok();
        Ok(())
    }

    /// The station `from`, made if unknown, calls `to`. Without `caller_id` the called line is sent none.
    pub fn call(
        &mut self,
        from: &str,
        to: &str,
        caller_id: Option<CallerId>,
        now: SimTime,
    ) -> Result<(), SimError> {
        if let Some(device) = self.telephone(from) {
            return self.telephone_calls(device, from, to, caller_id.as_ref(), now);
        }
        if !self.lines.contains_key(from) {
            self.set_station(from, StationBehaviour::NeverAnswers)?;
        }
        let line = self.station_mut(from)?;
        if line.is_cut {
            return Err(SimError::LineCut {
                number: from.to_owned(),
            });
        }
        let off_hook = line.is_off_hook;
        if off_hook || self.engaged(from).is_some() {
            return Err(SimError::InUse {
                number: from.to_owned(),
            });
        }
        let line = self.station_mut(from)?;
        line.is_off_hook = true;
        let device = line.device;
        self.events.push_back(ExchangeEvent::OffHook {
            number: from.to_owned(),
        });
        self.loop_is(device, true, now);
        self.station_calls(from, to, caller_id, now);
        Ok(())
    }

    /// A line whose device is somewhere else, beyond a link, calls `to`.
    pub(crate) fn call_from_afar(
        &mut self,
        from: &str,
        to: &str,
        caller_id: Option<CallerId>,
        now: SimTime,
    ) -> Result<(), SimError> {
        let off_hook = self.line_mut(from)?.is_off_hook;
        if off_hook || self.engaged(from).is_some() {
            return Err(SimError::InUse {
                number: from.to_owned(),
            });
        }
        let line = self.line_mut(from)?;
        line.is_off_hook = true;
        let device = line.device;
        self.events.push_back(ExchangeEvent::OffHook {
            number: from.to_owned(),
        });
        self.loop_is(device, true, now);
        self.station_calls(from, to, caller_id, now);
        Ok(())
    }

    /// The ringing station `number` answers.
    pub fn answer(&mut self, number: &str, now: SimTime) -> Result<(), SimError> {
        if let Some(device) = self.telephone(number) {
            return self.telephone_answers(device, number, now);
        }
        let line = self.station_mut(number)?;
        let off_hook = line.is_off_hook;
        let turn = line.ringing.as_ref().map(|ringing| ringing.turn);
        let turn = turn.filter(|_| !off_hook).ok_or_else(|| SimError::NotRinging {
            number: number.to_owned(),
        })?;
        self.station_answers(turn, number, now);
        Ok(())
    }

    /// The station `number` hangs up.
    pub fn hang_up(&mut self, number: &str, now: SimTime) -> Result<(), SimError> {
        if let Some(device) = self.telephone(number) {
            return self.telephone_hangs_up(device, number, now);
        }
        let off_hook = self.station_mut(number)?.is_off_hook;
        if !off_hook || self.engaged(number).is_none() {
            return Err(SimError::NoCall {
                number: number.to_owned(),
            });
        }
        self.on_hook(number, now);
        Ok(())
    }

    /// The station `number` sends bytes to the far end of its call.
    pub fn send(&mut self, number: &str, bytes: &[u8]) -> Result<(), SimError> {
        self.station_mut(number)?;
        if self.engaged(number).is_none() {
            return Err(SimError::NoCall {
                number: number.to_owned(),
            });
        }
        if self.talking(number).is_none() {
            return Err(SimError::NotAnswered {
                number: number.to_owned(),
            });
        }
        self.data(number, bytes);
        Ok(())
    }

    /// The station `number` speaks to the far end of its call.
    pub fn speak(&mut self, number: &str, samples: Vec<i16>) -> Result<(), SimError> {
        self.station_mut(number)?;
        if self.far_end(number).is_none() {
            return Err(SimError::NotAnswered {
                number: number.to_owned(),
            });
        }
        self.sound(number, Sound::Voice(samples));
        Ok(())
    }

    /// The station `number` sends DTMF digits to the far end of its call.
    pub fn send_digits(&mut self, number: &str, digits: &str, now: SimTime) -> Result<(), SimError> {
        if let Some(device) = self.telephone(number) {
            return self.telephone_sends_digits(device, number, digits, now);
        }
        self.station_mut(number)?;
        if self.talking(number).is_none() {
            return Err(SimError::NotAnswered {
                number: number.to_owned(),
            });
        }
        self.dial(number, digits, true, now);
        Ok(())
    }

    /// The line `number` is pulled out of its socket. Its call ends, and it is dead until it is given dial tone.
    pub fn cut(&mut self, number: &str, now: SimTime) -> Result<(), SimError> {
        let line = self.line_mut(number)?;
        let was_off_hook = line.is_off_hook;
        line.dial_tone_at = None;
        // A station's script ends with its line; a device finds out and hangs up by itself.
        line.is_off_hook &= line.station.is_none();
        let (device, off_hook) = (line.device, line.is_off_hook);
        self.events.push_back(ExchangeEvent::Cut {
            number: number.to_owned(),
        });
        if was_off_hook {
            self.signal(number, LineSignal::Cut);
        }
        let line = self.line_mut(number)?;
        line.is_cut = true;
        line.has_dial_tone = false;
        if let Some(connection) = self.engaged(number) {
            self.clear(connection, now);
        }
        self.loop_is(device, off_hook, now);
        Ok(())
    }

    /// The station that this call rings answers.
    pub(super) fn station_answers(&mut self, turn: u64, number: &str, now: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        let rings = line.ringing.as_ref().is_some_and(|ringing| ringing.turn == turn);
        if line.is_cut || !rings {
            return;
        }
        line.is_off_hook = true;
        let device = line.device;
        self.events.push_back(ExchangeEvent::OffHook {
            number: number.to_owned(),
        });
        self.loop_is(device, true, now);
        self.answered(number, now);
    }

    fn station_mut(&mut self, number: &str) -> Result<&mut Line, SimError> {
        let line = self.line_mut(number)?;
        if line.station.is_none() {
            return Err(SimError::NotAStation {
                number: number.to_owned(),
            });
        }
        Ok(line)
    }
}
