//! Steps on the far side of the modems, and why one cannot be carried out.

use super::{ModemId, Simulation};
use crate::device::fault::DeviceFault;
use crate::device::modem::profile::Feature;
use crate::exchange::switch::ServiceError;
use crate::exchange::{CallerId, LineService, RingPattern, StationBehaviour};
use crate::time::SimTime;
use crate::wire::sms::ShortMessage;
use crate::wire::v24::DteCircuits;

/// A step on the far side of the modems: what a person at a telephone, or a lineman, does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are numbers of lines and what the variant says"
)]
pub enum SimCommand {
    /// Sets what a station does when it is called; makes the station where the number is new.
    SetStation {
        number: String,
        behaviour: StationBehaviour,
    },
    /// Gives a line dial tone or takes it away. Giving it also mends a line that was cut.
    SetDialTone { number: String, present: bool },
    /// A station (made if unknown) calls; without `caller_id` the exchange sends none.
    Call {
        from: String,
        to: String,
        caller_id: Option<CallerId>,
    },
    /// A ringing station answers.
    Answer { number: String },
    /// A station hangs up.
    HangUp { number: String },
    /// A station sends bytes to the other end.
    Send { number: String, bytes: Vec<u8> },
    /// A station sends DTMF digits to the other end of its call.
    SendDigits { number: String, digits: String },
    /// A station speaks to the other end of its call: 16-bit samples, 8000 a second, all at once; the listener takes
    /// them in their time.
    Speak { number: String, samples: Vec<i16> },
    /// A station sends a short message to a mobile modem.
    SendMessage { from: String, to: String, text: String },
    /// A call that finds the line in a call waits, or hears busy tone.
    SetCallWaiting { number: String, on: bool },
    /// A line rings in its own way from its next call on; without a pattern, as the exchange rings all lines.
    SetRing {
        number: String,
        pattern: Option<RingPattern>,
    },
    /// A line, a modem's or a station's, is pulled out of its socket.
    Cut { number: String },
    /// A modem's power goes or comes back. Without it the modem is on-hook, silent, and all its circuits are off; with
    /// it again, it is as `&W` left it.
    SetPower { number: String, on: bool },
    /// Something is wrong with a modem from now on, or nothing any more.
    SetDeviceFault {
        number: String,
        fault: Option<DeviceFault>,
    },
}

/// Why a [`SimCommand`] could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are numbers of lines")]
pub enum SimError {
    /// Nobody has the number.
    #[error("no line has the number {number}: add a station or a modem with it first")]
    UnknownNumber { number: String },
    /// The step needs a station, and a modem has the number.
    #[error("{number} is a modem's line: drive it through its port, or use a station's number")]
    NotAStation { number: String },
    /// Another line has the number already.
    #[error("the number {number} is taken: give every line a number of its own")]
    NumberTaken { number: String },
    /// The station is in a call, or off-hook, and cannot call.
    #[error("{number} is in use: hang it up before it calls")]
    InUse { number: String },
    /// The step needs a modem.
    #[error("no modem has the number {number}")]
    NotAModem { number: String },
    /// The station does not ring.
    #[error("{number} does not ring, so it cannot answer")]
    NotRinging { number: String },
    /// The line is in no call.
    #[error("{number} is in no call")]
    NoCall { number: String },
    /// The call is not answered yet.
    #[error("the call of {number} is not answered yet, so it carries no data")]
    NotAnswered { number: String },
    /// The number is no mobile modem's.
    #[error("{number} is no mobile modem, so it takes no short messages: give it the profile gsm")]
    NotMobile { number: String },
    /// The line is pulled.
    #[error("the line of {number} is pulled: give it dial tone again to mend it")]
    LineCut { number: String },
    /// The switch refuses what its telephone asks for.
    #[error("the switch refuses {number}: {error}")]
    Refused { number: String, error: ServiceError },
    /// A line for the PBX is no verb, or cannot be carried out.
    #[error("{line}: {message}")]
    Pbx { line: String, message: String },
    /// There is no PBX on the exchange.
    #[error("there is no PBX on this exchange")]
    NoPbx,
    /// The driver has ended.
    #[error("the simulation is not running any more")]
    Ended,
}

impl Simulation {
    /// Carries out a step on the far side.
    pub fn command(&mut self, command: SimCommand, now: SimTime) -> Result<(), SimError> {
        self.handle_timeout(now);
        let mut touched = None;
        match command {
            SimCommand::SetStation { number, behaviour } => self.exchange.set_station(&number, behaviour),
            SimCommand::SetDialTone { number, present } => self.exchange.set_dial_tone(&number, present),
            SimCommand::Call { from, to, caller_id } => self.exchange.call(&from, &to, caller_id, now),
            SimCommand::Answer { number } => self.exchange.answer(&number, now),
            SimCommand::HangUp { number } => self.exchange.hang_up(&number, now),
            SimCommand::Send { number, bytes } => self.exchange.send(&number, &bytes),
            SimCommand::SendDigits { number, digits } => self.exchange.send_digits(&number, &digits, now),
            SimCommand::Speak { number, samples } => self.exchange.speak(&number, samples),
            SimCommand::SendMessage { from, to, text } => self.send_message(&from, &to, &text, now),
            SimCommand::SetCallWaiting { number, on } => {
                self.exchange
                    .line_service(&number, LineService::CallWaiting(on), now);
                Ok(())
            }
            SimCommand::SetRing { number, pattern } => self.exchange.set_ring(&number, pattern),
            SimCommand::Cut { number } => self.exchange.cut(&number, now),
            SimCommand::SetPower { number, on } => {
                self.set_power(&number, on, now).map(|id| touched = Some(id))
            }
            SimCommand::SetDeviceFault { number, fault } => self.modem_of(&number).map(|id| {
                self.ends[id.0].outlet.set_fault(fault, now);
                touched = Some(id);
            }),
        }?;
        self.settle(touched.into_iter().collect(), now);
        self.handle_timeout(now);
        Ok(())
    }

    fn modem_of(&self, number: &str) -> Result<ModemId, SimError> {
        self.by_number
            .get(number)
            .copied()
            .ok_or_else(|| SimError::NotAModem {
                number: number.to_owned(),
            })
    }

    fn set_power(&mut self, number: &str, on: bool, now: SimTime) -> Result<ModemId, SimError> {
        let id = self.modem_of(number)?;
        let end = &mut self.ends[id.0];
        if end.outlet.has_power() != on {
            // What the modem says as it comes up is for those who are there: it says it when power is back.
            if !on {
                end.outlet.set_power(false);
                end.modem.power_cycle(now);
                end.modem.handle_circuits(DteCircuits::READY, now);
            } else {
                end.outlet.set_power(true);
                end.modem.power_cycle(now);
            }
            if end.modem.profile().has(Feature::Mobile) {
                let is_reachable = on && end.modem.is_reachable();
                self.exchange
                    .line_service(number, LineService::Reachable(is_reachable), now);
                if is_reachable {
                    self.bring_kept(id, now);
                }
            }
        }
        Ok(id)
    }

    fn send_message(&mut self, from: &str, to: &str, text: &str, now: SimTime) -> Result<(), SimError> {
        let known = self.by_number.get(to).copied();
        let takes = known.is_some_and(|id| self.ends[id.0].modem.profile().has(Feature::Mobile));
        if !takes {
            return Err(SimError::NotMobile {
                number: to.to_owned(),
            });
        }
        self.deliver(from, ShortMessage::of_text(to, text), now);
        Ok(())
    }
}
