//! Memory as TAPI hands it to a provider to be filled.

use super::Structure;
use super::rows::FieldKind;
use crate::tspi::version::Version;

/// What fills memory about which TAPI promises nothing, so that a provider that leaves it out is seen.
pub const POISON: u8 = 0xA5;

/// What memory holds where TAPI promises nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fill {
    /// [`POISON`] in every byte.
    #[default]
    Poison,
    /// Zeros.
    Zero,
}

impl Fill {
    /// The byte.
    pub fn byte(self) -> u8 {
        match self {
            Fill::Poison => POISON,
            Fill::Zero => 0,
        }
    }
}

/// A structure of `total` bytes for a provider to fill: `dwTotalSize` is set, `dwNeededSize` and `dwUsedSize` cover the
/// fixed part, sizes and offsets of variable parts are zero (`error-checking.md` and the structures' pages promise
/// these), all else is `fill`. A structure of fixed size ignores `total`.
pub fn output(structure: &Structure, total: usize, version: impl Into<Version>, fill: Fill) -> Vec<u8> {
    let version = version.into();
    let fixed = structure.fixed_size(version);
    let len = if structure.variable { total } else { fixed };
    let mut bytes = vec![fill.byte(); len];
    for member in structure.members(version) {
        let preset = match member.kind {
            FieldKind::TotalSize => len,
            FieldKind::NeededSize | FieldKind::UsedSize => fixed,
            FieldKind::Size(_) | FieldKind::Offset { .. } => 0,
            _ => continue,
        };
        let preset = u32::try_from(preset).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(room) = bytes.get_mut(member.offset..member.offset + 4) {
            room.copy_from_slice(&preset);
        }
    }
    bytes
}
