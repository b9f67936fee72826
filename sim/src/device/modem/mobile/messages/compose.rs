//! What the client writes: a prompt, the message after it, and on its way or into the store.

use super::super::charset::from_hex;
use super::{
    AWAITED, Content, INVALID_INDEX, INVALID_PARAMETER, INVALID_TEXT_PARAMETER, MEMORY_FULL, NO_NETWORK,
    StoredMessage, is_digit,
};
use crate::device::modem::mobile::calls::kind_of;
use crate::device::modem::mobile::charset::CharacterSet;
use crate::device::modem::{LineAction, Mode, Modem, Outcome, Output};
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode, Value};
use crate::wire::sms::{ShortMessage, gsm_to_text, parse_submit};

const SUBSTITUTE: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// The longest user data of a message.
const LONGEST: usize = 140;

/// Bits of `+CSMP`'s first value: the sender wants a report; the text begins with a header.
const WANTS_REPORT: u32 = 0x20;
const HAS_HEADER: u32 = 0x40;

/// What the client types after a prompt.
#[derive(Debug)]
pub(in super::super::super) struct Prompt {
    typed: Vec<u8>,
    /// Whom it is for; `None` in PDU mode, where the octets say so.
    number: Option<String>,
    /// How many octets the message has, in PDU mode.
    length: usize,
    /// Stored, not sent.
    stores: bool,
}

impl Modem {
    /// `+CMGS` and `+CMGW` (27.005 3.5.1, 3.5.3): a prompt, and the message after it.
    pub(in super::super::super) fn prompt_message(&mut self, stores: bool, operation: Operation) -> Outcome {
        let is_text = self.settings.number("+CMGF", 0) == 1;
        let values = match operation {
            Operation::Set(values) => values,
            Operation::Execute if stores && is_text => Vec::new(),
            Operation::Test => return Outcome::Next,
            Operation::Execute | Operation::Read => return self.cms(INVALID_PARAMETER),
        };
        let (number, length) = match (is_text, values.first()) {
            (true, Some(Value::Quoted(number))) => match self.meant(number) {
                Some(number) => (Some(number), 0),
                None => return self.cms(INVALID_TEXT_PARAMETER),
            },
            (true, Some(Value::Number(number))) => (Some(number.to_string()), 0),
            (true, None) => (Some(String::new()), 0),
            (false, Some(Value::Number(length))) if (7..=176).contains(length) => {
                (None, usize::try_from(*length).unwrap_or(0))
            }
            _ => return self.cms(INVALID_PARAMETER),
        };
        if number
            .as_ref()
            .is_some_and(|number| (number.is_empty() && !stores) || !number.chars().all(is_digit))
        {
            return self.cms(INVALID_TEXT_PARAMETER);
        }
        self.outputs.push_back(Output::Data(b"\r\n> ".to_vec()));
        self.mode = Mode::Prompt(Box::new(Prompt {
            typed: Vec::new(),
            number,
            length,
            stores,
        }));
        Outcome::Busy
    }

    /// A byte after the prompt: Ctrl-Z ends the message, ESC forgets it.
    pub(in super::super::super) fn prompt_byte(&mut self, byte: u8, now: SimTime) {
        if self.settings.get("E") == 1 && byte != SUBSTITUTE && byte != ESCAPE {
            self.echo(byte);
        }
        let Mode::Prompt(prompt) = &mut self.mode else {
            return;
        };
        match byte {
            ESCAPE | SUBSTITUTE => {}
            0x08 | 0x7f => {
                prompt.typed.pop();
                return;
            }
            _ if prompt.typed.len() < 1024 => return prompt.typed.push(byte),
            _ => return,
        }
        let Mode::Prompt(prompt) = std::mem::replace(&mut self.mode, Mode::Command) else {
            return;
        };
        let outcome = match byte {
            ESCAPE => Outcome::Next,
            _ => self.take_message(*prompt, now),
        };
        self.conclude(outcome, now);
    }

    fn take_message(&mut self, prompt: Prompt, now: SimTime) -> Outcome {
        let message = match &prompt.number {
            Some(number) => match self.typed_message(number, &prompt.typed) {
                Some(message) => message,
                None => return self.cms(INVALID_TEXT_PARAMETER),
            },
            None => {
                let Some(octets) = from_hex(&prompt.typed) else {
                    return self.cms(INVALID_PARAMETER);
                };
                match parse_submit(&octets) {
                    Ok((message, centre)) if octets.len() - centre == prompt.length => message,
                    _ => return self.cms(INVALID_PARAMETER),
                }
            }
        };
        if prompt.stores {
            let stored = StoredMessage {
                content: Content::Message(message),
                state: 2,
                stamp: Modem::stamp(now),
            };
            let Some(place) = self.store(stored) else {
                return self.cms(MEMORY_FULL);
            };
            self.information(&format!("+CMGW: {place}"));
            return Outcome::Next;
        }
        self.send("+CMGS", message, now)
    }

    /// A message in text mode, as `+CSMP` and the client's character set make it (27.005 3.1): a text where its coding is
    /// the default alphabet, octets in hexadecimal where it is another, or where a header stands before the text.
    fn typed_message(&self, number: &str, typed: &[u8]) -> Option<ShortMessage> {
        let octet = |place| u8::try_from(self.settings.number("+CSMP", place)).unwrap_or(0);
        let first = self.settings.number("+CSMP", 0);
        let (protocol, coding) = (octet(2), octet(3));
        let report = (first & WANTS_REPORT != 0).then_some(0);
        let has_header = first & HAS_HEADER != 0;
        let empty = ShortMessage {
            protocol,
            coding,
            report,
            has_header,
            ..ShortMessage::of_text(number, "")
        };
        if has_header || !empty.is_septets() {
            let data = from_hex(typed).filter(|data| data.len() <= LONGEST)?;
            let units = match empty.is_septets() {
                true => data.len() * 8 / 7,
                false => data.len(),
            };
            let length = u8::try_from(units).ok()?;
            return Some(ShortMessage {
                data,
                length,
                ..empty
            });
        }
        let text = match self.character_set() {
            CharacterSet::Gsm => gsm_to_text(typed),
            set @ (CharacterSet::Ucs2 | CharacterSet::Hex) => set.decode(std::str::from_utf8(typed).ok()?)?,
            CharacterSet::Ira | CharacterSet::Utf8 => String::from_utf8_lossy(typed).into_owned(),
        };
        // A line in the message ends with CR, with or without LF.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let message = ShortMessage::of_text(number, &text);
        // Characters that the default alphabet lacks make it UCS-2, whatever `+CSMP` says.
        let coding = if message.is_septets() {
            coding
        } else {
            message.coding
        };
        Some(ShortMessage {
            protocol,
            coding,
            report,
            ..message
        })
    }

    fn send(&mut self, command: &str, mut message: ShortMessage, now: SimTime) -> Outcome {
        if self.registration() == 0 {
            return self.cms(NO_NETWORK);
        }
        let Some(mobile) = &mut self.mobile else {
            return Outcome::Error;
        };
        let messages = &mut mobile.messages;
        messages.last_reference = messages.last_reference.wrapping_add(1);
        let reference = messages.last_reference;
        if let Some(report) = &mut message.report {
            *report = reference;
            messages.awaited.push_back((reference, Modem::stamp(now)));
            if messages.awaited.len() > AWAITED {
                messages.awaited.pop_front();
            }
        }
        self.actions.push_back(LineAction::Message(message));
        self.information(&format!("{command}: {reference}"));
        Outcome::Next
    }

    /// `+CMSS`: sends a stored message.
    pub(in super::super::super) fn send_stored(&mut self, values: &[Value], now: SimTime) -> Outcome {
        let to = match values.get(1) {
            Some(Value::Quoted(number)) => match self.meant(number) {
                Some(number) if !number.is_empty() && number.chars().all(is_digit) => Some(number),
                _ => return self.cms(INVALID_TEXT_PARAMETER),
            },
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let stored = self.place(values).and_then(|place| self.stored_mut(place));
        let Some(stored) = stored.filter(|stored| stored.state >= 2) else {
            return self.cms(INVALID_INDEX);
        };
        let Content::Message(message) = &stored.content else {
            return self.cms(INVALID_INDEX);
        };
        let mut message = message.clone();
        message.number = to.unwrap_or(message.number);
        if message.number.is_empty() {
            return self.cms(INVALID_TEXT_PARAMETER);
        }
        stored.state = 3;
        self.send("+CMSS", message, now)
    }

    /// `+CSCA`, the service centre's number.
    pub(in super::super::super) fn service_centre(&mut self, operation: Operation) -> Outcome {
        match operation {
            Operation::Read => {
                let number = self.centre();
                let kind = kind_of(&number);
                self.information(&format!("+CSCA: {},{kind}", self.quoted(&number)));
                Outcome::Next
            }
            Operation::Set(values) => match values.as_slice() {
                [Value::Quoted(number), ..] => match self.meant(number) {
                    Some(number) if number.len() <= 21 && number.chars().all(is_digit) => {
                        self.settings.set_text("+CSCA", number);
                        Outcome::Next
                    }
                    _ => self.cms(INVALID_PARAMETER),
                },
                _ => self.cms(INVALID_PARAMETER),
            },
            Operation::Test => Outcome::Next,
            Operation::Execute => Outcome::Failed(ResultCode::Error),
        }
    }

    /// The service centre's number: what `+CSCA` set, or the SIM's.
    pub(super) fn centre(&self) -> String {
        match self.settings.text("+CSCA") {
            "" => self.profile().sim.service_centre.clone(),
            number => number.to_owned(),
        }
    }
}
