//! Groups: hunt groups, ring groups, and ACD queues. A call to a group goes to a free member, waits, or flows over.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause, OperationError,
    Party, ServiceError, StationSettings, Switch,
};
use crate::time::SimTime;

/// Which free member of a group gets a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distribution {
    /// The first in the list.
    #[default]
    Linear,
    /// The first after the one that got the last call.
    Circular,
    /// The one that has been free for longest.
    LongestIdle,
    /// All at once; who answers first has it.
    All,
}

/// What a group is told once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupSettings {
    /// The name of the group.
    pub name: String,
    /// Its members, in order.
    pub members: Vec<DeviceId>,
    /// Which of them gets a call.
    pub distribution: Distribution,
    /// Only members whose agent is ready in this group get calls: an ACD group.
    pub agents_only: bool,
    /// How long a member is alerted before another one is; for ever where there is no time.
    pub ring_time: Option<Duration>,
    /// Calls that can wait at once; with none the group is busy when its members are.
    pub queue: usize,
    /// How long a call waits before it flows over.
    pub max_wait: Option<Duration>,
    /// Where calls go that cannot wait or have waited too long; without it they find the group busy.
    pub overflow: Option<Arc<str>>,
}

/// A group as the switch keeps it.
#[derive(Clone, Debug)]
pub(in super::super) struct Group {
    settings: GroupSettings,
    /// The place of the member after the one that got the last call.
    next: usize,
    /// The free members by the moment since which they are, and the other way round.
    idle: BTreeSet<(SimTime, DeviceId)>,
    idle_since: BTreeMap<DeviceId, SimTime>,
    /// The calls that wait, first come first.
    waiting: BTreeMap<u64, CallId>,
}

impl Switch {
    /// Adds a group. Its members are devices that were added before.
    pub fn add_group(&mut self, number: &str, settings: GroupSettings) -> Result<DeviceId, ServiceError> {
        for member in &settings.members {
            if !self
                .known(*member, OperationError::InvalidDeviceId)?
                .is_telephone()
            {
                return Err(OperationError::RequestIncompatibleWithDevice.into());
            }
        }
        let own = StationSettings {
            name: settings.name.clone(),
            max_calls: usize::MAX,
            ..StationSettings::default()
        };
        let id = self.add(number, DeviceKind::Group, own)?;
        for member in &settings.members {
            self.memberships.entry(*member).or_default().push(id);
        }
        let members = settings.members.clone();
        let group = Group {
            settings,
            next: 0,
            idle: BTreeSet::new(),
            idle_since: BTreeMap::new(),
            waiting: BTreeMap::new(),
        };
        self.groups.insert(id, group);
        for member in members {
            self.refresh_member(id, member);
        }
        Ok(id)
    }

    /// What a group was told.
    pub fn group(&self, group: DeviceId) -> Option<&GroupSettings> {
        self.groups.get(&group).map(|group| &group.settings)
    }

    /// The groups that a device is a member of.
    pub fn groups_of(&self, device: DeviceId) -> &[DeviceId] {
        self.memberships.get(&device).map_or(&[], Vec::as_slice)
    }

    /// The calls that wait at a group, in the order in which they will be served.
    pub fn queued_calls(&self, group: DeviceId) -> Vec<CallId> {
        let group = self.groups.get(&group);
        group.map_or_else(Vec::new, |group| group.waiting.values().copied().collect())
    }

    /// A call has come to a group.
    pub(in super::super) fn present_group(&mut self, id: CallId, group: DeviceId, cause: EventCause) {
        if !self.is_in_service(group) {
            return self.fail(id, group, EventCause::DestOutOfOrder);
        }
        if !self.distribute(id, group) {
            self.enqueue(id, group, cause);
        }
    }

    /// Gives a call to a free member, or to all of them. The call is nowhere else at that moment.
    fn distribute(&mut self, id: CallId, group: DeviceId) -> bool {
        let Some(known) = self.groups.get(&group) else {
            return false;
        };
        if known.settings.distribution == Distribution::All {
            let free: Vec<DeviceId> = known.settings.members.clone();
            let free: Vec<DeviceId> = free
                .into_iter()
                .filter(|member| self.is_free_for(id, group, *member))
                .collect();
            for member in &free {
                self.hand_to(id, group, *member, EventCause::MultipleAlerting);
                if self.state(ConnectionId::new(id, *member)) == ConnectionState::Connected {
                    break; // it answers by itself
                }
            }
            return !free.is_empty();
        }
        match self.next_member(id, group) {
            Some(member) => {
                let kind = CallEventKind::Diverted {
                    device: group,
                    new_destination: Party::Device(member),
                };
                self.report(id, EventCause::Distributed, kind);
                self.hand_to(id, group, member, EventCause::Distributed);
                true
            }
            None => false,
        }
    }

    fn next_member(&mut self, id: CallId, group: DeviceId) -> Option<DeviceId> {
        let known = self.groups.get(&group)?;
        let members = &known.settings.members;
        let found = match known.settings.distribution {
            Distribution::LongestIdle => known
                .idle
                .iter()
                .map(|(_, member)| *member)
                .find(|member| self.is_free_for(id, group, *member)),
            Distribution::Circular => {
                let (first, rest) = members.split_at(known.next.min(members.len()));
                let mut order = rest.iter().chain(first).copied();
                order.find(|member| self.is_free_for(id, group, *member))
            }
            Distribution::Linear | Distribution::All => {
                let mut order = members.iter().copied();
                order.find(|member| self.is_free_for(id, group, *member))
            }
        }?;
        let place = members.iter().position(|member| *member == found).unwrap_or(0);
        if let Some(known) = self.groups.get_mut(&group) {
            known.next = place + 1;
        }
        Some(found)
    }

    fn hand_to(&mut self, id: CallId, group: DeviceId, member: DeviceId, cause: EventCause) {
        let ring_time = self.groups.get(&group).and_then(|g| g.settings.ring_time);
        if let Some(call) = self.calls.get_mut(&id) {
            call.info.last_redirection = Some(Party::Device(group));
            call.tried.push(member);
        }
        self.alert(id, member, cause);
        let connection = ConnectionId::new(id, member);
        self.change(connection, |c| c.group = Some(group));
        if self.state(connection) == ConnectionState::Connected {
            return self.member_answered(connection);
        }
        if let Some(ring_time) = ring_time
            && self.state(connection) == ConnectionState::Alerting
        {
            let script_at = self.calls.get(&id).and_then(|call| call.get(member)?.script_at);
            let until = self.now + ring_time;
            self.set_timers(connection, Some(until), script_at);
        }
    }

    /// Whether a member could take this call now.
    fn is_free_for(&self, id: CallId, group: DeviceId, member: DeviceId) -> bool {
        self.is_free_in(group, member)
            && self.calls.get(&id).is_some_and(|call| {
                call.state(member) == ConnectionState::Null && !call.tried.contains(&member)
            })
    }

    /// Whether a member takes calls of the group now.
    fn is_free_in(&self, group: DeviceId, member: DeviceId) -> bool {
        let agents_only = self.groups.get(&group).is_some_and(|g| g.settings.agents_only);
        let Some(known) = self.devices.get(member.index()) else {
            return false;
        };
        known.in_service
            && !known.do_not_disturb
            && !self.is_busy(member)
            && self.occupied(member) == 0
            && (!agents_only || self.is_agent_ready(member, group))
    }

    /// The call waits, flows over, or finds the group busy.
    fn enqueue(&mut self, id: CallId, group: DeviceId, cause: EventCause) {
        let Some(known) = self.groups.get_mut(&group) else {
            return;
        };
        let in_front = known.waiting.len();
        if in_front >= known.settings.queue {
            return self.flow_over(id, group);
        }
        self.last_timer += 1;
        let place = self.last_timer;
        known.waiting.insert(place, id);
        let max_wait = known.settings.max_wait;
        let connection = ConnectionId::new(id, group);
        if let Some(call) = self.calls.get_mut(&id) {
            call.tried.clear();
        }
        self.enter(connection, ConnectionState::Queued);
        self.change(connection, |c| c.place = Some(place));
        let in_front = u32::try_from(in_front).unwrap_or(u32::MAX);
        let kind = CallEventKind::Queued {
            device: group,
            number_queued: in_front.saturating_add(1),
            calls_in_front: in_front,
        };
        let cause = match cause {
            EventCause::NewCall => EventCause::NoAvailableAgents,
            other => other,
        };
        self.report(id, cause, kind);
        if let Some(max_wait) = max_wait {
            let until = self.now + max_wait;
            self.set_timers(connection, Some(until), None);
        }
    }

    fn flow_over(&mut self, id: CallId, group: DeviceId) {
        let overflow = self.groups.get(&group).and_then(|g| g.settings.overflow.clone());
        match overflow {
            Some(to) => self.divert(id, group, &to, EventCause::Overflow),
            None => self.fail(id, group, EventCause::Busy),
        }
    }

    /// A call has waited at a group for too long, or a member did not answer in its time.
    pub(in super::super) fn group_timeout(&mut self, connection: ConnectionId, group: DeviceId) {
        let ConnectionId { call: id, device } = connection;
        if device == group {
            return self.flow_over(id, group);
        }
        let Some(member) = self.next_member(id, group) else {
            return; // nobody else is free: it goes on ringing here
        };
        self.leave(connection);
        let kind = CallEventKind::Diverted {
            device,
            new_destination: Party::Device(member),
        };
        self.report(id, EventCause::CallForwardNoAnswer, kind);
        self.hand_to(id, group, member, EventCause::CallForwardNoAnswer);
    }

    /// One member of a group has answered: the others are alerted no more.
    pub(in super::super) fn member_answered(&mut self, connection: ConnectionId) {
        let Some(call) = self.calls.get(&connection.call) else {
            return;
        };
        let group = call.get(connection.device).and_then(|c| c.group);
        let others: Vec<DeviceId> = call
            .connections
            .iter()
            .filter(|c| group.is_some() && c.group == group && c.state == ConnectionState::Alerting)
            .map(|c| c.device)
            .collect();
        for device in others {
            let other = ConnectionId::new(connection.call, device);
            self.drop_connection(other, connection.device, EventCause::MultipleAlerting);
        }
    }

    /// A device's calls or its agent changed: its groups may have a call for it.
    pub(in super::super) fn refresh_memberships(&mut self, member: DeviceId) {
        for group in self.memberships.get(&member).cloned().unwrap_or_default() {
            self.refresh_member(group, member);
            if self
                .groups
                .get(&group)
                .is_some_and(|g| g.idle_since.contains_key(&member))
            {
                self.serve_queue(group);
            }
        }
    }

    fn refresh_member(&mut self, group: DeviceId, member: DeviceId) {
        let free = self.is_free_in(group, member);
        let now = self.now;
        let Some(known) = self.groups.get_mut(&group) else {
            return;
        };
        match (free, known.idle_since.get(&member).copied()) {
            (true, None) => {
                known.idle_since.insert(member, now);
                known.idle.insert((now, member));
            }
            (false, Some(since)) => {
                known.idle_since.remove(&member);
                known.idle.remove(&(since, member));
            }
            _ => {}
        }
    }

    /// The call that has waited longest goes to a member that has become free.
    fn serve_queue(&mut self, group: DeviceId) {
        let Some(id) = self
            .groups
            .get(&group)
            .and_then(|g| g.waiting.values().next().copied())
        else {
            return;
        };
        let waiting = ConnectionId::new(id, group);
        let member = match self.groups.get(&group).map(|g| g.settings.distribution) {
            Some(Distribution::All) | None => None,
            Some(_) => match self.next_member(id, group) {
                Some(member) => Some(member),
                None => return,
            },
        };
        self.leave(waiting);
        match member {
            Some(member) => {
                let kind = CallEventKind::Diverted {
                    device: group,
                    new_destination: Party::Device(member),
                };
                self.report(id, EventCause::Distributed, kind);
                self.hand_to(id, group, member, EventCause::Distributed);
            }
            None => {
                let kind = CallEventKind::Diverted {
                    device: group,
                    new_destination: Party::NotKnown,
                };
                self.report(id, EventCause::Distributed, kind);
                if !self.distribute(id, group) {
                    self.enqueue(id, group, EventCause::RemainsInQueue);
                }
            }
        }
    }

    /// A connection has left a group, or has another name now.
    pub(in super::super) fn queue_moved(&mut self, group: DeviceId, place: u64, to: Option<CallId>) {
        if let Some(known) = self.groups.get_mut(&group) {
            match to {
                Some(call) => known.waiting.insert(place, call),
                None => known.waiting.remove(&place),
            };
        }
    }
}
