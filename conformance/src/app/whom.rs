//! Whom a step is about: a provider, and a device or a line of it.

use super::Stop;
use super::handles::OpenLine;
use super::steps::Player;
use crate::scenario::ast::{Given, LineRef, Name, NameKind};
use crate::scenario::target::Target;

/// Whom a step is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whom {
    pub provider: usize,
    /// Whether the device is a phone.
    pub phone: bool,
    pub device: u32,
    /// TAPI's handle of the line, 0 where there is none.
    pub line: u64,
    /// Whether the device is named by its number, rather than by what is open on it.
    pub named: bool,
}

impl Player<'_> {
    /// The provider's handle of the line that a step is about.
    pub(super) fn line_by_ht(&self, whom: &Whom) -> Option<u64> {
        let of_line = |line: &&OpenLine| line.provider == whom.provider && line.ht == whom.line;
        self.handles.lines.values().find(of_line).map(|line| line.hd)
    }

    /// Whom a step is about: the first thing that it names, or else the first provider.
    pub(super) fn whom(&self, targets: &[(Target<'_>, &Given)]) -> Result<Whom, Stop> {
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
}
