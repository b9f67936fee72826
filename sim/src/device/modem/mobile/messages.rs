//! Short messages (27.005): sent, stored, listed, as text or as octets in hexadecimal.

use super::calls::kind_of;
use crate::device::modem::{LineAction, Mode, Modem, Outcome, Output};
use crate::exchange::WallClock;
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode, Value};
use crate::wire::sms::{ShortMessage, deliver_pdu, gsm_to_text, parse_submit, submit_pdu};

/// The places of the store.
const PLACES: usize = 30;
/// The year that messages bear; the exchange's clock knows none.
const YEAR: u8 = 26;

const SUBSTITUTE: u8 = 0x1a;
const ESCAPE: u8 = 0x1b;

/// Errors of 27.005 3.2.5.
const INVALID_PARAMETER: u32 = 304;
const INVALID_TEXT_PARAMETER: u32 = 305;
const MEMORY_FULL: u32 = 322;
const INVALID_INDEX: u32 = 321;

/// The states of a stored message, with their numbers and words.
const STATES: [&str; 5] = ["REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL"];

/// A message in the store.
#[derive(Clone, Debug)]
pub(in super::super) struct StoredMessage {
    message: ShortMessage,
    /// Place in [`STATES`].
    state: usize,
    clock: WallClock,
    second: u8,
}

/// What the client types after a prompt.
#[derive(Debug)]
pub(in super::super) struct Prompt {
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
    pub(in super::super) fn prompt_message(&mut self, stores: bool, operation: Operation) -> Outcome {
        let is_text = self.settings.number("+CMGF", 0) == 1;
        let values = match operation {
            Operation::Set(values) => values,
            Operation::Execute if stores && is_text => Vec::new(),
            Operation::Test => return Outcome::Next,
            Operation::Execute | Operation::Read => return self.cms(INVALID_PARAMETER),
        };
        let (number, length) = match (is_text, values.first()) {
            (true, Some(Value::Quoted(number))) => (Some(number.clone()), 0),
            (true, Some(Value::Number(number))) => (Some(number.to_string()), 0),
            (true, None) => (Some(String::new()), 0),
            (false, Some(Value::Number(length))) if (7..=176).contains(length) => {
                (None, usize::try_from(*length).unwrap_or(0))
            }
            _ => return self.cms(INVALID_PARAMETER),
        };
        if !stores
            && number
                .as_ref()
                .is_some_and(|number| number.is_empty() || !number.chars().all(is_digit))
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
    pub(in super::super) fn prompt_byte(&mut self, byte: u8, now: SimTime) {
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
            Some(number) => {
                // A line in the message ends with CR, with or without LF.
                let typed = match self.settings.text("+CSCS") {
                    "\"GSM\"" => gsm_to_text(&prompt.typed),
                    _ => String::from_utf8_lossy(&prompt.typed).into_owned(),
                };
                let text = typed.replace("\r\n", "\n").replace('\r', "\n");
                ShortMessage::of_text(number, &text)
            }
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
            let Some(place) = self.store(message, 2, now) else {
                return self.cms(MEMORY_FULL);
            };
            self.information(&format!("+CMGW: {place}"));
            return Outcome::Next;
        }
        self.send("+CMGS", message)
    }

    fn send(&mut self, command: &str, message: ShortMessage) -> Outcome {
        if self.registration() == 0 {
            // 27.005 3.2.5: no network service.
            return self.cms(331);
        }
        let Some(mobile) = &mut self.mobile else {
            return Outcome::Error;
        };
        mobile.last_reference = mobile.last_reference.wrapping_add(1);
        let reference = mobile.last_reference;
        self.actions.push_back(LineAction::Message(message));
        self.information(&format!("{command}: {reference}"));
        Outcome::Next
    }

    /// `+CMSS`: sends a stored message.
    pub(in super::super) fn send_stored(&mut self, values: &[Value]) -> Outcome {
        let Some(place) = self.place(values) else {
            return self.cms(INVALID_INDEX);
        };
        let stored = self
            .mobile
            .as_mut()
            .and_then(|mobile| mobile.messages.get_mut(place)?.as_mut());
        let Some(stored) = stored.filter(|stored| stored.state >= 2) else {
            return self.cms(INVALID_INDEX);
        };
        stored.state = 3;
        let mut message = stored.message.clone();
        if let Some(Value::Quoted(number)) = values.get(1) {
            message.number.clone_from(number);
        }
        self.send("+CMSS", message)
    }

    /// A message has come: it is stored and told, or told whole, as `+CNMI` says.
    pub fn handle_message(&mut self, from: &str, mut message: ShortMessage, now: SimTime) {
        from.clone_into(&mut message.number);
        if self.mobile.is_none() {
            return;
        }
        if self.settings.number("+CNMI", 1) == 2 {
            let (clock, second) = Modem::clock(now);
            let stored = StoredMessage {
                message,
                state: 0,
                clock,
                second,
            };
            let text = if self.settings.number("+CMGF", 0) == 1 {
                let number = &stored.message.number;
                format!("+CMT: \"{number}\",,\"{}\"", stamp(&stored))
            } else {
                format!("+CMT: ,{}", octets_of(&stored).len() - 1)
            };
            self.tell(text);
            let body = self.body(&stored);
            return self.body_line(&body);
        }
        // A full store loses it; the network would try again later.
        let Some(place) = self.store(message, 0, now) else {
            return;
        };
        if self.settings.number("+CNMI", 1) % 2 == 1 {
            self.tell(format!("+CMTI: \"SM\",{place}"));
        }
    }

    fn store(&mut self, message: ShortMessage, state: usize, now: SimTime) -> Option<usize> {
        let (clock, second) = Modem::clock(now);
        let stored = Some(StoredMessage {
            message,
            state,
            clock,
            second,
        });
        let messages = &mut self.mobile.as_mut()?.messages;
        match messages.iter().position(Option::is_none) {
            Some(free) => {
                *messages.get_mut(free)? = stored;
                Some(free + 1)
            }
            None if messages.len() < PLACES => {
                messages.push(stored);
                Some(messages.len())
            }
            None => None,
        }
    }

    /// The place that the first value names, from 0.
    fn place(&self, values: &[Value]) -> Option<usize> {
        let Some(Value::Number(number)) = values.first() else {
            return None;
        };
        let place = usize::try_from(*number).ok()?.checked_sub(1)?;
        let messages = &self.mobile.as_ref()?.messages;
        messages.get(place)?.as_ref().map(|_| place)
    }

    /// `+CMGL` (27.005 3.4.2): the messages of a state, which are read then.
    pub(in super::super) fn list_messages(&mut self, operation: Operation) -> Outcome {
        let is_text = self.settings.number("+CMGF", 0) == 1;
        let wanted = match operation {
            Operation::Execute => Some(0),
            Operation::Test => {
                let words: Vec<String> = STATES.iter().map(|state| format!("\"{state}\"")).collect();
                let list = if is_text {
                    words.join(",")
                } else {
                    "0-4".to_owned()
                };
                self.information(&format!("+CMGL: ({list})"));
                return Outcome::Next;
            }
            Operation::Read => None,
            Operation::Set(values) => match values.as_slice() {
                [Value::Quoted(word), ..] if is_text => STATES.iter().position(|state| state == word),
                [Value::Number(number), ..] if !is_text => usize::try_from(*number)
                    .ok()
                    .filter(|state| *state < STATES.len()),
                _ => None,
            },
        };
        let Some(wanted) = wanted else {
            return self.cms(INVALID_PARAMETER);
        };
        let messages = self
            .mobile
            .as_ref()
            .map_or_else(Vec::new, |mobile| mobile.messages.clone());
        for (index, stored) in messages.iter().enumerate() {
            let Some(stored) = stored
                .as_ref()
                .filter(|stored| wanted == 4 || stored.state == wanted)
            else {
                continue;
            };
            let place = index + 1;
            let head = if is_text {
                let StoredMessage { message, state, .. } = stored;
                let stamp = if *state < 2 {
                    format!("\"{}\"", stamp(stored))
                } else {
                    String::new()
                };
                format!(
                    "+CMGL: {place},\"{}\",\"{}\",,{stamp}",
                    STATES[*state], message.number
                )
            } else {
                format!("+CMGL: {place},{},,{}", stored.state, octets_of(stored).len() - 1)
            };
            self.information(&head);
            let body = self.body(stored);
            self.body_line(&body);
            self.mark_read(index);
        }
        Outcome::Next
    }

    /// `+CMGR` (27.005 3.4.3).
    pub(in super::super) fn read_message(&mut self, values: &[Value]) -> Outcome {
        let Some(place) = self.place(values) else {
            return self.cms(INVALID_INDEX);
        };
        let stored = self
            .mobile
            .as_ref()
            .and_then(|mobile| mobile.messages.get(place).cloned());
        let Some(stored) = stored.flatten() else {
            return self.cms(INVALID_INDEX);
        };
        let StoredMessage { message, state, .. } = &stored;
        let head = if self.settings.number("+CMGF", 0) == 1 {
            let mut head = format!("+CMGR: \"{}\",\"{}\",", STATES[*state], message.number);
            if *state < 2 {
                head.push_str(&format!(",\"{}\"", stamp(&stored)));
            }
            if self.settings.number("+CSDH", 0) == 1 {
                let (kind, length) = (kind_of(&message.number), message.length);
                let (pid, dcs) = (message.protocol, message.coding);
                head.push_str(&format!(",{kind},4,{pid},{dcs},\"\",{kind},{length}"));
            }
            head
        } else {
            format!("+CMGR: {state},,{}", octets_of(&stored).len() - 1)
        };
        self.information(&head);
        let body = self.body(&stored);
        self.body_line(&body);
        self.mark_read(place);
        Outcome::Next
    }

    /// `+CMGD` (27.005 3.5.4): one message, or all of certain states.
    pub(in super::super) fn delete_messages(&mut self, values: &[Value]) -> Outcome {
        let most = match values.get(1) {
            None | Some(Value::Missing | Value::Number(0)) => {
                let Some(place) = self.place(values) else {
                    return self.cms(INVALID_INDEX);
                };
                if let Some(mobile) = &mut self.mobile {
                    mobile.messages[place] = None;
                }
                return Outcome::Next;
            }
            Some(Value::Number(flag @ 1..=4)) => *flag,
            Some(_) => return self.cms(INVALID_PARAMETER),
        };
        let goes = |state: usize| match most {
            1 => state == 1,
            2 => matches!(state, 1 | 3),
            3 => matches!(state, 1..=3),
            _ => true,
        };
        for place in self.mobile.iter_mut().flat_map(|mobile| &mut mobile.messages) {
            if place.as_ref().is_some_and(|stored| goes(stored.state)) {
                *place = None;
            }
        }
        Outcome::Next
    }

    /// `+CPMS` (27.005 3.2.2): the store, three times.
    pub(in super::super) fn message_storage(&mut self, operation: Operation) -> Outcome {
        let messages = self.mobile.iter().flat_map(|mobile| &mobile.messages);
        let used = messages.flatten().count();
        match operation {
            Operation::Test => self.information("+CPMS: (\"SM\"),(\"SM\"),(\"SM\")"),
            Operation::Read => {
                let one = format!("\"SM\",{used},{PLACES}");
                self.information(&format!("+CPMS: {one},{one},{one}"));
            }
            Operation::Set(values)
                if !values.is_empty()
                    && values
                        .iter()
                        .all(|value| *value == Value::Quoted("SM".to_owned())) =>
            {
                self.information(&format!("+CPMS: {used},{PLACES},{used},{PLACES},{used},{PLACES}"));
            }
            Operation::Set(_) | Operation::Execute => return self.cms(INVALID_PARAMETER),
        }
        Outcome::Next
    }

    fn mark_read(&mut self, place: usize) {
        let stored = self
            .mobile
            .as_mut()
            .and_then(|mobile| mobile.messages.get_mut(place)?.as_mut());
        if let Some(stored) = stored.filter(|stored| stored.state == 0) {
            stored.state = 1;
        }
    }

    /// The message as the client reads it: text, or octets in hexadecimal.
    fn body(&self, stored: &StoredMessage) -> Vec<u8> {
        if self.settings.number("+CMGF", 0) == 0 {
            return to_hex(&octets_of(stored)).into_bytes();
        }
        let message = &stored.message;
        match self.settings.text("+CSCS") {
            // 27.005 3.1: what is no text goes out in hexadecimal.
            _ if !message.is_septets() || message.has_header => to_hex(&message.data).into_bytes(),
            "\"GSM\"" => message.data.clone(),
            _ => message.text().into_bytes(),
        }
    }

    /// A line that may hold any characters, so it is no information in the grammar's sense.
    fn body_line(&mut self, body: &[u8]) {
        self.outputs.push_back(Output::Data([body, b"\r\n"].concat()));
    }

    /// `+CSCA`, the service centre's number.
    pub(in super::super) fn service_centre(&mut self, operation: Operation) -> Outcome {
        match operation {
            Operation::Read => {
                let number = match self.settings.text("+CSCA") {
                    "" => self.profile().sim.service_centre.clone(),
                    number => number.to_owned(),
                };
                self.information(&format!("+CSCA: \"{number}\",{}", kind_of(&number)));
                Outcome::Next
            }
            Operation::Set(values) => match values.as_slice() {
                [Value::Quoted(number), ..] if number.len() <= 21 && number.chars().all(is_digit) => {
                    self.settings.set_text("+CSCA", number.clone());
                    Outcome::Next
                }
                _ => self.cms(INVALID_PARAMETER),
            },
            Operation::Test => Outcome::Next,
            Operation::Execute => Outcome::Failed(ResultCode::Error),
        }
    }
}

/// What numbers are made of.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || "*#+".contains(c)
}

/// `yy/MM/dd,hh:mm:ss+zz`.
fn stamp(stored: &StoredMessage) -> String {
    let WallClock {
        month,
        day,
        hour,
        minute,
    } = stored.clock;
    format!(
        "{YEAR:02}/{month:02}/{day:02},{hour:02}:{minute:02}:{:02}+00",
        stored.second
    )
}

fn octets_of(stored: &StoredMessage) -> Vec<u8> {
    match stored.state {
        0 | 1 => deliver_pdu(&stored.message, YEAR, stored.clock, stored.second),
        _ => submit_pdu(&stored.message),
    }
}

fn to_hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(|byte| {
            char::from(*byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits?;
    let whole = digits.len().is_multiple_of(2);
    whole.then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}
