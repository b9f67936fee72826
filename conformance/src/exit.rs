//! Every exit code of the command line, in one table: the documentation, `offhook explain` and the program
//! itself read it here.

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// All held.
    Held,
    /// A rule or an expectation was violated.
    Violated,
    /// The command line or a scenario file is wrong.
    Usage,
    /// The provider crashed, or ended its process.
    Crashed,
    /// The provider did not return in time.
    Hung,
    /// A snapshot differs, or is missing.
    SnapshotDiffers,
    /// Nothing was selected to run.
    NothingSelected,
    /// The provider could not be loaded.
    NotLoaded,
    /// A bug of the harness.
    HarnessBug,
}

/// One row of the table.
pub struct Row {
    /// The way to end.
    pub exit: Exit,
    /// The process's exit code.
    pub code: u8,
    /// Its name, for machines and for `offhook explain`.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do next.
    pub remedy: &'static str,
}

/// The table, by code.
pub const TABLE: &[Row] = &[
    Row {
        exit: Exit::Held,
        code: 0,
        name: "held",
        meaning: "all rules and expectations held",
        remedy: "nothing to do",
    },
    Row {
        exit: Exit::Violated,
        code: 1,
        name: "violated",
        meaning: "a rule or an expectation was violated",
        remedy: "read the violations; `offhook explain RULE` tells what the documentation asks for",
    },
    Row {
        exit: Exit::Usage,
        code: 2,
        name: "usage",
        meaning: "the command line, a scenario file or a port named in them is wrong",
        remedy: "mend what the message points at; `offhook help` shows the forms",
    },
    Row {
        exit: Exit::Crashed,
        code: 3,
        name: "crashed",
        meaning: "the provider crashed or ended its process",
        remedy: "the message names the call that was running; run that scenario again under a debugger",
    },
    Row {
        exit: Exit::Hung,
        code: 4,
        name: "hung",
        meaning: "the provider did not return from a call in time",
        remedy: "TSPI calls queue work and return; --timeout gives a slow machine more time",
    },
    Row {
        exit: Exit::SnapshotDiffers,
        code: 5,
        name: "snapshot-differs",
        meaning: "a snapshot differs from its golden file, or has none",
        remedy: "look at the difference, then `cargo insta review` or `offhook run --update`",
    },
    Row {
        exit: Exit::NothingSelected,
        code: 6,
        name: "nothing-selected",
        meaning: "nothing was selected to run",
        remedy: "check --filter and the paths; `offhook list scenarios` and `offhook list rules` show what there is",
    },
    Row {
        exit: Exit::NotLoaded,
        code: 7,
        name: "not-loaded",
        meaning: "the provider could not be loaded",
        remedy: "check that the file is a provider DLL for this machine and that what it depends on is there",
    },
    Row {
        exit: Exit::HarnessBug,
        code: 70,
        name: "harness-bug",
        meaning: "a bug of the harness, not of the provider",
        remedy: "please report it with the whole output",
    },
];

impl Exit {
    /// The row of this way to end.
    pub fn row(self) -> &'static Row {
        // Every variant has a row; a test holds the table to that.
        TABLE
            .iter()
            .find(|row| row.exit == self)
            .unwrap_or(&TABLE[TABLE.len() - 1])
    }

    /// The process's exit code.
    pub fn code(self) -> u8 {
        self.row().code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_end_has_its_own_code() {
        use Exit::*;
        let all = [
            Held,
            Violated,
            Usage,
            Crashed,
            Hung,
            SnapshotDiffers,
            NothingSelected,
            NotLoaded,
            HarnessBug,
        ];
        let codes: Vec<u8> = all.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 70]);
        assert_eq!(all.len(), TABLE.len());
    }
}
