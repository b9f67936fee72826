//! The SIM's lock: PIN and PUK with their attempts (27.007 8.3; TS 51.011 for the counts).

use super::Cme;
use crate::device::modem::{Modem, Outcome};
use crate::wire::at::{Operation, Value};

const PIN_ATTEMPTS: u8 = 3;
const PUK_ATTEMPTS: u8 = 10;

/// What the SIM asks for.
#[derive(Debug)]
pub(in super::super) struct SimLock {
    pin: String,
    puk: String,
    /// The PIN is asked for when the modem is switched on.
    is_enabled: bool,
    is_open: bool,
    pin_left: u8,
    puk_left: u8,
}

impl SimLock {
    pub(super) fn new(pin: Option<&str>, puk: &str) -> SimLock {
        SimLock {
            pin: pin.unwrap_or("0000").to_owned(),
            puk: puk.to_owned(),
            is_enabled: pin.is_some(),
            is_open: pin.is_none(),
            pin_left: PIN_ATTEMPTS,
            puk_left: PUK_ATTEMPTS,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(in super::super) fn is_enabled(&self) -> bool {
        self.is_enabled
    }

    /// The modem was switched off and on.
    pub(in super::super) fn close(&mut self) {
        self.is_open = !self.is_enabled && self.pin_left > 0;
    }

    fn asks_for(&self) -> &'static str {
        match () {
            () if self.pin_left == 0 => "SIM PUK",
            () if !self.is_open => "SIM PIN",
            () => "READY",
        }
    }

    pub(super) fn error(&self) -> Option<Cme> {
        match () {
            () if self.puk_left == 0 => Some(Cme::SIM_FAILURE),
            () if self.pin_left == 0 => Some(Cme::PUK_REQUIRED),
            () if !self.is_open => Some(Cme::PIN_REQUIRED),
            () => None,
        }
    }

    fn check_pin(&mut self, pin: &str) -> Result<(), Cme> {
        if self.pin_left == 0 {
            return Err(Cme::PUK_REQUIRED);
        }
        if pin == self.pin {
            self.pin_left = PIN_ATTEMPTS;
            return Ok(());
        }
        self.pin_left -= 1;
        Err(match self.pin_left {
            0 => Cme::PUK_REQUIRED,
            _ => Cme::INCORRECT_PASSWORD,
        })
    }

    fn enter(&mut self, code: &str, new: Option<&str>) -> Result<(), Cme> {
        if self.puk_left == 0 {
            return Err(Cme::SIM_FAILURE);
        }
        match (self.pin_left, new) {
            (0, None) => Err(Cme::PUK_REQUIRED),
            (0, Some(new)) if code == self.puk => {
                self.pin_left = PIN_ATTEMPTS;
                self.puk_left = PUK_ATTEMPTS;
                self.pin = new.to_owned();
                self.is_open = true;
                Ok(())
            }
            (0, Some(_)) => {
                self.puk_left -= 1;
                Err(Cme::INCORRECT_PASSWORD)
            }
            // A PIN that nobody asks for.
            (_, _) if self.is_open => Err(Cme::NOT_ALLOWED),
            _ => {
                self.check_pin(code)?;
                self.is_open = true;
                Ok(())
            }
        }
    }

    fn switch(&mut self, on: bool, pin: &str) -> Result<(), Cme> {
        self.check_pin(pin)?;
        self.is_enabled = on;
        Ok(())
    }

    fn change(&mut self, old: &str, new: &str) -> Result<(), Cme> {
        self.check_pin(old)?;
        self.pin = new.to_owned();
        Ok(())
    }
}

/// A password, in quotation marks or not.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::Quoted(text) | Value::Word(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Missing => None,
    }
}

fn is_pin(text: &str) -> bool {
    (4..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

impl Modem {
    fn lock(&mut self, change: impl FnOnce(&mut SimLock) -> Result<(), Cme>) -> Outcome {
        let result = match &mut self.mobile {
            Some(mobile) => change(&mut mobile.lock),
            None => Err(Cme::NOT_SUPPORTED),
        };
        match result {
            Ok(()) => Outcome::Next,
            Err(error) => self.cme(error),
        }
    }

    /// `+CPIN` (27.007 8.3).
    pub(in super::super) fn pin(&mut self, operation: Operation) -> Outcome {
        match operation {
            Operation::Read => {
                let asks = self
                    .mobile
                    .as_ref()
                    .map_or("READY", |mobile| mobile.lock.asks_for());
                self.information(&format!("+CPIN: {asks}"));
                Outcome::Next
            }
            Operation::Test => Outcome::Next,
            Operation::Execute => Outcome::Error,
            Operation::Set(values) => {
                let words: Option<Vec<String>> = values.iter().map(word).collect();
                match words.as_deref() {
                    Some([code]) => self.lock(|lock| lock.enter(code, None)),
                    Some([code, new]) if is_pin(new) => self.lock(|lock| lock.enter(code, Some(new))),
                    _ => self.cme(Cme::INCORRECT_PARAMETERS),
                }
            }
        }
    }

    /// `+CLCK` (27.007 7.4), for the SIM; other facilities are known to be off.
    pub(in super::super) fn facility_lock(&mut self, values: &[Value]) -> Outcome {
        let facility = values.first().and_then(word).unwrap_or_default();
        if !["SC", "AO", "OI", "OX", "AI", "IR", "AB", "AG", "AC"].contains(&facility.as_str()) {
            return self.cme(Cme::INCORRECT_PARAMETERS);
        }
        let is_on = facility == "SC"
            && self
                .mobile
                .as_ref()
                .is_some_and(|mobile| mobile.lock.is_enabled());
        match (values.get(1), values.get(2).and_then(word)) {
            (Some(Value::Number(2)), _) => {
                self.information(&format!("+CLCK: {}", u32::from(is_on)));
                Outcome::Next
            }
            (Some(Value::Number(mode @ (0 | 1))), Some(pin)) if facility == "SC" => {
                self.lock(|lock| lock.switch(*mode == 1, &pin))
            }
            (Some(Value::Number(0 | 1)), _) => self.cme(Cme::NOT_ALLOWED),
            _ => self.cme(Cme::INCORRECT_PARAMETERS),
        }
    }

    /// `+CPWD` (27.007 7.5), for the SIM.
    pub(in super::super) fn change_password(&mut self, values: &[Value]) -> Outcome {
        let words: Option<Vec<String>> = values.iter().map(word).collect();
        match words.as_deref() {
            Some([facility, old, new]) if facility == "SC" && is_pin(new) => {
                self.lock(|lock| lock.change(old, new))
            }
            _ => self.cme(Cme::INCORRECT_PARAMETERS),
        }
    }
}
