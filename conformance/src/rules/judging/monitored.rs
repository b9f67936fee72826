//! What TAPI has asked to hear of on a call, and what each kind of report is held against.

use super::super::{CallLife, Invocation, Story};
use crate::tspi::constant_value;

/// One tone that `TSPI_lineMonitorTones` listens for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) struct Listened {
    /// `dwToneListID` of its list.
    pub list: u32,
    /// `dwAppSpecific`
    pub tag: u32,
    /// In milliseconds.
    pub duration: u32,
    /// Those that are not zero, rising.
    pub frequencies: Vec<u32>,
}

/// The DWORDs of a buffer.
pub(in crate::rules) fn dwords(bytes: &[u8]) -> Vec<u32> {
    let chunks = bytes.chunks_exact(4);
    chunks
        .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}

impl Story<'_> {
    /// Accepted invocations of a function on a call, in order.
    pub(in crate::rules) fn taken_on<'s>(
        &'s self,
        function: &'s str,
        call: &'s CallLife,
    ) -> impl Iterator<Item = &'s Invocation<'s>> + 's {
        self.invocations_of(function)
            .filter(|one| one.accepted() && self.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht))
    }

    /// `dwDigitModes` that are monitored on a call at event `at`.
    pub(in crate::rules) fn digit_modes(&self, call: &CallLife, at: usize) -> u32 {
        let set = self
            .taken_on("TSPI_lineMonitorDigits", call)
            .filter(|one| one.called < at);
        set.last().map_or(0, |one| one.dword("dwDigitModes"))
    }

    /// The tones that are monitored on a call at event `at`.
    pub(in crate::rules) fn tones(&self, call: &CallLife, at: usize) -> Vec<Listened> {
        let mut tones: Vec<Listened> = Vec::new();
        for one in self
            .taken_on("TSPI_lineMonitorTones", call)
            .filter(|one| one.called < at)
        {
            let list = one.dword("dwToneListID");
            tones.retain(|tone| tone.list != list);
            let entries = one.bytes_in("lpToneList").map(dwords).unwrap_or_default();
            tones.extend(entries.chunks_exact(5).map(|entry| {
                let mut frequencies: Vec<u32> =
                    entry[2..].iter().copied().filter(|hertz| *hertz != 0).collect();
                frequencies.sort_unstable();
                Listened {
                    list,
                    tag: entry[0],
                    duration: entry[1],
                    frequencies,
                }
            }));
        }
        tones
    }

    /// The media types that are monitored on a call at event `at`: what was last set for it, or else what its line had set
    /// at any time since the call began, and just before.
    pub(in crate::rules) fn media_types(&self, call: &CallLife, at: usize) -> u32 {
        let set = self
            .taken_on("TSPI_lineMonitorMedia", call)
            .filter(|one| one.called < at);
        if let Some(last) = set.last() {
            return last.dword("dwMediaModes");
        }
        let of_line = self
            .invocations_of("TSPI_lineSetDefaultMediaDetection")
            .filter(|one| {
                let line = one.value("hdLine").and_then(|hd| self.line_by_hd(hd, one.called));
                one.accepted() && one.called < at && line.map(|line| line.ht) == call.line
            });
        let (before, since): (Vec<_>, Vec<_>) = of_line.partition(|one| one.called < call.begun);
        before
            .last()
            .into_iter()
            .chain(&since)
            .fold(0, |modes, one| modes | one.dword("dwMediaModes"))
    }

    /// Whether a call was connected at event `from` and stayed so up to event `to`.
    pub(in crate::rules) fn stays_connected(&self, call: &CallLife, from: usize, to: usize) -> bool {
        let changed = call.states.iter().any(|seen| seen.at > from && seen.at < to);
        call.was(&["LINECALLSTATE_CONNECTED"], from) && !changed
    }

    /// The event by which `LINE_GENERATE` says that all of a generation was sent.
    pub(in crate::rules) fn generated(&self, one: &Invocation<'_>) -> Option<usize> {
        let call = self.call_of(one, "hdCall")?;
        let (message, done) = (
            constant_value("LINE_GENERATE"),
            u64::from(constant_value("LINEGENERATETERM_DONE")),
        );
        let mut ends = self
            .callbacks
            .iter()
            .filter(|(at, args)| *at > one.called && args.call == call.ht && args.msg == message);
        ends.next()
            .filter(|(_, args)| args.params[0] == done)
            .map(|(at, _)| *at)
    }
}
