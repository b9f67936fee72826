//! Voice (V.253).

use super::Form::Bare;
use super::{ExtendedRow, act};
use crate::device::modem::{LineAction, Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{DialElement, Operation, Value};

pub(super) const ROWS: &[ExtendedRow] = &[act(Bare, "+VTS", "(0-9,*,#,A-D)", send_tones)];

/// `+VTS` (V.253 10.1.4): digits to the far end, or to the exchange. Tones given by frequency are not digits, so they
/// are sound without meaning to the exchange.
fn send_tones(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let Operation::Set(values) = operation else {
        return Outcome::Error;
    };
    let mut digits = String::new();
    for value in values {
        let text = match value {
            Value::Number(number) if number <= 9 => number.to_string(),
            Value::Word(word) if word.starts_with('[') && word.ends_with(']') => continue,
            // {digit,length in 10 ms}: the length is not simulated.
            Value::Word(word) => word
                .trim_matches(['{', '}'])
                .split(',')
                .next()
                .unwrap_or("")
                .to_owned(),
            _ => return Outcome::Error,
        };
        let mut chars = text.chars();
        match (chars.next().and_then(DialElement::from_char), chars.next()) {
            (Some(DialElement::Digit(digit)), None) if digit != '+' => digits.push(digit),
            _ => return Outcome::Error,
        }
    }
    if !modem.is_off_hook {
        return Outcome::Error;
    }
    modem.actions.push_back(LineAction::Dial {
        digits,
        complete: false,
    });
    Outcome::Next
}
