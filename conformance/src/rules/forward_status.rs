//! Rules about forwarding: what TSPI_lineForward has set stands in LINEADDRESSSTATUS.

use super::Level::Must;
use super::judging::{Said, each_answer, kept};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::structures::LINEFORWARDLIST;
use crate::tspi::{Value, constant_value, decode};

pub const RULES: &[Rule] = &[Rule {
    id: "tspi/LINEADDRESSSTATUS/6",
    page: "ns-tapi-lineaddressstatus.md",
    level: Must,
    requirement: "After TSPI_lineForward has succeeded, LINEADDRESSSTATUS of the address lists exactly its dwNumEntries forwardings, \
                  each with its mode and destination, offsets counted from the start of the structure, and \
                  dwNumRingsNoAnswer, where LINEADDRCAPFLAGS_FWDSTATUSVALID says that it is confirmed; after it was cancelled, none. A caller's address is given only for modes that are \
                  specific to one.",
    why: "Applications show the user that his telephone is forwarded, and where to.",
    mend: "Keep the list that was set with the address, and write each address behind the entries.",
    broken_by: "forgets-forwarding",
    exercises: &["forward", "forward-apart"],
    judge: forwardings_stand_in_status,
}];

/// What a list of forwardings says: mode and destination of each.
fn entries(list: Option<&Value>) -> Vec<(u32, String)> {
    let Some(Value::List(values)) = list else {
        return Vec::new();
    };
    let members = values.iter().filter_map(|value| match value {
        Value::Struct(members) => Some(members),
        _ => None,
    });
    let member = |members: &Vec<(&'static str, Value)>, name: &str| {
        members.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    members
        .map(|members| {
            let mode = member(members, "dwForwardMode").and_then(|mode| mode.number());
            let to = member(members, "DestAddress").and_then(|to| to.text().map(str::to_owned));
            (mode.unwrap_or_default(), to.unwrap_or_default())
        })
        .collect()
}

/// Modes that hold for one caller.
const SPECIFIC: [&str; 4] = [
    "LINEFORWARDMODE_UNCONDSPECIFIC",
    "LINEFORWARDMODE_BUSYSPECIFIC",
    "LINEFORWARDMODE_NOANSWSPECIFIC",
    "LINEFORWARDMODE_BUSYNASPECIFIC",
];

fn forwardings_stand_in_status(story: &Story<'_>) -> Judgement {
    let mut all = each_answer(story, "LINEADDRESSSTATUS", |status| set_before(story, status));
    all.join(each_answer(story, "LINEADDRESSSTATUS", callers_are_specific));
    all
}

fn callers_are_specific(status: &Answer) -> Option<Said> {
    let Some(Value::List(values)) = status.decoded.get("Forward") else {
        return None;
    };
    let odd = values.iter().any(|value| match value {
        Value::Struct(members) => {
            let get = |name: &str| members.iter().find(|(known, _)| *known == name)?.1.number();
            let mode = get("dwForwardMode").unwrap_or_default();
            let specific = SPECIFIC.iter().any(|name| mode == constant_value(name));
            !specific && get("dwCallerAddressSize").is_some_and(|size| size != 0)
        }
        _ => false,
    });
    kept(!odd, || "a forwarding that is not specific to a caller has a caller's address".to_owned())
}

fn set_before(story: &Story<'_>, status: &Answer) -> Option<Said> {
    let asked = story.invocations.get(status.invocation)?;
    let set: Vec<&Invocation<'_>> = story
        .invocations_of("TSPI_lineForward")
        .filter(|one| one.called < asked.called && one.value("hdLine") == asked.value("hdLine"))
        .filter(|one| one.dword("bAllAddresses") != 0 || Some(one.dword("dwAddressID")) == status.address)
        .collect();
    let last = set.last()?;
    // One that is still on its way may be in force or not.
    let done = |one: &&Invocation<'_>| story.outcome(one).is_some_and(|outcome| outcome.at < asked.called);
    let all_done = set.iter().all(done);
    let outcome = story.outcome(last).filter(|outcome| all_done && outcome.succeeded())?;
    let list = last.bytes_in("lpForwardList").map(|bytes| decode(&LINEFORWARDLIST, bytes, last.version));
    let wanted = entries(list.as_ref().and_then(|list| list.get("ForwardList")));
    if status.number("dwNeededSize")? > status.number("dwUsedSize")? {
        return None;
    }
    let given = entries(status.decoded.get("Forward"));
    let rings = (last.dword("dwNumRingsNoAnswer"), status.number("dwNumRingsNoAnswer")?);
    let claimed = story.claimed("LINEADDRESSCAPS", "dwAddrCapFlags").unwrap_or_default();
    let settable = claimed & constant_value("LINEADDRCAPFLAGS_FWDNUMRINGS") != 0;
    let ringing = |(mode, _): &(u32, String)| {
        let modes = ["LINEFORWARDMODE_NOANSW", "LINEFORWARDMODE_BUSYNA"];
        modes.iter().any(|name| *mode == constant_value(name))
    };
    let wrong_rings = settable && rings.0 != 0 && rings.0 != rings.1 && wanted.iter().any(ringing);
    // What is no more than the provider's best guess may be wrong.
    if claimed & constant_value("LINEADDRCAPFLAGS_FWDSTATUSVALID") == 0 {
        return None;
    }
    let right = given == wanted && status.number("dwForwardNumEntries")? as usize == wanted.len() && !wrong_rings;
    kept(right, || match wrong_rings {
        true => format!("{} rings were set, and dwNumRingsNoAnswer is {}", rings.0, rings.1),
        false => format!("{wanted:?} was set, and LINEADDRESSSTATUS says {given:?}"),
    })
    .map(|said| said.with([outcome.at]))
}
