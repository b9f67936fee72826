//! What the names of a scenario stand for while it runs.

use std::collections::HashMap;

use crate::tspi::Decoded;

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
}

/// All names of a running scenario.
#[derive(Debug, Default)]
pub struct Handles {
    /// Open lines.
    pub lines: HashMap<String, OpenLine>,
    /// Calls.
    pub calls: HashMap<String, Call>,
    /// Requests.
    pub requests: HashMap<String, Begun>,
    /// Where in the record each station's events were looked at last.
    pub stations_seen: HashMap<String, usize>,
    /// The structure that was queried last.
    pub queried: Option<Decoded>,
}
