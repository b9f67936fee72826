//! Scripted answers of a profile, and commands that take their time.

use super::voice::Tones;
use super::{Mode, Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Command, ResultCode, squeeze};

/// A command that takes its time.
#[derive(Debug)]
pub(super) struct Waiting {
    until: SimTime,
    then: Then,
}

/// What follows when the time is over.
#[derive(Debug)]
pub(super) enum Then {
    /// The scripted answer of this index.
    Answer(usize),
    /// The next of these tones.
    Tones(Tones),
}

impl Waiting {
    pub(super) fn new(until: SimTime, then: Then) -> Waiting {
        Waiting { until, then }
    }

    pub(super) fn until(&self) -> SimTime {
        self.until
    }
}

impl Modem {
    /// The scripted answer to a whole line: makers' commands do not always follow the grammar.
    pub(super) fn scripted_line(&self, body: &str) -> Option<usize> {
        if self.profile().replies.is_empty() {
            return None;
        }
        let line = squeeze(body);
        let mut replies = self.profile().replies.iter();
        replies.position(|reply| reply.command == line)
    }

    /// The scripted answer to one command of a line.
    pub(super) fn scripted_command(&self, command: &Command) -> Option<usize> {
        let replies = &self.profile().replies;
        if replies.is_empty() {
            return None;
        }
        let found = self.profile().reply_to(&command.to_string())?;
        replies.iter().position(|reply| std::ptr::eq(reply, found))
    }

    /// Gives a scripted answer, at once or in its time.
    pub(super) fn scripted(&mut self, index: usize, now: SimTime) -> Outcome {
        let delay = self
            .profile()
            .replies
            .get(index)
            .map_or(0, |reply| reply.delay_ms);
        if delay == 0 {
            return self.scripted_answer(index);
        }
        self.mode = Mode::Waiting(Waiting {
            until: now + std::time::Duration::from_millis(delay),
            then: Then::Answer(index),
        });
        Outcome::Busy
    }

    fn scripted_answer(&mut self, index: usize) -> Outcome {
        let Some(reply) = self.profile().replies.get(index).cloned() else {
            return Outcome::Error;
        };
        reply.lines.iter().for_each(|line| self.information(line));
        match reply.result.as_str() {
            "OK" => Outcome::Next,
            "" => Outcome::Busy,
            "ERROR" => Outcome::Error,
            text => Outcome::Failed(match text.starts_with('+') {
                true => ResultCode::Extended(text.to_owned()),
                false => ResultCode::Maker(text.to_owned()),
            }),
        }
    }

    /// The time of a command is over.
    pub(super) fn waited(&mut self, now: SimTime) {
        let Mode::Waiting(waiting) = std::mem::replace(&mut self.mode, Mode::Command) else {
            return;
        };
        let outcome = match waiting.then {
            Then::Answer(index) => self.scripted_answer(index),
            Then::Tones(tones) => self.next_tone(tones, now),
        };
        self.conclude(outcome, now);
    }
}
