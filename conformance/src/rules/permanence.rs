//! Rules about what stays the same: names of devices, identifiers of extensions, and a provider from session to session.

use super::Level::Must;
use super::judging::{Said, kept};
use super::{Answer, Judgement, Rule, Story};
use crate::tspi::{Value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINEDEVCAPS/28",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "What names a device or its extensions for good is the same whenever it is asked for, also in the next session: \
                      dwPermanentLineID and PermanentLineGuid, dwPermanentPhoneID and PermanentPhoneGuid, LINEEXTENSIONID and \
                      PHONEEXTENSIONID.",
        why: "Applications keep settings by these names, and lose them when a name changes.",
        mend: "Make the names of what the provider keeps in its configuration, not of pointers, times or counters.",
        broken_by: "permanent-id-wanders",
        exercises: &["sessions", "lifecycle"],
        judge: names_are_permanent,
    },
    Rule {
        id: "tspi/life-cycle-of-a-telephony-service-provider/1",
        page: "life-cycle-of-a-telephony-service-provider.md",
        level: Must,
        requirement: "A provider serves many sessions in one load: after TSPI_providerShutdown, TSPI_providerInit succeeds again and lines \
                      can be opened that could be opened before, with no call on them.",
        why: "TAPI starts and ends providers as applications come and go, without unloading them; the second time nothing works.",
        mend: "Give up in TSPI_providerShutdown all that TSPI_providerInit made, threads and globals too.",
        broken_by: "works-once",
        exercises: &["sessions"],
        judge: sessions_are_alike,
    },
];

/// Structure, and the members of it that name something for good.
const NAMES: [(&str, &[&str]); 4] = [
    ("LINEDEVCAPS", &["dwPermanentLineID", "PermanentLineGuid"]),
    ("PHONECAPS", &["dwPermanentPhoneID", "PermanentPhoneGuid"]),
    ("LINEEXTENSIONID", &EXTENSION),
    ("PHONEEXTENSIONID", &EXTENSION),
];

const EXTENSION: [&str; 4] = [
    "dwExtensionID0",
    "dwExtensionID1",
    "dwExtensionID2",
    "dwExtensionID3",
];

fn names_are_permanent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (structure, names) in NAMES {
        for answer in story.answers(structure) {
            let first = story.answers(structure).find(|other| other.device == answer.device);
            let said = first
                .filter(|first| first.at < answer.at && answer.device.is_some())
                .and_then(|first| named_alike(first, answer, names));
            judgement.say(answer.at, said);
        }
    }
    judgement
}

fn named_alike(first: &Answer, answer: &Answer, names: &[&str]) -> Option<Said> {
    let pairs = names.iter().filter_map(|name| {
        let (was, is) = (first.decoded.get(name)?, answer.decoded.get(name)?);
        let filled = |value: &Value| !matches!(value, Value::Guid(bytes) if bytes[0] == bytes[1] && bytes[1] == bytes[2]);
        // What a provider leaves unfilled is another rule's matter.
        let told = match was {
            Value::Number(..) => first.number(name).is_some() && answer.number(name).is_some(),
            other => filled(other) && filled(is),
        };
        told.then_some((*name, was, is))
    });
    let pairs: Vec<_> = pairs.collect();
    if pairs.is_empty() {
        return None;
    }
    let changed = pairs.iter().find(|(_, was, is)| was != is);
    let said = kept(changed.is_none(), || match changed {
        Some((name, was, is)) => format!("{}.{name} of one device was {was} and is {is}", answer.structure),
        None => String::new(),
    });
    said.map(|said| said.with([first.at]))
}

fn sessions_are_alike(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let mut ends = story.invocations_of("TSPI_providerShutdown").filter(|one| one.result() == Some(0));
    let Some(end) = ends.next().map(|one| one.at()) else {
        return judgement;
    };
    for one in story.invocations_of("TSPI_providerInit").filter(|one| one.called > end) {
        let said = one.result().and_then(|result| {
            kept(result == 0, || format!("TSPI_providerInit gave {} after a session had ended", render_result(result)))
        });
        judgement.say(one.at(), said);
    }
    for one in story.invocations_of("TSPI_lineOpen").filter(|one| one.called > end) {
        let before = story.lines.iter().any(|line| line.device == one.dword("dwDeviceID") && line.opened < end);
        let said = one.result().filter(|_| before).and_then(|result| {
            let device = one.dword("dwDeviceID");
            kept(result == 0, || {
                format!("line {device} could be opened in an earlier session, and now {} came", render_result(result))
            })
        });
        judgement.say(one.at(), said);
    }
    for status in story.answers("LINEDEVSTATUS").filter(|status| status.at > end) {
        // Calls that begin by themselves in the new session would be announced.
        let begun = story.calls.iter().any(|call| call.begun > end && call.begun < status.at);
        let said = status.number("dwNumActiveCalls").filter(|_| !begun).and_then(|calls| {
            kept(calls == 0, || format!("dwNumActiveCalls is {calls} before any call of the new session"))
        });
        judgement.say(status.at, said);
    }
    judgement
}
