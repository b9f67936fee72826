//! What stands behind the command line's words: where reports go, pairs, times.

use std::path::PathBuf;
use std::time::Duration;

/// Where a report goes, and in which form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTo {
    pub format: Format,
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
}

/// `FORMAT[=FILE]`
pub fn report(text: &str) -> Result<ReportTo, String> {
    let (format, file) = match text.split_once('=') {
        Some((_, "")) => return Err("name a file behind `=`, or leave it out for standard output".into()),
        Some((format, file)) => (format, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = match format {
        "text" => Format::Text,
        "json" => Format::Json,
        other => {
            return Err(format!(
                "there is no report format {other:?}: text and json are there"
            ));
        }
    };
    Ok(ReportTo { format, file })
}

/// `NAME=VALUE`
pub fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("the form is NAME=VALUE")?;
    if name.is_empty() {
        return Err("a name stands before `=`".into());
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// `500ms`, `5s`, `2m`, or a bare number of seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no time: write 500ms, 5s or 2m"))?;
    let seconds = match unit.trim() {
        "ms" => number / 1000.0,
        "" | "s" => number,
        "m" | "min" => number * 60.0,
        other => return Err(format!("{other:?} is no unit of time: ms, s and m are")),
    };
    let duration = Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())?;
    if duration.is_zero() {
        return Err("a time of zero lets nothing happen".into());
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("5"), Ok(Duration::from_secs(5)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert!(duration("5 apples").is_err());
        assert!(duration("0s").is_err());
        assert!(duration("").is_err());
    }

    #[test]
    fn reports_go_to_standard_output_or_a_file() {
        assert_eq!(
            report("json"),
            Ok(ReportTo {
                format: Format::Json,
                file: None
            })
        );
        assert_eq!(
            report("text=a.txt"),
            Ok(ReportTo {
                format: Format::Text,
                file: Some("a.txt".into())
            })
        );
        assert!(report("junit").is_err());
        assert!(report("json=").is_err());
    }
}
