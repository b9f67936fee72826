//! From a description to a switch.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::file::{
    AgentTable, Count, Extension, Group, LimitsTable, PbxFile, QuirksTable, Routeing, Text, Trunk,
};
use super::{Pbx, PbxError, Quirks, text};
use crate::device::csta::profiles;
use crate::exchange::switch::{
    AgentState, Button, DeviceId, Distribution, Forward, ForwardingType, GroupSettings, Limits, Script,
    ServiceError, StationSettings, Switch, TrunkSettings,
};
use crate::time::SimTime;

const NOW: SimTime = SimTime::ZERO;
const NUMBER: &str = "give every device a number of its own, or a range such as 201-299";
const REFERENCE: &str = "name a number that is described here";
const TIME: &str = "write a time such as 500ms, 12s or 3min";
const SCRIPT: &str =
    "write `busy`, `answers after 2s`, `answers after 2s for 10s`, `refuses after 1s` or `never answers`";

/// The text, for errors with their place.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
}

impl Source<'_> {
    pub(super) fn error(&self, span: Range<usize>, message: impl Into<String>, remedy: &str) -> PbxError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        PbxError::Invalid {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            message: message.into(),
            remedy: remedy.to_owned(),
        }
    }

    /// Reads a short text, or tells where it is wrong.
    fn read<T>(
        &self,
        text: &Text,
        what: &str,
        read: impl Fn(&str) -> Option<T>,
        remedy: &str,
    ) -> Result<T, PbxError> {
        read(text.get_ref()).ok_or_else(|| {
            let message = format!("`{}` is no {what}", text.get_ref());
            self.error(text.span(), message, remedy)
        })
    }

    fn time(&self, text: Option<&Text>) -> Result<Option<Duration>, PbxError> {
        text.map(|text| self.read(text, "time", text::duration, TIME))
            .transpose()
    }

    fn script(&self, text: Option<&Text>) -> Result<Option<Script>, PbxError> {
        text.map(|text| self.read(text, "script", text::script, SCRIPT))
            .transpose()
    }

    /// How many there are of something that there must be `least` of.
    fn count(&self, count: Option<&Count>, least: usize) -> Result<Option<usize>, PbxError> {
        match count {
            Some(count) if *count.get_ref() < least => {
                let message = format!("{} is too few", count.get_ref());
                Err(self.error(count.span(), message, &format!("write {least} or more")))
            }
            count => Ok(count.map(|count| *count.get_ref())),
        }
    }

    /// A profile that there is.
    fn profile(&self, name: Option<&Text>) -> Result<Option<String>, PbxError> {
        let Some(name) = name else { return Ok(None) };
        let known = profiles().map(|profile| profile.name);
        if known.contains(&name.get_ref().as_str()) {
            return Ok(Some(name.get_ref().clone()));
        }
        let message = format!("`{}` is no profile", name.get_ref());
        Err(self.error(
            name.span(),
            message,
            &format!("write one of {}", known.join(", ")),
        ))
    }

    fn device(&self, switch: &Switch, number: &Text) -> Result<DeviceId, PbxError> {
        self.read(number, "device here", |number| switch.device(number), REFERENCE)
    }

    /// What the switch refused, at the place that asked for it.
    fn accept<T>(&self, done: Result<T, ServiceError>, at: &Text, remedy: &str) -> Result<T, PbxError> {
        done.map_err(|error| {
            let message = format!("`{}` is refused ({error})", at.get_ref());
            self.error(at.span(), message, remedy)
        })
    }

    pub(super) fn pbx(&self, from: PbxFile) -> Result<Pbx, PbxError> {
        let mut switch = Switch::new(self.limits(&from.limits)?);
        let mut extensions = Vec::new();
        for extension in &from.extension {
            extensions.push((extension, self.extension(&mut switch, extension)?));
        }
        for place in &from.park {
            for number in self.read(&place.number, "number", text::numbers, NUMBER)? {
                self.accept(switch.add_park_slot(&number), &place.number, NUMBER)?;
            }
        }
        for place in &from.voice_mail {
            let number = self.read(&place.number, "number", text::number, NUMBER)?;
            let added = switch.add_voice_mail(&number);
            self.accept(added, &place.number, NUMBER)?;
        }
        for trunk in &from.trunk {
            self.trunk(&mut switch, trunk)?;
        }
        for group in &from.group {
            self.group(&mut switch, group)?;
        }
        for routeing in &from.routeing {
            self.routeing(&mut switch, routeing)?;
        }
        for agent in &from.agent {
            self.agent(&mut switch, agent)?;
        }
        for (extension, devices) in extensions {
            for device in devices {
                self.features(&mut switch, extension, device)?;
            }
        }
        while switch.poll_event().is_some() {}
        Ok(Pbx {
            name: from.name,
            profile: self.profile(from.profile.as_ref())?,
            quirks: self.quirks(&from.quirks)?,
            switch,
        })
    }

    fn quirks(&self, from: &QuirksTable) -> Result<Quirks, PbxError> {
        let keep_alive = match &from.keep_alive {
            Some(text) if text.get_ref() == "never" => Some(None),
            text => self.time(text.as_ref())?.map(Some),
        };
        if let Some(edition) = &from.edition
            && !(3..=6).contains(edition.get_ref())
        {
            let message = format!("there is no edition {} of ECMA-323 here", edition.get_ref());
            return Err(self.error(edition.span(), message, "write 3, 4, 5 or 6"));
        }
        Ok(Quirks {
            announces_status: from.announces_status,
            timestamps: from.timestamps,
            keep_alive,
            clients: self.count(from.clients.as_ref(), 1)?,
            monitors: self.count(from.monitors.as_ref(), 1)?,
            monitors_per_object: self.count(from.monitors_per_object.as_ref(), 1)?,
            session: self.time(from.session.as_ref())?,
            edition: from.edition.as_ref().map(|edition| *edition.get_ref()),
            prefix: from.prefix.clone(),
            prolog: from.prolog,
        })
    }

    fn limits(&self, from: &LimitsTable) -> Result<Limits, PbxError> {
        let usual = Limits::default();
        Ok(Limits {
            conference_members: self
                .count(from.conference_members.as_ref(), 3)?
                .unwrap_or(usual.conference_members),
            diversions: from.diversions.unwrap_or(usual.diversions),
            calls: self.count(from.calls.as_ref(), 1)?.unwrap_or(usual.calls),
            interdigit_timeout: self
                .time(from.interdigit_timeout.as_ref())?
                .unwrap_or(usual.interdigit_timeout),
            no_answer: self.time(from.no_answer.as_ref())?.unwrap_or(usual.no_answer),
            auto_hold: from.auto_hold.unwrap_or(usual.auto_hold),
            transfer_to_failed: from.transfer_to_failed.unwrap_or(usual.transfer_to_failed),
            park_recall: self.time(from.park_recall.as_ref())?,
            route_timeout: self
                .time(from.route_timeout.as_ref())?
                .unwrap_or(usual.route_timeout),
        })
    }

    fn extension(&self, switch: &mut Switch, from: &Extension) -> Result<Vec<DeviceId>, PbxError> {
        let settings = StationSettings {
            name: from.name.clone(),
            max_calls: self
                .count(from.max_calls.as_ref(), 1)?
                .unwrap_or(StationSettings::default().max_calls),
            call_waiting: from.call_waiting,
            auto_answer: from.auto_answer,
            offers: from.offers,
            pickup_group: from.pickup_group,
            script: self.script(from.script.as_ref())?,
        };
        let numbers = self.read(&from.number, "number", text::numbers, NUMBER)?;
        let added = numbers.iter().map(|number| {
            let added = switch.add_station(number, settings.clone());
            self.accept(added, &from.number, NUMBER)
        });
        added.collect()
    }

    /// What is set on an extension once all devices are known.
    fn features(&self, switch: &mut Switch, from: &Extension, device: DeviceId) -> Result<(), PbxError> {
        let at = &from.number;
        let accept = |done| self.accept(done, at, REFERENCE);
        for forward in &from.forward {
            let remedy = "write a type of ECMA-269 such as forwardImmediate, forwardBusy or forwardNoAns";
            let when = self.read(
                &forward.when,
                "forwarding type",
                ForwardingType::from_name,
                remedy,
            )?;
            let rule = Forward {
                to: forward.to.get_ref().as_str().into(),
                ring_duration: self.time(forward.after.as_ref())?,
            };
            let set = switch.set_forwarding(device, when, Some(rule), NOW);
            self.accept(
                set,
                &forward.to,
                "forward to a number other than the device's own",
            )?;
        }
        for lamp in &from.lamps {
            accept(switch.add_lamp(device, *lamp))?;
        }
        for button in &from.button {
            let information = Button {
                label: button.label.as_str().into(),
                number: button.number.as_str().into(),
            };
            accept(switch.set_button_information(device, button.button, information, NOW))?;
        }
        if let Some(display) = &from.display {
            accept(switch.set_display(device, display, NOW))?;
        }
        if from.do_not_disturb {
            accept(switch.set_do_not_disturb(device, true, NOW))?;
        }
        if from.message_waiting {
            accept(switch.set_message_waiting(device, true, NOW))?;
        }
        if from.out_of_service {
            accept(switch.set_in_service(device, false, NOW))?;
        }
        Ok(())
    }

    fn trunk(&self, switch: &mut Switch, from: &Trunk) -> Result<(), PbxError> {
        let circuits = self.count(Some(&from.circuits), 1)?.unwrap_or(1);
        let mut settings = TrunkSettings {
            name: from.name.get_ref().clone(),
            circuits: u32::try_from(circuits).unwrap_or(u32::MAX),
            prefixes: from.prefixes.clone(),
            others: self.script(from.others.as_ref())?,
            ..TrunkSettings::default()
        };
        for (number, script) in &from.far {
            let script = self.read(script, "script", text::script, SCRIPT)?;
            settings.far_ends.insert(number.as_str().into(), script);
        }
        let remedy = "give each trunk group a name and prefixes of its own, in digits";
        self.accept(switch.add_trunk_group(settings), &from.name, remedy)?;
        Ok(())
    }

    fn group(&self, switch: &mut Switch, from: &Group) -> Result<(), PbxError> {
        let remedy = "write linear, circular, longest idle or all";
        let distribution = from
            .distribution
            .as_ref()
            .map(|text| self.read(text, "distribution", text::distribution, remedy))
            .transpose()?;
        let members: Result<Vec<DeviceId>, PbxError> = from
            .members
            .iter()
            .map(|member| self.device(switch, member))
            .collect();
        let settings = GroupSettings {
            name: from.name.clone(),
            members: members?,
            distribution: distribution.unwrap_or(Distribution::Linear),
            agents_only: from.agents_only,
            ring_time: self.time(from.ring_time.as_ref())?,
            queue: from.queue,
            max_wait: self.time(from.max_wait.as_ref())?,
            overflow: from.overflow.as_ref().map(|to| Arc::from(to.get_ref().as_str())),
        };
        let number = self.read(&from.number, "number", text::number, NUMBER)?;
        self.accept(switch.add_group(&number, settings), &from.number, NUMBER)?;
        Ok(())
    }

    fn routeing(&self, switch: &mut Switch, from: &Routeing) -> Result<(), PbxError> {
        let number = self.read(&from.number, "number", text::number, NUMBER)?;
        let default = self.read(&from.default, "number", text::number, REFERENCE)?;
        if default == number {
            let message = format!("`{default}` would route its calls to itself");
            return Err(self.error(from.default.span(), message, "name another number"));
        }
        let device = self.accept(
            switch.add_routeing_device(&number, &default),
            &from.number,
            NUMBER,
        )?;
        let set = switch.set_routeing_mode(device, from.asks, NOW);
        self.accept(set, &from.number, NUMBER)
    }

    fn agent(&self, switch: &mut Switch, from: &AgentTable) -> Result<(), PbxError> {
        let device = self.device(switch, &from.at)?;
        let group = from
            .group
            .as_ref()
            .map(|group| self.device(switch, group))
            .transpose()?;
        let after_call = self.time(from.after_call.as_ref())?.unwrap_or_default();
        let logged_on = switch.log_on(device, from.id.get_ref(), group, after_call, NOW);
        let remedy = "log each agent on once, at a member of the group";
        self.accept(logged_on, &from.id, remedy)?;
        if let Some(state) = &from.state {
            let remedy = "write agentReady or agentNotReady";
            let known = self.read(state, "state of an agent", AgentState::from_name, remedy)?;
            self.accept(switch.set_agent_state(device, known, NOW), state, remedy)?;
        }
        Ok(())
    }
}
