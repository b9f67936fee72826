//! What TAPI does by itself when a provider, or a user interface, says something.

use offhook_host_protocol::FIRST_NEW_CALL;

use super::Tapi;
use crate::trace::{Event, HostNote, What};
use crate::tspi::constant_value;

/// Something that TAPI has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::app) enum Duty {
    /// A device was announced, under this temporary id.
    Make {
        /// Whether it is a phone.
        phone: bool,
        /// The id.
        temporary: u64,
    },
    /// A device is gone.
    Lose {
        /// Whether it is a phone.
        phone: bool,
        /// The device id, as the provider says it.
        device: u64,
    },
    /// A call that the provider had announced is in this state.
    State {
        /// TAPI's handle of the line.
        line: u64,
        /// TAPI's handle of the call.
        call: u64,
        /// The state.
        state: u32,
    },
    /// Something came from a user interface, or for one.
    Ui,
}

/// What TAPI has to do when this happens.
pub(in crate::app) fn duty(event: &Event) -> Option<Duty> {
    match &event.what {
        What::Line(args)
            if args.msg == constant_value("LINE_CALLSTATE") && args.call >= u64::from(FIRST_NEW_CALL) =>
        {
            Some(Duty::State {
                line: args.device,
                call: args.call,
                state: args.params[0] as u32,
            })
        }
        What::Line(args) | What::Phone(args) => {
            let is = |name: &str| args.msg == constant_value(name);
            let [first, second, _] = args.params;
            let make = |phone| Duty::Make {
                phone,
                temporary: second,
            };
            let lose = |phone| Duty::Lose { phone, device: first };
            [
                ("LINE_CREATE", make(false)),
                ("PHONE_CREATE", make(true)),
                ("LINE_REMOVE", lose(false)),
                ("PHONE_REMOVE", lose(true)),
                ("LINE_SENDDIALOGINSTANCEDATA", Duty::Ui),
            ]
            .into_iter()
            .find_map(|(name, duty)| is(name).then_some(duty))
        }
        What::Ui { .. } | What::Signalled { .. } | What::Host(HostNote::UiSilent) => Some(Duty::Ui),
        What::Return { seq, .. } if *seq >= super::application::FIRST_CALL => Some(Duty::Ui),
        _ => None,
    }
}

impl Tapi {
    /// The next thing to be done, and the event that asks for it.
    pub(in crate::app) fn next_duty(&mut self) -> Option<(usize, Duty)> {
        self.next_duty_before(usize::MAX)
    }

    pub(super) fn next_duty_before(&mut self, until: usize) -> Option<(usize, Duty)> {
        let party = self.party();
        let from = self.attended;
        let found = self.recorder.find(from, |at, event| {
            let own = at < until && event.by == party;
            duty(event).filter(|_| own).map(|duty| (at, duty))
        });
        self.attended = match &found {
            (Some((at, _)), _) => at + 1,
            (None, seen) => (*seen).min(until).max(from),
        };
        found.0
    }

    /// Whether this event asks for something that has not been done.
    pub(in crate::app) fn is_due(&self, at: usize, event: &Event) -> bool {
        at >= self.attended && event.by == self.party() && duty(event).is_some()
    }
}
