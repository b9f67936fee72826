//! `+CME ERROR` by number and text (27.007 9.2).

/// An error of mobile equipment, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Cme(pub(in super::super) u32);

impl Cme {
    pub(in super::super) const NOT_ALLOWED: Cme = Cme(3);
    pub(in super::super) const NOT_SUPPORTED: Cme = Cme(4);
    pub(in super::super) const PIN_REQUIRED: Cme = Cme(11);
    pub(in super::super) const PUK_REQUIRED: Cme = Cme(12);
    pub(in super::super) const SIM_FAILURE: Cme = Cme(13);
    pub(in super::super) const INCORRECT_PASSWORD: Cme = Cme(16);
    pub(in super::super) const MEMORY_FULL: Cme = Cme(20);
    pub(in super::super) const INVALID_INDEX: Cme = Cme(21);
    pub(in super::super) const NOT_FOUND: Cme = Cme(22);
    pub(in super::super) const TEXT_TOO_LONG: Cme = Cme(24);
    pub(in super::super) const INVALID_TEXT: Cme = Cme(25);
    pub(in super::super) const NUMBER_TOO_LONG: Cme = Cme(26);
    pub(in super::super) const INVALID_NUMBER: Cme = Cme(27);
    pub(in super::super) const NO_NETWORK: Cme = Cme(30);
    pub(in super::super) const INCORRECT_PARAMETERS: Cme = Cme(50);

    pub(super) fn text(self) -> &'static str {
        let row = CME_ERRORS.iter().find(|(number, _)| *number == self.0);
        row.map_or("unknown", |(_, text)| text)
    }
}

/// The general errors and those of the packet domain that calls and SMS meet.
pub(in super::super) const CME_ERRORS: &[(u32, &str)] = &[
    (0, "phone failure"),
    (1, "no connection to phone"),
    (2, "phone-adaptor link reserved"),
    (3, "operation not allowed"),
    (4, "operation not supported"),
    (5, "PH-SIM PIN required"),
    (10, "SIM not inserted"),
    (11, "SIM PIN required"),
    (12, "SIM PUK required"),
    (13, "SIM failure"),
    (14, "SIM busy"),
    (15, "SIM wrong"),
    (16, "incorrect password"),
    (17, "SIM PIN2 required"),
    (18, "SIM PUK2 required"),
    (20, "memory full"),
    (21, "invalid index"),
    (22, "not found"),
    (23, "memory failure"),
    (24, "text string too long"),
    (25, "invalid characters in text string"),
    (26, "dial string too long"),
    (27, "invalid characters in dial string"),
    (30, "no network service"),
    (31, "network timeout"),
    (32, "network not allowed - emergency calls only"),
    (40, "network personalization PIN required"),
    (50, "Incorrect parameters"),
    (100, "unknown"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_error_is_in_the_table_and_numbers_rise() {
        assert!(CME_ERRORS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(Cme::PIN_REQUIRED.text(), "SIM PIN required");
        assert_eq!(Cme::INCORRECT_PARAMETERS.text(), "Incorrect parameters");
    }
}
