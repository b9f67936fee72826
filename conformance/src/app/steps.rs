//! Plays a scenario's steps: each verb is one call into a provider, one command to the exchange, or a wait.

use super::expect::{self, Ended};
use super::handles::{Begun, Call as LiveCall, Handles, OpenLine};
use super::stage::{change_command, command};
use super::tapi::call;
use super::{Invoked, Stage, Stop};
use crate::rules::Probe;
use crate::scenario::ast::{
    Action, Name, Outcome, QueryTarget, Scenario, StationAction, Step, StepKind, Structure,
};
use crate::trace::{Party, What};
use crate::tspi::marshal::Call;
use crate::tspi::structures::LINECALLPARAMS;
use crate::tspi::{self, Builder, Version, constant_value, render_result};
use offhook_sim::{CallerId, SimCommand};

/// Starts the providers, plays every step, and clears the stage. The record is complete in any case.
pub fn play(scenario: &Scenario, stage: &mut Stage, probe: Option<Probe>) -> Result<(), Stop> {
    let played = start(scenario, stage).and_then(|()| {
        let mut player = Player {
            scenario,
            stage,
            handles: Handles::default(),
        };
        let played = scenario.steps.iter().try_for_each(|step| player.step(step));
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
    for (provider, declared) in stage.providers.iter_mut().zip(&scenario.providers) {
        provider.start()?;
        if provider.lines < declared.lines.node {
            let (has, wants) = (provider.lines, declared.lines.node);
            return Err(Stop::failed(format!(
                "the provider has {has} line devices, and the scenario needs {wants}"
            )));
        }
    }
    Ok(())
}

/// A scenario being played.
pub(super) struct Player<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) stage: &'a mut Stage,
    pub(super) handles: Handles,
}

impl Player<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Stop> {
        let marker = What::Step {
            line: step.line,
            text: step.text.clone(),
        };
        self.stage.recorder.push(Party::Scenario, marker);
        self.carry_out(&step.kind).map_err(|stop| stop.at_line(step.line))
    }

    fn carry_out(&mut self, kind: &StepKind) -> Result<(), Stop> {
        match kind {
            StepKind::App { action, outcome } => self.act(action, outcome),
            StepKind::Station { number, action } => self.station(&number.node, action),
            StepKind::Change(change) => self.tell(&change_command(self.scenario, change)),
            StepKind::Cut { line } => self.tell(&SimCommand::Cut {
                number: self.scenario.number_of(line),
            }),
            StepKind::Wait(time) => {
                std::thread::sleep(time.node);
                Ok(())
            }
            StepKind::Expect(expectation) => expect::expect(self, expectation),
        }
    }

    fn tell(&self, sim_command: &SimCommand) -> Result<(), Stop> {
        command(&self.stage.driver, sim_command).map_err(|error| Stop::failed(error.to_string()))
    }

    fn station(&self, number: &str, action: &StationAction) -> Result<(), Stop> {
        let number = number.to_owned();
        self.tell(&match action {
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

    fn act(&mut self, action: &Action, outcome: &Outcome) -> Result<(), Stop> {
        let (provider, call, bind) = self.prepare(action)?;
        let invoked = self.stage.providers[provider].invoke(call)?;
        if invoked.result >= 0 {
            self.bind(provider, bind, &invoked)?;
        }
        if let (Action::Query { structure, .. }, true) = (action, invoked.result == 0) {
            self.remember(*structure, provider, &invoked);
        }
        match outcome {
            Outcome::Begun(name) => self.begin(provider, name, &invoked),
            Outcome::Ends(ending) => {
                let ended = self.end_of(provider, &invoked)?;
                expect::ends_as(invoked.function.name, ending, ended)
            }
        }
    }

    /// How a function ended, by its return or by its completion.
    fn end_of(&self, provider: usize, invoked: &Invoked) -> Result<Ended, Stop> {
        if invoked.result < 0 || invoked.request == 0 {
            return Ok(Ended(invoked.result));
        }
        if i64::from(invoked.result) != i64::from(invoked.request) {
            let name = invoked.function.name;
            let text = format!(
                "{name} was given request id {:#x} and returned {}",
                invoked.request, invoked.result
            );
            return Err(Stop::failed(text));
        }
        let tapi = &self.stage.providers[provider];
        tapi.completion(invoked.request, invoked.from, tapi.timeout())
            .map(Ended)
    }

    fn begin(&mut self, provider: usize, name: &Name, invoked: &Invoked) -> Result<(), Stop> {
        if invoked.result <= 0 {
            let function = invoked.function.name;
            return Err(Stop::failed(format!(
                "{function} was not begun: it returned {}",
                render_result(invoked.result)
            )));
        }
        let begun = Begun {
            provider,
            id: invoked.request,
            function: invoked.function.name,
            from: invoked.from,
        };
        self.handles.requests.insert(name.node.clone(), begun);
        Ok(())
    }

    /// The call for an action: which provider, what to call, and what its success binds.
    fn prepare(&mut self, action: &Action) -> Result<(usize, Call, Bind), Stop> {
        let function = action.function();
        let call = call(function)?;
        Ok(match action {
            Action::OpenLine { line, bind } => {
                let provider = self.scenario.provider_index(line);
                let tapi = &mut self.stage.providers[provider];
                let (ht, device) = (tapi.new_handle(), line.number.node - 1);
                let call = call
                    .dword("dwDeviceID", device)
                    .handle("htLine", ht)
                    .dword("dwTSPIVersion", tapi.version.0);
                (
                    provider,
                    call,
                    Bind::Line {
                        name: bind.node.clone(),
                        ht,
                        device,
                    },
                )
            }
            Action::CloseLine { line } => {
                let line_handle = self.line(line)?;
                (
                    line_handle.provider,
                    call.handle("hdLine", line_handle.hd),
                    Bind::CloseLine(line.node.clone()),
                )
            }
            Action::WatchIncoming { line, media } => {
                let line = self.line(line)?;
                let call = call.handle("hdLine", line.hd).dword("dwMediaModes", modes(media));
                (line.provider, call, Bind::Nothing)
            }
            Action::MakeCall {
                bind,
                line,
                to,
                media,
            } => {
                let line = self.line(line)?;
                let ht = self.stage.providers[line.provider].new_handle();
                let params = call_params(modes(media), self.stage.providers[line.provider].version)?;
                let mut call = call
                    .handle("hdLine", line.hd)
                    .handle("htCall", ht)
                    .structure("lpCallParams", params);
                if let Some(to) = to {
                    call = call.text("lpszDestAddress", &to.node);
                }
                (
                    line.provider,
                    call,
                    Bind::Call {
                        name: bind.node.clone(),
                        ht,
                        line: line.ht,
                    },
                )
            }
            Action::Dial { digits, call: of } => {
                let of = self.call(of)?;
                (
                    of.provider,
                    call.handle("hdCall", of.hd).text("lpszDestAddress", &digits.node),
                    Bind::Nothing,
                )
            }
            Action::Answer { call: of } | Action::Accept { call: of } | Action::Drop { call: of } => {
                let of = self.call(of)?;
                (of.provider, call.handle("hdCall", of.hd), Bind::Nothing)
            }
            Action::CloseCall { call: of } => {
                let handle = self.call(of)?;
                (
                    handle.provider,
                    call.handle("hdCall", handle.hd),
                    Bind::CloseCall(of.node.clone()),
                )
            }
            Action::SendDigits { digits, call: of } => {
                let of = self.call(of)?;
                let call = call
                    .handle("hdCall", of.hd)
                    .dword("dwEndToEndID", 1)
                    .dword("dwDigitMode", constant_value("LINEDIGITMODE_DTMF"))
                    .text("lpszDigits", &digits.node);
                (of.provider, call, Bind::Nothing)
            }
            Action::SetMediaMode { call: of, media } => {
                let of = self.call(of)?;
                (
                    of.provider,
                    call.handle("hdCall", of.hd).dword("dwMediaMode", modes(media)),
                    Bind::Nothing,
                )
            }
            Action::Query { structure, of } => self.prepare_query(call, *structure, of)?,
        })
    }

    fn prepare_query(
        &mut self,
        call: Call,
        structure: Structure,
        of: &QueryTarget,
    ) -> Result<(usize, Call, Bind), Stop> {
        let (provider, call) = match of {
            QueryTarget::Call(name) => {
                let of = self.call(name)?;
                (of.provider, call.handle("hdCall", of.hd))
            }
            QueryTarget::OpenLine(name) => {
                let line = self.line(name)?;
                match structure {
                    Structure::DevCaps | Structure::AddressCaps => {
                        (line.provider, self.about_device(call, line.provider, line.device))
                    }
                    _ => (line.provider, call.handle("hdLine", line.hd)),
                }
            }
            QueryTarget::Line(line) => {
                let provider = self.scenario.provider_index(line);
                (provider, self.about_device(call, provider, line.number.node - 1))
            }
        };
        Ok((provider, call, Bind::Nothing))
    }

    fn about_device(&self, call: Call, provider: usize, device: u32) -> Call {
        call.dword("dwDeviceID", device)
            .dword("dwTSPIVersion", self.stage.providers[provider].version.0)
    }

    /// Keeps what a query filled, for `expect its …`.
    fn remember(&mut self, structure: Structure, provider: usize, invoked: &Invoked) {
        let version = self.stage.providers[provider].version;
        let argument = invoked
            .function
            .args
            .iter()
            .find(|arg| matches!(arg.kind, tspi::Kind::OutStruct(_)));
        let bytes = argument.and_then(|arg| invoked.out(arg.name));
        let described = tspi::structure(structure.name());
        self.handles.queried = described
            .zip(bytes)
            .map(|(described, bytes)| tspi::decode(described, bytes, version));
    }

    fn bind(&mut self, provider: usize, bind: Bind, invoked: &Invoked) -> Result<(), Stop> {
        let from = invoked.from;
        match bind {
            Bind::Nothing => {}
            Bind::Line { name, ht, device } => {
                let hd = given(invoked, "lphdLine")?;
                let line = OpenLine {
                    provider,
                    ht,
                    hd,
                    device,
                    calls_seen: from,
                    reports_seen: from,
                };
                self.handles.lines.insert(name, line);
                // TAPI asks at once which address ids it may pass for the line.
                self.stage.providers[provider]
                    .invoke(call("TSPI_lineGetNumAddressIDs")?.handle("hdLine", hd))?;
            }
            Bind::Call { name, ht, line } => {
                let hd = given(invoked, "lphdCall")?;
                let call = LiveCall {
                    provider,
                    line,
                    ht,
                    hd,
                    states_seen: from,
                    reports_seen: from,
                };
                self.handles.calls.insert(name, call);
            }
            Bind::CloseLine(name) => {
                let closed = self.handles.lines.remove(&name);
                if let Some(closed) = closed {
                    self.handles
                        .calls
                        .retain(|_, call| call.line != closed.ht || call.provider != provider);
                }
            }
            Bind::CloseCall(name) => drop(self.handles.calls.remove(&name)),
        }
        Ok(())
    }

    /// The open line of that name.
    pub(super) fn line(&self, name: &Name) -> Result<OpenLine, Stop> {
        let line = self.handles.lines.get(&name.node).cloned();
        line.ok_or_else(|| Stop::failed(format!("{name} is no open line at this point")))
    }

    /// The call of that name.
    pub(super) fn call(&self, name: &Name) -> Result<LiveCall, Stop> {
        let call = self.handles.calls.get(&name.node).cloned();
        call.ok_or_else(|| Stop::failed(format!("{name} is no call at this point")))
    }

    /// Closes what the steps left open, as TAPI does when an application ends.
    fn close_all(&mut self) -> Result<(), Stop> {
        let calls: Vec<LiveCall> = self.handles.calls.drain().map(|(_, call)| call).collect();
        let lines: Vec<OpenLine> = self.handles.lines.drain().map(|(_, line)| line).collect();
        for open in calls {
            let close = call("TSPI_lineCloseCall")?.handle("hdCall", open.hd);
            self.stage.providers[open.provider].invoke(close)?;
        }
        for line in lines {
            let close = call("TSPI_lineClose")?.handle("hdLine", line.hd);
            self.stage.providers[line.provider].invoke(close)?;
        }
        Ok(())
    }
}

/// What the success of an action binds or unbinds.
enum Bind {
    Nothing,
    Line { name: String, ht: u64, device: u32 },
    Call { name: String, ht: u64, line: u64 },
    CloseLine(String),
    CloseCall(String),
}

/// A handle that the provider must have given. TAPI never calls on with a handle it was not given.
fn given(invoked: &Invoked, out: &str) -> Result<u64, Stop> {
    match invoked.number(out) {
        0 => Err(Stop::failed(format!(
            "{} succeeded and gave no handle in *{out}",
            invoked.function.name
        ))),
        handle => Ok(handle),
    }
}

fn modes(media: &[Name]) -> u32 {
    Action::media_modes(media)
        .into_iter()
        .fold(0, |bits, name| bits | constant_value(name))
}

/// `LINECALLPARAMS` of a data call with these media modes, and the rest as TAPI's defaults have it.
fn call_params(media: u32, version: Version) -> Result<Vec<u8>, Stop> {
    Builder::new(&LINECALLPARAMS, version)
        .number("dwBearerMode", constant_value("LINEBEARERMODE_VOICE"))
        .number("dwMinRate", 300)
        .number("dwMaxRate", 115_200)
        .number("dwMediaMode", media)
        .number("dwAddressMode", constant_value("LINEADDRESSMODE_ADDRESSID"))
        .build()
        .map_err(|error| Stop::Bug(error.to_string()))
}
