//! The messages of `LINEEVENT` and `PHONEEVENT`: who sends them and what their parameters mean.

use super::constants::{
    Family, LINE, LINEBUSYMODE, LINECALLSTATE, LINECONNECTEDMODE, LINEDEVSTATE, LINEDIALTONEMODE,
    LINEDISCONNECTMODE, LINEOFFERINGMODE, LINESPECIALINFO, PHONE, PHONEHOOKSWITCHMODE, PHONESTATE,
};
use super::version::Version;
use Parameter::*;

mod table;
#[cfg(test)]
mod tests;

use table::MESSAGES;

/// A message.
#[derive(Debug)]
pub struct Message {
    /// The documented name.
    pub name: &'static str,
    /// The documentation page.
    pub page: &'static str,
    /// What the handles of the callback name.
    pub about: About,
    /// Who sends it.
    pub sender: Sender,
    /// The first version that has it.
    pub since: Version,
    /// What `dwParam1` to `dwParam3` mean.
    pub params: [Parameter; 3],
}

/// What the handles name that a callback passes before its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// `htLine`; `htCall` is unused.
    Line,
    /// `htLine` and `htCall`.
    Call,
    /// `htPhone`.
    Phone,
    /// In place of `htLine`, the handle that `TSPI_providerEnumDevices` gave the provider.
    Provider,
    /// In place of `htLine`, the dialog instance that `LINE_CREATEDIALOGINSTANCE` gave the provider.
    Dialog,
    /// Nothing; what is passed is unused.
    Nothing,
}

impl About {
    /// The handles in words.
    pub fn words(self) -> &'static str {
        match self {
            About::Line => "htLine",
            About::Call => "htLine, htCall",
            About::Phone => "htPhone",
            About::Provider => "hProvider",
            About::Dialog => "htDlgInst",
            About::Nothing => "none",
        }
    }
}

/// What is wrong with a message, whatever its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageProblem {
    /// TSPI has no such message.
    #[error("message {msg} is none of TSPI's")]
    Unknown {
        /// `dwMsg`.
        msg: u32,
    },
    /// TAPI sends it to applications, and a provider never does.
    #[error("{name} is TAPI's message to applications")]
    TapisAlone {
        /// The message.
        name: &'static str,
    },
    /// The version that was negotiated does not have it.
    #[error("{name} came with version {since}, and {version} was negotiated")]
    NewerThan {
        /// The message.
        name: &'static str,
        /// The first version that has it.
        since: Version,
        /// The version negotiated.
        version: Version,
    },
}

/// What is wrong with a provider's sending this message at this version, if anything.
pub fn problem(msg: u32, version: impl Into<Version>) -> Option<MessageProblem> {
    let Some(message) = message(msg) else {
        return Some(MessageProblem::Unknown { msg });
    };
    let (name, since, version) = (message.name, message.since, version.into());
    if message.sender == Sender::Tapi {
        return Some(MessageProblem::TapisAlone { name });
    }
    (since > version).then_some(MessageProblem::NewerThan { name, since, version })
}

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A provider, to TAPI.
    Provider,
    /// TAPI alone, to applications; a provider never does.
    Tapi,
}

/// What a parameter of a message means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parameter {
    /// Nothing; any value is tolerated.
    Unused,
    /// A number, with the name of what it is.
    Number(&'static str),
    /// Whatever the provider's extension says.
    DeviceSpecific,
    /// A value of a family.
    Of(&'static Family),
    /// A call handle of TAPI's or of the provider's.
    Handle(&'static str),
    /// An address in the provider's process.
    Pointer(&'static str),
    /// Milliseconds of the system's tick count, or zero.
    Ticks,
    /// A digit as a character in the low byte.
    Digit,
    /// The mode that belongs to the call state in `dwParam1` ([`callstate_mode`]).
    CallStateMode,
    /// The detail that belongs to the line state in `dwParam1`, if it stands alone.
    LineStateDetail,
    /// The detail that belongs to the phone state in `dwParam1`, if it stands alone.
    PhoneStateDetail,
}

impl Message {
    /// The number of the message.
    pub fn value(&self) -> u32 {
        LINE.value(self.name)
            .or_else(|| PHONE.value(self.name))
            .expect("a test finds every message in its family")
    }

    /// The parameters that mean something, by name.
    pub fn named_params(&self, params: [u64; 3]) -> Vec<(&'static str, String)> {
        const PLAIN: [&str; 3] = ["dwParam1", "dwParam2", "dwParam3"];
        let shown = (0..3).filter_map(|i| {
            let parameter = self.params[i];
            let value = match parameter {
                Number(_) => params[i].to_string(),
                Handle(_) | Pointer(_) => format!("{:#x}", params[i]),
                _ => parameter.render(params[i], params[0])?,
            };
            Some((parameter.name().unwrap_or(PLAIN[i]), value))
        });
        shown.collect()
    }

    /// The three parameters in words; `None` for those that mean nothing.
    pub fn render_params(&self, params: [u64; 3]) -> [Option<String>; 3] {
        std::array::from_fn(|i| self.params[i].render(params[i], params[0]))
    }
}

/// The family of `dwParam2` of `LINE_CALLSTATE` and of `dwCallStateMode`, for a call state; `None` where the state has none.
pub fn callstate_mode(state: u32) -> Option<&'static Family> {
    match LINECALLSTATE.name_of(state)? {
        "LINECALLSTATE_BUSY" => Some(&LINEBUSYMODE),
        "LINECALLSTATE_CONNECTED" => Some(&LINECONNECTEDMODE),
        "LINECALLSTATE_DIALTONE" => Some(&LINEDIALTONEMODE),
        "LINECALLSTATE_DISCONNECTED" => Some(&LINEDISCONNECTMODE),
        "LINECALLSTATE_OFFERING" => Some(&LINEOFFERINGMODE),
        "LINECALLSTATE_SPECIALINFO" => Some(&LINESPECIALINFO),
        _ => None,
    }
}

impl Parameter {
    /// What it is called; `None` where it has no other name than its place.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Unused | DeviceSpecific => None,
            Number(name) | Handle(name) | Pointer(name) => Some(name),
            Of(family) => Some(family.name),
            Ticks => Some("tick"),
            Digit => Some("digit"),
            CallStateMode => Some("mode"),
            LineStateDetail | PhoneStateDetail => Some("detail"),
        }
    }

    /// What it is, as in `LINECALLSTATE_ value`.
    pub fn words(self) -> String {
        match self {
            Unused => "unused".to_owned(),
            DeviceSpecific => "device-specific".to_owned(),
            Number(name) => name.to_owned(),
            Handle(name) => format!("handle {name}"),
            Pointer(name) => format!("pointer {name}"),
            Of(family) => format!("{}_", family.name),
            Ticks => "tick count".to_owned(),
            Digit => "digit".to_owned(),
            CallStateMode => "mode of the call state".to_owned(),
            LineStateDetail => "detail of the line state".to_owned(),
            PhoneStateDetail => "detail of the phone state".to_owned(),
        }
    }

    fn render(self, value: u64, first: u64) -> Option<String> {
        let hex = || format!("{value:#x}");
        let of = |family: &Family| u32::try_from(value).map_or_else(|_| hex(), |v| family.render(v));
        let first = u32::try_from(first).unwrap_or(0);
        Some(match self {
            Unused => return None,
            Number(name) => format!("{name} {value}"),
            Handle(name) | Pointer(name) => format!("{name} {value:#x}"),
            DeviceSpecific => hex(),
            Of(family) => of(family),
            Ticks => format!("tick {value}"),
            Digit => char::from_u32((value & 0xff) as u32)
                .filter(char::is_ascii_graphic)
                .map_or_else(hex, |digit| format!("'{digit}'")),
            CallStateMode => callstate_mode(first).map_or_else(hex, of),
            LineStateDetail => match LINEDEVSTATE.name_of(first) {
                Some("LINEDEVSTATE_RINGING") => value.to_string(),
                _ if value == 0 => return None,
                _ => hex(),
            },
            PhoneStateDetail => match PHONESTATE.name_of(first) {
                Some(name) if name.ends_with("HOOKSWITCH") => of(&PHONEHOOKSWITCHMODE),
                Some("PHONESTATE_LAMP" | "PHONESTATE_RINGMODE") => value.to_string(),
                _ if value == 0 => return None,
                _ => hex(),
            },
        })
    }
}

/// All messages.
pub fn messages() -> impl Iterator<Item = &'static Message> {
    MESSAGES.iter()
}

/// The message with this number. Line and phone messages share one range, without overlap.
pub fn message(value: u32) -> Option<&'static Message> {
    let name = LINE.name_of(value).or_else(|| PHONE.name_of(value))?;
    message_named(name)
}

/// The message with this name.
pub fn message_named(name: &str) -> Option<&'static Message> {
    MESSAGES.iter().find(|m| m.name == name)
}

/// An event in words, as in `LINE_CALLSTATE(LINECALLSTATE_BUSY, LINEBUSYMODE_STATION, 0)`; an unknown message keeps its number.
pub fn render_event(msg: u32, params: [u64; 3]) -> String {
    let Some(message) = message(msg) else {
        let [a, b, c] = params;
        return format!("message {msg}({a:#x}, {b:#x}, {c:#x})");
    };
    let shown: Vec<String> = message.render_params(params).into_iter().flatten().collect();
    format!("{}({})", message.name, shown.join(", "))
}
