//! Agents: who is logged on at a device, and what they do.

use std::sync::Arc;
use std::time::Duration;

use super::super::{
    AgentState, ConnectionId, ConnectionState, DeviceEventKind, DeviceId, OperationError, ServiceError,
    Switch, Timer,
};
use crate::time::SimTime;

/// An agent at a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Who it is.
    pub id: Arc<str>,
    /// The group that the agent works for; all groups of the device where there is none.
    pub group: Option<DeviceId>,
    /// What the agent does.
    pub state: AgentState,
    /// How long the agent works after each call before being ready again.
    pub after_call: Duration,
    /// When the work after the last call is done.
    pub(in super::super) ready_at: Option<SimTime>,
}

impl Switch {
    /// The agent who is logged on at a device.
    pub fn agent(&self, device: DeviceId) -> Option<&Agent> {
        self.agents.get(&device)
    }

    /// Set Agent State, logged on: `id` begins to work at the device, not ready yet.
    ///
    /// Errors: somebody is logged on there (`invalidAgentState`); the group is none or has no such member
    /// (`invalidAgentGroup`).
    pub fn log_on(
        &mut self,
        device: DeviceId,
        id: &str,
        group: Option<DeviceId>,
        after_call: Duration,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?;
            if switch.agents.contains_key(&device) {
                return Err(OperationError::InvalidAgentState.into());
            }
            if id.is_empty() {
                return Err(OperationError::InvalidAgentIdentifier.into());
            }
            let belongs = |group| {
                let groups = switch.memberships.get(&device);
                groups.is_some_and(|groups| groups.contains(&group))
            };
            if group.is_some_and(|group| !belongs(group)) {
                return Err(OperationError::InvalidAgentGroup.into());
            }
            let agent = Agent {
                id: id.into(),
                group,
                state: AgentState::NotReady,
                after_call,
                ready_at: None,
            };
            let logged_on = DeviceEventKind::AgentLoggedOn {
                agent: Arc::clone(&agent.id),
                group,
            };
            switch.agents.insert(device, agent);
            switch.report_device(device, logged_on);
            switch.report_agent(device);
            switch.touch(device);
            Ok(())
        })
    }

    /// Set Agent State: ready, not ready, working after a call, or null, which logs off.
    ///
    /// Errors: nobody is logged on (`invalidAgentState`); busy is not for anybody to set (`agentStateOutOfRange`).
    pub fn set_agent_state(
        &mut self,
        device: DeviceId,
        state: AgentState,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?;
            if state == AgentState::Busy {
                return Err(OperationError::AgentStateOutOfRange.into());
            }
            let agent = switch
                .agents
                .get_mut(&device)
                .ok_or(OperationError::InvalidAgentState)?;
            agent.state = state;
            agent.ready_at = None;
            switch.report_agent(device);
            if state == AgentState::Null {
                switch.agents.remove(&device);
            }
            switch.touch(device);
            Ok(())
        })
    }

    /// Set Auto Work Mode: how long the agent works after each call before being ready again; `None` for not at all.
    ///
    /// Errors: nobody is logged on (`invalidAgentState`).
    pub fn set_auto_work_mode(
        &mut self,
        device: DeviceId,
        interval: Option<Duration>,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.telephone_mut(device)?;
            let agent = switch
                .agents
                .get_mut(&device)
                .ok_or(OperationError::InvalidAgentState)?;
            agent.after_call = interval.unwrap_or_default();
            switch.report_device(device, DeviceEventKind::AutoWorkMode { interval });
            Ok(())
        })
    }

    pub(in super::super) fn is_agent_ready(&self, device: DeviceId, group: DeviceId) -> bool {
        self.agents.get(&device).is_some_and(|agent| {
            agent.state == AgentState::Ready && agent.group.is_none_or(|works_for| works_for == group)
        })
    }

    /// An agent is busy while the device talks, and works or is ready afterwards.
    pub(in super::super) fn refresh_agent(&mut self, device: DeviceId) {
        let Some(agent) = self.agents.get(&device) else {
            return;
        };
        let talks = self
            .snapshot_device(device)
            .into_iter()
            .any(|connection: ConnectionId| {
                matches!(
                    self.state(connection),
                    ConnectionState::Connected | ConnectionState::Hold
                )
            });
        let after_call = agent.after_call;
        let state = match (agent.state, talks) {
            (AgentState::Ready, true) => AgentState::Busy,
            (AgentState::Busy, false) if after_call.is_zero() => AgentState::Ready,
            (AgentState::Busy, false) => AgentState::WorkingAfterCall,
            _ => return,
        };
        let ready_at = (state == AgentState::WorkingAfterCall).then(|| self.now + after_call);
        if let Some(agent) = self.agents.get_mut(&device) {
            agent.state = state;
            agent.ready_at = ready_at;
        }
        if let Some(at) = ready_at {
            self.at(at, Timer::AfterCall(device));
        }
        self.report_agent(device);
    }

    /// The work after a call is done.
    pub(in super::super) fn after_call(&mut self, device: DeviceId, at: SimTime) {
        if let Some(agent) = self.agents.get_mut(&device)
            && agent.ready_at == Some(at)
        {
            agent.state = AgentState::Ready;
            agent.ready_at = None;
            self.report_agent(device);
            self.touch(device);
        }
    }

    fn report_agent(&mut self, device: DeviceId) {
        if let Some(agent) = self.agents.get(&device) {
            let kind = DeviceEventKind::Agent {
                agent: Arc::clone(&agent.id),
                group: agent.group,
                state: agent.state,
            };
            self.report_device(device, kind);
        }
    }
}
