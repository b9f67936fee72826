//! Faults as text: `drop=1%`, `to-client:delay=20ms`, `split=1/5ms`, several behind each other with commas.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::{Fault, FaultyLine};

/// The faults of both directions of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultSpec {
    /// What happens to bytes on their way to the modem.
    pub to_device: Vec<Fault>,
    /// What happens to bytes on their way to the client.
    pub to_client: Vec<Fault>,
}

impl FaultSpec {
    /// Both directions, each with dice of its own from the seed.
    pub fn lines(&self, seed: u64) -> (FaultyLine, FaultyLine) {
        (
            FaultyLine::new(self.to_device.iter().cloned(), seed),
            FaultyLine::new(self.to_client.iter().cloned(), !seed),
        )
    }

    /// Whether nothing is wrong with the line.
    pub fn is_none(&self) -> bool {
        self.to_device.is_empty() && self.to_client.is_empty()
    }
}

/// What is wrong with a text that should be faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part:?} is no fault: {remedy}")]
pub struct SpecError {
    /// The part of the text.
    pub part: String,
    /// What would be right.
    pub remedy: String,
}

/// How each fault is written, its name first.
pub const FORMS: [(&str, &str); 8] = [
    ("delay", "delay=TIME"),
    ("split", "split=BYTES/TIME"),
    ("coalesce", "coalesce=TIME"),
    ("drop", "drop=PERCENT%"),
    ("garble", "garble=PERCENT%"),
    ("duplicate", "duplicate=PERCENT%"),
    ("stall", "stall=BYTES/TIME"),
    ("cut", "cut=BYTES"),
];

impl FromStr for FaultSpec {
    type Err = SpecError;

    /// Reads faults; `none` is none. A fault works in both directions, or in that of its prefix `to-device:` or
    /// `to-client:`.
    fn from_str(text: &str) -> Result<FaultSpec, SpecError> {
        let mut spec = FaultSpec::default();
        if text.trim() == "none" {
            return Ok(spec);
        }
        for part in text.split(',').map(str::trim) {
            let (device, client, fault) = if let Some(fault) = part.strip_prefix("to-device:") {
                (true, false, fault)
            } else if let Some(fault) = part.strip_prefix("to-client:") {
                (false, true, fault)
            } else {
                (true, true, part)
            };
            let fault = read(fault).map_err(|remedy| SpecError {
                part: part.to_owned(),
                remedy,
            })?;
            spec.to_device.extend(device.then(|| fault.clone()));
            spec.to_client.extend(client.then_some(fault));
        }
        Ok(spec)
    }
}

fn read(text: &str) -> Result<Fault, String> {
    let all = || FORMS.map(|(_, form)| form).join(", ");
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("there are {}", all()))?;
    let (_, form) = FORMS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("there are {}", all()))?;
    let fault = match name {
        "delay" => time(value).map(Fault::Delay),
        "coalesce" => time(value).map(Fault::Coalesce),
        "split" => bytes_and_time(value).and_then(|(size, gap)| {
            let size = usize::try_from(size).ok().filter(|size| *size > 0)?;
            Some(Fault::Split { size, gap })
        }),
        "stall" => bytes_and_time(value).map(|(after, pause)| Fault::Stall { after, pause }),
        "drop" => chance(value).map(Fault::Drop),
        "garble" => chance(value).map(Fault::Garble),
        "duplicate" => chance(value).map(Fault::Duplicate),
        "cut" => value.parse().ok().map(|after| Fault::Cut { after }),
        _ => None,
    };
    fault.ok_or_else(|| format!("the form is {form}, such as split=1/5ms or drop=0.5%"))
}

fn bytes_and_time(text: &str) -> Option<(u64, Duration)> {
    let (bytes, span) = text.split_once('/')?;
    Some((bytes.parse().ok()?, time(span)?))
}

/// `20ms`, `1.5s`, `2m`.
pub(crate) fn time(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number.parse::<f64>().ok()? * factor).ok()
}

fn chance(text: &str) -> Option<f64> {
    let percent: f64 = text.strip_suffix('%')?.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent / 100.0)
}

impl fmt::Display for Fault {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |span: &Duration| format!("{}ms", span.as_secs_f64() * 1000.0);
        match self {
            Fault::Delay(span) => write!(f, "delay={}", ms(span)),
            Fault::Split { size, gap } => write!(f, "split={size}/{}", ms(gap)),
            Fault::Coalesce(span) => write!(f, "coalesce={}", ms(span)),
            Fault::Drop(chance) => write!(f, "drop={}%", chance * 100.0),
            Fault::Garble(chance) => write!(f, "garble={}%", chance * 100.0),
            Fault::Duplicate(chance) => write!(f, "duplicate={}%", chance * 100.0),
            Fault::Stall { after, pause } => write!(f, "stall={after}/{}", ms(pause)),
            Fault::Cut { after } => write!(f, "cut={after}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_in_both_directions_or_one() {
        let spec: FaultSpec = "delay=20ms, to-client:drop=1%,to-device:split=1/5ms"
            .parse()
            .unwrap();
        let delay = Fault::Delay(Duration::from_millis(20));
        let split = Fault::Split {
            size: 1,
            gap: Duration::from_millis(5),
        };
        assert_eq!(spec.to_device, [delay.clone(), split]);
        assert_eq!(spec.to_client, [delay, Fault::Drop(0.01)]);
        assert!("none".parse::<FaultSpec>().unwrap().is_none());
    }

    #[test]
    fn every_form_is_read_and_written_alike() {
        for (text, fault) in [
            ("stall=100/2000ms", "stall=100/2s"),
            ("cut=200", "cut=200"),
            ("coalesce=50ms", "coalesce=0.05s"),
            ("garble=0.5%", "garble=0.5%"),
            ("duplicate=3%", "duplicate=3%"),
        ] {
            assert_eq!(read(fault).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_mistake_is_named_with_the_right_form() {
        let error = "drop=1%,split=0/5ms".parse::<FaultSpec>().unwrap_err();
        assert_eq!(error.part, "split=0/5ms");
        assert!(error.to_string().contains("split=BYTES/TIME"), "{error}");
        for wrong in [
            "",
            "sing=1",
            "drop=101%",
            "drop=-1%",
            "delay=5",
            "delay=1e999s",
            "cut=-1",
            "delay",
        ] {
            assert!(wrong.parse::<FaultSpec>().is_err(), "{wrong}");
        }
    }
}
