//! A trace as a person reads it: the scenario's steps, and below each what crossed which boundary.

use std::collections::{HashMap, HashSet};

use offhook_host_protocol::Arg;
use offhook_sim::ExchangeEvent;

use super::lanes::{Lane, SEPARATOR};
use super::normalize::{WireLines, portless, short_numbers};
use super::{CallbackArgs, Event, HostNote, Names, Party, What};
use crate::tspi::marshal::{arguments, returned};
use crate::tspi::messages::Parameter;
use crate::tspi::{
    Filler, Function, HandleKind, Kind, Mode, Value, Version, constant_value, message, render_constant,
    render_event, render_result,
};

/// Renders a whole trace.
pub fn render(events: &[Event]) -> String {
    let asides = events.iter().filter_map(|event| match event.what {
        What::Aside { seq } => Some((event.by.clone(), seq)),
        _ => None,
    });
    let mut renderer = Renderer {
        asides: asides.collect(),
        ..Renderer::default()
    };
    for event in events {
        renderer.event(event);
    }
    renderer.finish()
}

/// The lines of some events alone, in their order, with the names that they have in the whole trace.
pub fn render_only(events: &[Event], wanted: &[usize]) -> Vec<String> {
    let mut renderer = Renderer::default();
    let mut lines = Vec::new();
    let last = wanted.iter().max().map_or(0, |last| last + 1);
    for (at, event) in events.iter().enumerate().take(last) {
        let before = renderer.text.len();
        renderer.event(event);
        if wanted.contains(&at) {
            lines.extend(renderer.text[before..].lines().map(str::to_owned));
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

#[derive(Default)]
struct Renderer {
    text: String,
    names: Names,
    wires: HashMap<(String, bool), WireLines>,
    calls: HashMap<(Party, u32), &'static Function>,
    /// TAPI's handles of what calls make, by the out parameter with the provider's.
    makes: HashMap<(Party, u32, String), u64>,
    versions: HashMap<Party, Version>,
    /// Calls that are not shown.
    asides: HashSet<(Party, u32)>,
    /// Lines that ring: only the first ring of each call is shown, for how many there are is a matter of time.
    ringing: HashSet<String>,
    /// Data of the exchange that came in pieces.
    data: Option<(String, Vec<u8>)>,
}

impl Renderer {
    fn line(&mut self, lane: &Lane, text: &str) {
        self.text.push_str(&format!("{lane}{SEPARATOR}{text}\n"));
    }

    fn event(&mut self, event: &Event) {
        let by = &event.by;
        match (&event.what, by) {
            (What::Step { line, text }, _) => self.text.push_str(&format!("\n-- {line}: {text}\n")),
            (
                What::Wire {
                    number,
                    to_device,
                    bytes,
                },
                _,
            ) => self.wire(number, *to_device, bytes),
            (What::Exchange(event), _) => self.exchange(event),
            (What::Switch(step), _) => self.line(&Lane::Exchange, &step.text),
            (
                What::Csta {
                    to_switch: true,
                    text,
                },
                _,
            ) => self.line(&Lane::ToSwitch, &short_numbers(text)),
            (What::Csta { text, .. }, _) => self.line(&Lane::FromSwitch, &short_numbers(text)),
            (What::PortFailed { number, message }, _) => {
                self.line(
                    &Lane::Exchange,
                    &format!("the port of {number} failed: {message}"),
                );
            }
            (_, Party::Provider(name)) => self.provider(name, event),
            _ => {}
        }
    }

    fn provider(&mut self, name: &str, event: &Event) {
        let by = &event.by;
        match &event.what {
            What::Call { seq, .. } | What::Return { seq, .. }
                if self.asides.contains(&(by.clone(), *seq)) => {}
            What::Aside { .. } => {}
            What::Call { seq, function, args } => self.call(name, by, *seq, function, args),
            What::Return { seq, result, outs } => self.returned(name, by, *seq, *result, outs),
            What::NotExported { .. } => self.line(&Lane::App(name.to_owned()), "  is not exported"),
            What::Completed { request, result } => {
                let request = self.names.name(by, "request", u64::from(*request));
                let text = format!("ASYNC_COMPLETION({request}, {})", render_result(*result));
                self.line(&Lane::Event(name.to_owned()), &text);
            }
            What::Line(args) => self.callback(name, by, args, "line"),
            What::Phone(args) => self.callback(name, by, args, "phone"),
            What::Kept { seq, outs } => self.kept(name, by, *seq, outs),
            What::Ui {
                object,
                kind,
                params,
                answer,
            } => self.ui(name, by, (*object, *kind), params, answer.as_ref()),
            What::Dialog {
                request,
                hd,
                ht,
                ui_dll,
                params,
                ..
            } => {
                let request = self.names.name(by, "request", u64::from(*request));
                let hd = self.names.name_after(by, ("dialog", *ht), "hddialog", *hd);
                let ht = self.names.name(by, "dialog", *ht);
                let text = format!(
                    "LINE_CREATEDIALOGINSTANCE for {request}: {ht} is {hd}, lpszUIDLLName={:?}, lpParams={}",
                    library_name(ui_dll),
                    Value::Bytes(params.clone())
                );
                self.line(&Lane::Event(name.to_owned()), &text);
            }
            What::Host(HostNote::Silent) => {}
            What::Host(note) => {
                let text = match note {
                    HostNote::Loaded => "provider loaded".to_owned(),
                    HostNote::Died(how) => format!("provider died: {how}"),
                    HostNote::Silent | HostNote::Ended => "process ended as told".to_owned(),
                };
                self.line(&Lane::Host(name.to_owned()), &text);
            }
            What::Step { .. }
            | What::Wire { .. }
            | What::Exchange(_)
            | What::Switch(_)
            | What::Csta { .. }
            | What::PortFailed { .. } => {}
        }
    }

    fn version(&self, by: &Party) -> Version {
        self.versions.get(by).copied().unwrap_or(Version::V3_1)
    }

    fn call(&mut self, name: &str, by: &Party, seq: u32, function: &'static Function, args: &[Arg]) {
        self.calls.insert((by.clone(), seq), function);
        let version = self.version(by);
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
            let value = self.value(by, function.args[place].kind, &value);
            shown.push(format!("{parameter}={value}"));
        }
        let text = format!("{}({})", function.name, shown.join(", "));
        self.line(&Lane::App(name.to_owned()), &text);
    }

    fn returned(&mut self, name: &str, by: &Party, seq: u32, result: i32, outs: &[(u8, Vec<u8>)]) {
        let Some(function) = self.calls.get(&(by.clone(), seq)).copied() else {
            return;
        };
        let outcome = match function.mode {
            Mode::Async if result > 0 => self.names.name(by, "request", result as u64),
            _ => render_result(result),
        };
        let lane = Lane::App(name.to_owned());
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
        let ht = *self.makes.get(&(by.clone(), seq, parameter.to_owned()))?;
        let own = handle_name(handle)?;
        Some(self.names.name_after(by, (own.strip_prefix("hd")?, ht), own, *hd))
    }

    /// A value with its stable name where it is a handle or a request id.
    fn value(&mut self, by: &Party, kind: Kind, value: &Value) -> String {
        let number = match value {
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
    fn kept(&mut self, name: &str, by: &Party, seq: u32, outs: &[(u8, Vec<u8>)]) {
        let Some(function) = self.calls.get(&(by.clone(), seq)).copied() else {
            return;
        };
        let lane = Lane::App(name.to_owned());
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

    fn ui(
        &mut self,
        name: &str,
        by: &Party,
        (object, kind): (u64, u32),
        params: &[u8],
        answer: Option<&(i32, Vec<u8>)>,
    ) {
        let object = match self.names.known(by, "dialog", object) {
            Some(dialog) if kind == constant_value("TUISPIDLL_OBJECT_DIALOGINSTANCE") => dialog.to_owned(),
            _ => object.to_string(),
        };
        let block = |bytes: &[u8]| Value::Bytes(bytes.to_vec()).to_string();
        let mut text = format!(
            "TUISPIDLLCALLBACK(dwObjectID={object}, dwObjectType={}, lpParams={})",
            render_constant("TUISPIDLL_OBJECT", kind),
            block(params)
        );
        match answer {
            Some((result, after)) => text.push_str(&format!(
                ", TSPI_providerGenericDialogData -> {}, lpParams={}",
                render_result(*result),
                block(after)
            )),
            None => text.push_str(", TSPI_providerGenericDialogData is not exported"),
        }
        self.line(&Lane::Ui(name.to_owned()), &text);
    }

    fn callback(&mut self, name: &str, by: &Party, args: &CallbackArgs, kind: &'static str) {
        let lane = Lane::Event(name.to_owned());
        let message_name = message(args.msg).map_or("", |message| message.name);
        match message_name {
            "LINE_SENDDIALOGINSTANCEDATA" => {
                let dialog = self.names.name(by, "dialog", args.device);
                let data = Value::Bytes(args.data.clone());
                return self.line(&lane, &format!("{dialog}: {message_name}({data})"));
            }
            "LINE_SENDMSPDATA" => {
                let instance = self.names.name(by, "msp", args.params[0]);
                let line = self.names.name(by, "line", args.device);
                let data = Value::Bytes(args.data.clone());
                return self.line(&lane, &format!("{line}: {message_name}({instance}, {data})"));
            }
            "LINE_CREATE" | "PHONE_CREATE" | "LINE_REMOVE" | "PHONE_REMOVE" => {
                return self.line(&lane, &render_event(args.msg, args.params));
            }
            _ => {}
        }
        let device = self.names.name(by, kind, args.device);
        if let Some(new_call) = args.new_call {
            let call = self.names.name(by, "call", new_call);
            let hd = self
                .names
                .name_after(by, ("call", new_call), "hdcall", args.params[0]);
            return self.line(&lane, &format!("LINE_NEWCALL on {device}: {call} is {hd}"));
        }
        let ringing = message(args.msg).is_some_and(|message| message.name == "LINE_LINEDEVSTATE")
            && args.params[0] == u64::from(constant_value("LINEDEVSTATE_RINGING"));
        if ringing && args.params[2] > 1 {
            return;
        }
        let about = match args.call {
            0 => device,
            call => self.names.name(by, "call", call),
        };
        self.line(&lane, &format!("{about}: {}", steady_event(args)));
    }

    fn wire(&mut self, number: &str, to_device: bool, bytes: &[u8]) {
        let lines = self
            .wires
            .entry((number.to_owned(), to_device))
            .or_default()
            .take(bytes);
        for line in lines {
            self.wire_line(number, to_device, &line);
        }
    }

    fn wire_line(&mut self, number: &str, to_device: bool, line: &str) {
        if !to_device && line == "RING" && !self.ringing.insert(number.to_owned()) {
            return;
        }
        let lane = match to_device {
            true => Lane::ToDevice(number.to_owned()),
            false if line == "RING" => Lane::Rings(number.to_owned()),
            false => Lane::FromDevice(number.to_owned()),
        };
        self.line(&lane, line);
    }

    fn exchange(&mut self, event: &ExchangeEvent) {
        if let ExchangeEvent::Data { from, bytes, .. } = event {
            match &mut self.data {
                Some((known, data)) if known == from => data.extend_from_slice(bytes),
                _ => {
                    self.flush_data();
                    self.data = Some((from.clone(), bytes.clone()));
                }
            }
            return;
        }
        self.flush_data();
        match event {
            ExchangeEvent::Ring { .. } => return,
            ExchangeEvent::Ringing { number, .. } => drop(self.ringing.remove(number)),
            _ => {}
        }
        self.line(&Lane::Exchange, &event.to_string());
    }

    fn flush_data(&mut self) {
        if let Some((from, bytes)) = self.data.take() {
            self.line(
                &Lane::Exchange,
                &format!("{from} sends \"{}\"", bytes.escape_ascii()),
            );
        }
    }

    fn finish(mut self) -> String {
        self.flush_data();
        let mut wires: Vec<_> = std::mem::take(&mut self.wires).into_iter().collect();
        wires.sort_by(|one, other| one.0.cmp(&other.0));
        for ((number, to_device), mut lines) in wires {
            if let Some(line) = lines.flush() {
                self.wire_line(&number, to_device, &line);
            }
        }
        self.text.trim_start().to_owned()
    }
}

/// A message without the system's tick count, which changes from run to run; that there is one shows.
fn steady_event(args: &CallbackArgs) -> String {
    let ticks = |place: usize| {
        message(args.msg).is_some_and(|message| message.params[place] == Parameter::Ticks)
            && args.params[place] != 0
    };
    let steady = std::array::from_fn(|place| if ticks(place) { 0 } else { args.params[place] });
    let text = render_event(args.msg, steady);
    if (0..3).any(ticks) {
        text.replace("tick 0", "tick (now)")
    } else {
        text
    }
}

/// The name of a DLL without folder, prefix and ending, which differ between builds of the same one.
fn library_name(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    stem.strip_prefix("lib").unwrap_or(stem)
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
