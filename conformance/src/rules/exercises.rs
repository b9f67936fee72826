//! The scenarios that provoke the rules. Most are `.call` files in `exercises/`; what the language does not say is
//! a probe that runs after the file's steps.

use crate::app::{Stage, Stop};
use crate::scenario::ast::{Behaviour, Change, Scenario, Setup};

use super::{Level, probes};

/// What a probe does with the stage of its exercise.
pub type Probe = fn(&mut Stage) -> Result<(), Stop>;

/// The numbers at the far end that exercises dial. In their files they are written as their defaults are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbers {
    /// A number that answers.
    pub answers: String,
    /// A number that is busy.
    pub busy: String,
    /// A number that rings and never answers.
    pub rings: String,
}

const ANSWERS: &str = "5551234";
const BUSY: &str = "5550000";
const RINGS: &str = "5559999";

impl Default for Numbers {
    fn default() -> Self {
        Numbers {
            answers: ANSWERS.to_owned(),
            busy: BUSY.to_owned(),
            rings: RINGS.to_owned(),
        }
    }
}

impl Numbers {
    /// The text of an exercise with these numbers in it.
    pub fn put_into(&self, text: &str) -> String {
        // By way of what no number can be, so that a number which is another's default is not put in twice.
        text.replace(ANSWERS, "\u{1}")
            .replace(BUSY, "\u{2}")
            .replace(RINGS, "\u{3}")
            .replace('\u{1}', &self.answers)
            .replace('\u{2}', &self.busy)
            .replace('\u{3}', &self.rings)
    }

    /// Takes out of a scenario the stations that are there without an exchange of ours, because the switch behind the
    /// provider has these numbers.
    pub fn stand_in_for_stations(&self, scenario: &mut Scenario) {
        scenario.setup.retain(|setup| {
            let Setup::Change(Change::Station { number, behaviour }) = &setup.node else {
                return true;
            };
            let known = match behaviour {
                Behaviour::AnswersAfter(_) => &self.answers,
                Behaviour::Busy => &self.busy,
                Behaviour::NeverAnswers => &self.rings,
            };
            number.node != *known
        });
    }
}

/// One exercise.
pub struct Exercise {
    /// Its name, as rules name it.
    pub name: &'static str,
    /// Its file, for messages.
    pub file: &'static str,
    /// The file's text.
    pub text: &'static str,
    /// From which strictness on it is played: one that calls as TAPI never does, at [`Level::Robust`].
    pub level: Level,
    /// Whether it is played in a process of its own, because it counts what the process has. So is one at
    /// [`Level::Robust`], after which a process may be in any state.
    pub alone: bool,
    /// What is done after the steps.
    pub probe: Option<Probe>,
}

macro_rules! exercises {
    ($($name:literal $(at $level:ident)? $(in $child:ident)? $(then $probe:expr)?),* $(,)?) => {
        /// All exercises, in the order in which a check plays them.
        pub const EXERCISES: &[Exercise] = &[$(Exercise {
            name: $name,
            file: concat!("conformance/src/rules/exercises/", $name, ".call"),
            text: include_str!(concat!("exercises/", $name, ".call")),
            level: exercises!(@level $($level)?),
            alone: exercises!(@alone $($child)?),
            probe: exercises!(@probe $($probe)?),
        }),*];
    };
    (@level) => { Level::Must };
    (@level $level:ident) => { Level::$level };
    (@alone) => { false };
    (@alone own_child) => { true };
    (@probe) => { None };
    (@probe $probe:expr) => { Some($probe) };
}

exercises![
    "lifecycle",
    "sizes" then super::sizes::every_size,
    "extensions",
    "sessions" then probes::sessions::second,
    "device-classes" then probes::classes::each_class,
    "incoming-rings",
    "incoming-rings-on",
    "foreign-devices" at Robust,
    "versions" then probes::versions::foreign_ranges,
    "ext-versions",
    "ids",
    "status-messages",
    "status-changes",
    "device-status-changes",
    "older-tapi",
    "oldest-tapi",
    "oldest-phone",
    "device-status",
    "device-config" then probes::configurations::given_back,
    "terminals",
    "terminals-in-call",
    "config-in-call" then probes::configurations::given_back_in_a_call,
    "msp",
    "dialogs-together",
    "msp-data",
    "msp-identified",
    "device-specific",
    "dialog-opened",
    "msp-named",
    "call-hub",
    "cycles" in own_child then probes::cycles::many,
    "reopened",
    "restarted",
    "classes-of-line",
    "unselected" at Robust,
    "user-interface",
    "user-interface-phone",
    "at-once",
    "interface-at-once",
    // Calls to and from the far end
    "outgoing-answered",
    "outgoing-busy",
    "outgoing-dropped",
    "far-end-hangs-up",
    "dropped-while-dialling",
    "no-dial-tone",
    "answer-connected",
    "generation-replaced",
    "dial-modifiers",
    "dial-partial",
    "dial-steps",
    "dial-refused",
    "places" then probes::places::filled,
    "wrong-states",
    "close-with-request",
    "closed-while-dropped",
    "closed-while-made",
    "no-answer" then probes::sessions::given_up,
    "short-structures" at Robust then probes::short::structures,
    "predictive",
    "passthrough",
    "incoming-answered",
    "new-call-refused",
    "new-call-refused-beside",
    "call-of-other-media" then probes::announced::looked_at,
    "answered",
    "answered-beside",
    "incoming-caller-id",
    "incoming-withheld",
    "call-refused",
    "call-flags",
    "call-defaults",
    "no-number",
    "dial-semicolon",
    "call-by-parameters",
    "idle-line",
    "counted-early",
    "conference-from-nothing",
    "called",
    "created-devices",
    "removed-devices" then probes::anew::restart,
    "passthrough-asked",
    // Calls between lines of the provider
    "two-lines",
    "features-now",
    "calls-counted",
    "call-data",
    "digits-and-ends",
    "tone-lists",
    "media-detected",
    "park-refused",
    "park-directed",
    "pickup-group",
    "redirect-inside",
    "conference-of-three",
    "user-user-queue",
    "call-settings",
    "call-params",
    "limits" then probes::limits::tried,
    "overlapping",
    "terminal-routing",
    "call-changes",
    "accepted",
    "accepted-at-once",
    "closed-connected",
    "hold",
    "swap",
    "transfer",
    "transfer-cancelled",
    "transfer-poisoned",
    "transfer-conference",
    "consultation-dropped",
    "transfer-blind",
    "conference",
    "conference-dropped",
    "park",
    "pickup",
    "features-used",
    "conference-null",
    "conference-held",
    "conference-ended",
    "conference-without-hold",
    "transfer-in-one-step",
    "reconnected",
    "held-for-a-while",
    "completions",
    "calling-id",
    "close-drops",
    "idle-appearance",
    "forward-apart",
    "redirect",
    "forward",
    "forwarding",
    "forwarded",
    "undisturbed",
    "complete-call",
    "call-completed",
    "completions-taken-back" then probes::completions::take_back,
    "called-back",
    "digits",
    "digits-gathered",
    "digits-held",
    "gathering",
    "generating",
    "media-detection",
    "tones",
    "media",
    "user-user-info",
    "user-user-too-long",
    "digits-too-late",
    "user-user-ends",
    // Phones
    "phone",
    "phone-silent",
    "phone-closed-early",
    "phone-reopened",
    "phone-pressed",
    "phone-button-info" then probes::short::button_state,
    "phone-buttons",
    "phone-names",
    "no-phones",
    "initialised-twice",
    "identified",
    "hostile-handles" at Robust then probes::hostile::handles,
    "hostile-pointers" at Robust then probes::hostile::pointers,
    "phone-settings" then probes::phones::settings,
];

/// The exercise of that name.
pub fn exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_places_without_mixing() {
        let numbers = Numbers {
            answers: BUSY.to_owned(),
            busy: ANSWERS.to_owned(),
            rings: "77".to_owned(),
        };
        assert_eq!(
            numbers.put_into("5551234, 5550000, 5559999"),
            "5550000, 5551234, 77"
        );
        assert_eq!(Numbers::default().put_into("dial 5551234"), "dial 5551234");
    }

    #[test]
    fn every_exercise_parses() {
        for exercise in EXERCISES {
            if let Err(error) = crate::scenario::parse(exercise.file, exercise.text) {
                panic!("{:?}", miette::Report::new(error));
            }
        }
    }
}
