//! Calls of functions made ready: names become handles, and what TAPI itself passes is added.

use super::Stop;
use super::arguments::{Plain, arguments};
use super::steps::Player;
use super::whom::Whom;
use crate::scenario::ast::{Action, Given, Name, NameKind};
use crate::scenario::source::Span;
use crate::scenario::target::{Target, given_for, target};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, HandleKind, Kind, Value, Version, constant_value};

/// A name that a step gives.
pub(super) struct Make {
    pub kind: NameKind,
    pub name: String,
    pub ht: u64,
    /// The out parameter with the provider's handle.
    pub out: &'static str,
}

/// A call that is ready to be made.
pub(super) struct Prepared {
    pub provider: usize,
    /// `None` once it is made.
    call: Option<Call>,
    pub version: Version,
    /// The device that it is about, where it is about one.
    pub device: u32,
    /// TAPI's handle of the line that what it makes stands on.
    pub line: u64,
    pub makes: Vec<Make>,
    pub ends: Vec<String>,
}

impl Prepared {
    /// The call, to be made.
    pub fn take_call(&mut self) -> Result<Call, Stop> {
        let call = self.call.take();
        call.ok_or_else(|| Stop::Bug("a call was to be made twice".to_owned()))
    }
}

impl Player<'_> {
    pub(super) fn prepare(&mut self, action: &Action) -> Result<Prepared, Stop> {
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
                Given::Provider(_) => Plain::Number(u64::from(self.stage.providers[provider].id())),
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
            call: Some(arguments(function, version, &values)?),
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

    /// A value without names.
    fn plain(&mut self, target: &Target<'_>, given: &Given) -> Result<Plain, Stop> {
        Ok(match given {
            Given::New(_, name) => return Err(Stop::Bug(format!("{name} is made where it cannot be"))),
            Given::Name(kind, name) | Given::Last(kind, name) => {
                Plain::Number(self.handle(*kind, name, target.parameter.kind)?)
            }
            Given::Provider(_) => {
                return Err(Stop::Bug("whose provider is meant is not known here".to_owned()));
            }
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
                Value::Absent => {
                    return Err(Stop::Skipped(format!(
                        "its {field} is empty, so that there is nothing to pass"
                    )));
                }
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
                if self.is_disowned(call.provider, call.ht) {
                    let text = format!("nobody owned {name}: TAPI has dropped and closed it");
                    return Err(Stop::failed(text));
                }
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

/// Whether this is the media type that is taken where a step names none.
fn is_usual_media(given: &Given) -> bool {
    let Given::Constants(names) = given else {
        return false;
    };
    matches!(&names[..], [name] if name.node == "LINEMEDIAMODE_DATAMODEM" && name.span == Span::default())
}
