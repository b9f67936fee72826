//! Short messages (27.005): the store, what comes in, and how that is told. [`compose`] takes what the client writes,
//! [`show`] is how stored messages look.

mod compose;
mod show;

use std::collections::VecDeque;

use super::News;
use crate::device::modem::{Mode, Modem, Outcome, Output};
use crate::exchange::WallClock;
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};
use crate::wire::sms::{Delivery, ShortMessage, Stamp, StatusReport};

pub(in super::super) use compose::Prompt;

/// The places of the store.
const PLACES: usize = 30;
/// The year that messages bear; the exchange's clock knows none.
const YEAR: u8 = 26;
/// How many messages wait for their reports; of older ones the time is not known any more.
const AWAITED: usize = 30;

/// Errors of 27.005 3.2.5.
const INVALID_PARAMETER: u32 = 304;
const INVALID_TEXT_PARAMETER: u32 = 305;
const INVALID_INDEX: u32 = 321;
const MEMORY_FULL: u32 = 322;
const NO_NETWORK: u32 = 331;

/// The states of a stored message, with their numbers and words.
const STATES: [&str; 5] = ["REC UNREAD", "REC READ", "STO UNSENT", "STO SENT", "ALL"];

/// What can lie in the store.
#[derive(Clone, Debug)]
enum Content {
    Message(ShortMessage),
    Report {
        report: StatusReport,
        /// When the message was sent.
        sent: Stamp,
    },
}

/// A message in the store.
#[derive(Clone, Debug)]
pub(in super::super) struct StoredMessage {
    content: Content,
    /// Place in [`STATES`].
    state: usize,
    stamp: Stamp,
}

/// What the client is told of a message: a line, and the message itself where it is told whole.
#[derive(Debug)]
pub(in super::super) struct Indication {
    line: String,
    body: Option<Vec<u8>>,
}

/// The store of messages, and what is on its way.
#[derive(Debug, Default)]
pub(in super::super) struct Messages {
    store: Vec<Option<StoredMessage>>,
    last_reference: u8,
    /// When the messages were sent that will be reported on, by their references.
    awaited: VecDeque<(u8, Stamp)>,
    /// What the client is told once `+CNMI` lets it.
    buffered: VecDeque<Indication>,
}

impl Modem {
    fn stamp(now: SimTime) -> Stamp {
        let (clock, second) = Modem::clock(now);
        Stamp {
            year: YEAR,
            clock,
            second,
        }
    }

    /// A message has come: it is stored and told, or told whole, as `+CNMI` says. What its sender is told became of it.
    pub fn handle_message(&mut self, from: &str, mut message: ShortMessage, now: SimTime) -> Delivery {
        from.clone_into(&mut message.number);
        if self.mobile.is_none() {
            return Delivery::IncompatibleDestination;
        }
        let stored = StoredMessage {
            content: Content::Message(message),
            state: 0,
            stamp: Modem::stamp(now),
        };
        if self.settings.number("+CNMI", 1) == 2 {
            self.tell_whole("+CMT", &stored, now);
            return Delivery::Received;
        }
        let Some(place) = self.store(stored) else {
            return Delivery::ErrorInReceiver;
        };
        if self.settings.number("+CNMI", 1) % 2 == 1 {
            self.indicate(format!("+CMTI: \"SM\",{place}"), None, now);
        }
        Delivery::Received
    }

    /// The service centre says what became of a message, in a moment.
    pub fn handle_report(&mut self, report: StatusReport, now: SimTime) {
        self.network_will(News::Report(report), now);
    }

    /// As the fourth value of `+CNMI` says: told whole, or stored and told, or for nobody.
    pub(super) fn report_arrives(&mut self, report: StatusReport, now: SimTime) {
        let Some(mobile) = &mut self.mobile else { return };
        let awaited = &mut mobile.messages.awaited;
        let known = awaited
            .iter()
            .position(|(reference, _)| *reference == report.reference);
        let sent = known.and_then(|place| awaited.remove(place));
        let stamp = Modem::stamp(now);
        let stored = StoredMessage {
            content: Content::Report {
                report,
                sent: sent.map_or(stamp, |(_, sent)| sent),
            },
            state: 0,
            stamp,
        };
        match self.settings.number("+CNMI", 3) {
            1 => self.tell_whole("+CDS", &stored, now),
            2 => {
                if let Some(place) = self.store(stored) {
                    self.indicate(format!("+CDSI: \"SM\",{place}"), None, now);
                }
            }
            _ => {}
        }
    }

    fn tell_whole(&mut self, name: &str, stored: &StoredMessage, now: SimTime) {
        let line = format!("{name}: {}", self.indication(stored));
        let body = self.has_body(stored).then(|| self.body(stored));
        self.indicate(line, body, now);
    }

    /// As the first value of `+CNMI` says: kept until it changes, or told now, during a call lost or told afterwards.
    fn indicate(&mut self, line: String, body: Option<Vec<u8>>, now: SimTime) {
        let indication = Indication { line, body };
        let is_reserved = self.link_is_reserved();
        let Some(mobile) = &mut self.mobile else { return };
        match self.settings.number("+CNMI", 0) {
            0 => {
                mobile.messages.buffered.push_back(indication);
                if mobile.messages.buffered.len() > PLACES {
                    mobile.messages.buffered.pop_front();
                }
            }
            1 if is_reserved => {}
            _ => {
                mobile.push_news(News::Message(indication), now);
                self.tell_news(now);
            }
        }
    }

    /// Bytes to the client are a call's.
    pub(super) fn link_is_reserved(&self) -> bool {
        matches!(
            self.mode,
            Mode::Online(_) | Mode::Fax(_) | Mode::Fax2 | Mode::Voice(_) | Mode::Prompt(_)
        )
    }

    /// `+CNMI` has changed: what was kept is told, or forgotten (its fifth value).
    pub(in super::super) fn indications_changed(&mut self, now: SimTime) -> Outcome {
        let Some(mobile) = &mut self.mobile else {
            return Outcome::Error;
        };
        if self.settings.number("+CNMI", 0) != 0 {
            let kept = std::mem::take(&mut mobile.messages.buffered);
            if self.settings.number("+CNMI", 4) == 0 {
                for indication in kept {
                    mobile.push_news(News::Message(indication), now);
                }
            }
        }
        Outcome::Next
    }

    pub(super) fn tell_message(&mut self, indication: Indication) {
        self.tell(indication.line);
        if let Some(body) = indication.body {
            self.body_line(&body);
        }
    }

    fn store(&mut self, stored: StoredMessage) -> Option<usize> {
        let store = &mut self.mobile.as_mut()?.messages.store;
        match store.iter().position(Option::is_none) {
            Some(free) => {
                *store.get_mut(free)? = Some(stored);
                Some(free + 1)
            }
            None if store.len() < PLACES => {
                store.push(Some(stored));
                Some(store.len())
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
        self.stored(place).map(|_| place)
    }

    fn stored(&self, place: usize) -> Option<&StoredMessage> {
        self.mobile.as_ref()?.messages.store.get(place)?.as_ref()
    }

    fn stored_mut(&mut self, place: usize) -> Option<&mut StoredMessage> {
        self.mobile.as_mut()?.messages.store.get_mut(place)?.as_mut()
    }

    /// `+CMGD` (27.005 3.5.4): one message, or all of certain states.
    pub(in super::super) fn delete_messages(&mut self, values: &[Value]) -> Outcome {
        let most = match values.get(1) {
            None | Some(Value::Missing | Value::Number(0)) => {
                let Some(place) = self.place(values) else {
                    return self.cms(INVALID_INDEX);
                };
                if let Some(mobile) = &mut self.mobile {
                    mobile.messages.store[place] = None;
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
        for place in self
            .mobile
            .iter_mut()
            .flat_map(|mobile| &mut mobile.messages.store)
        {
            if place.as_ref().is_some_and(|stored| goes(stored.state)) {
                *place = None;
            }
        }
        Outcome::Next
    }

    /// `+CPMS` (27.005 3.2.2): the store, three times.
    pub(in super::super) fn message_storage(&mut self, operation: Operation) -> Outcome {
        let stored = self.mobile.iter().flat_map(|mobile| &mobile.messages.store);
        let used = stored.flatten().count();
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
        if let Some(stored) = self.stored_mut(place).filter(|stored| stored.state == 0) {
            stored.state = 1;
        }
    }

    /// A line that may hold any characters, so it is no information in the grammar's sense.
    fn body_line(&mut self, body: &[u8]) {
        self.outputs.push_back(Output::Data([body, b"\r\n"].concat()));
    }
}

/// What numbers are made of.
fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || "*#+".contains(c)
}

/// `yy/MM/dd,hh:mm:ss+zz` in quotation marks.
fn shown(stamp: Stamp) -> String {
    let WallClock {
        month,
        day,
        hour,
        minute,
    } = stamp.clock;
    let (year, second) = (stamp.year, stamp.second);
    format!("\"{year:02}/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}+00\"")
}
