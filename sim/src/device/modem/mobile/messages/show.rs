//! How messages look: as text, or as octets in hexadecimal (27.005 3.4).

use super::super::calls::kind_of;
use super::super::charset::{CharacterSet, to_hex};
use super::{Content, INVALID_INDEX, INVALID_PARAMETER, STATES, StoredMessage, shown};
use crate::device::modem::{Modem, Outcome};
use crate::wire::at::{Operation, Value};
use crate::wire::sms::{
    REPORT_TYPE, ShortMessage, Stamp, StatusReport, deliver_pdu, deliver_type, report_pdu, submit_pdu,
    submit_type,
};

impl StoredMessage {
    /// It came from the network, and was not written here.
    fn has_come(&self) -> bool {
        self.state < 2
    }

    fn octets(&self) -> Vec<u8> {
        match &self.content {
            Content::Report { report, sent } => report_pdu(report, *sent, self.stamp),
            Content::Message(message) if self.has_come() => deliver_pdu(message, self.stamp),
            Content::Message(message) => submit_pdu(message),
        }
    }

    /// How many octets it has without the service centre's address.
    fn length(&self) -> usize {
        self.octets().len() - 1
    }
}

impl Modem {
    fn shows_text(&self) -> bool {
        self.settings.number("+CMGF", 0) == 1
    }

    /// `+CSDH`: what text mode can leave out is shown.
    fn shows_details(&self) -> bool {
        self.settings.number("+CSDH", 0) == 1
    }

    /// `+CMGL` (27.005 3.4.2): the messages of a state, which are read then.
    pub(in super::super::super) fn list_messages(&mut self, operation: Operation) -> Outcome {
        let is_text = self.shows_text();
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
        let store = self
            .mobile
            .as_ref()
            .map_or_else(Vec::new, |mobile| mobile.messages.store.clone());
        let stored = (0..)
            .zip(&store)
            .filter_map(|(place, stored)| Some((place, stored.as_ref()?)));
        for (place, stored) in stored.filter(|(_, stored)| wanted == 4 || stored.state == wanted) {
            let line = self.listed(place + 1, stored);
            self.information(&line);
            self.show_body(stored);
            self.mark_read(place);
        }
        Outcome::Next
    }

    /// `+CMGR` (27.005 3.4.3).
    pub(in super::super::super) fn read_message(&mut self, values: &[Value]) -> Outcome {
        let place = self.place(values);
        let Some((place, stored)) = place.and_then(|place| Some((place, self.stored(place)?.clone()))) else {
            return self.cms(INVALID_INDEX);
        };
        let line = self.read_line(&stored);
        self.information(&line);
        self.show_body(&stored);
        self.mark_read(place);
        Outcome::Next
    }

    fn listed(&self, place: usize, stored: &StoredMessage) -> String {
        if !self.shows_text() {
            return format!("+CMGL: {place},{},,{}", stored.state, stored.length());
        }
        let state = STATES[stored.state];
        match &stored.content {
            Content::Report { report, sent } => {
                let report = self.shown_report(report, *sent, stored.stamp);
                format!("+CMGL: {place},\"{state}\",{report}")
            }
            Content::Message(message) => {
                let stamp = stamp_of(stored);
                let mut line = format!(
                    "+CMGL: {place},\"{state}\",{},,{stamp}",
                    self.quoted(&message.number)
                );
                if self.shows_details() {
                    line.push_str(&format!(",{},{}", kind_of(&message.number), message.length));
                }
                line
            }
        }
    }

    fn read_line(&self, stored: &StoredMessage) -> String {
        if !self.shows_text() {
            return format!("+CMGR: {},,{}", stored.state, stored.length());
        }
        let state = STATES[stored.state];
        match &stored.content {
            Content::Report { report, sent } => {
                let report = self.shown_report(report, *sent, stored.stamp);
                format!("+CMGR: \"{state}\",{report}")
            }
            Content::Message(message) if stored.has_come() => {
                let head = format!(
                    "+CMGR: \"{state}\",{},,{}",
                    self.quoted(&message.number),
                    stamp_of(stored)
                );
                head + &self.details(message, deliver_type(message), "")
            }
            Content::Message(message) => {
                let head = format!("+CMGR: \"{state}\",{},", self.quoted(&message.number));
                // The validity stands between coding and service centre; a message stored here has none.
                head + &self.details(message, submit_type(message), ",")
            }
        }
    }

    /// What stands behind `+CMT:` or `+CDS:`.
    pub(super) fn indication(&self, stored: &StoredMessage) -> String {
        match &stored.content {
            Content::Report { .. } if !self.shows_text() => stored.length().to_string(),
            Content::Report { report, sent } => self.shown_report(report, *sent, stored.stamp),
            Content::Message(_) if !self.shows_text() => format!(",{}", stored.length()),
            Content::Message(message) => {
                let head = format!("{},,{}", self.quoted(&message.number), shown(stored.stamp));
                head + &self.details(message, deliver_type(message), "")
            }
        }
    }

    /// `+CSDH=1`: type of address, first octet, protocol, coding, service centre, length.
    fn details(&self, message: &ShortMessage, first: u8, validity: &str) -> String {
        if !self.shows_details() {
            return String::new();
        }
        let kind = kind_of(&message.number);
        let (protocol, coding, length) = (message.protocol, message.coding, message.length);
        let centre = self.centre();
        format!(
            ",{kind},{first},{protocol},{coding}{validity},{},{},{length}",
            self.quoted(&centre),
            kind_of(&centre)
        )
    }

    /// A status report as text mode has it: no line follows.
    fn shown_report(&self, report: &StatusReport, sent: Stamp, done: Stamp) -> String {
        let StatusReport {
            reference,
            number,
            status,
        } = report;
        format!(
            "{REPORT_TYPE},{reference},{},{},{},{},{}",
            self.quoted(number),
            kind_of(number),
            shown(sent),
            shown(done),
            *status as u8
        )
    }

    /// Whether a line follows with the message itself.
    pub(super) fn has_body(&self, stored: &StoredMessage) -> bool {
        !self.shows_text() || matches!(stored.content, Content::Message(_))
    }

    fn show_body(&mut self, stored: &StoredMessage) {
        if self.has_body(stored) {
            let body = self.body(stored);
            self.body_line(&body);
        }
    }

    /// The message as the client reads it: text, or octets in hexadecimal.
    pub(super) fn body(&self, stored: &StoredMessage) -> Vec<u8> {
        let message = match &stored.content {
            Content::Message(message) if self.shows_text() => message,
            _ => return to_hex(&stored.octets()).into_bytes(),
        };
        match self.character_set() {
            // 27.005 3.1: what is no text goes out in hexadecimal.
            _ if !message.is_septets() || message.has_header => to_hex(&message.data).into_bytes(),
            CharacterSet::Gsm => message.data.clone(),
            // The characters of the default alphabet, as many as there are.
            CharacterSet::Ira => message.text().into_bytes(),
            set => set.encode(&message.text()).into_bytes(),
        }
    }
}

/// When a message came; one that was written here has no time.
fn stamp_of(stored: &StoredMessage) -> String {
    if stored.has_come() {
        shown(stored.stamp)
    } else {
        String::new()
    }
}
