//! Rules about single members of LINEDEVSTATUS, LINEADDRESSSTATUS and LINECALLSTATUS.

use std::time::Duration;

use super::Level::{Must, Should};
use super::judging::{Said, each_answer, kept};
use super::{Answer, Judgement, Rule, Story};
use crate::tspi::Value;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINECALLSTATUS/7",
        page: "ns-tapi-linecallstatus.md",
        level: Must,
        requirement: "LINECALLSTATUS.tStateEntryTime is the time at which the call entered its state: the same as long as the state \
                      lasts, and later for each later state, as much as its report came later.",
        why: "Applications show how long a call has waited, and count from another moment.",
        mend: "Take the time once, when the state changes, and keep it with the state.",
        broken_by: "entry-time-wanders",
        exercises: &["outgoing-answered", "two-lines"],
        judge: states_have_their_time,
    },
    Rule {
        id: "tspi/LINEDEVSTATUS/4",
        page: "ns-tapi-linedevstatus.md",
        level: Must,
        requirement: "LINEDEVSTATUS.dwNumCallCompletions counts completions that TSPI_lineCompleteCall has asked for and that are \
                      outstanding: never more than were asked for and not taken back.",
        why: "Applications show the user calls to come that nobody has asked for.",
        mend: "Count up when a completion is set up and down when it ends.",
        broken_by: "miscounts-completions",
        exercises: &["lifecycle"],
        judge: completions_were_asked_for,
    },
    Rule {
        id: "tspi/LINEDEVSTATUS/5",
        page: "ns-tapi-linedevstatus.md",
        level: Must,
        requirement: "LINEDEVSTATUS.dwRingMode is a ring mode that the line has: at most LINEDEVCAPS.dwRingModes.",
        why: "Applications play the sound of a ring mode, and there is none for it.",
        mend: "Give the mode of the ring now, or 0.",
        broken_by: "status-rings-oddly",
        exercises: &["lifecycle"],
        judge: ring_mode_exists,
    },
    Rule {
        id: "tspi/LINEADDRESSSTATUS/1",
        page: "ns-tapi-lineaddressstatus.md",
        level: Should,
        requirement: "LINEADDRESSSTATUS.dwNumInUse counts the stations that use the address now: at least one while a call is active on \
                      it. Providers that never fill it are common, and Windows copes: a warning.",
        why: "Applications take a shared address for free.",
        mend: "Count the line itself while it has a call, and the other stations that the switch tells of.",
        broken_by: "in-use-by-nobody",
        exercises: &["outgoing-answered"],
        judge: used_addresses_are_in_use,
    },
];

/// Milliseconds since 1601 or so of a SYSTEMTIME; `None` for one that is none.
fn millis(time: &Value) -> Option<i64> {
    let Value::Time([year, month, _, day, hour, minute, second, milli]) = *time else {
        return None;
    };
    let right = (1601..=30827).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !right || hour > 23 || minute > 59 || second > 59 || milli > 999 {
        return None;
    }
    // Days before a date, with March as the first month of a year, so that the leap day is the last.
    let (year, month) = match month {
        1 | 2 => (i64::from(year) - 1, i64::from(month) + 9),
        _ => (i64::from(year), i64::from(month) - 3),
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + i64::from(day);
    let seconds = ((days * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some(seconds * 1000 + i64::from(milli))
}

/// How far the clocks of provider and record may run apart, scheduling included.
const CLOCKS: Duration = Duration::from_millis(1500);

fn states_have_their_time(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLSTATUS", |status| {
        let time = millis(status.decoded.get("tStateEntryTime")?)?;
        let entered = entered(story, status)?;
        let (other, was, other_entered) = story.answers("LINECALLSTATUS").find_map(|other| {
            let same = other.call == status.call && other.at < status.at;
            let was = millis(other.decoded.get("tStateEntryTime")?).filter(|_| same)?;
            Some((other, was, self::entered(story, other)?))
        })?;
        let (told, seen) = (time - was, {
            let (now, then) = (story.time(entered), story.time(other_entered));
            now.as_millis() as i64 - then.as_millis() as i64
        });
        let right = match entered == other_entered {
            true => told == 0,
            false => (told - seen).abs() <= CLOCKS.as_millis() as i64,
        };
        kept(right, || {
            format!("tStateEntryTime lies {told} ms after that of an earlier query, and the state's report {seen} ms")
        })
        .map(|said| said.with([other.at]))
    })
}

/// The report of the state that an answer is about, where no other report was near.
fn entered(story: &Story<'_>, status: &Answer) -> Option<usize> {
    let call = story.call(status.call?)?;
    let called = story.invocations.get(status.invocation)?.called;
    let states: Vec<_> = call.states_about(story, called, status.at).collect();
    match states.as_slice() {
        [one] if status.number("dwCallState") == Some(one.state) => Some(one.at),
        _ => None,
    }
}

fn completions_were_asked_for(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEDEVSTATUS", |status| {
        let count = status.number("dwNumCallCompletions")?;
        let of = |function: &'static str| {
            story
                .invocations_of(function)
                .filter(|one| one.called < status.at && story.device_of(one) == status.device)
                .filter(|one| one.accepted() && story.outcome(one).is_none_or(|outcome| outcome.succeeded()))
        };
        let asked = of("TSPI_lineCompleteCall").count();
        let taken_back = of("TSPI_lineUncompleteCall").filter(|one| {
            story.outcome(one).is_some_and(|outcome| outcome.at < status.at)
        });
        let most = asked.saturating_sub(taken_back.count());
        kept(count as usize <= most, || {
            format!("dwNumCallCompletions is {count}, and {most} were asked for and not taken back")
        })
    })
}

fn ring_mode_exists(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEDEVSTATUS", |status| {
        let mode = status.number("dwRingMode")?;
        let modes = story.caps("LINEDEVCAPS", status.device?, status.at)?.number("dwRingModes")?;
        kept(mode <= modes, || format!("dwRingMode is {mode}, and LINEDEVCAPS.dwRingModes is {modes}"))
    })
}

fn used_addresses_are_in_use(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEADDRESSSTATUS", |status| -> Option<Said> {
        let active = status.number("dwNumActiveCalls").filter(|active| *active > 0)?;
        let used = status.number("dwNumInUse")?;
        kept(used > 0, || format!("dwNumActiveCalls is {active}, and dwNumInUse is 0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(year: u16, month: u16, day: u16, second: u16) -> i64 {
        millis(&Value::Time([year, month, 0, day, 0, 0, second, 0])).expect("a time")
    }

    #[test]
    fn days_follow_each_other_over_leap_years() {
        let day = 24 * 60 * 60 * 1000;
        assert_eq!(at(2024, 3, 1, 0) - at(2024, 2, 28, 0), 2 * day);
        assert_eq!(at(2023, 3, 1, 0) - at(2023, 2, 28, 0), day);
        assert_eq!(at(2000, 3, 1, 0) - at(2000, 2, 29, 0), day);
        assert_eq!(at(2025, 1, 1, 1) - at(2024, 12, 31, 0), day + 1000);
        assert_eq!(millis(&Value::Time([0; 8])), None);
    }
}
