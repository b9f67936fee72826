//! What functions make: the names that steps gave stand for it from here on.

use super::handles::{Call as LiveCall, OpenLine, Other};
use super::prepare::Make;
use super::steps::Player;
use super::tapi::call;
use super::{Invoked, Stop};
use crate::scenario::ast::NameKind;

impl Player<'_> {
    /// Keeps what a step makes, with the handle that the provider gave for it.
    pub(super) fn bind(
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
                // TAPI asks at once which address ids it may pass for the line, and takes LINEDEVCAPS' word where it cannot.
                let asked = call("TSPI_lineGetNumAddressIDs")?.handle("hdLine", hd);
                self.stage.providers[provider].invoke_if_exported(asked)?;
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

/// A handle that the provider must have given. TAPI never calls on with a handle it was not given. Microsoft's sample gives 0
/// for an MSP instance of which it keeps nothing.
pub(super) fn given(invoked: &Invoked, make: &Make) -> Result<u64, Stop> {
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
