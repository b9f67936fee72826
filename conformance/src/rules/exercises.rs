//! The scenarios that provoke the rules. Most are `.call` files in `exercises/`; what the language does not say is
//! a probe that runs after the file's steps.

use crate::app::{Stage, Stop};
use crate::tspi::marshal::Call;

/// What a probe does with the stage of its exercise.
pub type Probe = fn(&mut Stage) -> Result<(), Stop>;

/// One exercise.
pub struct Exercise {
    /// Its name, as rules name it.
    pub name: &'static str,
    /// Its file, for messages.
    pub file: &'static str,
    /// The file's text.
    pub text: &'static str,
    /// What is done after the steps.
    pub probe: Option<Probe>,
}

macro_rules! exercises {
    ($($name:literal $(then $probe:expr)?),* $(,)?) => {
        /// All exercises, in the order in which a check plays them.
        pub const EXERCISES: &[Exercise] = &[$(Exercise {
            name: $name,
            file: concat!("conformance/src/rules/exercises/", $name, ".call"),
            text: include_str!(concat!("exercises/", $name, ".call")),
            probe: exercises!(@probe $($probe)?),
        }),*];
    };
    (@probe) => { None };
    (@probe $probe:expr) => { Some($probe) };
}

exercises![
    "lifecycle",
    "sizes" then super::sizes::every_size,
    "versions" then negotiate_foreign_ranges,
    "outgoing-answered",
    "outgoing-busy",
    "far-end-hangs-up",
    "dropped-while-dialling",
    "dial-modifiers",
    "wrong-states",
    "close-with-request",
    "incoming-answered",
    "incoming-caller-id",
];

/// The exercise of that name.
pub fn exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

/// Offers ranges of versions: one that no provider supports, and one that ends below the newest.
fn negotiate_foreign_ranges(stage: &mut Stage) -> Result<(), Stop> {
    for tapi in &mut stage.providers {
        for (low, high) in [(0x7000_0000, 0x7001_0000), (0x0001_0003, 0x0002_0000)] {
            let call =
                Call::new("TSPI_lineNegotiateTSPIVersion").map_err(|error| Stop::Bug(error.to_string()))?;
            tapi.invoke(
                call.dword("dwDeviceID", 0)
                    .dword("dwLowVersion", low)
                    .dword("dwHighVersion", high),
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_parses() {
        for exercise in EXERCISES {
            if let Err(error) = crate::scenario::parse(exercise.file, exercise.text) {
                panic!("{:?}", miette::Report::new(error));
            }
        }
    }
}
