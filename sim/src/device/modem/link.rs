//! What two modems agree on while they train, and how they report it: rate, error correction, compression.

use super::profile::Feature;
use super::{LineAction, Mode, Modem};
use crate::exchange::{Handshake, Sound};
use crate::time::SimTime;
use crate::wire::at::ResultCode;

/// The carriers of `+MS` (V.250 table 6).
pub(super) const CARRIERS: &[&str] = &[
    "V21", "V22", "V22B", "V23C", "V32", "V32B", "V34", "V90", "V92", "B103", "B212A",
];

/// The fastest rate of each carrier, bit/s.
const FASTEST: &[(&str, u32)] = &[
    ("V21", 300),
    ("B103", 300),
    ("V22", 1200),
    ("B212A", 1200),
    ("V23C", 1200),
    ("V22B", 2400),
    ("V32", 9600),
    ("V32B", 14_400),
    ("V34", 33_600),
    ("V90", 56_000),
    ("V92", 56_000),
];

/// The rate that `N0` with S37, or `F`, asks for; 0 in S37 leaves it open.
const S37_RATES: &[u32] = &[
    0, 75, 110, 300, 600, 1200, 2400, 4800, 7200, 9600, 12_000, 14_400, 7200,
];
const F_RATES: &[u32] = &[0, 300, 300, 1200, 1200, 2400, 4800, 4800, 4800, 9600, 9600];

/// What was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// Bit/s on the line.
    pub(super) rate: u32,
    /// V.42 is in force.
    pub(super) error_correction: bool,
    /// V.42 bis is in force.
    pub(super) compression: bool,
}

impl Link {
    /// Both ends come to the same result, because nothing in it depends on the side.
    fn agree(ours: Handshake, theirs: Handshake) -> Option<Link> {
        let rate = ours.fastest.min(theirs.fastest);
        let error_correction = ours.error_correction && theirs.error_correction;
        let must_correct = ours.must_correct || theirs.must_correct;
        if rate < ours.slowest.max(theirs.slowest) || (must_correct && !error_correction) {
            return None;
        }
        Some(Link {
            rate,
            error_correction,
            compression: error_correction && ours.compression && theirs.compression,
        })
    }

    /// The carrier that has the rate.
    fn carrier(&self) -> &'static str {
        match self.rate {
            0..=300 => "V21",
            301..=1200 => "V22",
            1201..=2400 => "V22B",
            2401..=9600 => "V32",
            9601..=14_400 => "V32B",
            14_401..=33_600 => "V34",
            _ => "V90",
        }
    }
}

impl Modem {
    fn offer(&self) -> Handshake {
        let settings = &self.settings;
        let fastest_of = |carrier: &str| {
            let row = FASTEST.iter().find(|(name, _)| *name == carrier);
            row.map_or(u32::MAX, |(_, rate)| *rate)
        };
        let given = |rate: u32| if rate == 0 { u32::MAX } else { rate };
        let nth = |rates: &[u32], n: usize| given(rates.get(n).copied().unwrap_or(0));
        let mut fastest = self.profile().connect_rate.min(given(settings.number("+MS", 3)));
        if self.profile().has(Feature::V250) {
            fastest = fastest.min(fastest_of(settings.text("+MS").split(',').next().unwrap_or("")));
        }
        fastest = fastest.min(nth(S37_RATES, settings.register(37).into()));
        fastest = fastest.min(nth(F_RATES, usize::try_from(settings.get("F")).unwrap_or(0)));
        let reliable = settings.get("\\N");
        Handshake {
            fastest,
            slowest: settings.number("+MS", 2),
            error_correction: reliable >= 2
                && !matches!(settings.get("&Q"), 0 | 6)
                && settings.number("+ES", 0) >= 2,
            must_correct: matches!(reliable, 2 | 4 | 5) || matches!(settings.number("+ES", 1), 2 | 3),
            compression: settings.get("%C") != 0 && settings.number("+DS", 0) != 0,
        }
    }

    /// Both ends are through: this one sends its carrier, and training begins where the other's is heard already.
    pub(super) fn seek_carrier(&mut self, now: SimTime) {
        let offer = self.offer();
        self.actions.push_back(LineAction::Sound(Sound::Handshake(offer)));
        if self.far_offer.is_some() {
            self.train(now);
        }
    }

    pub(super) fn carrier_heard(&mut self, offer: Handshake, now: SimTime) {
        self.far_offer = Some(offer);
        if matches!(self.mode, Mode::WaitCarrier { .. }) && self.progress == super::CallProgress::Answered {
            self.train(now);
        }
    }

    fn train(&mut self, now: SimTime) {
        self.mode = Mode::Training {
            until: now + self.profile().training_time,
        };
        if self.profile().training_time.is_zero() {
            self.trained(now);
        }
    }

    /// Training is over: data can flow, or the two have nothing in common.
    pub(super) fn trained(&mut self, now: SimTime) {
        let theirs = self.far_offer.unwrap_or(Handshake::ANY);
        match Link::agree(self.offer(), theirs) {
            Some(link) => {
                self.link = Some(link);
                self.go_online(now);
            }
            None => self.give_up(&ResultCode::NoCarrier),
        }
    }

    /// The result codes of a connection: what `+MR`, `+ER`, `+DR`, `+ILRR` and `W` ask for, then `CONNECT`. What the modems
    /// have agreed on is told when they have; one that is returned to is no news.
    pub(super) fn report_connection(&mut self, is_new: bool) {
        let Some(link) = self.link else { return };
        let port = match self.settings.number("+IPR", 0) {
            0 => self.profile().port_rate,
            rate => rate,
        };
        let protocol = if link.error_correction { "LAPM" } else { "NONE" };
        let compression = if link.compression { "V42B" } else { "NONE" };
        let mut codes = Vec::new();
        let asked = |name| is_new && self.settings.number(name, 0) == 1;
        if asked("+MR") {
            codes.push(ResultCode::Extended(format!("+MCR: {}", link.carrier())));
            codes.push(ResultCode::Extended(format!("+MRR: {}", link.rate)));
        }
        if asked("+ER") {
            codes.push(ResultCode::Extended(format!("+ER: {protocol}")));
        }
        if asked("+DR") {
            codes.push(ResultCode::Extended(format!("+DR: {compression}")));
        }
        if asked("+ILRR") {
            codes.push(ResultCode::Extended(format!("+ILRR: {port}")));
        }
        let reports = self.settings.get("W");
        let rate = match reports {
            1 => port,
            0 if self.profile().results.connect_port_rate => port,
            _ => link.rate,
        };
        if is_new && reports == 1 && self.settings.get("X") > 0 {
            let protocol = if link.error_correction { "LAP-M" } else { "NONE" };
            let compression = if link.compression { "V.42BIS" } else { "NONE" };
            codes.push(ResultCode::Maker(format!("CARRIER {}", link.rate)));
            codes.push(ResultCode::Maker(format!("PROTOCOL: {protocol}")));
            codes.push(ResultCode::Maker(format!("COMPRESSION: {compression}")));
        }
        codes.push(self.connect_code(&link, rate, port));
        for code in codes {
            self.result(&code);
        }
    }

    fn connect_code(&self, link: &Link, rate: u32, port: u32) -> ResultCode {
        if self.settings.get("X") == 0 {
            return ResultCode::Connect;
        }
        let texts = &self.profile().results;
        let text = match &texts.connect_plain {
            Some(plain) if !link.error_correction => plain,
            _ => &texts.connect,
        };
        if text == "CONNECT {rate}" {
            return ResultCode::ConnectRate(rate);
        }
        let text = text
            .replace("{rate}", &rate.to_string())
            .replace("{carrier}", &link.rate.to_string())
            .replace("{port}", &port.to_string())
            .replace("{modulation}", link.carrier())
            .replace("{protocol}", if link.error_correction { "LAPM" } else { "NONE" })
            .replace("{compression}", if link.compression { "V42BIS" } else { "NONE" });
        ResultCode::Maker(text)
    }

    /// What `+GCAP` lists: the families of commands that the modem has.
    pub(super) fn capabilities(&self) -> Vec<&'static str> {
        const FAMILIES: &[(Feature, &[&str])] = &[
            (Feature::Mobile, &["+CGSM"]),
            (Feature::V250, &["+FCLASS", "+MS", "+ES", "+DS"]),
        ];
        let families = FAMILIES
            .iter()
            .filter(|(feature, _)| self.profile().has(*feature));
        let names = families.flat_map(|(_, names)| names.iter().copied());
        names.filter(|name| !self.profile().lacks(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_offer() -> impl Strategy<Value = Handshake> {
        (any::<u32>(), 0u32..60_000, any::<[bool; 3]>()).prop_map(|(fastest, slowest, flags)| Handshake {
            fastest,
            slowest,
            error_correction: flags[0],
            must_correct: flags[1],
            compression: flags[2],
        })
    }

    proptest! {
        #[test]
        fn both_ends_agree_on_the_same(ours in any_offer(), theirs in any_offer()) {
            prop_assert_eq!(Link::agree(ours, theirs), Link::agree(theirs, ours));
        }

        #[test]
        fn nobody_is_given_what_he_refused(ours in any_offer(), theirs in any_offer()) {
            if let Some(link) = Link::agree(ours, theirs) {
                prop_assert!((ours.slowest..=ours.fastest).contains(&link.rate));
                prop_assert!(!link.error_correction || (ours.error_correction && theirs.error_correction));
                prop_assert!(link.error_correction || !link.compression);
                prop_assert!(link.error_correction || !ours.must_correct);
            }
        }
    }
}
