//! The calling station: it tells the called one how it will send, trains, and sends pages at the pace of the modulation.

use std::time::Duration;

use super::dialect::Message;
use super::lines::LineCounter;
use super::script::{STEP, octets_a_step};
use super::{CAN, HangUp, Page, Pending, Phase};
use crate::device::modem::fax::{DLE, ETX, SUB};
use crate::device::modem::{Mode, Modem, Outcome, Output};
use crate::exchange::FaxSignal;
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode};
use crate::wire::t30::{Frame, PageFormat, fcf, write_id};

const XON: u8 = 0x11;

impl Page {
    /// Octets from the client, in the order of the line.
    fn take(&mut self, octets: &[u8]) {
        self.lines.push(octets);
        self.octets.extend(octets);
    }

    /// The client has sent all of it.
    fn end(&mut self) {
        self.octets.extend(self.lines.missing_end());
        self.is_ended = true;
    }
}

impl Modem {
    /// What the called station says.
    pub(super) fn answer_heard(&mut self, last: &Frame, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        match (session.phase, last.fcf) {
            (_, fcf::DIS) => {
                session.far_format = PageFormat::from_dis(&last.fif);
                match (session.phase, session.command) {
                    (Phase::AwaitDis, Some(Pending::Connect)) => self.answered_by_fax(),
                    (Phase::AwaitDis, _) => self.send_dcs(now),
                    // It has not understood, which counts as a try.
                    (Phase::AwaitCfr, _) => session.until = Some(now),
                    _ => {}
                }
            }
            (Phase::AwaitCfr, fcf::CFR) => {
                session.is_trained = true;
                self.start_page(now);
            }
            (Phase::AwaitCfr, fcf::FTT) if session.format.rate == 0 => {
                self.disconnect(HangUp::NO_TRAINING, now);
            }
            (Phase::AwaitCfr, fcf::FTT) => {
                session.format.rate -= 1;
                session.far_format.rate = session.format.rate;
                self.send_dcs(now);
            }
            (Phase::AwaitConfirmation, fcf::MCF) => self.page_confirmed(true, true, now),
            (Phase::AwaitConfirmation, fcf::RTP | fcf::PIP) => self.page_confirmed(true, false, now),
            (Phase::AwaitConfirmation, fcf::RTN | fcf::PIN) => self.page_confirmed(false, false, now),
            _ => {}
        }
    }

    /// The call has found a fax machine.
    fn answered_by_fax(&mut self) {
        let Some(session) = &mut self.session else { return };
        session.enter(Phase::Ready, None);
        let (format, id) = (session.far_format, session.far_id.clone());
        let dialect = self.dialect();
        self.report(dialect.connected, "");
        self.report_id(dialect.called_id, &id);
        if self.reports(0) {
            self.report(dialect.capabilities, &format.to_string());
        }
        self.command_done(&ResultCode::Ok);
    }

    /// `+FDT` (T.32 8.3.3): the client will send a page.
    pub(in super::super) fn send_page(&mut self, operation: Operation, now: SimTime) -> Outcome {
        if operation != Operation::Execute || !self.is_caller {
            return Outcome::Error;
        }
        let wanted = PageFormat::from_list(self.settings.text("+FIS"));
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| session.phase == Phase::Ready)
        else {
            return Outcome::Error;
        };
        session.command = Some(Pending::Page);
        session.tries = 0;
        let follows_document = session.page.message == Some(Message::Eom);
        session.page = Page::default();
        self.mode = Mode::Fax2;
        let agreed = wanted.agree(session.far_format);
        if follows_document {
            // T.30 5.3.6.1.6: both stations begin again with the called one's capabilities.
            let until = Some(now + super::T1);
            session.is_trained = false;
            session.enter(Phase::AwaitDis, until);
        } else if session.is_trained && agreed == session.format {
            self.start_page(now);
        } else {
            self.send_dcs(now);
        }
        Outcome::Busy
    }

    /// TSI and DCS, and the training check behind them.
    pub(super) fn send_dcs(&mut self, now: SimTime) {
        let wanted = PageFormat::from_list(self.settings.text("+FIS"));
        let id = self.settings.text("+FLI").to_owned();
        let Some(session) = &mut self.session else { return };
        session.format = wanted.agree(session.far_format);
        let frame = |control, is_final, fif| Frame {
            fcf: control,
            x: true,
            is_final,
            fif,
        };
        let mut frames = Vec::new();
        if !id.is_empty() {
            frames.push(frame(fcf::TSI, false, write_id(&id)));
        }
        frames.push(frame(fcf::DCS, true, session.format.to_dcs()));
        let modulation = session.modulation(false);
        session.script.start(now);
        session.script.frames(&frames);
        session.script.training_check(modulation);
        session.enter(Phase::SendDcs, None);
    }

    /// The called station is ready for a page: its carrier goes out, and the client begins.
    fn start_page(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        let modulation = session.modulation(true);
        session.tries = 0;
        session.page = Page {
            is_open: true,
            lines: LineCounter::new(session.format.coding == 1),
            ..Page::default()
        };
        session.script.start(now);
        session.script.carrier(modulation);
        session.enter(Phase::Training, None);
        let format = session.format;
        self.report_session(format);
        self.result(&ResultCode::Connect);
        if !self.dialect().is_standard {
            self.outputs.push_back(Output::Data(vec![XON]));
        }
        self.restart_patience(now);
    }

    /// `+FCT`: how long the modem waits for its client.
    fn restart_patience(&mut self, now: SimTime) {
        let seconds = self.settings.number("+FCT", 0);
        if let Some(session) = &mut self.session {
            let waits = seconds != 0;
            session.gives_up_at = if waits {
                now + Duration::from_secs(seconds.into())
            } else {
                SimTime::from_micros(u64::MAX)
            };
        }
    }

    /// An octet of the page (T.32 8.3.3.7).
    pub(super) fn page_octet(&mut self, octet: u8, now: SimTime) {
        let ordered = self.in_client_order(octet);
        let shield = self.in_client_order(DLE);
        let is_standard = self.dialect().is_standard;
        let Some(session) = &mut self.session else { return };
        let page = &mut session.page;
        if page.is_ended {
            return;
        }
        match (std::mem::take(&mut page.is_shielded), octet) {
            (false, DLE) => page.is_shielded = true,
            (false, _) => page.take(&[ordered]),
            (true, DLE) => page.take(&[shield]),
            (true, SUB) => page.take(&[shield; 2]),
            (true, CAN) => return self.disconnect(HangUp::ABORTED, now),
            (true, ETX) => {
                page.end();
                page.message = is_standard.then_some(Message::Eop);
            }
            (true, code) => {
                if let Some(message) = Message::of_octet(code).filter(|_| is_standard) {
                    page.end();
                    page.message = Some(message);
                }
            }
        }
        self.restart_patience(now);
    }

    /// The next twenty milliseconds of the page.
    pub(super) fn page_step(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        let count = octets_a_step(session.modulation(true)).min(session.page.octets.len());
        let octets: Vec<u8> = session.page.octets.drain(..count).collect();
        session.until = Some(now + STEP);
        if !octets.is_empty() {
            self.fax_signal(FaxSignal::Bits(octets));
        } else if session.page.is_ended {
            self.page_is_out(now);
        } else if session.gives_up_at <= now {
            self.fax_signal(FaxSignal::CarrierOff);
            self.disconnect(HangUp::ABORTED, now);
        }
    }

    fn page_is_out(&mut self, now: SimTime) {
        self.fax_signal(FaxSignal::CarrierOff);
        let Some(session) = &mut self.session else { return };
        session.page.is_open = false;
        match session.page.message {
            Some(message) => session.send_frame(message.fcf(), true, Phase::SendMessage, now),
            None => {
                session.enter(Phase::PageSent, None);
                self.command_done(&ResultCode::Ok);
            }
        }
    }

    /// The called station says how the page came, and whether the modulation shall be tried again before the next.
    fn page_confirmed(&mut self, is_good: bool, is_trained: bool, now: SimTime) {
        let dialect = self.dialect();
        let status = match (is_good, is_trained) {
            (true, true) => 1,
            (true, false) => 3,
            (false, _) => 2,
        };
        self.settings.set_text("+FPS", status.to_string());
        if !dialect.is_standard {
            self.report(dialect.page, &status.to_string());
        }
        let Some(session) = &mut self.session else { return };
        session.is_trained &= is_trained;
        session.tries = 0;
        if session.page.message == Some(Message::Eop) && is_good {
            return self.disconnect(HangUp::NORMAL, now);
        }
        if !is_good {
            // The page comes again, in the same document.
            session.page.message = None;
        }
        session.enter(Phase::Ready, None);
        self.command_done(match is_good || !dialect.is_standard {
            true => &ResultCode::Ok,
            false => &ResultCode::Error,
        });
    }
}
