//! Steps by which the application calls functions: names become handles, the call is made, what it gives is kept.

use std::time::{Duration, Instant};

use super::arguments::{Plain, arguments};
use super::expect::{self, Ended};
use super::handles::{Begun, Call as LiveCall, Found, OpenLine, Other};
use super::steps::Player;
use super::tapi::call;
use super::{Invoked, Stop};
use crate::scenario::ast::{Action, Ending, Given, LineRef, Name, NameKind, Outcome, Until};
use crate::scenario::source::Span;
use crate::scenario::target::{Target, given_for, target};
use crate::trace::{Event, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, HandleKind, Kind, Need, Value, Version, constant_value, render_result};

/// How soon a query is made again that did not find what it waits for, where the provider reports nothing meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A name that a step gives.
struct Make {
    kind: NameKind,
    name: String,
    ht: u64,
    /// The out parameter with the provider's handle.
    out: &'static str,
}

/// A call that is ready to be made.
struct Prepared {
    provider: usize,
    call: Call,
    version: Version,
    /// The device that it is about, where it is about one.
    device: u32,
    /// TAPI's handle of the line that what it makes stands on.
    line: u64,
    makes: Vec<Make>,
    ends: Vec<String>,
}

/// A function that lets something be found, by the out parameters that it has for it.
fn finds(function: &Function) -> bool {
    function.args.iter().any(|arg| {
        matches!(
            arg.kind,
            Kind::OutStruct(_)
                | Kind::OutDword(_)
                | Kind::OutVersion
                | Kind::OutDigits { .. }
                | Kind::OutString { .. }
                | Kind::OutBytes { .. }
                | Kind::InOutBytes { .. }
                | Kind::OutGuid
        )
    })
}

impl Player<'_> {
    pub(super) fn act(&mut self, action: &Action, outcome: &Outcome) -> Result<(), Stop> {
        match outcome {
            Outcome::Until(until) => self.query_until(action, until),
            outcome => self.act_once(action, outcome),
        }
    }

    /// Makes a query again until it finds what is waited for. Only the last one is shown, for how many there were is a matter
    /// of time.
    fn query_until(&mut self, action: &Action, until: &Until) -> Result<(), Stop> {
        let within = until.deadline();
        let deadline = Instant::now() + within;
        loop {
            self.act_once(action, &Outcome::Ends(Ending::Completes))?;
            let value = self.its(&until.field)?;
            if expect::holds(&value, &until.comparison) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Stop::failed(format!(
                    "{} is still {value} after {within:?}, not as waited for",
                    until.field
                )));
            }
            if let Some(found) = &self.handles.found {
                self.stage.providers[found.provider].aside(found.seq);
            }
            // Something that happens is worth a look at once; what says nothing of itself is looked for soon.
            let happens =
                |_, event: &Event| matches!(event.what, What::Line(_) | What::Phone(_)).then_some(());
            let seen = self.stage.recorder.len();
            self.watch(seen, LOOK_AGAIN, happens)?;
        }
    }

    fn act_once(&mut self, action: &Action, outcome: &Outcome) -> Result<(), Stop> {
        let Prepared {
            provider,
            call,
            version,
            device,
            line,
            makes,
            ends,
        } = self.prepare(action)?;
        // TAPI fails with LINEERR_OPERATIONUNAVAIL for what is not exported, without asking.
        if action.may_be_missing(outcome)
            && action.function.need != Need::Mandatory
            && !self.stage.providers[provider]
                .missing(&[action.function.name])?
                .is_empty()
        {
            return Ok(());
        }
        let invoked = self.stage.providers[provider].invoke_at(call, version)?;
        let accepted = invoked.result >= 0;
        let mut names = Vec::new();
        if accepted {
            // A request may be taken and end with an error: then it has made nothing, and no handle need be there.
            let lacking = makes.iter().any(|make| given(&invoked, make).is_err());
            let failed = lacking && self.end_of(provider, &invoked)?.0 < 0;
            let makes = if failed { Vec::new() } else { makes };
            for make in makes {
                names.push(make.name.clone());
                self.bind(provider, device, line, make, &invoked)?;
            }
            for name in ends {
                self.handles.end(&name);
            }
        }
        let found = (accepted && finds(invoked.function)).then(|| Found {
            provider,
            seq: invoked.seq,
            function: invoked.function,
            version,
            outs: invoked.outs().to_vec(),
        });
        match outcome {
            Outcome::Until(_) => Err(Stop::Bug("a query is made once here".to_owned())),
            Outcome::Begun(name) => self.begin(provider, name, &invoked, names, found),
            Outcome::Ends(ending) => {
                let ended = self.end_of(provider, &invoked)?;
                if ended.0 < 0 {
                    self.unmake(&names);
                } else if found.is_some() {
                    self.handles.found = found;
                }
                expect::ends_as(invoked.function.name, ending, ended)
            }
        }
    }

    /// How a function ended, by its return or by its completion.
    fn end_of(&mut self, provider: usize, invoked: &Invoked) -> Result<Ended, Stop> {
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
        let within = self.stage.providers[provider].timeout();
        self.completion(provider, invoked.request, invoked.from, within)
            .map(Ended)
    }

    fn begin(
        &mut self,
        provider: usize,
        name: &Name,
        invoked: &Invoked,
        makes: Vec<String>,
        found: Option<Found>,
    ) -> Result<(), Stop> {
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
            makes,
            found,
        };
        self.handles.requests.insert(name.node.clone(), begun);
        Ok(())
    }

    /// What a request that failed was to make is not there: TAPI never calls on with its handles.
    pub(super) fn unmake(&mut self, names: &[String]) {
        for name in names {
            self.handles.end(name);
        }
    }

    fn prepare(&mut self, action: &Action) -> Result<Prepared, Stop> {
        let function = action.function;
        let given = action.arguments();
        let mut targets: Vec<(Target<'_>, &Given)> = Vec::new();
        for (path, given) in given {
            let found = target(function, path).map_err(|lost| Stop::Bug(lost.message))?;
            targets.push((found, given));
        }
        let whom = self.whom(&targets)?;
        if whom.named && self.stage.providers[whom.provider].has_lost(whom.phone, whom.device) {
            let kind = if whom.phone { "phone" } else { "line" };
            return Err(Stop::failed(format!("{kind} {} is gone", whom.device + 1)));
        }
        let provider = whom.provider;
        let mut values: Vec<(Target<'_>, Plain)> = Vec::new();
        let (mut makes, mut ends) = (Vec::new(), Vec::new());
        for (target, given) in targets {
            let plain = match given {
                Given::New(kind, name) => {
                    let ht = self.stage.providers[provider].new_handle();
                    let out = given_for(function, target.parameter.name)
                        .ok_or_else(|| Stop::Bug(format!("{} makes nothing", function.name)))?;
                    makes.push(Make {
                        kind: *kind,
                        name: name.node.clone(),
                        ht,
                        out,
                    });
                    Plain::Number(ht)
                }
                // Calls of extensions are voice calls.
                given if is_usual_media(given) && self.stage.is_extension(provider, whom.device) => {
                    Plain::Number(constant_value("LINEMEDIAMODE_INTERACTIVEVOICE").into())
                }
                Given::Last(_, name) => {
                    ends.push(name.node.clone());
                    self.plain(&target, given)?
                }
                Given::OwnMedia => {
                    let has = self.stage.providers[provider].media_modes(whom.device)?;
                    Plain::Number(u64::from(own_media(has)))
                }
                _ => self.plain(&target, given)?,
            };
            values.push((target, plain));
        }
        self.tapis_own(function, &whom, &mut values)?;
        let version = match whom.phone {
            true => self.stage.providers[provider].phone_version(whom.device),
            false => self.stage.providers[provider].line_version(whom.device),
        };
        Ok(Prepared {
            provider,
            call: arguments(function, version, &values)?,
            version,
            device: whom.device,
            line: whom.line,
            makes,
            ends,
        })
    }

    /// What TAPI itself passes where the step says nothing: handles for what is made, the line of a call, its own
    /// numbers of the provider and its devices.
    fn tapis_own(
        &mut self,
        function: &'static Function,
        whom: &Whom,
        values: &mut Vec<(Target<'_>, Plain)>,
    ) -> Result<(), Stop> {
        for parameter in function.args {
            if values
                .iter()
                .any(|(target, _)| target.parameter.name == parameter.name)
            {
                continue;
            }
            let tapi = &mut self.stage.providers[whom.provider];
            let number = match parameter.kind {
                Kind::Handle(_) if !parameter.optional && given_for(function, parameter.name).is_some() => {
                    Some(tapi.new_handle())
                }
                Kind::Handle(HandleKind::HdLine) if !parameter.optional => self.line_by_ht(whom),
                _ => tapi.own_value(parameter.name),
            };
            if let Some(number) = number {
                let own = target(function, parameter.name).map_err(|lost| Stop::Bug(lost.message))?;
                values.push((own, Plain::Number(number)));
            }
        }
        Ok(())
    }

    fn line_by_ht(&self, whom: &Whom) -> Option<u64> {
        let of_line = |line: &&OpenLine| line.provider == whom.provider && line.ht == whom.line;
        self.handles.lines.values().find(of_line).map(|line| line.hd)
    }

    /// Whom a step is about: the first thing that it names, or else the first provider.
    fn whom(&self, targets: &[(Target<'_>, &Given)]) -> Result<Whom, Stop> {
        let mut whom: Option<Whom> = None;
        for (_, given) in targets {
            let found = match given {
                Given::Name(kind, name) | Given::Last(kind, name) => self.whom_of(*kind, name)?,
                Given::Line(line) => self.device(line, false),
                Given::Phone(phone) => self.device(phone, true),
                Given::Provider(name) => {
                    let named = |provider: &crate::scenario::ast::Provider| provider.name == *name;
                    let provider = self.scenario.providers.iter().position(named);
                    Whom {
                        provider: provider.unwrap_or(0),
                        ..Whom::default()
                    }
                }
                _ => continue,
            };
            whom.get_or_insert(found);
        }
        Ok(whom.unwrap_or_default())
    }

    fn device(&self, line: &LineRef, phone: bool) -> Whom {
        Whom {
            provider: self.scenario.provider_index(line),
            phone,
            device: line.number.node.saturating_sub(1),
            line: 0,
            named: true,
        }
    }

    fn whom_of(&self, kind: NameKind, name: &Name) -> Result<Whom, Stop> {
        Ok(match kind {
            NameKind::Line => {
                let line = self.line(name)?;
                Whom {
                    provider: line.provider,
                    phone: false,
                    device: line.device,
                    line: line.ht,
                    named: false,
                }
            }
            NameKind::Call => {
                let call = self.call(name)?;
                let on = |line: &&OpenLine| line.provider == call.provider && line.ht == call.line;
                Whom {
                    provider: call.provider,
                    phone: false,
                    device: self.handles.lines.values().find(on).map_or(0, |line| line.device),
                    line: call.line,
                    named: false,
                }
            }
            _ => {
                let other = self.other(name)?;
                Whom {
                    provider: other.provider,
                    phone: other.kind == NameKind::Phone,
                    device: other.device,
                    line: other.line,
                    named: false,
                }
            }
        })
    }

    /// A value without names.
    fn plain(&mut self, target: &Target<'_>, given: &Given) -> Result<Plain, Stop> {
        Ok(match given {
            Given::New(_, name) => return Err(Stop::Bug(format!("{name} is made where it cannot be"))),
            Given::Name(kind, name) | Given::Last(kind, name) => {
                Plain::Number(self.handle(*kind, name, target.parameter.kind)?)
            }
            Given::Provider(_) => Plain::Number(u64::from(super::tapi::PROVIDER_ID)),
            Given::Line(line) | Given::Phone(line) => {
                Plain::Number(u64::from(line.number.node.saturating_sub(1)))
            }
            Given::Number(number) => Plain::Number(number.node),
            Given::Constants(names) => Plain::Number(
                names
                    .iter()
                    .fold(0, |bits, name| bits | u64::from(constant_value(name))),
            ),
            Given::Text(text) => Plain::Text(text.node.clone()),
            Given::Bytes(bytes) => Plain::Bytes(bytes.node.clone()),
            Given::Duration(time) => Plain::Number(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            Given::Switch(on) => Plain::Number(u64::from(on.node)),
            Given::Version(version) => Plain::Number(u64::from(version.node)),
            Given::OwnMedia => return Err(Stop::Bug("a media mode of no line".to_owned())),
            Given::Null => Plain::Null,
            Given::Its(field) => match self.its(field)? {
                Value::Text(text) => Plain::Text(text),
                Value::Bytes(bytes) => Plain::Bytes(bytes),
                Value::Wide(number) => Plain::Number(number),
                other => match other.number() {
                    Some(number) => Plain::Number(u64::from(number)),
                    None => {
                        return Err(Stop::failed(format!(
                            "its {field} is {other}, which cannot be passed"
                        )));
                    }
                },
            },
        })
    }

    /// The handle or device id that a name stands for, as the parameter wants it.
    fn handle(&self, kind: NameKind, name: &Name, wanted: Kind) -> Result<u64, Stop> {
        let (ht, hd, device) = match kind {
            NameKind::Line => {
                let line = self.line(name)?;
                (line.ht, line.hd, line.device)
            }
            NameKind::Call => {
                let call = self.call(name)?;
                (call.ht, call.hd, 0)
            }
            _ => {
                let other = self.other(name)?;
                if other.over {
                    return Err(Stop::failed(format!("dialog {name} is over at this point")));
                }
                (other.ht, other.hd, other.device)
            }
        };
        Ok(match wanted {
            Kind::DeviceId => u64::from(device),
            Kind::Handle(
                HandleKind::HtLine
                | HandleKind::HtCall
                | HandleKind::HtPhone
                | HandleKind::HtMspLine
                | HandleKind::HtDialog,
            ) => ht,
            _ => hd,
        })
    }

    fn bind(
        &mut self,
        provider: usize,
        device: u32,
        line: u64,
        make: Make,
        invoked: &Invoked,
    ) -> Result<(), Stop> {
        let from = invoked.from;
        let hd = given(invoked, &make)?;
        match make.kind {
            NameKind::Line => {
                let open = OpenLine {
                    provider,
                    ht: make.ht,
                    hd,
                    device,
                    calls_seen: from,
                    reports_seen: from,
                };
                self.handles.lines.insert(make.name, open);
                // TAPI asks at once which address ids it may pass for the line.
                self.stage.providers[provider]
                    .invoke(call("TSPI_lineGetNumAddressIDs")?.handle("hdLine", hd))?;
            }
            NameKind::Call => {
                let made = LiveCall {
                    provider,
                    line,
                    ht: make.ht,
                    hd,
                    states_seen: from,
                    reports_seen: from,
                };
                self.handles.calls.insert(make.name, made);
            }
            NameKind::Phone | NameKind::MspInstance | NameKind::Dialog => {
                let other = Other {
                    kind: make.kind,
                    provider,
                    ht: make.ht,
                    hd,
                    device,
                    line,
                    over: false,
                    reports_seen: from,
                };
                self.handles.others.insert(make.name, other);
            }
            NameKind::Request => return Err(Stop::Bug("a function made a request".to_owned())),
        }
        Ok(())
    }
}

/// The media mode that an application takes which says none, of those that the line has.
fn own_media(has: Option<u32>) -> u32 {
    let usual = [
        "LINEMEDIAMODE_DATAMODEM",
        "LINEMEDIAMODE_INTERACTIVEVOICE",
        "LINEMEDIAMODE_AUTOMATEDVOICE",
    ];
    let usual = usual.map(constant_value);
    let Some(has) = has else { return usual[0] };
    let first = usual.into_iter().find(|mode| has & mode != 0);
    first.unwrap_or(has & has.wrapping_neg())
}

/// Whom a step is about.
#[derive(Debug, Clone, Copy, Default)]
struct Whom {
    provider: usize,
    /// Whether the device is a phone.
    phone: bool,
    device: u32,
    /// TAPI's handle of the line, 0 where there is none.
    line: u64,
    /// Whether the device is named by its number, rather than by what is open on it.
    named: bool,
}

/// A handle that the provider must have given. TAPI never calls on with a handle it was not given. Microsoft's sample gives 0
/// for an MSP instance of which it keeps nothing.
fn given(invoked: &Invoked, make: &Make) -> Result<u64, Stop> {
    let out = make.out;
    match invoked.number(out) {
        0 if make.kind == NameKind::MspInstance && invoked.wrote(out) => Ok(0),
        0 => Err(Stop::failed(format!(
            "{} succeeded and gave no handle in *{out}",
            invoked.function.name
        ))),
        handle => Ok(handle),
    }
}

/// Whether this is the media type that is taken where a step names none.
fn is_usual_media(given: &Given) -> bool {
    let Given::Constants(names) = given else {
        return false;
    };
    matches!(&names[..], [name] if name.node == "LINEMEDIAMODE_DATAMODEM" && name.span == Span::default())
}
