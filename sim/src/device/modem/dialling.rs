//! `D`: dial tone, digits, pauses, and what comes after the last of them.

use std::collections::VecDeque;
use std::time::Duration;

use super::line::CallProgress;
use super::{LineAction, Mode, Modem, Outcome};
use crate::exchange::LineService;
use crate::time::SimTime;
use crate::wire::at::{DialElement, DialString, ResultCode, StoredNumberOperation};

/// A dial string being carried out.
#[derive(Debug)]
pub(super) struct Dialling {
    elements: VecDeque<DialElement>,
    return_to_command: bool,
    quiet_answer: bool,
    /// Digits go out as pulses.
    dials_pulses: bool,
    /// Digits are out already, from this dial string or one before it in the same call.
    has_dialled: bool,
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// Listens for dial tone, at most until the moment.
    DialTone { until: SimTime },
    /// A pause, or digits being sent, until the moment; then the digits are out.
    Busy { until: SimTime, digits: String },
    /// `@`: waits for the far end to answer, at most until the moment.
    Answer { until: SimTime },
}

/// S11 as it leaves the factory: as long as the silence after the tone.
const USUAL_TONE_MS: u32 = 95;

/// A pulse digit: a tenth of a second each pulse, and 0.7 s between digits, in thousandths of a usual tone digit.
fn pulse_thousandths(digit: char) -> u32 {
    let pulses = match digit.to_digit(10) {
        Some(0) => 10,
        Some(digit) => digit,
        None => 0,
    };
    (pulses * 100 + 700) * 1000 / (2 * USUAL_TONE_MS)
}

impl Dialling {
    pub(super) fn due_at(&self) -> Option<SimTime> {
        match &self.step {
            Step::DialTone { until } | Step::Busy { until, .. } | Step::Answer { until } => Some(*until),
        }
    }

    pub(super) fn waits_for_answer(&self) -> bool {
        matches!(self.step, Step::Answer { .. })
    }

    /// The digits that come next without a modifier between them, and how many thousandths of a usual tone digit they
    /// take. T and P change how digits sound, not what they say.
    fn next_digits(&mut self, tone_length_ms: u8) -> (String, u32) {
        let mut digits = String::new();
        let mut thousandths = 0u32;
        while let Some(element) = self.elements.front() {
            match element {
                DialElement::Digit(c) => {
                    digits.push(*c);
                    thousandths = thousandths.saturating_add(match self.dials_pulses {
                        true => pulse_thousandths(*c),
                        false => u32::from(tone_length_ms) * 1000 / USUAL_TONE_MS,
                    });
                }
                DialElement::Tone => self.dials_pulses = false,
                DialElement::Pulse => self.dials_pulses = true,
                _ => break,
            }
            self.elements.pop_front();
        }
        (digits, thousandths)
    }

    fn has_more_digits(&self) -> bool {
        self.elements
            .iter()
            .any(|element| matches!(element, DialElement::Digit(_)))
    }
}

impl Modem {
    /// `D`. On a line that is off-hook already it goes on with the same call.
    pub(super) fn start_dialling(&mut self, string: DialString, now: SimTime) -> Outcome {
        if self.has_carrier {
            return Outcome::Error;
        }
        let string = match self.written_out(string) {
            Ok(string) => string,
            Err(outcome) => return outcome,
        };
        self.last_dialled = Some(string.clone());
        if self.is_mobile()
            && let Some(error) = self.mobile_dials(&string)
        {
            return error;
        }
        let level = self.settings.get("X");
        let continues = self.is_off_hook;
        let step = if continues {
            Step::Busy {
                until: now,
                digits: String::new(),
            }
        } else if matches!(level, 2 | 4..) {
            Step::DialTone {
                until: now + self.profile().dial_tone_wait,
            }
        } else {
            Step::Busy {
                until: now + self.settings.seconds(6),
                digits: String::new(),
            }
        };
        self.is_caller = true;
        self.go_off_hook();
        self.mode = Mode::Dialling(Dialling {
            elements: string.elements.into(),
            return_to_command: string.return_to_command,
            quiet_answer: false,
            dials_pulses: self.dials_pulses,
            has_dialled: continues && self.progress != CallProgress::DialTone,
            step,
        });
        Outcome::Busy
    }

    /// The string with what `L`, `S=n` and `>` stand for in their place.
    fn written_out(&self, string: DialString) -> Result<DialString, Outcome> {
        if string.elements.contains(&DialElement::Redial) {
            return self.last_dialled.clone().ok_or(Outcome::Error);
        }
        let mut elements = Vec::new();
        if let Some(entry) = &string.entry {
            elements.extend(self.booked_number(entry)?);
        }
        for element in string.elements {
            match element {
                DialElement::Stored(place) => {
                    let stored = self.book.get(&place).ok_or(Outcome::Error)?;
                    elements.extend(stored.elements.iter().copied());
                }
                element => elements.push(element),
            }
        }
        Ok(DialString {
            elements,
            entry: None,
            return_to_command: string.return_to_command,
        })
    }

    /// `&Zn=` stores a number for `DS=n`, `&Zn?` shows it.
    pub(super) fn stored_number(&mut self, place: u32, operation: StoredNumberOperation) -> Outcome {
        const LAST_PLACE: u8 = 9;
        let place = match u8::try_from(place) {
            Ok(place) if place <= LAST_PLACE && !self.profile().lacks("&Z") => place,
            _ => return Outcome::Error,
        };
        match operation {
            StoredNumberOperation::Read => {
                let text = self.book.get(&place).map(DialString::to_string);
                self.information(text.filter(|text| !text.is_empty()).as_deref().unwrap_or("-"));
            }
            StoredNumberOperation::Set(string) => {
                let nested =
                    |element: &DialElement| matches!(element, DialElement::Stored(_) | DialElement::Redial);
                if string.entry.is_some() || string.elements.iter().any(nested) {
                    return Outcome::Error;
                }
                self.book.insert(place, string);
            }
        }
        Outcome::Next
    }

    pub(super) fn dial_tone_heard(&mut self, now: SimTime) {
        self.progress = CallProgress::DialTone;
        if let Mode::Dialling(dialling) = &mut self.mode
            && matches!(dialling.step, Step::DialTone { .. })
        {
            dialling.step = Step::Busy {
                until: now,
                digits: String::new(),
            };
            self.dial_on(now);
        }
    }

    /// The step being waited for is over: goes on to the next.
    pub(super) fn dial_on(&mut self, now: SimTime) {
        let Mode::Dialling(dialling) = &mut self.mode else {
            return;
        };
        match &mut dialling.step {
            Step::DialTone { .. } => return self.give_up(&ResultCode::NoDialTone),
            Step::Answer { .. } if self.progress != CallProgress::Answered => {
                return self.give_up(&ResultCode::NoAnswer);
            }
            Step::Answer { .. } => {}
            Step::Busy { digits, .. } => {
                let digits = std::mem::take(digits);
                let complete = !dialling.return_to_command && !dialling.has_more_digits();
                if !digits.is_empty() {
                    dialling.has_dialled = true;
                    if self.progress == CallProgress::DialTone {
                        self.progress = CallProgress::None;
                    }
                }
                if !digits.is_empty() || (complete && dialling.elements.is_empty()) {
                    self.actions.push_back(LineAction::Dial { digits, complete });
                }
            }
        }
        self.next_step(now);
    }

    fn next_step(&mut self, now: SimTime) {
        let tone_length_ms = self.settings.register(11);
        let flash = Duration::from_millis(10) * self.settings.register(29).into();
        let digit_time = self.profile().digit_time;
        let dial_tone_wait = self.profile().dial_tone_wait;
        let Mode::Dialling(dialling) = &mut self.mode else {
            return;
        };
        let (digits, thousandths) = dialling.next_digits(tone_length_ms);
        self.dials_pulses = dialling.dials_pulses;
        if !digits.is_empty() {
            let until = now + digit_time.saturating_mul(thousandths) / 1000;
            dialling.step = Step::Busy { until, digits };
            return;
        }
        let pause = |length: Duration| Step::Busy {
            until: now + length,
            digits: String::new(),
        };
        match dialling.elements.pop_front() {
            Some(DialElement::Pause | DialElement::CallingCardTone) => {
                dialling.step = pause(self.settings.seconds(8));
            }
            Some(DialElement::HookFlash) => {
                dialling.step = pause(flash);
                // The exchange holds the call, and what follows is another one's.
                dialling.has_dialled = false;
                self.progress = CallProgress::None;
                self.ringback = None;
                self.actions.push_back(LineAction::Service(LineService::Flash));
            }
            Some(DialElement::WaitDialTone) if self.progress == CallProgress::DialTone => self.next_step(now),
            // The simulated exchange gives no second dial tone, so between digits W is a pause.
            Some(DialElement::WaitDialTone) if dialling.has_dialled => {
                dialling.step = pause(self.settings.seconds(8));
            }
            Some(DialElement::WaitDialTone) => {
                dialling.step = Step::DialTone {
                    until: now + dial_tone_wait,
                };
            }
            Some(DialElement::QuietAnswer) => {
                dialling.quiet_answer = true;
                self.actions.push_back(LineAction::Dial {
                    digits: String::new(),
                    complete: true,
                });
                if self.progress == CallProgress::Answered {
                    return self.next_step(now);
                }
                dialling.step = Step::Answer {
                    until: now + self.settings.seconds(7),
                };
            }
            Some(DialElement::Reverse) => {
                self.is_caller = false;
                self.next_step(now);
            }
            Some(_) => self.next_step(now),
            None => self.dialled(now),
        }
    }

    /// The dial string is at its end.
    fn dialled(&mut self, now: SimTime) {
        let Mode::Dialling(dialling) = &self.mode else {
            return;
        };
        if dialling.return_to_command {
            if self.is_mobile() && self.settings.number("+COLP", 0) == 1 && self.mobile_call_proceeds() {
                // 27.007 7.8: who is connected comes before the result code.
                self.mode = Mode::WaitAnswer;
                return;
            }
            self.mode = Mode::Command;
            return self.run_pending(now);
        }
        let quiet_answer = dialling.quiet_answer;
        self.pending.clear();
        self.wait_carrier(quiet_answer, now);
        match self.progress {
            CallProgress::Answered => self.call_is_through(now),
            CallProgress::Busy => self.busy_tone_heard(),
            CallProgress::None | CallProgress::DialTone | CallProgress::Ringback => {}
        }
    }
}
