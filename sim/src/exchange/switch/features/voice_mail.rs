//! Voice mail: a machine that answers every call, and lights the lamp of whoever the call was meant for.

use super::super::{ConnectionId, DeviceId, DeviceKind, Party, ServiceError, StationSettings, Switch};

impl Switch {
    /// Adds a voice mail machine. A call that a telephone sent on to it leaves a message there; a telephone that calls
    /// it hears its messages.
    pub fn add_voice_mail(&mut self, number: &str) -> Result<DeviceId, ServiceError> {
        let settings = StationSettings {
            max_calls: usize::MAX,
            ..StationSettings::default()
        };
        self.add(number, DeviceKind::VoiceMail, settings)
    }

    /// The machine has answered: a telephone that calls for itself has heard its messages.
    pub(in super::super) fn mail_answered(&mut self, connection: ConnectionId) {
        let Some(call) = self.calls.get(&connection.call) else {
            return;
        };
        let telephone = |party: &Party| match party {
            Party::Device(device) if self.devices.get(device.index()).is_some_and(|d| d.is_telephone()) => {
                Some(*device)
            }
            _ => None,
        };
        let mailbox = call.info.last_redirection.as_ref().and_then(telephone);
        let caller = telephone(&call.info.calling);
        if mailbox.is_some() {
            self.change(connection, |c| c.mailbox = mailbox);
        } else if let Some(caller) = caller.filter(|caller| self.message_waiting(*caller)) {
            self.message_waits(caller, false);
        }
    }

    /// The caller has left the machine: a message waits.
    pub(in super::super) fn mail_left(&mut self, mailbox: DeviceId) {
        if !self.message_waiting(mailbox) {
            self.message_waits(mailbox, true);
        }
    }
}
