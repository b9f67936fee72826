//! The modem's control circuits: what `&C`, `&D`, `&R` and `&S` make of DCD, DTR, CTS and DSR, and RI in time with
//! the bursts of ringing.

use std::time::Duration;

use super::{CommandLineReader, Mode, Modem};
use crate::time::SimTime;
use crate::wire::at::ResultCode;
use crate::wire::v24::{DceCircuits, DteCircuits};

/// What the client holds on, and what of it is still to be noticed.
#[derive(Debug)]
pub(super) struct CircuitState {
    dte: DteCircuits,
    /// When an OFF of DTR has lasted long enough to count; S25.
    dtr_counts_at: Option<SimTime>,
}

impl Default for CircuitState {
    fn default() -> CircuitState {
        CircuitState {
            dte: DteCircuits::READY,
            dtr_counts_at: None,
        }
    }
}

impl CircuitState {
    pub(super) fn due_at(&self) -> Option<SimTime> {
        self.dtr_counts_at
    }
}

impl Modem {
    /// The client switched circuits. DTR has to stay off for S25 hundredths of a second before `&D` acts.
    pub fn handle_circuits(&mut self, dte: DteCircuits, now: SimTime) {
        self.handle_timeout(now);
        let before = std::mem::replace(&mut self.circuits.dte, dte).dtr;
        match (before, dte.dtr) {
            (true, false) => {
                let delay = Duration::from_millis(10) * u32::from(self.settings.register(25));
                self.circuits.dtr_counts_at = Some(now + delay);
            }
            (false, true) => self.circuits.dtr_counts_at = None,
            _ => {}
        }
    }

    /// What the modem holds on now.
    pub fn circuits(&self) -> DceCircuits {
        let in_call = self.has_carrier || matches!(self.mode, Mode::Training { .. });
        DceCircuits {
            cts: self.settings.get("&R") != 0 || self.circuits.dte.rts,
            dsr: self.settings.get("&S") == 0 || in_call,
            ri: self.ring_indicator.is_on(),
            dcd: self.settings.get("&C") == 0 || self.has_carrier,
        }
    }

    /// The client closed its end of the port: DTR has dropped, a half-typed line is forgotten, and nobody is there to
    /// be told.
    pub fn handle_client_gone(&mut self) {
        self.reader = CommandLineReader::default();
        self.circuits.dtr_counts_at = None;
        self.is_stopped = false;
        // The next client raises both as it opens the port.
        self.circuits.dte = DteCircuits::READY;
        self.dtr_dropped();
    }

    /// What DTR's fall means by `&D` (V.250 6.2.9; 3 as Hayes modems have it). True where a call ended by it.
    fn dtr_dropped(&mut self) -> bool {
        let had_call = self.has_carrier || !matches!(self.mode, Mode::Command);
        // 27.007 8.20: voice calls heed DTR with `+CVHU=2` only.
        if self.settings.number("+CVHU", 0) < 2 && self.in_voice_call() {
            return false;
        }
        match self.settings.get("&D") {
            1 if matches!(self.mode, Mode::Online(_)) => self.mode = Mode::Command,
            2 => {
                self.pending.clear();
                self.hang_up();
                return had_call;
            }
            3 => {
                self.pending.clear();
                self.reset();
                return had_call;
            }
            _ => {}
        }
        false
    }

    pub(super) fn circuits_timeout(&mut self, now: SimTime) {
        if self.circuits.dtr_counts_at.is_none_or(|at| at > now) {
            return;
        }
        self.circuits.dtr_counts_at = None;
        let was_online = matches!(self.mode, Mode::Online(_));
        if self.dtr_dropped() {
            self.result(&ResultCode::NoCarrier);
        } else if was_online && matches!(self.mode, Mode::Command) {
            self.result(&ResultCode::Ok);
        }
    }

    /// V.250 6.2.9: while DTR is off, `&D2` and `&D3` keep the modem from answering by itself.
    pub(super) fn may_answer_by_itself(&self) -> bool {
        self.circuits.dte.dtr || self.settings.get("&D") < 2
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LineAction, ModemProfile, Output};
    use super::*;
    use crate::exchange::{Handshake, LineSignal, RingPattern, Sound};

    const DTR_OFF: DteCircuits = DteCircuits {
        dtr: false,
        rts: true,
    };

    fn at(ms: u64) -> SimTime {
        SimTime::from_micros(ms * 1000)
    }

    /// A modem after a command line that it accepts.
    fn modem(line: &str) -> Modem {
        let mut modem = Modem::new(ModemProfile {
            echo: false,
            ..ModemProfile::quick()
        });
        modem.handle_bytes(format!("AT{line}\r").as_bytes(), at(0));
        assert_eq!(said(&mut modem), "\r\nOK\r\n", "{line}");
        modem
    }

    fn said(modem: &mut Modem) -> String {
        let bytes: Vec<u8> = std::iter::from_fn(|| modem.poll_output())
            .flat_map(Output::into_bytes)
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn did(modem: &mut Modem) -> Vec<LineAction> {
        std::iter::from_fn(|| modem.poll_event()).collect()
    }

    /// Answers a call and trains; online from 100 ms on.
    fn online(line: &str) -> Modem {
        let mut modem = modem(line);
        modem.handle_signal(LineSignal::Ring, at(0));
        modem.handle_bytes(b"ATA\r", at(1));
        modem.handle_signal(LineSignal::Answered, at(2));
        modem.handle_signal(LineSignal::Sound(Sound::Handshake(Handshake::ANY)), at(2));
        modem.handle_timeout(at(100));
        assert!(said(&mut modem).contains("CONNECT"), "{line}");
        did(&mut modem);
        modem
    }

    #[test]
    fn ri_lasts_as_long_as_the_burst_and_ends_when_the_modem_answers() {
        let mut modem = modem("");
        let burst = || LineSignal::RingPattern(RingPattern(vec![200]));
        modem.handle_signal(burst(), at(10));
        assert!(modem.circuits().ri);
        modem.handle_timeout(at(209));
        assert!(modem.circuits().ri);
        modem.handle_timeout(at(210));
        assert!(!modem.circuits().ri);
        modem.handle_signal(burst(), at(610));
        modem.handle_bytes(b"ATA\r", at(611));
        assert!(!modem.circuits().ri);
    }

    #[test]
    fn c1_shows_the_carrier_and_c0_is_always_on() {
        assert!(!modem("&C1").circuits().dcd);
        assert!(online("&C1").circuits().dcd);
        assert!(modem("&C0").circuits().dcd);
        let mut modem = online("&C1");
        modem.handle_signal(LineSignal::Released, at(200));
        assert!(!modem.circuits().dcd);
    }

    #[test]
    fn s1_shows_a_call_and_s0_is_always_on() {
        assert!(modem("&S0").circuits().dsr);
        assert!(!modem("&S1").circuits().dsr);
        assert!(online("&S1").circuits().dsr);
    }

    #[test]
    fn r0_lets_cts_follow_rts() {
        for (line, cts) in [("&R0", false), ("&R1", true)] {
            let mut modem = modem(line);
            assert!(modem.circuits().cts);
            let rts_off = DteCircuits {
                dtr: true,
                rts: false,
            };
            modem.handle_circuits(rts_off, at(1));
            assert_eq!(modem.circuits().cts, cts, "{line}");
        }
    }

    #[test]
    fn each_d_level_answers_a_fall_of_dtr_in_its_own_way() {
        for (line, answer, hangs_up) in [
            ("&D0", "", false),
            ("&D1", "\r\nOK\r\n", false),
            ("&D2", "\r\nNO CARRIER\r\n", true),
            ("&D3", "\r\nNO CARRIER\r\n", true),
        ] {
            let mut modem = online(line);
            modem.handle_circuits(DTR_OFF, at(200));
            // S25 is five hundredths of a second.
            modem.handle_timeout(at(249));
            assert_eq!(said(&mut modem), "", "{line}");
            modem.handle_timeout(at(250));
            assert_eq!(said(&mut modem), answer, "{line}");
            assert_eq!(did(&mut modem).contains(&LineAction::OnHook), hangs_up, "{line}");
        }
    }

    #[test]
    fn a_short_fall_of_dtr_is_not_noticed() {
        let mut modem = online("&D2");
        modem.handle_circuits(DTR_OFF, at(200));
        modem.handle_circuits(DteCircuits::READY, at(249));
        modem.handle_timeout(at(1000));
        assert_eq!(said(&mut modem), "");
        assert!(modem.circuits().dcd);
    }

    #[test]
    fn d2_does_not_answer_by_itself_while_dtr_is_off() {
        for (line, dte, answers) in [
            ("S0=1&D2", DTR_OFF, false),
            ("S0=1&D2", DteCircuits::READY, true),
            ("S0=1&D0", DTR_OFF, true),
        ] {
            let mut modem = modem(line);
            modem.handle_circuits(dte, at(1));
            modem.handle_signal(LineSignal::Ring, at(100));
            assert_eq!(
                did(&mut modem).contains(&LineAction::OffHook),
                answers,
                "{line} {dte:?}"
            );
        }
    }
}
