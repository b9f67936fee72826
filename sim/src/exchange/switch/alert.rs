//! A call at a device: presented, alerting, failing, answered, cleared.

use super::features::Progress;
use super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause, Forward,
    ForwardingType, Party, Script, Switch, Timer,
};
use crate::time::SimTime;

impl Switch {
    /// A call has come to a device. `from` is the device that sent it there.
    pub(super) fn present(
        &mut self,
        id: CallId,
        device: DeviceId,
        cause: EventCause,
        from: Option<DeviceId>,
    ) {
        let (Some(call), Some(known)) = (self.calls.get(&id), self.devices.get(device.index())) else {
            return;
        };
        if call.state(device) != ConnectionState::Null {
            return self.stuck(id, from, EventCause::Busy);
        }
        match known.kind {
            DeviceKind::Station | DeviceKind::Line | DeviceKind::VoiceMail => {
                self.present_telephone(id, device, cause);
            }
            DeviceKind::Group => self.present_group(id, device, cause),
            DeviceKind::RouteingDevice => self.present_routeing(id, device, cause),
            _ => self.stuck(id, from, EventCause::IncompatibleDestination),
        }
    }

    fn present_telephone(&mut self, id: CallId, device: DeviceId, cause: EventCause) {
        use ForwardingType::*;
        if !self.is_in_service(device) {
            return self.fail(id, device, EventCause::DestOutOfOrder);
        }
        if let Some(forward) = self.forward_for(id, device, [Immediate, ImmediateInternal, ImmediateExternal])
        {
            return self.forward(id, device, &forward, EventCause::CallForwardImmediate);
        }
        if self.do_not_disturb(device) {
            let types = [DoNotDisturb, DoNotDisturbInternal, DoNotDisturbExternal];
            return match self.forward_for(id, device, types) {
                Some(forward) => self.forward(id, device, &forward, EventCause::CallForward),
                None => self.fail(id, device, EventCause::DoNotDisturb),
            };
        }
        if self.is_busy(device) {
            return match self.forward_for(id, device, [Busy, BusyInternal, BusyExternal]) {
                Some(forward) => self.forward(id, device, &forward, EventCause::CallForwardBusy),
                None => self.fail(id, device, EventCause::Busy),
            };
        }
        self.alert(id, device, cause);
    }

    /// The forwarding that applies to this call: what screening says, then one for its origin, then one for all.
    fn forward_for(&self, id: CallId, device: DeviceId, types: [ForwardingType; 3]) -> Option<Forward> {
        let call = self.calls.get(&id)?;
        let known = self.devices.get(device.index())?;
        let [all, internal, from_outside] = types;
        let origin = if call.is_external() {
            from_outside
        } else {
            internal
        };
        let caller = match &call.info.calling {
            Party::Device(caller) => Some(self.number(*caller)),
            Party::Number(number) => Some(&**number),
            Party::NotKnown | Party::Restricted => None,
        };
        let screened = known.screening.iter().find(|rule| {
            let meant = rule.caller.is_none() || rule.caller.as_deref() == caller;
            meant && [all, origin].contains(&rule.forwarding_type)
        });
        if let Some(rule) = screened {
            return Some(rule.forward.clone());
        }
        known
            .forwarding
            .get(&origin)
            .or_else(|| known.forwarding.get(&all))
            .cloned()
    }

    /// Whether another call finds the device busy.
    pub(super) fn is_busy(&self, device: DeviceId) -> bool {
        let Some(known) = self.devices.get(device.index()) else {
            return true;
        };
        if known.settings.script == Some(Script::Busy) {
            return true;
        }
        if !known.is_telephone() && known.settings.max_calls == usize::MAX {
            return false; // a machine with room for all, whose calls need no counting
        }
        let occupied = self.occupied(device);
        let talks = known.settings.call_waiting && occupied > 0;
        if known.kind == DeviceKind::Line && known.off_hook && !talks {
            return true;
        }
        let waits = known.settings.call_waiting || known.kind == DeviceKind::VoiceMail;
        occupied >= known.settings.max_calls || (occupied > 0 && !waits)
    }

    /// How many calls take up room at the device.
    pub(super) fn occupied(&self, device: DeviceId) -> usize {
        let calls = self.devices.get(device.index()).map(|d| &d.calls);
        let taken = calls.into_iter().flatten();
        taken.filter(|call| self.occupies(**call, device)).count()
    }

    /// A call that waits for the device, or failed at it because it was busy, takes up no room there.
    fn occupies(&self, id: CallId, device: DeviceId) -> bool {
        self.calls.get(&id).is_some_and(|call| match call.state(device) {
            ConnectionState::Fail => call.info.calling == device.into(),
            ConnectionState::Queued | ConnectionState::Null => false,
            _ => true,
        })
    }

    /// The device is alerted.
    pub(super) fn alert(&mut self, id: CallId, device: DeviceId, cause: EventCause) {
        let connection = ConnectionId::new(id, device);
        let Some(known) = self.devices.get(device.index()) else {
            return;
        };
        let (offers, answers) = (
            known.settings.offers,
            known.settings.auto_answer || known.kind == DeviceKind::VoiceMail,
        );
        self.enter(connection, ConnectionState::Alerting);
        if offers {
            self.change(connection, |c| c.offered = true);
            self.report(id, cause, CallEventKind::Offered { device });
            self.tell_peers(id, Progress::Alerting);
            // Whoever does not even accept the call does not answer it either.
            let no_answer_at = self.no_answer_at(connection);
            return self.set_timers(connection, no_answer_at, None);
        }
        self.report(id, cause, CallEventKind::Delivered { device });
        self.tell_peers(id, Progress::Alerting);
        if !answers || !self.answer_by_itself(connection, cause) {
            self.arm(connection);
        }
    }

    /// A device answers without anybody's doing, where it can leave what it is connected to.
    pub(super) fn answer_by_itself(&mut self, connection: ConnectionId, cause: EventCause) -> bool {
        let is_machine = self.kind(connection.device) == Some(DeviceKind::VoiceMail);
        let can = is_machine || self.make_room(connection).is_ok();
        if can {
            self.establish(connection, cause);
        }
        can
    }

    /// Sets the timers of an alerting connection.
    pub(super) fn arm(&mut self, connection: ConnectionId) {
        let no_answer = self.no_answer_at(connection);
        let script = self.script_of(connection);
        let script_at = match script {
            Some(
                Script::AnswersAfter(after) | Script::AnswersFor { after, .. } | Script::RefusesAfter(after),
            ) => Some(self.now + after),
            Some(Script::Busy | Script::NeverAnswers) | None => None,
        };
        self.set_timers(connection, no_answer, script_at);
    }

    /// When a call that alerts a device from now on is forwarded for want of an answer.
    fn no_answer_at(&self, ConnectionId { call, device }: ConnectionId) -> Option<SimTime> {
        use ForwardingType::*;
        let forward = self.forward_for(call, device, [NoAnswer, NoAnswerInternal, NoAnswerExternal])?;
        Some(self.now + forward.ring_duration.unwrap_or(self.limits.no_answer))
    }

    pub(super) fn set_timers(
        &mut self,
        connection: ConnectionId,
        no_answer_at: Option<SimTime>,
        script_at: Option<SimTime>,
    ) {
        self.change(connection, |c| {
            c.no_answer_at = no_answer_at;
            c.script_at = script_at;
        });
        if let Some(at) = no_answer_at {
            self.at(at, Timer::NoAnswer(connection));
        }
        if let Some(at) = script_at {
            self.at(at, Timer::Script(connection));
        }
    }

    pub(super) fn change(&mut self, connection: ConnectionId, change: impl FnOnce(&mut super::Connection)) {
        let call = self.calls.get_mut(&connection.call);
        if let Some(known) = call.and_then(|call| call.get_mut(connection.device)) {
            change(known);
        }
    }

    /// The device has been alerted long enough.
    pub(super) fn no_answer(&mut self, connection: ConnectionId, at: SimTime) {
        use ForwardingType::*;
        let ConnectionId { call: id, device } = connection;
        let known = self.calls.get(&id).and_then(|call| call.get(device));
        let Some(known) = known.filter(|c| c.no_answer_at == Some(at)) else {
            return;
        };
        if self.groups.contains_key(&device) {
            return self.group_timeout(connection, device);
        }
        if let (ConnectionState::Alerting, Some(group)) = (known.state, known.group) {
            return self.group_timeout(connection, group);
        }
        if let (ConnectionState::Queued, Some(parker)) = (known.state, known.parked_by) {
            return self.recall(connection, parker);
        }
        if known.state != ConnectionState::Alerting {
            return;
        }
        let types = [NoAnswer, NoAnswerInternal, NoAnswerExternal];
        if let Some(forward) = self.forward_for(id, device, types) {
            self.forward(id, device, &forward, EventCause::CallForwardNoAnswer);
        }
    }

    /// What the device does by itself in this call.
    fn script_of(&self, connection: ConnectionId) -> Option<Script> {
        let known = self
            .calls
            .get(&connection.call)
            .and_then(|c| c.get(connection.device));
        let device = self.devices.get(connection.device.index());
        let own = known.and_then(|c| c.script);
        own.or_else(|| device.and_then(|d| d.settings.script))
    }

    /// A station does what its script says.
    pub(super) fn script_due(&mut self, connection: ConnectionId, at: SimTime) {
        let known = self
            .calls
            .get(&connection.call)
            .and_then(|c| c.get(connection.device));
        let Some(known) = known.filter(|c| c.script_at == Some(at)) else {
            return;
        };
        match (known.state, self.script_of(connection)) {
            (ConnectionState::Alerting, Some(Script::AnswersAfter(_))) => {
                self.answer_by_itself(connection, EventCause::NewCall);
            }
            (ConnectionState::Alerting, Some(Script::AnswersFor { talks, .. })) => {
                self.answer_by_itself(connection, EventCause::NewCall);
                let until = self.now + talks;
                self.set_timers(connection, None, Some(until));
            }
            (ConnectionState::Initiated, Some(Script::AnswersAfter(_) | Script::AnswersFor { .. })) => {
                self.go_off_hook(connection);
            }
            (ConnectionState::Alerting | ConnectionState::Connected, Some(_)) => {
                self.clear(connection, EventCause::NormalClearing);
            }
            _ => {}
        }
    }

    /// The device joins the call: its connection is connected from now on.
    pub(super) fn establish(&mut self, connection: ConnectionId, cause: EventCause) {
        let ConnectionId { call: id, device } = connection;
        self.enter(connection, ConnectionState::Connected);
        self.report(id, cause, CallEventKind::Established { device });
        self.member_answered(connection);
        self.tell_peers(id, Progress::Answered);
        if self.kind(device) == Some(DeviceKind::VoiceMail) {
            self.mail_answered(connection);
        }
        let next = self.calls.get_mut(&id).and_then(|call| call.predictive.take());
        if let Some(caller) = next.filter(|caller| *caller != device) {
            self.present(id, caller, EventCause::MakePredictiveCall, Some(device));
        }
    }

    /// The call fails at a device. It ends where nobody is left to hear of it.
    pub(super) fn fail(&mut self, id: CallId, device: DeviceId, cause: EventCause) {
        self.enter(ConnectionId::new(id, device), ConnectionState::Fail);
        self.report(id, cause, CallEventKind::Failed { device });
        self.tell_peers(id, Progress::Failed(cause));
        let heard = self.calls.get(&id).is_some_and(|call| {
            call.connections
                .iter()
                .any(|c| c.device != device && c.state != ConnectionState::Fail)
        });
        let own = self
            .calls
            .get(&id)
            .is_some_and(|call| call.info.calling == device.into());
        if !heard && !own {
            self.end(id, device, cause);
        }
    }

    /// The call can go nowhere: it fails at the device that sent it on, or at the caller.
    pub(super) fn stuck(&mut self, id: CallId, from: Option<DeviceId>, cause: EventCause) {
        let caller = self.calls.get(&id).and_then(|call| call.connections.first());
        match from.or(caller.map(|c| c.device)) {
            Some(device) => self.fail(id, device, cause),
            None => {
                self.report(id, cause, CallEventKind::CallCleared);
                self.calls.remove(&id);
            }
        }
    }

    /// A device leaves the call, which ends where nobody would miss it.
    pub(super) fn clear(&mut self, connection: ConnectionId, cause: EventCause) {
        let ConnectionId { call, device } = connection;
        let dropped = self.drop_connection(connection, device, cause);
        if dropped && self.calls.get(&call).is_some_and(|call| !call.is_alive()) {
            self.end(call, device, EventCause::NormalClearing);
        }
    }

    /// The call ends: all that are still in it leave.
    pub(super) fn end(&mut self, id: CallId, releasing: DeviceId, cause: EventCause) {
        while let Some(device) = self
            .calls
            .get(&id)
            .and_then(|call| call.connections.first())
            .map(|c| c.device)
        {
            self.drop_connection(ConnectionId::new(id, device), releasing, cause);
        }
        self.report(id, cause, CallEventKind::CallCleared);
        self.calls.remove(&id);
    }

    /// Takes a connection out of its call and reports it. False where it has gone already.
    pub(super) fn drop_connection(
        &mut self,
        connection: ConnectionId,
        releasing: DeviceId,
        cause: EventCause,
    ) -> bool {
        let ConnectionId { call, device } = connection;
        let Some(left) = self.leave(connection) else {
            return false;
        };
        self.report(
            call,
            cause,
            CallEventKind::ConnectionCleared { device, releasing },
        );
        if let Some(mailbox) = left.mailbox {
            self.mail_left(mailbox);
        }
        match left.peer {
            // Beyond the trunk the caller goes on hearing why the call failed.
            Some(peer) if self.state(peer) == ConnectionState::Fail => {
                self.change(peer, |c| c.peer = None);
            }
            Some(peer) => self.clear(peer, cause),
            None => {}
        }
        true
    }
}
