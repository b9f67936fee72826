//! The wall clock by which events say when they happened.

use std::time::Duration;

use time::{OffsetDateTime, UtcOffset};

use super::CstaServer;
use crate::time::SimTime;
use crate::wire::csta::{message::Message, value::Value};

/// When a simulation has begun that nobody told the time, in seconds of Unix: 2000-01-01T00:00:00Z.
pub(super) const BEGINNING: i64 = 946_684_800;

impl CstaServer {
    /// Says when the simulation began, by the wall clock.
    pub fn set_beginning(&mut self, began: OffsetDateTime) {
        self.began = began;
    }

    /// An event with the time at which it happened, where the profile tells it and the event has room for it.
    pub(super) fn stamped(&self, message: &Message) -> Option<Message> {
        let Message::Event {
            invoke,
            monitor,
            event,
            data,
        } = message
        else {
            return None;
        };
        if !self.profile.timestamps || event.phase3_type()?.field("extensions").is_none() {
            return None;
        }
        let stamp = Value::sequence([("timestamp", Value::text(generalized(self.began, self.now)))]);
        Some(Message::Event {
            invoke: *invoke,
            monitor: monitor.clone(),
            event,
            data: data
                .clone()
                .with("extensions", Value::sequence([("security", stamp)])),
        })
    }
}

/// A moment as GeneralizedTime has it, and HiPath writes it: without a zone, `20261128093905`. The switch's own is UTC.
fn generalized(began: OffsetDateTime, now: SimTime) -> String {
    let now = (began + Duration::from_micros(now.as_micros())).to_offset(UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_asn_1_has_it() {
        let began = OffsetDateTime::from_unix_timestamp(BEGINNING).unwrap();
        assert_eq!(generalized(began, SimTime::ZERO), "20000101000000");
        let later = SimTime::from(Duration::from_secs(59 * 86_400 + 3_661));
        assert_eq!(generalized(began, later), "20000229010101");
    }
}
