//! A child whose provider was shut down and unloaded: it goes on with the next one.

use super::record::Lane;
use crate::host::{Child, ChildOptions, Death, HostError};
use crate::trace::{Party, Recorder};

/// A child without a provider.
pub(in crate::app) struct Reusable {
    child: Child,
    lane: Lane,
}

impl Reusable {
    pub(super) fn new(child: Child, lane: Lane) -> Reusable {
        Reusable { child, lane }
    }

    /// Gets it ready for the next provider, whose record is this one.
    pub(super) fn taken(
        mut self,
        options: &ChildOptions,
        recorder: Recorder,
        party: Party,
    ) -> Result<(Child, Lane), HostError> {
        self.lane.turn_to(recorder, party);
        self.child.reuse(options)?;
        Ok((self.child, self.lane))
    }

    /// Ends it.
    pub(in crate::app) fn end(self) -> Result<(), Death> {
        self.child.shutdown()
    }
}
