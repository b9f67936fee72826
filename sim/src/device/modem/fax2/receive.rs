//! The called station: it shows what it can do, tries the caller's modulation, and gives its client the pages.

use std::time::Duration;

use super::dialect::Message;
use super::lines::LineCounter;
use super::{Page, Pending, Phase, T2, T4};
use crate::device::modem::fax::{DLE, ETX, shielded};
use crate::device::modem::{Mode, Modem, Outcome, Output};
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode};
use crate::wire::t30::{Frame, PageFormat, fcf, write_id};

/// A client that sends no DC2 gets its page all the same after so long.
const DC2_WAIT: Duration = Duration::from_secs(1);
/// Of a training check so many octets at least must have come.
const CHECKED_LEAST: usize = 100;

impl Modem {
    /// CSI and DIS, after a pause.
    pub(super) fn send_dis(&mut self, after: Duration, now: SimTime) {
        let id = self.settings.text("+FLI").to_owned();
        let format = PageFormat::from_list(self.settings.text("+FCC"));
        let Some(session) = &mut self.session else { return };
        let frame = |control, is_final, fif| Frame {
            fcf: control,
            x: false,
            is_final,
            fif,
        };
        let mut frames = Vec::new();
        if !id.is_empty() {
            frames.push(frame(fcf::CSI, false, write_id(&id)));
        }
        frames.push(frame(fcf::DIS, true, format.to_dis()));
        session.script.start(now);
        session.script.silence(after);
        session.script.frames(&frames);
        session.enter(Phase::SendDis, None);
    }

    /// What the caller says.
    pub(super) fn command_heard(&mut self, last: &Frame, now: SimTime) {
        use Phase::*;
        let Some(session) = &mut self.session else { return };
        let message = Message::of_fcf(last.fcf);
        match (session.phase, message) {
            (AwaitDcs | AwaitCheck | Called | AwaitPage | AwaitMessage | AwaitDcn, None)
                if last.fcf == fcf::DCS =>
            {
                session.format = PageFormat::from_dcs(&last.fif);
                session.is_trained = false;
                session.enter(AwaitCheck, Some(now + T4));
            }
            (AwaitMessage, Some(message)) => self.page_announced(message),
            // It has not heard the confirmation.
            (AwaitPage, Some(message @ Message::Mps))
            | (AwaitDcs, Some(message @ Message::Eom))
            | (AwaitDcn, Some(message)) => {
                session.send_frame(fcf::MCF, false, Confirm(message), now);
            }
            _ => {}
        }
    }

    /// A fast carrier: a training check, or a page.
    pub(super) fn carrier_begins(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        match session.phase {
            Phase::AwaitCheck => session.enter(Phase::Check(0, 0), None),
            Phase::AwaitPage => {
                session.page = Page {
                    lines: LineCounter::new(session.format.coding == 1),
                    ..Page::default()
                };
                session.enter(Phase::ReceivePage, Some(now + DC2_WAIT));
                let format = session.format;
                self.report_session(format);
                self.result(&ResultCode::Connect);
            }
            _ => {}
        }
    }

    pub(super) fn bits_heard(&mut self, octets: &[u8]) {
        let Some(session) = &mut self.session else { return };
        match &mut session.phase {
            Phase::Check(all, zeros) => {
                *all += octets.len();
                *zeros += octets.iter().filter(|octet| **octet == 0).count();
            }
            Phase::ReceivePage => {
                session.page.lines.push(octets);
                session.page.octets.extend(octets);
                if session.page.is_open {
                    self.hand_over();
                }
            }
            _ => {}
        }
    }

    /// The fast carrier has ended.
    pub(super) fn carrier_ends(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        match session.phase {
            Phase::Check(all, zeros) => self.checked(all >= CHECKED_LEAST && zeros == all, now),
            Phase::ReceivePage => {
                let rest = session.modulation(true).turn_off();
                session.page.octets.extend(rest);
                self.open_page();
                self.end_of_page_data();
                if let Some(session) = &mut self.session {
                    session.enter(Phase::AwaitMessage, Some(now + T2));
                }
            }
            _ => {}
        }
    }

    /// The training check is over.
    fn checked(&mut self, is_good: bool, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        if !is_good {
            session.script.start(now);
            session.script.frames(&[super::plain(fcf::FTT, false)]);
            return session.enter(Phase::SendDis, None);
        }
        session.is_trained = true;
        match session.command {
            Some(Pending::Page) => session.send_frame(fcf::CFR, false, Phase::SendCfr, now),
            Some(Pending::Connect) => {
                session.enter(Phase::Called, None);
                let (format, id) = (session.format, session.far_id.clone());
                let dialect = self.dialect();
                self.report(dialect.connected, "");
                self.report_id(dialect.calling_id, &id);
                self.report_session(format);
                self.command_done(&ResultCode::Ok);
            }
            _ => session.enter(Phase::Called, None),
        }
    }

    /// `+FDR` (T.32 8.3.4): the client takes the next page, and says by `+FPS` how the last one was.
    pub(in super::super) fn receive_page(&mut self, operation: Operation, now: SimTime) -> Outcome {
        if operation != Operation::Execute || self.is_caller {
            return Outcome::Error;
        }
        let answer = match self.settings.number("+FPS", 0) {
            2 => fcf::RTN,
            3 => fcf::RTP,
            4 => fcf::PIN,
            5 => fcf::PIP,
            _ => fcf::MCF,
        };
        let Some(session) = &mut self.session else {
            return Outcome::Error;
        };
        match session.phase {
            Phase::Called => session.send_frame(fcf::CFR, false, Phase::SendCfr, now),
            Phase::PageReceived(message) => session.send_frame(answer, false, Phase::Confirm(message), now),
            Phase::AwaitCheck | Phase::Check(..) => {}
            _ => return Outcome::Error,
        }
        session.command = Some(Pending::Page);
        self.settings.set_text("+FPS", "1".to_owned());
        self.mode = Mode::Fax2;
        Outcome::Busy
    }

    /// The client has been told of a page and wants it now.
    pub(super) fn open_page(&mut self) {
        let Some(session) = &mut self.session else { return };
        session.until = None;
        session.page.is_open = true;
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let Some(session) = &mut self.session else { return };
        let octets: Vec<u8> = session.page.octets.drain(..).collect();
        let is_reversed = self.dialect().receives_reversed;
        let ordered: Vec<u8> = octets
            .into_iter()
            .map(|octet| self.in_client_order(if is_reversed { octet.reverse_bits() } else { octet }))
            .collect();
        if !ordered.is_empty() {
            self.outputs.push_back(Output::Data(shielded(ordered)));
        }
    }

    pub(super) fn end_of_page_data(&mut self) {
        self.outputs.push_back(Output::Data(vec![DLE, ETX]));
    }

    /// The caller has said what follows the page: that is told, and the client says how the page was.
    fn page_announced(&mut self, message: Message) {
        let dialect = self.dialect();
        let Some(session) = &mut self.session else { return };
        session.enter(Phase::PageReceived(message), None);
        let lines = session.page.lines.lines();
        self.settings.set_text("+FPS", "1".to_owned());
        self.report(dialect.page, &format!("1,{lines},0,0,0"));
        self.report(dialect.message, &(message as u8).to_string());
        self.command_done(&ResultCode::Ok);
    }

    /// The caller knows how the page was.
    pub(super) fn confirmed(&mut self, message: Message, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        session.page = Page::default();
        match message {
            Message::Mps => session.enter(Phase::AwaitPage, Some(now + T2)),
            Message::Eom => {
                session.gives_up_at = now + super::T1;
                session.enter(Phase::AwaitDcs, Some(now + T2));
            }
            Message::Eop => session.enter(Phase::AwaitDcn, Some(now + T2)),
        }
    }
}
