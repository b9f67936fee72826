//! The verdict on one rule, scenario or exercise, and who is to blame.

use serde::Serialize;

use crate::exit::Exit;

/// What was found. The order is that of weight: the heaviest verdict of a run decides its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Held.
    Pass,
    /// Not judged; the message says why.
    Skip,
    /// A requirement that the documentation only recommends was broken.
    Warning,
    /// The trace differs from its golden file.
    SnapshotDiffers,
    /// A rule or an expectation was violated.
    Violation,
    /// The provider did not return in time.
    Hang,
    /// The provider ended the process by itself.
    Exit,
    /// The provider broke into the harness's own channel.
    ProtocolBreach,
    /// The provider crashed.
    Crash,
    /// The provider could not be loaded.
    NotLoaded,
    /// What stands around the provider could not be put up: a helper, a file, a port.
    BadSetup,
    /// The harness is at fault.
    HarnessBug,
}

impl Verdict {
    /// All verdicts, lightest first.
    pub const ALL: [Verdict; 12] = [
        Verdict::Pass,
        Verdict::Skip,
        Verdict::Warning,
        Verdict::SnapshotDiffers,
        Verdict::Violation,
        Verdict::Hang,
        Verdict::Exit,
        Verdict::ProtocolBreach,
        Verdict::Crash,
        Verdict::NotLoaded,
        Verdict::BadSetup,
        Verdict::HarnessBug,
    ];

    /// The word for it in every report.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Skip => "skip",
            Verdict::Warning => "warning",
            Verdict::SnapshotDiffers => "snapshot-differs",
            Verdict::Violation => "violation",
            Verdict::Hang => "hang",
            Verdict::Exit => "exit",
            Verdict::ProtocolBreach => "protocol-breach",
            Verdict::Crash => "crash",
            Verdict::NotLoaded => "not-loaded",
            Verdict::BadSetup => "bad-setup",
            Verdict::HarnessBug => "harness-bug",
        }
    }

    /// How a run with this as its heaviest verdict ends.
    pub fn exit(self) -> Exit {
        match self {
            Verdict::Pass | Verdict::Skip | Verdict::Warning => Exit::Held,
            Verdict::SnapshotDiffers => Exit::SnapshotDiffers,
            Verdict::Violation => Exit::Violated,
            Verdict::Hang => Exit::Hung,
            Verdict::Exit | Verdict::ProtocolBreach | Verdict::Crash => Exit::Crashed,
            Verdict::NotLoaded => Exit::NotLoaded,
            Verdict::BadSetup => Exit::Usage,
            Verdict::HarnessBug => Exit::HarnessBug,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_listed_by_weight_and_spelled_alike_everywhere() {
        assert!(Verdict::ALL.is_sorted());
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.word());
        }
    }
}
