//! What a place in the list of an extended command takes.

use std::fmt;

use crate::wire::at::Value;

/// One place of a list.
#[derive(Debug)]
pub(in super::super) enum Place {
    /// A number up to this one.
    Up(u32),
    /// A number from the first to the second.
    Range(u32, u32),
    /// One of these numbers.
    Of(&'static [u32]),
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, held and shown in quotation marks.
    Quoted(&'static [&'static str]),
    /// Any text of at most so many characters, in quotation marks or not.
    Text(usize),
}

impl fmt::Display for Place {
    /// As the answer to `=?` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[String]| write!(f, "({})", items.join(","));
        match self {
            Place::Up(0) => f.write_str("(0)"),
            Place::Up(1) => f.write_str("(0,1)"),
            Place::Up(most) => write!(f, "(0-{most})"),
            Place::Range(least, most) => write!(f, "({least}-{most})"),
            Place::Of(numbers) => list(f, &numbers.iter().map(u32::to_string).collect::<Vec<_>>()),
            Place::Word(words) => list(
                f,
                &words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(),
            ),
            Place::Quoted(words) => list(
                f,
                &words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>(),
            ),
            Place::Text(most) => write!(f, "({most})"),
        }
    }
}

impl Place {
    /// The value as it is held, where it fits.
    fn take(&self, value: &Value) -> Option<String> {
        match (self, value) {
            (Place::Up(most), Value::Number(number)) => (number <= most).then(|| number.to_string()),
            (Place::Range(least, most), Value::Number(number)) => {
                (least..=most).contains(&number).then(|| number.to_string())
            }
            (Place::Of(numbers), Value::Number(number)) => {
                numbers.contains(number).then(|| number.to_string())
            }
            (Place::Word(words), Value::Word(text) | Value::Quoted(text)) => {
                words.contains(&text.as_str()).then(|| text.clone())
            }
            (Place::Quoted(words), Value::Word(text) | Value::Quoted(text)) => {
                words.contains(&text.as_str()).then(|| format!("\"{text}\""))
            }
            (Place::Text(most), Value::Word(text) | Value::Quoted(text)) => {
                let fits = text.len() <= *most && text.chars().all(|c| matches!(c, ' '..='~') && c != ',');
                fits.then(|| text.clone())
            }
            (Place::Text(most), Value::Number(number)) => {
                Some(number.to_string()).filter(|text| text.len() <= *most)
            }
            _ => None,
        }
    }
}

/// The list with its new values, where each fits; places left out keep what they hold.
pub(super) fn fill(places: &[Place], held: &str, values: &[Value]) -> Option<String> {
    if values.len() > places.len() {
        return None;
    }
    let mut list: Vec<String> = held.split(',').map(str::to_owned).collect();
    list.resize(places.len().max(list.len()), String::new());
    for ((value, place), text) in values.iter().zip(places).zip(&mut list) {
        if *value != Value::Missing {
            *text = place.take(value)?;
        }
    }
    while list.last().is_some_and(String::is_empty) && list.len() > 1 {
        list.pop();
    }
    Some(list.join(","))
}

/// Whether a list as text is one that [`fill`] could have made.
pub(super) fn fits(places: &[Place], list: &str) -> bool {
    let values: Vec<Value> = list
        .split(',')
        .map(|text| match text.parse() {
            _ if text.is_empty() => Value::Missing,
            Ok(number) => Value::Number(number),
            Err(_) => Value::Word(text.trim_matches('"').to_owned()),
        })
        .collect();
    fill(places, list, &values).as_deref() == Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: &[Place] = &[Place::Up(3), Place::Word(&["V34", "V90"]), Place::Of(&[0, 300])];

    #[test]
    fn places_left_out_keep_what_they_hold() {
        assert_eq!(
            fill(PLACES, "1,V34,0", &[Value::Missing, Value::Word("V90".into())]).as_deref(),
            Some("1,V90,0")
        );
        assert_eq!(fill(PLACES, "1", &[Value::Number(2)]).as_deref(), Some("2"));
        assert_eq!(fill(PLACES, "1", &[Value::Number(4)]), None);
        assert_eq!(fill(&PLACES[..1], "1", &[Value::Number(2), Value::Missing]), None);
        assert_eq!(
            fill(PLACES, "1,V34,0", &[Value::Number(1), Value::Word("V35".into())]),
            None
        );
    }

    #[test]
    fn test_answers_list_what_is_taken() {
        let shown: Vec<String> = PLACES.iter().map(Place::to_string).collect();
        assert_eq!(shown.join(","), "(0-3),(V34,V90),(0,300)");
    }
}
