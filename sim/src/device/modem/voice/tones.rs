//! `+VTS` (V.253 10.3.4): digits and tones to the far end, or to the exchange, one after the other in their time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::device::modem::scripted::{Then, Waiting};
use crate::device::modem::{LineAction, Mode, Modem, Outcome};
use crate::exchange::{LineService, Sound};
use crate::time::SimTime;
use crate::wire::at::{DialElement, Operation, Value};

/// Tones that are still to be sent.
pub(in super::super) type Tones = VecDeque<Tone>;

/// One tone, and how long it lasts.
#[derive(Debug)]
pub(in super::super) struct Tone {
    what: What,
    length: Duration,
}

#[derive(Debug)]
enum What {
    Digit(char),
    /// Hz; silence where both are 0.
    Frequencies(u16, u16),
    HookFlash,
}

/// A value of the list: a digit, `{digit,length}`, or `[frequency,frequency,length]`; lengths in hundredths of a
/// second, `usual` where there is none.
fn tone(value: &Value, usual: Duration) -> Option<Tone> {
    let text = match value {
        Value::Number(number) if *number <= 9 => number.to_string(),
        Value::Word(word) => word.clone(),
        _ => return None,
    };
    let hundredths = |text: Option<&str>| match text {
        None | Some("") => Some(usual),
        Some(text) => text
            .parse()
            .ok()
            .map(|count: u32| Duration::from_millis(10) * count.min(6000)),
    };
    if let Some(list) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        let mut parts = list.split(',');
        let mut frequency = || match parts.next() {
            None | Some("") => Some(0),
            Some(text) => text.parse().ok().filter(|hertz| *hertz <= 4000),
        };
        let what = What::Frequencies(frequency()?, frequency()?);
        let length = hundredths(parts.next())?;
        return parts.next().is_none().then_some(Tone { what, length });
    }
    let list = match text.strip_prefix('{') {
        Some(list) => list.strip_suffix('}')?,
        None => &text,
    };
    let mut parts = list.split(',');
    let mut chars = parts.next()?.chars();
    let what = match (chars.next()?, chars.next()) {
        ('!', None) => What::HookFlash,
        (c, None) => match DialElement::from_char(c) {
            Some(DialElement::Digit(digit)) if digit != '+' => What::Digit(digit),
            _ => return None,
        },
        _ => return None,
    };
    let length = hundredths(parts.next())?;
    parts.next().is_none().then_some(Tone { what, length })
}

impl Modem {
    /// `+VTS`; the line must be off-hook.
    pub(in super::super) fn send_tones(&mut self, operation: Operation, now: SimTime) -> Outcome {
        let Operation::Set(values) = operation else {
            return Outcome::Error;
        };
        let usual = Duration::from_millis(10) * self.settings.number("+VTD", 0);
        let tones: Option<Tones> = values.iter().map(|value| tone(value, usual)).collect();
        match tones {
            Some(tones) if self.is_off_hook => self.next_tone(tones, now),
            _ => Outcome::Error,
        }
    }

    /// Begins the next tone, and waits for its end.
    pub(in super::super) fn next_tone(&mut self, mut tones: Tones, now: SimTime) -> Outcome {
        let Some(tone) = tones.pop_front() else {
            return Outcome::Next;
        };
        let length_ms = u32::try_from(tone.length.as_millis()).unwrap_or(u32::MAX);
        match tone.what {
            What::Digit(digit) => self.actions.push_back(LineAction::Dial {
                digits: digit.to_string(),
                complete: false,
            }),
            What::Frequencies(0, 0) => {}
            What::HookFlash => self.actions.push_back(LineAction::Service(LineService::Flash)),
            What::Frequencies(one, two) => self.actions.push_back(LineAction::Sound(Sound::Tone {
                frequencies: (one, two),
                length_ms,
            })),
        }
        self.mode = Mode::Waiting(Waiting::new(now + tone.length, Then::Tones(tones)));
        Outcome::Busy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_digits_and_tones_with_lengths_or_without() {
        let usual = Duration::from_millis(100);
        let word = |text: &str| {
            tone(&Value::Word(text.to_owned()), usual)
                .map(|tone| (format!("{:?}", tone.what), tone.length.as_millis()))
        };
        assert_eq!(word("#"), Some(("Digit('#')".into(), 100)));
        assert_eq!(word("{2,5}"), Some(("Digit('2')".into(), 50)));
        assert_eq!(word("[933,,150]"), Some(("Frequencies(933, 0)".into(), 1500)));
        assert_eq!(word("[,,7]"), Some(("Frequencies(0, 0)".into(), 70)));
        assert_eq!(word("[440,480]"), Some(("Frequencies(440, 480)".into(), 100)));
        for wrong in ["", "12", "+", "{2", "[9000]", "[1,2,3,4]", "{1,2,3}", "W"] {
            assert_eq!(word(wrong), None, "{wrong}");
        }
    }
}
