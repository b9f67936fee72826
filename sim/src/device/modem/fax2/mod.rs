//! Fax Class 2.0 (T.32) and the Class 2 of its drafts: the modem speaks T.30 itself, and its client hands over pages or takes
//! them. The other station may be of any class: what passes the line is what Class 1 clients send.
//!
//! `send` is the calling station, `receive` the one that was called; both leave what goes out by itself to a `script`.

mod dialect;
mod lines;
mod receive;
mod script;
mod send;

use std::time::Duration;

use super::class::Class;
use super::fax::{CED, MODULATIONS, Modulation, V21};
use super::line::CallProgress;
use super::{Mode, Modem, Outcome};
use crate::exchange::FaxSignal;
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode, Value};
use crate::wire::t30::{self, Frame, PageFormat, fcf};

use dialect::{CLASS_2, CLASS_2_0, Dialect, HangUp, Message};
use lines::LineCounter;
use script::Script;

const CAN: u8 = 0x18;
/// How long either station tries to find the other (T.30 T1).
const T1: Duration = Duration::from_secs(35);
/// How long a page, or what follows it, is waited for (T.30 T2).
const T2: Duration = Duration::from_secs(6);
/// How long an answer is waited for (T.30 T4).
const T4: Duration = Duration::from_secs(3);
/// How often a command is sent before the call has failed.
const TRIES: u8 = 3;

/// A call between two fax machines, one of which is this modem.
#[derive(Debug)]
pub(super) struct Session {
    /// The command that waits for the session to go on.
    command: Option<Pending>,
    phase: Phase,
    script: Script,
    /// When the phase has lasted too long.
    until: Option<SimTime>,
    /// When the modem gives up finding the other station.
    gives_up_at: SimTime,
    tries: u8,
    /// The carrier that the other station sends now, and the frames on it.
    far_carrier: Option<u16>,
    frames: Vec<Frame>,
    /// What the other station can do.
    far_format: PageFormat,
    far_id: String,
    /// How pages are sent.
    format: PageFormat,
    /// The modulation has been tried, and pages may follow.
    is_trained: bool,
    page: Page,
}

/// The page on its way.
#[derive(Debug, Default)]
struct Page {
    /// What one side has sent and the other has not got.
    octets: std::collections::VecDeque<u8>,
    /// The client's last octet was DLE.
    is_shielded: bool,
    /// The client has ended the page; with what follows it, where that is known.
    is_ended: bool,
    message: Option<Message>,
    /// The client takes octets.
    is_open: bool,
    lines: LineCounter,
}

/// The command that a session is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    /// `D`, `A`.
    Connect,
    /// `+FDT`, `+FDR`, `+FET`.
    Page,
    /// `+FKS`.
    Abort,
}

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The caller waits for the called station's DIS.
    AwaitDis,
    /// The caller's client is next.
    Ready,
    /// DCS and training check are on their way.
    SendDcs,
    AwaitCfr,
    /// The page's carrier trains, or the page is on it.
    Training,
    SendPage,
    /// The page is out; Class 2 says later what follows it.
    PageSent,
    SendMessage,
    AwaitConfirmation,
    /// DCN is on its way.
    SendDcn(HangUp),
    /// The called station shows itself.
    SendDis,
    AwaitDcs,
    AwaitCheck,
    /// Training check on the line: octets, and how many of them are zero.
    Check(usize, usize),
    /// The called station's client is next: `+FDR` lets the caller begin.
    Called,
    SendCfr,
    AwaitPage,
    ReceivePage,
    AwaitMessage,
    /// A page is there; `+FDR` says how it was.
    PageReceived(Message),
    Confirm(Message),
    AwaitDcn,
}

impl Session {
    fn new(phase: Phase, now: SimTime) -> Session {
        Session {
            command: Some(Pending::Connect),
            phase,
            script: Script::default(),
            until: None,
            gives_up_at: now + T1,
            tries: 0,
            far_carrier: None,
            frames: Vec::new(),
            far_format: PageFormat::default(),
            far_id: String::new(),
            format: PageFormat::default(),
            is_trained: false,
            page: Page::default(),
        }
    }

    fn enter(&mut self, phase: Phase, until: Option<SimTime>) {
        self.phase = phase;
        self.until = until;
    }

    /// Sends one frame, and is in the phase meanwhile.
    fn send_frame(&mut self, control: u8, x: bool, phase: Phase, now: SimTime) {
        self.script.start(now);
        self.script.frames(&[plain(control, x)]);
        self.enter(phase, None);
    }

    pub(super) fn due_at(&self) -> Option<SimTime> {
        [self.script.due_at(), self.until].into_iter().flatten().min()
    }

    /// The modulation of the format: with its long training, or the short one that follows it.
    fn modulation(&self, is_trained: bool) -> &'static Modulation {
        let code = match (self.format.rate, is_trained) {
            (0, _) => 24,
            (1, _) => 48,
            (2, _) => 72,
            (3, _) => 96,
            (4, false) => 121,
            (4, true) => 122,
            (_, false) => 145,
            (_, true) => 146,
        };
        let known = MODULATIONS.iter().find(|modulation| modulation.code == code);
        known.unwrap_or(V21)
    }

    /// What it means that the call ends in this phase.
    fn hang_up_code(&self) -> HangUp {
        use Phase::*;
        match self.phase {
            AwaitDis => HangUp::SEND_A,
            Ready if self.is_trained => HangUp::SEND_D,
            Ready | SendDcs | AwaitCfr => HangUp::SEND_B,
            Training | SendPage | PageSent => HangUp::SEND_C,
            SendMessage | AwaitConfirmation => HangUp::SEND_D,
            SendDcn(code) => code,
            SendDis | AwaitDcs | AwaitCheck | Check(..) | Called | SendCfr | AwaitPage => HangUp::RECEIVE_B,
            ReceivePage => HangUp::RECEIVE_C,
            // The caller may hang up without a word once it has its confirmation.
            Confirm(Message::Eop) | AwaitDcn => HangUp::NORMAL,
            AwaitMessage | PageReceived(_) | Confirm(_) => HangUp::RECEIVE_D,
        }
    }
}

/// A frame without information.
fn plain(control: u8, x: bool) -> Frame {
    Frame {
        fcf: control,
        x,
        is_final: true,
        fif: Vec::new(),
    }
}

impl Modem {
    fn dialect(&self) -> &'static Dialect {
        match self.settings.text("+FCLASS") {
            "2" => &CLASS_2,
            _ => &CLASS_2_0,
        }
    }

    /// Whether negotiation is reported: by `+FNR`, and by Class 2 always.
    fn reports(&self, place: usize) -> bool {
        !self.dialect().is_standard || self.settings.number("+FNR", place) == 1
    }

    fn report(&mut self, name: &str, text: &str) {
        self.tell(format!("{name}{text}"));
    }

    fn report_id(&mut self, name: &str, id: &str) {
        if self.reports(2) && !id.is_empty() {
            self.report(name, &format!("\"{id}\""));
        }
    }

    fn report_session(&mut self, format: PageFormat) {
        self.settings.set_text("+FCS", format.to_string());
        if self.reports(1) {
            self.report(self.dialect().session, &format.to_string());
        }
    }

    /// The call is through.
    pub(super) fn t30_call_is_through(&mut self, now: SimTime) {
        let format = PageFormat::from_list(self.settings.text("+FIS"));
        if self.is_caller {
            self.fax_signal(FaxSignal::Cng);
            let mut session = Session::new(Phase::AwaitDis, now);
            session.until = Some(session.gives_up_at);
            session.format = format;
            self.session = Some(Box::new(session));
        } else {
            self.fax_signal(FaxSignal::Ced);
            let mut session = Session::new(Phase::SendDis, now);
            session.format = format;
            self.session = Some(Box::new(session));
            self.send_dis(CED, now);
        }
        self.mode = Mode::Fax2;
    }

    /// A signal from the other station.
    pub(super) fn t30_heard(&mut self, signal: FaxSignal, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        match signal {
            FaxSignal::Cng | FaxSignal::Ced => {}
            FaxSignal::CarrierOn(code) => {
                session.far_carrier = Some(code);
                session.frames.clear();
                if code != V21.code {
                    self.carrier_begins(now);
                }
            }
            FaxSignal::Frame(octets) => session.frames.extend(Frame::parse(&octets)),
            FaxSignal::Bits(octets) => self.bits_heard(&octets),
            FaxSignal::CarrierOff => match session.far_carrier.take() {
                Some(code) if code == V21.code => {
                    let frames = std::mem::take(&mut session.frames);
                    self.frames_heard(&frames, now);
                }
                _ => self.carrier_ends(now),
            },
        }
    }

    /// What the other station has said in one go; the last frame says what it wants.
    fn frames_heard(&mut self, frames: &[Frame], now: SimTime) {
        let Some(session) = &mut self.session else { return };
        for frame in frames {
            if matches!(frame.fcf, fcf::CSI | fcf::TSI) {
                session.far_id = t30::read_id(&frame.fif);
            }
        }
        // What comes while this station speaks is heard by nobody.
        let Some(last) = frames.last().filter(|_| !session.script.is_running()) else {
            return;
        };
        if last.fcf == fcf::DCN {
            let code = session.hang_up_code();
            return self.session_ends(code);
        }
        if self.is_caller {
            self.answer_heard(last, now);
        } else {
            self.command_heard(last, now);
        }
    }

    /// The far end hung up. What it sent before has been heard.
    pub(super) fn t30_released(&mut self) {
        self.progress = CallProgress::None;
        match &self.session {
            Some(session) => {
                let code = session.hang_up_code();
                self.session_ends(code);
            }
            None if matches!(self.mode, Mode::Dialling(_) | Mode::WaitCarrier { .. }) => {
                self.give_up(&ResultCode::NoCarrier);
            }
            None => {}
        }
    }

    /// The call is over: it is told why, and the command that waits has its end.
    fn session_ends(&mut self, code: HangUp) {
        let Some(session) = self.session.take() else {
            return;
        };
        if session.phase == Phase::ReceivePage && session.page.is_open {
            self.end_of_page_data();
        }
        self.settings.set_text("+FHS", code.text(&CLASS_2_0));
        let fresh = self.settings.text("+FCC").to_owned();
        self.settings.set_text("+FIS", fresh);
        let dialect = self.dialect();
        self.report(dialect.hang_up, &code.text(dialect));
        self.pending.clear();
        self.hang_up();
        match session.command {
            None => {}
            Some(_) if code == HangUp::NORMAL => self.result(&ResultCode::Ok),
            Some(Pending::Abort) => self.result(&ResultCode::Ok),
            Some(Pending::Connect) => self.result(&ResultCode::NoCarrier),
            Some(Pending::Page) => self.result(&ResultCode::Error),
        }
    }

    /// The command that waited is carried out; the client is next.
    fn command_done(&mut self, code: &ResultCode) {
        if let Some(session) = &mut self.session {
            session.command = None;
        }
        self.mode = Mode::Command;
        self.pending.clear();
        self.result(code);
    }

    /// Hangs up in order: DCN first.
    fn disconnect(&mut self, code: HangUp, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        session.send_frame(fcf::DCN, self.is_caller, Phase::SendDcn(code), now);
    }

    pub(super) fn t30_timeout(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        if session.script.due_at().is_some_and(|at| at <= now) {
            match session.script.next() {
                Some(signal) => self.fax_signal(signal),
                None => self.script_ended(now),
            }
        } else if session.until.is_some_and(|at| at <= now) {
            self.phase_expired(now);
        }
    }

    fn script_ended(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        match session.phase {
            Phase::SendDcs => session.enter(Phase::AwaitCfr, Some(now + T4)),
            Phase::Training => session.enter(Phase::SendPage, Some(now)),
            Phase::SendMessage => session.enter(Phase::AwaitConfirmation, Some(now + T4)),
            Phase::SendDcn(code) => self.session_ends(code),
            Phase::SendDis => session.enter(Phase::AwaitDcs, Some(now + T4)),
            Phase::SendCfr => session.enter(Phase::AwaitPage, Some(now + T2)),
            Phase::Confirm(message) => self.confirmed(message, now),
            _ => {}
        }
    }

    fn phase_expired(&mut self, now: SimTime) {
        let Some(session) = &mut self.session else { return };
        let hears = session.far_carrier.is_some();
        let again = session.tries + 1 < TRIES;
        match session.phase {
            Phase::SendPage => self.page_step(now),
            Phase::ReceivePage => self.open_page(),
            // The other station is speaking: it shall finish.
            _ if hears => session.until = Some(now + T4),
            Phase::AwaitDis => self.session_ends(HangUp::NO_ANSWER),
            Phase::AwaitCfr if again => {
                session.tries += 1;
                self.send_dcs(now);
            }
            Phase::AwaitCfr => self.disconnect(HangUp::NO_RESPONSE_TO_DCS, now),
            Phase::AwaitConfirmation => {
                let message = session.page.message.unwrap_or(Message::Eop);
                if again {
                    session.tries += 1;
                    session.send_frame(message.fcf(), true, Phase::SendMessage, now);
                } else {
                    self.disconnect(message.no_response(), now);
                }
            }
            Phase::AwaitDcs if now < session.gives_up_at => self.send_dis(Duration::ZERO, now),
            Phase::AwaitCheck => session.enter(Phase::AwaitDcs, Some(now)),
            Phase::AwaitDcn => self.session_ends(HangUp::NORMAL),
            Phase::AwaitPage => self.session_ends(HangUp::NO_PAGE),
            _ => {
                let code = session.hang_up_code();
                self.session_ends(code);
            }
        }
    }

    /// An octet from the client while the modem is busy with the session.
    pub(super) fn t30_octet(&mut self, octet: u8, now: SimTime) {
        let Some(session) = &self.session else { return };
        match (session.command, session.phase) {
            (Some(Pending::Connect), _) if self.reader.belongs_to_line(octet, now) => {}
            (Some(Pending::Connect), _) => self.abort(),
            (_, Phase::Training | Phase::SendPage) => self.page_octet(octet, now),
            (_, Phase::SendDcn(_)) => {}
            (_, Phase::ReceivePage) if octet == 0x12 => self.open_page(),
            (Some(Pending::Page), _) if octet == CAN => self.disconnect(HangUp::ABORTED, now),
            _ => {}
        }
    }

    /// `+FKS` (T.32 8.3.5): ends the session in order.
    pub(super) fn abort_session(&mut self, operation: Operation, now: SimTime) -> Outcome {
        if operation != Operation::Execute {
            return Outcome::Error;
        }
        let Some(session) = &mut self.session else {
            self.hang_up();
            return Outcome::Next;
        };
        session.command = Some(Pending::Abort);
        self.mode = Mode::Fax2;
        self.disconnect(HangUp::ABORTED, now);
        Outcome::Busy
    }

    /// `+FET=n`: what follows the page that was sent (Class 2), which ends it.
    pub(super) fn follow_page(&mut self, operation: Operation, now: SimTime) -> Outcome {
        let Operation::Set(values) = operation else {
            return Outcome::Error;
        };
        let message = match values.as_slice() {
            [Value::Number(0)] => Message::Mps,
            [Value::Number(1)] => Message::Eom,
            [Value::Number(2)] => Message::Eop,
            _ => return Outcome::Error,
        };
        let Some(session) = self
            .session
            .as_mut()
            .filter(|session| session.phase == Phase::PageSent)
        else {
            return Outcome::Error;
        };
        session.command = Some(Pending::Page);
        session.page.message = Some(message);
        session.tries = 0;
        session.send_frame(message.fcf(), true, Phase::SendMessage, now);
        self.mode = Mode::Fax2;
        Outcome::Busy
    }

    /// Octets of pages as the client wants their bits.
    fn in_client_order(&self, octet: u8) -> u8 {
        match self.settings.number("+FBO", 0) & 1 {
            0 => octet,
            _ => octet.reverse_bits(),
        }
    }

    pub(super) fn is_fax2(&self) -> bool {
        self.class() == Class::Fax2
    }
}
