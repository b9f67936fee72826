//! Short texts of a description: times, scripts, ranges of numbers.

use std::time::Duration;

use super::super::switch::{Distribution, Script};

/// A time: `500ms`, `12s`, `3min`.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (count, unit) = text.split_at_checked(digits)?;
    let count: u64 = count.parse().ok()?;
    match unit.trim() {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "min" => Some(Duration::from_secs(count.checked_mul(60)?)),
        _ => None,
    }
}

/// What somebody does who is called: `busy`, `answers after 2s`, `answers after 2s for 10s`, `refuses after 1s`,
/// `never answers`.
pub(super) fn script(text: &str) -> Option<Script> {
    match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["busy"] => Some(Script::Busy),
        ["answers", "after", after] => Some(Script::AnswersAfter(duration(after)?)),
        ["answers", "after", after, "for", talks] => Some(Script::AnswersFor {
            after: duration(after)?,
            talks: duration(talks)?,
        }),
        ["refuses", "after", after] => Some(Script::RefusesAfter(duration(after)?)),
        ["never", "answers"] => Some(Script::NeverAnswers),
        _ => None,
    }
}

/// Which member of a group gets a call.
pub(super) fn distribution(text: &str) -> Option<Distribution> {
    match text {
        "linear" => Some(Distribution::Linear),
        "circular" => Some(Distribution::Circular),
        "longest idle" => Some(Distribution::LongestIdle),
        "all" => Some(Distribution::All),
        _ => None,
    }
}

/// A number as it is dialled: digits, `*` and `#`.
pub(super) fn number(text: &str) -> Option<String> {
    let dialled = |c: u8| c.is_ascii_digit() || matches!(c, b'*' | b'#');
    (!text.is_empty() && text.bytes().all(dialled)).then(|| text.to_owned())
}

/// A number, or all from one to another of the same length: `201-299`. At most a million.
pub(super) fn numbers(text: &str) -> Option<Vec<String>> {
    let Some((first, last)) = text.split_once('-') else {
        return number(text).map(|number| vec![number]);
    };
    let length = first.len();
    let (from, to): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    if last.len() != length || from > to || to - from >= 1_000_000 {
        return None;
    }
    Some((from..=to).map(|number| format!("{number:0length$}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_keep_their_zeros_and_end_where_they_should() {
        assert_eq!(numbers("098-101").map(|all| all.len()), Some(4));
        assert_eq!(numbers("001-002").unwrap()[1], "002");
        for wrong in ["", "2O1", "9-10", "20-10", "a-b", "-", "0-9999999"] {
            assert_eq!(numbers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_and_scripts_are_read() {
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("3min"), Some(Duration::from_secs(180)));
        for wrong in ["", "5", "s", "-1s", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(script("busy"), Some(Script::Busy));
        assert_eq!(script("never answers"), Some(Script::NeverAnswers));
        assert_eq!(
            script("refuses after 1s"),
            Some(Script::RefusesAfter(Duration::from_secs(1)))
        );
        assert_eq!(script("answers after"), None);
    }
}
