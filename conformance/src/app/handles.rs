//! What the names of a scenario stand for while it runs.

use std::collections::HashMap;

use super::applications::Applications;
use super::ownership::Unowned;
use crate::scenario::ast::NameKind;
use crate::tspi::{Function, Version};

/// An open line.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// Place of its provider in the scenario.
    pub provider: usize,
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// Device id.
    pub device: u32,
    /// Events before this one have been looked at by `expect call …`.
    pub calls_seen: usize,
    /// Events before this one have been looked at by `expect L reports …`.
    pub reports_seen: usize,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Place of its provider in the scenario.
    pub provider: usize,
    /// TAPI's handle of its line.
    pub line: u64,
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// Events before this one have been looked at by an expectation of states.
    pub states_seen: usize,
    /// Events before this one have been looked at by `expect C reports …`.
    pub reports_seen: usize,
}

/// Something else that goes by two handles: an open phone, an MSP instance, a dialog instance.
#[derive(Debug, Clone)]
pub struct Other {
    /// What it is.
    pub kind: NameKind,
    /// Place of its provider in the scenario.
    pub provider: usize,
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// Device id of a phone.
    pub device: u32,
    /// TAPI's handle of the line of an MSP instance.
    pub line: u64,
    /// Whether it was a dialog that is over: what it has said can still be looked at.
    pub over: bool,
    /// Events before this one have been looked at by `expect H reports …`.
    pub reports_seen: usize,
}

/// A request begun with `begin … as R`.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Place of its provider in the scenario.
    pub provider: usize,
    /// `dwRequestID`.
    pub id: u32,
    /// The function's name.
    pub function: &'static str,
    /// Where in the record it began.
    pub from: usize,
    /// What it makes: good once it has completed.
    pub makes: Vec<String>,
    /// What it finds, where that is something for `its`.
    pub found: Option<Found>,
}

/// What a function gave back, for `its`.
#[derive(Debug, Clone)]
pub struct Found {
    /// Place of the provider in the scenario.
    pub provider: usize,
    /// Number of the call within its child.
    pub seq: u32,
    /// The function.
    pub function: &'static Function,
    /// The version of its structures.
    pub version: Version,
    /// The out arguments by position.
    pub outs: Vec<(u8, Vec<u8>)>,
}

/// All names of a running scenario.
#[derive(Debug, Default)]
pub struct Handles {
    /// Open lines.
    pub lines: HashMap<String, OpenLine>,
    /// Calls.
    pub calls: HashMap<String, Call>,
    /// Open phones, MSP instances and dialog instances.
    pub others: HashMap<String, Other>,
    /// Requests.
    pub requests: HashMap<String, Begun>,
    /// Where in the record each station's events were looked at last.
    pub stations_seen: HashMap<String, usize>,
    /// Where in the record each message about each thing was looked at last: provider, TAPI's handle, message.
    pub messages_seen: HashMap<(usize, u64, u32), usize>,
    /// What applications want of open lines and phones.
    pub applications: Applications,
    /// Calls that TAPI drops because nobody owns them.
    pub unowned: Vec<Unowned>,
    /// What was read last.
    pub found: Option<Found>,
    /// What steps that may fail were to make and have not: by name, what failed and how.
    pub unmade: HashMap<String, String>,
}

impl Handles {
    /// Forgets a name, and with a line its calls and MSP instances.
    pub fn end(&mut self, name: &str) {
        self.calls.remove(name);
        self.others.remove(name);
        self.applications.forget(name);
        if let Some(closed) = self.lines.remove(name) {
            self.forget_line(closed.provider, closed.ht);
        }
    }

    fn forget_line(&mut self, provider: usize, line: u64) {
        self.calls
            .retain(|_, call| call.line != line || call.provider != provider);
        self.others.retain(|_, other| {
            other.kind != NameKind::MspInstance || other.line != line || other.provider != provider
        });
    }

    /// The names of what is open on a device that is gone.
    pub fn on_device(&self, provider: usize, kind: NameKind, device: u32) -> Vec<String> {
        let lines = self
            .lines
            .iter()
            .filter(|(_, line)| kind == NameKind::Line && line.provider == provider && line.device == device);
        let others = self.others.iter().filter(|(_, other)| {
            kind == NameKind::Phone
                && other.kind == kind
                && other.provider == provider
                && other.device == device
        });
        let mut names: Vec<String> = lines
            .map(|(name, _)| name.clone())
            .chain(others.map(|(name, _)| name.clone()))
            .collect();
        names.sort();
        names
    }
}
