//! Reads durations.

use std::time::Duration;

use super::error::{Mistake, MistakeKind};
use super::form::Slot;
use super::lexer::number_and_unit;
use super::reader::{Expected, Reader, Stop};
use super::source::Spanned;

/// The longest duration that a scenario may name.
const LONGEST: Duration = Duration::from_secs(3600);

impl Reader<'_> {
    /// `200 ms`, `1.5 s`, `2 min`, with or without the blank.
    pub(super) fn duration(&mut self) -> Result<Spanned<Duration>, Stop> {
        let token = self.word_that(Slot::Duration, |word| number_and_unit(word).is_some())?;
        let (number, mut unit) = number_and_unit(token.text).unwrap_or((token.text, ""));
        let mut span = token.span;
        if unit.is_empty() {
            let Some(behind) = self.peek_word() else {
                return self.expect(Expected::OneOf(Slot::Duration, vec!["ms", "s", "min"]));
            };
            self.at += 1;
            (unit, span) = (behind.text, span.to(behind.span));
        }
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1000,
            "min" => 60_000,
            _ => {
                let meant = if unit.starts_with("ms") || unit.starts_with("milli") {
                    Some("ms")
                } else {
                    ["min", "s"]
                        .into_iter()
                        .find(|known| unit.to_lowercase().starts_with(known))
                };
                let message = format!("`{unit}` is no unit of time");
                let mistake = Mistake::new(MistakeKind::BadValue, span, message);
                self.problem(mistake.suggest(meant, || "the units are `ms`, `s` and `min`".to_owned()));
                return Ok(Spanned::new(Duration::ZERO, span));
            }
        };
        let duration = milliseconds(number, unit_ms)
            .map(Duration::from_millis)
            .filter(|length| *length <= LONGEST);
        let duration = duration.unwrap_or_else(|| {
            let message = format!("`{number} {unit}` is no whole number of milliseconds up to an hour");
            self.bad_value(span, message, "write it as in `200 ms`, `1.5 s` or `2 min`");
            Duration::ZERO
        });
        Ok(Spanned::new(duration, span))
    }
}

/// A decimal number times a unit, if that is a whole number.
fn milliseconds(number: &str, unit_ms: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let scale = 10_u64.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let parts = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u64>().ok()?.checked_mul(unit_ms)?
    };
    if parts % scale != 0 {
        return None;
    }
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(unit_ms)?
        .checked_add(parts / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_milliseconds() {
        assert_eq!(milliseconds("1.5", 1000), Some(1500));
        assert_eq!(milliseconds("0.250", 1000), Some(250));
        assert_eq!(milliseconds("0.5", 1), None);
        assert_eq!(milliseconds("99999999999999999999", 1), None);
        assert_eq!(milliseconds("0.00000000000000000000001", 60_000), None);
    }
}
