//! Calls and returns.

use offhook_host_protocol::Arg;

use super::Renderer;
use super::ui::library_name;
use crate::trace::Party;
use crate::trace::lanes::Lane;
use crate::trace::normalize::portless;
use crate::tspi::marshal::{arguments, returned};
use crate::tspi::{Filler, Function, HandleKind, Kind, Mode, Value, Version, render_result};

impl Renderer {
    fn version(&self, by: &Party) -> Version {
        self.versions.get(by).copied().unwrap_or(Version::V3_1)
    }

    pub(super) fn call(
        &mut self,
        name: &str,
        by: &Party,
        seq: u32,
        function: &'static Function,
        args: &[Arg],
    ) {
        let version = self.version(by);
        let lane = match self.at_once.get(&(by.clone(), seq)) {
            Some(place) => Lane::Thread(name.to_owned(), *place),
            None => self.lane_of(name, by, function, args),
        };
        self.calls.insert((by.clone(), seq), (function, lane.clone()));
        let dialog = self.is_dialog(function, args);
        let mut shown = Vec::new();
        for (parameter, value) in arguments(function, args, version) {
            let Some(place) = function.arg(parameter) else {
                continue;
            };
            if matches!(value, Value::Room(_) | Value::Procedure(_) | Value::Absent) {
                continue;
            }
            if let (Kind::Handle(_), Value::Handle(ht)) = (function.args[place].kind, &value)
                && let Some(rest) = parameter.strip_prefix("ht")
            {
                self.makes.insert((by.clone(), seq, format!("lphd{rest}")), *ht);
            }
            let value = match (parameter, &value) {
                ("dwObjectID", Value::Wide(hd)) if dialog => {
                    let known = self.names.known(by, "hddialog", *hd);
                    known.map_or_else(|| value.to_string(), str::to_owned)
                }
                _ => self.value(by, function.args[place].kind, &value),
            };
            shown.push(format!("{parameter}={value}"));
        }
        let text = format!("{}({})", function.name, shown.join(", "));
        self.line(&lane, &text);
    }

    pub(super) fn returned(&mut self, by: &Party, seq: u32, result: i32, outs: &[(u8, Vec<u8>)]) {
        let Some((function, lane)) = self.calls.get(&(by.clone(), seq)).cloned() else {
            return;
        };
        let outcome = match function.mode {
            Mode::Async if result > 0 => self.names.name(by, "request", result as u64),
            _ => render_result(result),
        };
        let mut text = format!("  -> {outcome}");
        let mut members = Vec::new();
        if result >= 0 {
            for (parameter, value) in returned(function, outs, self.version(by)) {
                let Some(place) = function.arg(parameter) else {
                    continue;
                };
                // Of a version that is none, as one that was left as it was, no layout is known.
                if let ("lpdwTSPIVersion", Value::Version(version)) = (parameter, &value)
                    && (Version::V1_3..=Version::V3_1).contains(version)
                {
                    self.versions.insert(by.clone(), *version);
                }
                match (function.args[place].kind, &value) {
                    (Kind::OutStruct(_), Value::Struct(fields)) => {
                        members.extend(shown_members(function, place, fields))
                    }
                    (kind, value) => {
                        let value = match self.made(by, seq, parameter, kind, value) {
                            Some(name) => name,
                            None => self.value(by, kind, value),
                        };
                        text.push_str(&format!(", *{parameter}={value}"));
                    }
                }
            }
        }
        self.line(&lane, &text);
        for member in members {
            self.line(&lane, &format!("     {member}"));
        }
    }

    /// The name of a handle that the provider gave for one of TAPI's.
    fn made(&mut self, by: &Party, seq: u32, parameter: &str, kind: Kind, value: &Value) -> Option<String> {
        let (Kind::OutHandle(handle), Value::Handle(hd)) = (kind, value) else {
            return None;
        };
        if value.is_unfilled() {
            return None;
        }
        let ht = *self.makes.get(&(by.clone(), seq, parameter.to_owned()))?;
        let own = handle_name(handle)?;
        Some(self.names.name_after(by, (own.strip_prefix("hd")?, ht), own, *hd))
    }

    /// A value with its stable name where it is a handle or a request id.
    fn value(&mut self, by: &Party, kind: Kind, value: &Value) -> String {
        let number = match value {
            value if value.is_unfilled() => return value.to_string(),
            Value::Text(path) if matches!(kind, Kind::OutString { .. }) => {
                return format!("{:?}", library_name(path));
            }
            Value::Handle(number) | Value::Wide(number) => *number,
            Value::Number(number, _) => u64::from(*number),
            _ => return portless(&value.to_string()),
        };
        match kind {
            Kind::RequestId => self.names.name(by, "request", number),
            Kind::Handle(handle) | Kind::OutHandle(handle) => match handle_name(handle) {
                Some(kind) => self.names.name(by, kind, number),
                None => value.to_string(),
            },
            _ => value.to_string(),
        }
    }

    /// What memory holds that a provider fills later than its return.
    pub(super) fn kept(&mut self, by: &Party, seq: u32, outs: &[(u8, Vec<u8>)]) {
        let Some((function, lane)) = self.calls.get(&(by.clone(), seq)).cloned() else {
            return;
        };
        for (parameter, value) in returned(function, outs, self.version(by)) {
            let Some(place) = function.arg(parameter) else {
                continue;
            };
            let text = match (function.args[place].kind, &value) {
                (Kind::OutStruct(_), Value::Struct(fields)) => {
                    format!("{{{}}}", shown_members(function, place, fields).join(", "))
                }
                (kind, value) => self.value(by, kind, value),
            };
            self.line(
                &lane,
                &format!("  {} has filled *{parameter}={text}", function.name),
            );
        }
    }
}

/// The stable name's stem for a handle; handles that the harness gives as they are have none.
fn handle_name(kind: HandleKind) -> Option<&'static str> {
    Some(match kind {
        HandleKind::HtLine => "line",
        HandleKind::HtCall => "call",
        HandleKind::HtPhone => "phone",
        HandleKind::HdLine => "hdline",
        HandleKind::HdCall => "hdcall",
        HandleKind::HdPhone => "hdphone",
        HandleKind::HtMspLine => "msp",
        HandleKind::HdMspLine => "hdmsp",
        HandleKind::HtDialog => "dialog",
        HandleKind::HdDialog => "hddialog",
        _ => return None,
    })
}

/// The members of a structure that say something: not zero, not absent, and the provider's to fill.
fn shown_members(function: &Function, place: usize, fields: &[(&'static str, Value)]) -> Vec<String> {
    let Kind::OutStruct(of) = function.args[place].kind else {
        return Vec::new();
    };
    let says_something = |name: &str, value: &Value| {
        let tapis = of
            .member(name)
            .is_some_and(|member| member.filler == Filler::Tapi)
            || of
                .part(name)
                .is_some_and(|(size, ..)| size.filler == Filler::Tapi);
        !tapis
            && !matches!(
                value,
                Value::Absent | Value::Time(_) | Value::Number(0, _) | Value::Handle(0) | Value::Wide(0)
            )
    };
    let shown = fields.iter().filter(|(name, value)| says_something(name, value));
    shown
        .map(|(name, value)| format!("{name}={}", portless(&value.to_string())))
        .collect()
}
