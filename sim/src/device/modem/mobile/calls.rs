//! Voice calls of a mobile modem: one active, one held, one waiting (27.007 7.13, 7.18); a conference counts as one
//! (TS 22.084).

use super::Cme;
use super::phonebook::List;
use crate::device::modem::line::CallProgress;
use crate::device::modem::{LineAction, Mode, Modem, Outcome};
use crate::exchange::{CallerId, LineService, WallClock};
use crate::time::SimTime;
use crate::wire::at::{DialString, ResultCode, Value};

/// The states of `+CLCC`, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum CallState {
    Active = 0,
    Held = 1,
    Dialling = 2,
    Alerting = 3,
    Incoming = 4,
    Waiting = 5,
}

/// One call.
#[derive(Debug)]
pub(in super::super) struct MobileCall {
    pub(super) id: u32,
    is_incoming: bool,
    pub(super) state: CallState,
    /// The other number; `None` where it is withheld or not known yet.
    pub(super) number: Option<String>,
    /// Part of a conference.
    pub(super) is_multiparty: bool,
    /// The number by which the exchange knows the far end, in a conference.
    pub(super) party: Option<String>,
}

/// Type of address: international or not.
pub(in super::super) fn kind_of(number: &str) -> u32 {
    if number.starts_with('+') { 145 } else { 129 }
}

impl Modem {
    fn new_call(&mut self, is_incoming: bool, state: CallState, number: Option<String>) {
        let Some(mobile) = &mut self.mobile else { return };
        let id = (1..).find(|id| mobile.calls.iter().all(|call| call.id != *id));
        mobile.calls.push(MobileCall {
            id: id.unwrap_or(1),
            is_incoming,
            state,
            number,
            is_multiparty: false,
            party: None,
        });
    }

    pub(super) fn has_call(&self, state: CallState) -> bool {
        let calls = self.mobile.iter().flat_map(|mobile| &mobile.calls);
        calls.into_iter().any(|call| call.state == state)
    }

    pub(super) fn set_calls(&mut self, from: CallState, to: CallState) {
        let calls = self.mobile.iter_mut().flat_map(|mobile| &mut mobile.calls);
        calls
            .filter(|call| call.state == from)
            .for_each(|call| call.state = to);
    }

    fn drop_calls(&mut self, state: CallState) {
        if let Some(mobile) = &mut self.mobile {
            mobile.calls.retain(|call| call.state != state);
        }
    }

    pub(super) fn serve(&mut self, service: LineService) {
        self.actions.push_back(LineAction::Service(service));
    }

    /// `D` of a mobile modem: a call that is there goes on hold. What stands in the way otherwise.
    pub(in super::super) fn mobile_dials(&mut self, string: &DialString) -> Option<Outcome> {
        if let Some(error) = self.sim_error() {
            return Some(error);
        }
        if self.registration() == 0 {
            return Some(self.cme(Cme::NO_NETWORK));
        }
        if self.has_call(CallState::Active) {
            if self.has_call(CallState::Held) {
                return Some(self.cme(Cme::NOT_ALLOWED));
            }
            self.serve(LineService::Hold);
            self.set_calls(CallState::Active, CallState::Held);
            self.progress = CallProgress::None;
        }
        let withheld = self.settings.number("+CLIR", 0) == 1
            || string.elements.contains(&crate::wire::at::DialElement::Withhold);
        self.serve(LineService::Withhold(withheld));
        self.own_forwarding_notice();
        self.note_number(List::Dialled, &string.digits());
        if string.return_to_command {
            self.new_call(false, CallState::Dialling, Some(string.digits()));
        }
        None
    }

    /// A ring: a new call, where none rings yet.
    pub(in super::super) fn mobile_rings(&mut self) {
        if self.is_mobile() && !self.has_call(CallState::Incoming) {
            self.new_call(true, CallState::Incoming, None);
        }
    }

    /// The number of the call that rings is known now.
    pub(in super::super) fn mobile_caller(&mut self, caller: &CallerId) {
        let Some(mobile) = &mut self.mobile else { return };
        let ringing = mobile
            .calls
            .iter_mut()
            .find(|call| call.state == CallState::Incoming);
        if let Some(call) = ringing {
            call.number = caller
                .number
                .clone()
                .filter(|number| number != "O" && number != "P");
        }
        self.report_caller();
    }

    /// `+CLIP` (27.007 7.6) after a ring, once the caller is known.
    pub(in super::super) fn report_caller(&mut self) {
        if !self.is_mobile() || self.settings.number("+CLIP", 0) != 1 {
            return;
        }
        let Some((caller, _)) = &self.last_caller else {
            return;
        };
        let name = caller.name.as_deref().unwrap_or("");
        let text = match caller.number.as_deref() {
            None | Some("P") => "+CLIP: \"\",128,\"\",0,\"\",1".to_owned(),
            Some("O") => "+CLIP: \"\",128,\"\",0,\"\",2".to_owned(),
            Some(number) => {
                let name = self.quoted(name);
                format!("+CLIP: \"{number}\",{},\"\",0,{name},0", kind_of(number))
            }
        };
        self.tell(text);
    }

    /// The number of the call that rings, where it is known.
    fn incoming_number(&self) -> Option<String> {
        let mut calls = self.mobile.iter().flat_map(|mobile| &mobile.calls);
        calls
            .find(|call| call.state == CallState::Incoming)?
            .number
            .clone()
    }

    /// The caller gave up.
    pub(in super::super) fn mobile_call_missed(&mut self) {
        if let Some(number) = self.incoming_number() {
            self.note_number(List::Missed, &number);
        }
        self.drop_calls(CallState::Incoming);
    }

    /// `A`: takes the waiting call, or the one that rings.
    pub(in super::super) fn mobile_answers(&mut self) -> Outcome {
        if self.has_call(CallState::Waiting) {
            return self.accept_waiting();
        }
        if !self.has_call(CallState::Incoming) {
            return Outcome::Failed(ResultCode::NoCarrier);
        }
        if let Some(number) = self.incoming_number() {
            self.note_number(List::Received, &number);
        }
        self.set_calls(CallState::Incoming, CallState::Active);
        self.go_off_hook();
        Outcome::Next
    }

    pub(in super::super) fn mobile_ringback(&mut self) {
        self.set_calls(CallState::Dialling, CallState::Alerting);
    }

    pub(in super::super) fn mobile_answered(&mut self) {
        self.set_calls(CallState::Dialling, CallState::Active);
        self.set_calls(CallState::Alerting, CallState::Active);
    }

    /// A call that the modem makes is on its way, and nobody has answered yet.
    pub(in super::super) fn mobile_call_proceeds(&self) -> bool {
        self.has_call(CallState::Dialling) || self.has_call(CallState::Alerting)
    }

    /// A call that the modem made is over before it was answered. Whether there was one.
    pub(in super::super) fn mobile_call_failed(&mut self, code: &ResultCode, cause: &'static str) -> bool {
        if !self.mobile_call_proceeds() {
            return false;
        }
        self.drop_calls(CallState::Dialling);
        self.drop_calls(CallState::Alerting);
        self.call_is_over(code, cause);
        true
    }

    /// The far end of the active call hung up.
    pub(in super::super) fn mobile_released(&mut self) -> bool {
        if self.mobile_call_failed(&ResultCode::NoCarrier, "Normal call clearing") {
            return true;
        }
        let had = self.has_call(CallState::Active);
        if had {
            self.drop_calls(CallState::Active);
            self.call_is_over(&ResultCode::NoCarrier, "Normal call clearing");
        }
        had
    }

    pub(in super::super) fn held_call_gone(&mut self) {
        if self.has_call(CallState::Held) {
            self.drop_calls(CallState::Held);
            self.call_is_over(&ResultCode::NoCarrier, "Normal call clearing");
        }
    }

    pub(in super::super) fn waiting_call_gone(&mut self) {
        self.drop_calls(CallState::Waiting);
    }

    pub(super) fn call_is_over(&mut self, code: &ResultCode, cause: &'static str) {
        if let Mode::WaitAnswer = self.mode {
            self.pending.clear();
            self.mode = Mode::Command;
        }
        self.result(code);
        if let Some(mobile) = &mut self.mobile {
            mobile.last_cause = cause;
        }
        self.free_line();
    }

    /// Nobody is left on the line: on-hook.
    fn free_line(&mut self) {
        if !self.has_call(CallState::Active) && !self.has_call(CallState::Held) {
            self.hang_up();
        }
    }

    /// `H`, and all that ends every call: no call is left.
    pub(in super::super) fn mobile_hangs_up(&mut self) {
        if self.has_call(CallState::Incoming) || self.has_call(CallState::Waiting) {
            self.serve(LineService::Refuse);
        }
        if let Some(mobile) = &mut self.mobile {
            mobile.calls.clear();
        }
    }

    /// Another call arrives while one is active: the analogue modem does what `+PCW` says, the mobile one tells it.
    pub(in super::super) fn call_waits(&mut self, caller: Option<CallerId>, clock: WallClock, now: SimTime) {
        if self.is_mobile() {
            let said = caller.and_then(|caller| caller.number);
            let number = said.clone().filter(|number| number != "O" && number != "P");
            if self.settings.number("+CCWA", 0) == 1 {
                // Behind the class: no name, and why there is no number (27.007 7.12).
                self.tell(match (&number, said.as_deref()) {
                    (Some(number), _) => format!("+CCWA: \"{number}\",{},1", kind_of(number)),
                    (None, Some("O")) => "+CCWA: \"\",128,1,\"\",2".to_owned(),
                    (None, _) => "+CCWA: \"\",128,1,\"\",1".to_owned(),
                });
            }
            return self.new_call(true, CallState::Waiting, number);
        }
        let choice = self.settings.number("+PCW", 0);
        if choice != 2 {
            // The exchange's beep, as V.253's modems tell it to whoever talks.
            self.voice_event(b'w');
        }
        match choice {
            0 => self.waiting_call_shown(caller, clock, now),
            1 if self.has_carrier => self.give_up(&ResultCode::NoCarrier),
            _ => {}
        }
    }

    fn accept_waiting(&mut self) -> Outcome {
        if self.has_call(CallState::Active) && self.has_call(CallState::Held) {
            return self.cme(Cme::NOT_ALLOWED);
        }
        self.serve(LineService::AcceptWaiting);
        self.set_calls(CallState::Active, CallState::Held);
        self.set_calls(CallState::Waiting, CallState::Active);
        Outcome::Next
    }

    fn swap(&mut self) {
        self.serve(LineService::Swap);
        for call in self.mobile.iter_mut().flat_map(|mobile| &mut mobile.calls) {
            call.state = match call.state {
                CallState::Active => CallState::Held,
                CallState::Held => CallState::Active,
                state => state,
            };
        }
    }

    fn release(&mut self, state: CallState) {
        self.drop_calls(state);
        self.serve(match state {
            CallState::Held => LineService::ReleaseHeld,
            _ => LineService::ReleaseActive,
        });
    }

    /// `+CHLD` (27.007 7.13).
    pub(in super::super) fn hold(&mut self, values: &[Value]) -> Outcome {
        let [Value::Number(action)] = values else {
            return self.cme(Cme::INCORRECT_PARAMETERS);
        };
        let of_id = |modem: &Modem, id: u32| {
            let mut calls = modem.mobile.iter().flat_map(|mobile| &mobile.calls);
            calls.find(|call| call.id == id).map(|call| call.state)
        };
        let rings = self.has_call(CallState::Incoming) || self.has_call(CallState::Waiting);
        match action {
            0 if rings => {
                self.serve(LineService::Refuse);
                self.drop_calls(CallState::Incoming);
                self.drop_calls(CallState::Waiting);
            }
            0 if self.has_call(CallState::Held) => self.release(CallState::Held),
            1 if self.has_call(CallState::Active) => {
                self.release(CallState::Active);
                if self.has_call(CallState::Waiting) {
                    return self.accept_waiting();
                }
                if self.has_call(CallState::Held) {
                    self.swap();
                }
            }
            2 if self.has_call(CallState::Waiting) => return self.accept_waiting(),
            2 if self.has_call(CallState::Active) || self.has_call(CallState::Held) => self.swap(),
            3 if self.has_call(CallState::Active) && self.has_call(CallState::Held) => {
                self.serve(LineService::Conference);
                self.set_calls(CallState::Held, CallState::Active);
                for call in self.mobile.iter_mut().flat_map(|mobile| &mut mobile.calls) {
                    call.is_multiparty |= call.state == CallState::Active;
                }
            }
            4 if self.has_call(CallState::Active) && self.has_call(CallState::Held) => {
                self.serve(LineService::Transfer);
                self.drop_calls(CallState::Active);
                self.drop_calls(CallState::Held);
            }
            11..=17 => match of_id(self, action - 10) {
                Some(CallState::Active) if self.party_of(action - 10).is_some() => {
                    self.release_party(action - 10);
                }
                Some(state @ (CallState::Active | CallState::Held)) => self.release(state),
                _ => return self.cme(Cme::NOT_ALLOWED),
            },
            21..=27 => match of_id(self, action - 20) {
                Some(CallState::Held) => self.swap(),
                Some(CallState::Active) if self.party_of(action - 20).is_none() => {}
                Some(CallState::Active) if !self.has_call(CallState::Held) => self.split(action - 20),
                _ => return self.cme(Cme::NOT_ALLOWED),
            },
            0..=4 => return self.cme(Cme::NOT_ALLOWED),
            _ => return self.cme(Cme::NOT_SUPPORTED),
        }
        self.free_line();
        Outcome::Next
    }

    /// A voice call is there, ringing ones not counted.
    pub(in super::super) fn in_voice_call(&self) -> bool {
        use CallState::{Active, Alerting, Dialling, Held};
        [Active, Held, Dialling, Alerting]
            .into_iter()
            .any(|state| self.has_call(state))
    }

    /// `+CHUP`: ends the active call, or refuses the one that rings.
    pub(in super::super) fn hang_up_active(&mut self) -> Outcome {
        if self.has_call(CallState::Incoming) {
            self.serve(LineService::Refuse);
            self.drop_calls(CallState::Incoming);
            return Outcome::Next;
        }
        for state in [CallState::Active, CallState::Dialling, CallState::Alerting] {
            if self.has_call(state) {
                self.release(state);
            }
        }
        self.free_line();
        Outcome::Next
    }

    /// `+CLCC` (27.007 7.18).
    pub(in super::super) fn list_calls(&mut self) {
        let calls = self.mobile.iter().flat_map(|mobile| &mobile.calls);
        let lines: Vec<String> = calls
            .map(|call| {
                let number = call
                    .number
                    .as_deref()
                    .map_or_else(String::new, |number| format!(",\"{number}\",{}", kind_of(number)));
                format!(
                    "+CLCC: {},{},{},0,{}{number}",
                    call.id,
                    u32::from(call.is_incoming),
                    call.state as u32,
                    u32::from(call.is_multiparty)
                )
            })
            .collect();
        lines.iter().for_each(|line| self.information(line));
    }

    /// `+CPAS` (27.007 8.1): 0 ready, 3 rings, 4 in a call.
    pub(in super::super) fn activity(&self) -> u32 {
        match () {
            () if self.has_call(CallState::Incoming) => 3,
            () if self.is_off_hook || !matches!(self.mode, Mode::Command) => 4,
            () => 0,
        }
    }
}
