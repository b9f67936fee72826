//! Judges that hold a function against the bit that claims it.

use super::{is_error, kept};
use crate::rules::{Invocation, Judgement, Story};
use crate::tspi::{constant_value, render_result};

/// A function and the bit that claims it: structure, member, constant.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Feature {
    /// The function.
    pub function: &'static str,
    /// The structure of capabilities: `LINEDEVCAPS`, `LINEADDRESSCAPS`, `PHONECAPS`.
    pub structure: &'static str,
    /// Its member.
    pub member: &'static str,
    /// The bit.
    pub bit: &'static str,
}

const UNAVAILABLE: [&str; 2] = ["LINEERR_OPERATIONUNAVAIL", "PHONEERR_OPERATIONUNAVAIL"];

/// Whether the capabilities of the device that a call is about claim the feature; `None` where nobody asked for them, or
/// the negotiated version has no such member.
fn claims(story: &Story<'_>, one: &Invocation<'_>, feature: &Feature) -> Option<bool> {
    let device = story.device_of(one)?;
    let answers = story.answers(feature.structure);
    let bits = answers
        .filter(|answer| answer.device == Some(device))
        .filter_map(|answer| answer.number(feature.member))
        .reduce(|one, other| one | other)?;
    Some(bits & constant_value(feature.bit) != 0)
}

/// Where the capabilities claim a function, it is not refused as unavailable.
pub(in crate::rules) fn refused_where_claimed(story: &Story<'_>, features: &[Feature]) -> Judgement {
    judged(story, features, true, |result| !is_error(result, &UNAVAILABLE))
}

/// Where the capabilities do not claim a function, it is refused.
pub(in crate::rules) fn taken_where_not_claimed(story: &Story<'_>, features: &[Feature]) -> Judgement {
    judged(story, features, false, |result| result < 0)
}

fn judged(story: &Story<'_>, features: &[Feature], claimed: bool, right: fn(i32) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for feature in features {
        for one in story.invocations_of(feature.function) {
            let Some(outcome) = story.outcome(one) else {
                continue;
            };
            if claims(story, one, feature) != Some(claimed) {
                continue;
            }
            let said = kept(right(outcome.result), || {
                let has = if claimed { "has" } else { "lacks" };
                format!(
                    "{}.{} {has} {}, and {} gave {}",
                    feature.structure,
                    feature.member,
                    feature.bit,
                    feature.function,
                    render_result(outcome.result)
                )
            });
            judgement.say(outcome.at, said.map(|said| said.with([one.called])));
        }
    }
    judgement
}
