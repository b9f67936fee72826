//! Plays a scenario's steps: each verb is one call into a provider, one command to the exchange, or a wait.

use super::applications;
use super::expect;
use super::handles::{Begun, Call as LiveCall, Handles, OpenLine, Other};
use super::hardware;
use super::needs;
use super::tapi::call;
use super::{Stage, Stop};
use crate::rules::Probe;
use crate::scenario::ast::{LineRef, Name, NameKind, Scenario, StationAction, Step, StepKind};
use crate::trace::{Event, Party, Waited, What};
use crate::tspi::{Kind, Value, Version, constant_value, decode, returned};
use offhook_sim::{CallerId, SimCommand};
use std::time::{Duration, Instant};

/// How long a modem's set-up is waited for.
const SET_UP: Duration = Duration::from_secs(2);

/// Starts the providers, plays every step, and clears the stage. The record is complete in any case.
pub fn play(scenario: &Scenario, stage: &mut Stage, probe: Option<Probe>) -> Result<(), Stop> {
    let played = start(scenario, stage).and_then(|()| {
        let mut player = Player {
            scenario,
            stage,
            handles: Handles::default(),
        };
        // Neighbours that are made at once are one.
        let is_at_once = |step: &Step| matches!(step.kind, StepKind::AtOnce { .. });
        let mut steps = scenario
            .steps
            .chunk_by(|one, next| is_at_once(one) && is_at_once(next));
        let played = steps.try_for_each(|together| player.steps(together));
        let played = played.and_then(|()| probe.map_or(Ok(()), |probe| probe(player.stage)));
        let closed = if matches!(played, Err(Stop::Died { .. })) {
            Ok(())
        } else {
            player.close_all()
        };
        played.and(closed)
    });
    if matches!(played, Err(Stop::Died { .. })) {
        stage.providers.clear(); // a dead child can be told nothing more
    }
    played.and(stage.clear())
}

fn start(scenario: &Scenario, stage: &mut Stage) -> Result<(), Stop> {
    needs::exports(scenario, stage)?;
    for (provider, declared) in stage.providers.iter_mut().zip(&scenario.providers) {
        if let Some(version) = &declared.version {
            provider.offer_up_to(Version(version.node));
        }
        provider.start()?;
        if provider.lines < declared.lines.node {
            let (has, wants) = (provider.lines, declared.lines.node);
            let text = format!("the provider has {has} line devices, and the scenario needs {wants}");
            // With none at all it was not set up as it should be, and nothing would ever be judged.
            return Err(if has == 0 {
                Stop::failed(text)
            } else {
                Stop::Skipped(text)
            });
        }
    }
    needs::devices(scenario, stage)
}

/// A scenario being played.
pub(super) struct Player<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) stage: &'a mut Stage,
    pub(super) handles: Handles,
}

impl Player<'_> {
    fn steps(&mut self, together: &[Step]) -> Result<(), Stop> {
        match together {
            [step] if !matches!(step.kind, StepKind::AtOnce { .. }) => self.step(step),
            steps => {
                self.attend().map_err(|stop| stop.at_line(steps[0].line))?;
                self.at_once(steps)
            }
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), Stop> {
        let marker = What::Step {
            line: step.line,
            text: step.text.clone(),
        };
        self.attend().map_err(|stop| stop.at_line(step.line))?;
        self.stage.recorder.push(Party::Scenario, marker);
        self.carry_out(&step.kind).map_err(|stop| stop.at_line(step.line))
    }

    fn carry_out(&mut self, kind: &StepKind) -> Result<(), Stop> {
        match kind {
            StepKind::App { action, outcome } => self.act(action, outcome),
            StepKind::AtOnce { .. } => Err(Stop::Bug("what is made at once is no step alone".to_owned())),
            StepKind::Station { number, action } => self.station(&number.node, action),
            StepKind::Change(change) => hardware::change(self.scenario, &self.stage.driver, change)
                .map_err(|error| Stop::failed(error.to_string())),
            StepKind::Cut { line } => self.tell(SimCommand::Cut {
                number: self.scenario.number_of(line),
            }),
            StepKind::RefuseNewCalls { count, provider } => {
                let named = |name: &Name| self.scenario.providers.iter().position(|p| p.name == *name);
                let provider = provider.as_ref().and_then(named).unwrap_or(0);
                self.stage.providers[provider].refuse_new_calls(count.node)
            }
            StepKind::Wait(time) => {
                let from = self.stage.recorder.len();
                self.watch(from, time.node, |_, _| None::<()>).map(drop)
            }
            StepKind::Application { name, wants } => applications::wants(self, name, wants),
            StepKind::Expect(expectation) => expect::expect(self, expectation),
        }
    }

    fn tell(&self, command: SimCommand) -> Result<(), Stop> {
        let told = self.stage.driver.command(command);
        told.map_err(|error| Stop::failed(error.to_string()))
    }

    /// Waits until the modem of a line was asked to tell who calls: a provider may set it up while it is in no function of
    /// TSPI, and a caller who is shown before that is shown to nobody. One that never asks is waited for in vain.
    fn await_caller_id(&self, line: &LineRef) {
        let number = self.scenario.number_of(line);
        let deadline = Instant::now() + SET_UP;
        let remote = self.stage.driver.remote();
        let mut seen = 0;
        let asks = || {
            let lines = remote.status().unwrap_or_default();
            let modem = lines.into_iter().find(|line| line.number == number);
            modem.is_some_and(|modem| modem.has_power && !modem.tells_callers)
        };
        while asks() {
            // Whatever it is asked goes over its wire.
            let left = deadline.saturating_duration_since(Instant::now());
            let wire = |at: usize, event: &Event| {
                matches!(&event.what, What::Wire { number: of, .. } if *of == number).then_some(at)
            };
            match self.stage.recorder.wait(seen, left, wire) {
                Waited::Seen(at) => seen = at + 1,
                Waited::TimedOut => return,
            }
        }
    }

    fn station(&self, number: &str, action: &StationAction) -> Result<(), Stop> {
        if let StationAction::Calls {
            line,
            caller_id: Some(_),
        } = action
        {
            self.await_caller_id(line);
        }
        let number = number.to_owned();
        self.tell(match action {
            StationAction::Calls { line, caller_id } => SimCommand::Call {
                from: number.clone(),
                to: self.scenario.number_of(line),
                caller_id: caller_id.as_ref().map(|id| CallerId {
                    number: Some(id.number.as_ref().map_or(number, |shown| shown.node.clone())),
                    name: id.name.as_ref().map(|name| name.node.clone()),
                }),
            },
            StationAction::Answers => SimCommand::Answer { number },
            StationAction::HangsUp => SimCommand::HangUp { number },
            StationAction::Sends(bytes) => SimCommand::Send {
                number,
                bytes: bytes.node.clone(),
            },
        })
    }

    /// The open line of that name.
    pub(super) fn line(&self, name: &Name) -> Result<OpenLine, Stop> {
        let line = self.handles.lines.get(&name.node).cloned();
        line.ok_or_else(|| self.is_nothing(name, "is no open line at this point"))
    }

    /// The call of that name.
    pub(super) fn call(&self, name: &Name) -> Result<LiveCall, Stop> {
        let call = self.handles.calls.get(&name.node).cloned();
        call.ok_or_else(|| self.is_nothing(name, "is no call at this point"))
    }

    /// Why a name stands for nothing. Where the step that was to make it was allowed to fail, there is nothing more to play.
    fn is_nothing(&self, name: &Name, otherwise: &str) -> Stop {
        match self.handles.unmade.get(&name.node) {
            Some(how) => Stop::Skipped(format!("{name} was not made: {how}")),
            None => Stop::failed(format!("{name} {otherwise}")),
        }
    }

    /// The open phone, MSP instance or dialog instance of that name.
    pub(super) fn other(&self, name: &Name) -> Result<Other, Stop> {
        let other = self.handles.others.get(&name.node).cloned();
        other.ok_or_else(|| self.is_nothing(name, "stands for nothing at this point"))
    }

    /// What stands behind `its NAME`: an out parameter of the function that was called last, or a member of the structure
    /// that it filled. Memory that the provider keeps is read anew.
    pub(super) fn its(&mut self, field: &Name) -> Result<Value, Stop> {
        if let Some(found) = &mut self.handles.found
            && found.function.args.iter().any(|arg| arg.kept)
        {
            let kept = self.stage.providers[found.provider].kept(found.seq)?;
            for (place, bytes) in kept {
                if let Some((_, held)) = found.outs.iter_mut().find(|(index, _)| *index == place) {
                    *held = bytes;
                }
            }
        }
        let Some(found) = &self.handles.found else {
            return Err(Stop::failed(format!(
                "{field} cannot be looked at: no query has succeeded yet"
            )));
        };
        let mut structures = found.outs.iter().filter_map(|(place, bytes)| {
            let arg = found.function.args.get(usize::from(*place))?;
            match arg.kind {
                Kind::OutStruct(structure) => Some(decode(structure, bytes, found.version)),
                _ => None,
            }
        });
        if let Some(value) = structures.find_map(|decoded| decoded.get(field).cloned()) {
            return Ok(value);
        }
        let values = returned(found.function, &found.outs, found.version);
        let value = values.into_iter().find(|(name, _)| *name == field.as_str());
        value.map(|(_, value)| value).ok_or_else(|| {
            Stop::failed(format!(
                "{field} is no member of the structure in the version that was negotiated, or left out"
            ))
        })
    }

    /// Whether the provider has closed a line or a phone by force: its handles are valid no more (`line-close.md`,
    /// `phone-close.md`).
    pub(super) fn is_closed_by_provider(&self, name: &str) -> bool {
        let (provider, ht, message) = if let Some(line) = self.handles.lines.get(name) {
            (line.provider, line.ht, "LINE_CLOSE")
        } else if let Some(phone) = self.handles.others.get(name) {
            (phone.provider, phone.ht, "PHONE_CLOSE")
        } else {
            return false;
        };
        let message = constant_value(message);
        let party = self.stage.providers[provider].party();
        self.stage
            .recorder
            .events()
            .iter()
            .any(|event| match &event.what {
                What::Line(args) | What::Phone(args) => {
                    event.by == party && args.msg == message && args.device == ht
                }
                _ => false,
            })
    }

    /// Closes what the steps left open, as TAPI does when an application ends. What a request was to make that has not
    /// succeeded is not there.
    fn close_all(&mut self) -> Result<(), Stop> {
        self.attend()?;
        let dialogs = self.close_dialogs();
        let unowned = self.close_all_unowned();
        self.close_handles().and(unowned).and(dialogs)
    }

    /// Closes the dialogs that applications still show.
    fn close_dialogs(&mut self) -> Result<(), Stop> {
        let mut first = Ok(());
        for provider in 0..self.stage.providers.len() {
            match self.stage.providers[provider].close_dialogs() {
                Ok(over) => self.forget_dialogs(provider, &over),
                Err(stop) => first = first.and(Err(stop)),
            }
        }
        first
    }

    fn close_handles(&mut self) -> Result<(), Stop> {
        let begun: Vec<Begun> = self.handles.requests.drain().map(|(_, begun)| begun).collect();
        for request in begun {
            let tapi = &self.stage.providers[request.provider];
            if tapi.has_succeeded(request.id, request.from) != Some(true) {
                self.unmake(&request.makes);
            }
        }
        let calls = self.handles.calls.iter();
        let disowned = calls.filter(|(_, call)| self.is_disowned(call.provider, call.ht));
        let disowned: Vec<String> = disowned.map(|(name, _)| name.clone()).collect();
        self.unmake(&disowned);
        let opened = self.handles.lines.keys().chain(self.handles.others.keys());
        let closed: Vec<String> = opened
            .filter(|name| self.is_closed_by_provider(name))
            .cloned()
            .collect();
        self.unmake(&closed);
        let closes =
            self.handles
                .others
                .drain()
                .filter(|(_, other)| !other.over)
                .filter_map(|(name, other)| {
                    Some((
                        rank(other.kind)?,
                        name,
                        other.provider,
                        closing(other.kind)?,
                        other.hd,
                    ))
                })
                .chain(
                    self.handles.calls.drain().map(|(name, call)| {
                        (1, name, call.provider, ("TSPI_lineCloseCall", "hdCall"), call.hd)
                    }),
                )
                .chain(
                    self.handles
                        .lines
                        .drain()
                        .map(|(name, line)| (2, name, line.provider, ("TSPI_lineClose", "hdLine"), line.hd)),
                );
        let mut closes: Vec<_> = closes.collect();
        closes.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        for (_, _, provider, (function, parameter), hd) in closes {
            let tapi = &mut self.stage.providers[provider];
            if tapi.is_started() {
                tapi.invoke(call(function)?.handle(parameter, hd))?;
            }
        }
        Ok(())
    }
}

/// In which order what is left open is closed: what stands on a line before the line.
fn rank(kind: NameKind) -> Option<u8> {
    match kind {
        NameKind::MspInstance | NameKind::Dialog => Some(0),
        NameKind::Call => Some(1),
        NameKind::Line => Some(2),
        NameKind::Phone => Some(3),
        NameKind::Request => None,
    }
}

/// The function that closes such a thing, and its parameter.
fn closing(kind: NameKind) -> Option<(&'static str, &'static str)> {
    match kind {
        NameKind::MspInstance => Some(("TSPI_lineCloseMSPInstance", "hdMSPLine")),
        NameKind::Dialog => Some(("TSPI_providerFreeDialogInstance", "hdDlgInst")),
        NameKind::Phone => Some(("TSPI_phoneClose", "hdPhone")),
        NameKind::Call => Some(("TSPI_lineCloseCall", "hdCall")),
        NameKind::Line => Some(("TSPI_lineClose", "hdLine")),
        NameKind::Request => None,
    }
}
