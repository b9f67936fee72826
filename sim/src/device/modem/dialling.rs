//! `D`: dial tone, digits, pauses, and what comes after the last of them.

use std::collections::VecDeque;
use std::time::Duration;

use super::line::CallProgress;
use super::{LineAction, Mode, Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{DialElement, DialString, ResultCode};

/// A dial string being carried out.
#[derive(Debug)]
pub(super) struct Dialling {
    elements: VecDeque<DialElement>,
    return_to_command: bool,
    quiet_answer: bool,
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

impl Dialling {
    pub(super) fn due_at(&self) -> Option<SimTime> {
        match &self.step {
            Step::DialTone { until } | Step::Busy { until, .. } | Step::Answer { until } => Some(*until),
        }
    }

    pub(super) fn waits_for_answer(&self) -> bool {
        matches!(self.step, Step::Answer { .. })
    }

    /// The digits that come next without a modifier between them. T and P change how digits sound, not what they say.
    fn next_digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(element) = self.elements.front() {
            match element {
                DialElement::Digit(c) => digits.push(*c),
                DialElement::Tone | DialElement::Pulse => {}
                _ => break,
            }
            self.elements.pop_front();
        }
        digits
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
        let string = if string.elements.contains(&DialElement::Redial) {
            match &self.last_dialled {
                Some(last) => last.clone(),
                None => return Outcome::Error,
            }
        } else {
            string
        };
        self.last_dialled = Some(string.clone());
        let level = self.settings.get("X");
        let continues = self.is_off_hook;
        let step = if continues {
            Step::Busy {
                until: now,
                digits: String::new(),
            }
        } else if matches!(level, 2 | 4) {
            Step::DialTone {
                until: now + self.profile.dial_tone_wait,
            }
        } else {
            Step::Busy {
                until: now + self.settings.seconds(6),
                digits: String::new(),
            }
        };
        self.go_off_hook();
        self.mode = Mode::Dialling(Dialling {
            elements: string.elements.into(),
            return_to_command: string.return_to_command,
            quiet_answer: false,
            has_dialled: continues && self.progress != CallProgress::DialTone,
            step,
        });
        Outcome::Busy
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
        let Mode::Dialling(dialling) = &mut self.mode else {
            return;
        };
        let digits = dialling.next_digits();
        if !digits.is_empty() {
            let count = u32::try_from(digits.len()).unwrap_or(u32::MAX);
            let until = now + self.profile.digit_time.saturating_mul(count);
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
            Some(DialElement::HookFlash) => dialling.step = pause(Duration::from_millis(500)),
            Some(DialElement::WaitDialTone) if self.progress == CallProgress::DialTone => self.next_step(now),
            // The simulated exchange gives no second dial tone, so between digits W is a pause.
            Some(DialElement::WaitDialTone) if dialling.has_dialled => {
                dialling.step = pause(self.settings.seconds(8));
            }
            Some(DialElement::WaitDialTone) => {
                dialling.step = Step::DialTone {
                    until: now + self.profile.dial_tone_wait,
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
            self.mode = Mode::Command;
            return self.run_pending(now);
        }
        let quiet_answer = dialling.quiet_answer;
        self.pending.clear();
        self.wait_carrier(quiet_answer, now);
        match self.progress {
            CallProgress::Answered => self.train(now),
            CallProgress::Busy => self.busy_tone_heard(),
            CallProgress::None | CallProgress::DialTone | CallProgress::Ringback => {}
        }
    }
}
