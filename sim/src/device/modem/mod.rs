//! A Hayes/V.250 modem: bytes from its client and signals from its line in, bytes and line actions out.
//!
//! Entry points are [`Modem::handle_bytes`], [`Modem::handle_signal`] and [`Modem::handle_timeout`]. What commands
//! mean stands in tables: [`registers`], `basic` and `extended`; adding a command is adding a row.

mod basic;
mod caller_id;
mod circuits;
mod class;
mod command_line;
mod command_run;
mod dialling;
mod extended;
mod fax;
mod fax2;
mod flow;
mod line;
mod link;
mod mobile;
mod online;
mod output;
pub mod profile;
pub mod registers;
mod scripted;
mod settings;
mod voice;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::exchange::{CallerId, Handshake, LineService, LineSignal, Sound, WallClock};
use crate::time::SimTime;
use crate::wire::at::{DialString, ResultCode};
use crate::wire::sms::ShortMessage;

pub use output::Output;
pub use profile::ModemProfile;
pub use settings::Make;

use caller_id::RingIndicator;
use circuits::CircuitState;
use class::Class;
use command_line::CommandLineReader;
use command_run::{Outcome, Pending};
use dialling::Dialling;
use fax::{Fax, FaxLine};
use fax2::Session;
use line::{CallProgress, Incoming};
use link::Link;
use mobile::{Mobile, Prompt};
use online::EscapeDetector;
use scripted::Waiting;
use settings::Settings;
use voice::{Ringback, Stream};

/// What the modem does on its line; whoever owns the line carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineAction {
    /// Goes off-hook.
    OffHook,
    /// Goes on-hook.
    OnHook,
    /// Sends digits; `complete` when none will follow in this dial string.
    Dial {
        /// The digits, possibly none.
        digits: String,
        /// No digit will follow.
        complete: bool,
    },
    /// Sends bytes to the far end.
    Data(Vec<u8>),
    /// Sends another sound to the far end.
    Sound(Sound),
    /// Asks the exchange for a service.
    Service(LineService),
    /// Sends a short message.
    Message(ShortMessage),
}

/// A modem on one line.
#[derive(Debug)]
pub struct Modem {
    make: Arc<Make>,
    settings: Settings,
    /// What `&W0` and `&W1` stored.
    stored: [Settings; 2],
    /// Numbers that `&Zn` stored.
    book: BTreeMap<u8, DialString>,
    /// The country that `+GCI` set.
    country: Option<String>,
    reader: CommandLineReader,
    /// The last command line, for `A/`.
    last_line: Vec<u8>,
    /// Commands of the line that wait for the one being carried out.
    pending: VecDeque<Pending>,
    last_dialled: Option<DialString>,
    dials_pulses: bool,
    mode: Mode,
    is_off_hook: bool,
    /// Both modems have found each other: data can flow.
    has_carrier: bool,
    progress: CallProgress,
    /// Ringing tone of the call that the modem makes.
    ringback: Option<Ringback>,
    incoming: Incoming,
    circuits: CircuitState,
    ring_indicator: RingIndicator,
    last_caller: Option<(CallerId, WallClock)>,
    /// What the far modem offers.
    far_offer: Option<Handshake>,
    /// What was agreed with it.
    link: Option<Link>,
    /// When the modem gives up on a carrier that is gone.
    carrier_lost_at: Option<SimTime>,
    last_data_at: SimTime,
    /// The client has stopped the modem by XOFF.
    is_stopped: bool,
    /// This end called.
    is_caller: bool,
    fax_line: FaxLine,
    /// The fax call that the modem conducts itself.
    session: Option<Box<Session>>,
    mobile: Option<Box<Mobile>>,
    /// Data that came while the client was in command state.
    held: Vec<u8>,
    outputs: VecDeque<Output>,
    actions: VecDeque<LineAction>,
}

/// What the modem is busy with.
#[derive(Debug)]
enum Mode {
    /// Takes commands.
    Command,
    /// Carries out `D`.
    Dialling(Dialling),
    /// Waits for the far end's carrier, at most until the moment; S7 seconds.
    WaitCarrier {
        since: SimTime,
        until: SimTime,
        quiet_answer: bool,
    },
    /// A mobile call has been dialled, and the result code waits for its answer: `+COLP=1`.
    WaitAnswer,
    /// The far end is there; the modems agree on a rate until the moment.
    Training { until: SimTime },
    /// Data both ways.
    Online(EscapeDetector),
    /// A fax command is carried out.
    Fax(Box<Fax>),
    /// A command of Class 2 is carried out by the fax call.
    Fax2,
    /// A short message is typed.
    Prompt(Box<Prompt>),
    /// Speech flows.
    Voice(Box<Stream>),
    /// A command takes its time; what the client types meanwhile is lost.
    Waiting(Waiting),
}

impl Modem {
    /// A modem as it is when switched on.
    pub fn new(profile: ModemProfile) -> Modem {
        Modem::of_make(Make::new(profile))
    }

    /// A modem of a make that other modems share.
    pub fn of_make(make: Arc<Make>) -> Modem {
        let settings = Settings::factory(&make);
        let mut modem = Modem {
            stored: [settings.clone(), settings.clone()],
            settings,
            make,
            book: BTreeMap::new(),
            country: None,
            reader: CommandLineReader::default(),
            last_line: Vec::new(),
            pending: VecDeque::new(),
            last_dialled: None,
            dials_pulses: false,
            mode: Mode::Command,
            is_off_hook: false,
            has_carrier: false,
            progress: CallProgress::None,
            ringback: None,
            incoming: Incoming::default(),
            circuits: CircuitState::default(),
            ring_indicator: RingIndicator::default(),
            last_caller: None,
            far_offer: None,
            link: None,
            carrier_lost_at: None,
            last_data_at: SimTime::ZERO,
            is_stopped: false,
            is_caller: false,
            fax_line: FaxLine::default(),
            session: None,
            mobile: None,
            held: Vec::new(),
            outputs: VecDeque::new(),
            actions: VecDeque::new(),
        };
        modem.mobile = modem.new_mobile();
        modem.registration_settled(SimTime::ZERO);
        modem.show_banner();
        modem
    }

    /// Power is lost and comes back: the call ends without a word, and what `&W` stored is in force again.
    pub fn power_cycle(&mut self, now: SimTime) {
        self.hang_up();
        self.reader = CommandLineReader::default();
        self.pending.clear();
        self.outputs.clear();
        self.incoming = Incoming::default();
        self.ring_indicator.stop();
        self.recall(self.settings.get("&Y"));
        if let Some(mobile) = &mut self.mobile {
            mobile.news.clear();
            mobile.lock.close();
        }
        self.registration_settled(now);
        self.show_banner();
    }

    /// What tells this modem from others.
    pub fn profile(&self) -> &ModemProfile {
        &self.make.profile
    }

    /// Takes bytes from the client, in chunks of any size.
    pub fn handle_bytes(&mut self, mut bytes: &[u8], now: SimTime) {
        self.handle_timeout(now);
        while let Some((&first, rest)) = bytes.split_first() {
            match &mut self.mode {
                Mode::Online(escape) => {
                    escape.handle_data(bytes, &self.settings, now);
                    self.last_data_at = now;
                    let data = self.heed_octets(bytes);
                    if !data.is_empty() {
                        self.actions.push_back(LineAction::Data(data));
                    }
                    return;
                }
                Mode::Command => self.command_byte(first, now),
                Mode::Waiting(_) => {}
                Mode::Voice(_) => self.stream_octet(first, now),
                Mode::Fax(_) => self.fax_octet(first, now),
                Mode::Fax2 => self.t30_octet(first, now),
                Mode::Prompt(_) => self.prompt_byte(first, now),
                _ if self.reader.belongs_to_line(first, now) => {}
                _ => self.abort(),
            }
            bytes = rest;
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: SimTime) {
        if self.incoming.handle_timeout(now) {
            self.mobile_call_missed();
        }
        self.circuits_timeout(now);
        self.ring_changes(now);
        self.tell_news(now);
        self.t30_timeout(now);
        let gone = self.carrier_lost_at.is_some_and(|at| at <= now);
        if gone || self.inactive_at().is_some_and(|at| at <= now) {
            self.give_up(&ResultCode::NoCarrier);
        }
        match &self.mode {
            Mode::Command => {}
            Mode::Dialling(dialling) if dialling.due_at().is_some_and(|at| at <= now) => self.dial_on(now),
            Mode::Dialling(_) => {}
            Mode::WaitCarrier { .. } if self.assumed_answer_at().is_some_and(|at| at <= now) => {
                self.voice_call_is_through();
            }
            Mode::WaitCarrier {
                until, quiet_answer, ..
            } if *until <= now => {
                let code = if *quiet_answer || self.class() == Class::Voice {
                    ResultCode::NoAnswer
                } else {
                    ResultCode::NoCarrier
                };
                self.give_up(&code);
            }
            Mode::WaitCarrier { .. } | Mode::WaitAnswer => {}
            Mode::Training { until } if *until <= now => self.trained(now),
            Mode::Training { .. } => {}
            Mode::Online(escape) if escape.due_at().is_some_and(|at| at <= now) => {
                self.mode = Mode::Command;
                self.result(&ResultCode::Ok);
            }
            Mode::Online(_) => {}
            Mode::Fax(fax) if Modem::fax_due_at(fax).is_some_and(|at| at <= now) => self.fax_timeout(now),
            Mode::Fax(_) | Mode::Fax2 | Mode::Prompt(_) => {}
            Mode::Voice(stream) if stream.due_at() <= now => self.stream_step(now),
            Mode::Voice(_) => {}
            Mode::Waiting(waiting) if waiting.until() <= now => self.waited(now),
            Mode::Waiting(_) => {}
        }
    }

    /// When [`Modem::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let mode = match &self.mode {
            Mode::Command | Mode::WaitAnswer | Mode::Fax2 | Mode::Prompt(_) => None,
            Mode::Dialling(dialling) => dialling.due_at(),
            Mode::WaitCarrier { until, .. } | Mode::Training { until } => Some(*until),
            Mode::Online(escape) => escape.due_at(),
            Mode::Waiting(waiting) => Some(waiting.until()),
            Mode::Voice(stream) => Some(stream.due_at()),
            Mode::Fax(fax) => Modem::fax_due_at(fax),
        };
        let others = [
            self.incoming.due_at(),
            self.ring_indicator.due_at(),
            self.circuits.due_at(),
            self.carrier_lost_at,
            self.inactive_at(),
            self.assumed_answer_at(),
            self.news_at(),
            self.session.as_ref().and_then(|session| session.due_at()),
        ];
        others.into_iter().chain([mode]).flatten().min()
    }

    /// The next bytes for the client.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next thing that the modem does on its line.
    pub fn poll_event(&mut self) -> Option<LineAction> {
        self.actions.pop_front()
    }

    /// Takes a signal from the line.
    pub fn handle_signal(&mut self, signal: LineSignal, now: SimTime) {
        self.handle_timeout(now);
        match signal {
            LineSignal::DialTone => self.dial_tone_heard(now),
            LineSignal::Ring => self.ring(now),
            LineSignal::RingingEnds => self.ring_ends(now),
            LineSignal::RingPattern(pattern) => self.ring_begins(&pattern, now),
            LineSignal::CallerId { caller, clock } => self.caller_id(caller, clock),
            LineSignal::Ringback { tone, silence } => self.ringback_heard(tone, silence, now),
            LineSignal::Notice(notice) => self.supplementary_notice(notice),
            LineSignal::Answered => self.far_end_answered(now),
            LineSignal::Busy => self.busy_tone_heard(),
            // An announcement is speech, and no carrier; a mobile network says more.
            LineSignal::Unobtainable => {
                self.mobile_call_failed(&ResultCode::NoCarrier, "Unassigned (unallocated) number");
            }
            LineSignal::CallWaiting { caller, clock } => self.call_waits(caller, clock, now),
            LineSignal::WaitingGone => self.waiting_call_gone(),
            LineSignal::HeldGone => self.held_call_gone(),
            LineSignal::Conference(parties) => self.conferenced(parties),
            LineSignal::PartyGone(party) => self.party_gone(&party),
            LineSignal::Digits(digits) => self.digits_heard(&digits),
            LineSignal::Sound(sound) => self.sound_heard(sound, now),
            LineSignal::Data(bytes) => self.data_from_line(bytes, now),
            LineSignal::Released | LineSignal::Cut => self.line_released(now),
        }
    }

    /// Bytes from the far end that the client has not asked for yet: it is in command state during a call.
    pub fn held_bytes(&self) -> usize {
        self.held.len()
    }

    /// `&D3`, and what else resets the modem: as it was switched on.
    fn reset(&mut self) {
        self.hang_up();
        self.recall(self.settings.get("&Y"));
    }

    /// The settings that `&W` stored.
    fn recall(&mut self, place: u32) {
        if let Some(stored) = self.stored.get(usize::from(place == 1)) {
            self.settings = stored.clone();
        }
        self.dials_pulses = false;
        self.service_class_changed();
    }

    /// A sound from the far end: each service listens for its own.
    fn sound_heard(&mut self, sound: Sound, now: SimTime) {
        match (self.class(), sound) {
            (Class::Voice, sound) => self.voice_sound_heard(sound),
            (Class::Data, Sound::Handshake(offer)) => self.carrier_heard(offer, now),
            (Class::Fax1, Sound::Fax(signal)) => self.fax_heard(signal, now),
            // A fax machine hears only its own kind.
            (Class::Fax1, _) => {}
            (Class::Fax2, Sound::Fax(signal)) => self.t30_heard(signal, now),
            (Class::Fax2, _) => {}
            // A data modem takes every other sound for noise.
            (Class::Data, _) => {}
        }
    }
}

#[cfg(test)]
mod properties;
