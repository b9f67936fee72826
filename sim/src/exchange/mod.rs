//! The exchange: lines with numbers, and the calls between them. The only owner of call truth.
//!
//! It knows neither clock nor socket: devices tell it what they do (`off_hook`, `dial`, ...), `handle_timeout` tells
//! it the time, and it answers with [`LineSignal`]s for the lines and [`ExchangeEvent`]s for the record.

mod calls;
mod config;
mod event;
mod nation;
mod sound;
mod station;
pub mod switch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::simulation::SimError;
use crate::time::SimTime;

pub use config::{CallerId, ExchangeConfig, StationBehaviour, WallClock};
pub use event::ExchangeEvent;
pub use nation::{NATIONS, Nation};
pub use sound::{FaxSignal, Handshake, RingPattern, Sound};
pub use switch::CallId;

use calls::Call;

/// What a line carries to the device that is plugged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineSignal {
    /// Dial tone began.
    DialTone,
    /// How the ring that begins with the next signal rings.
    RingPattern(RingPattern),
    /// One ring burst began.
    Ring,
    /// Caller id, between the first and the second burst.
    CallerId {
        /// Who calls.
        caller: CallerId,
        /// The exchange's clock at that moment.
        clock: WallClock,
    },
    /// The far end rings; the caller hears it.
    Ringback,
    /// The call is through; both ends hear each other.
    Answered,
    /// Busy tone.
    Busy,
    /// The number called is nobody's; an announcement says so.
    Unobtainable,
    /// Bytes from the far end.
    Data(Vec<u8>),
    /// DTMF digits from the far end.
    Digits(String),
    /// Another sound from the far end.
    Sound(Sound),
    /// The far end hung up, or the exchange released the call.
    Released,
    /// The line was pulled out of its socket.
    Cut,
}

/// Lines and calls.
#[derive(Debug)]
pub struct Exchange {
    config: ExchangeConfig,
    lines: BTreeMap<String, Line>,
    calls: BTreeMap<CallId, Call>,
    last_call: u32,
    timers: BTreeSet<(SimTime, Timer)>,
    signals: VecDeque<(String, LineSignal)>,
    events: VecDeque<ExchangeEvent>,
}

#[derive(Debug)]
struct Line {
    /// What stands on the line: a scripted station, or a device where there is none.
    station: Option<StationBehaviour>,
    has_dial_tone: bool,
    is_cut: bool,
    is_off_hook: bool,
    /// The call that this line is an end of, ringing included.
    call: Option<CallId>,
    /// When dial tone will begin.
    dial_tone_at: Option<SimTime>,
    /// How the line rings, where it has a way of its own.
    ring_pattern: Option<RingPattern>,
}

impl Line {
    fn new(station: Option<StationBehaviour>) -> Line {
        Line {
            station,
            has_dial_tone: true,
            is_cut: false,
            is_off_hook: false,
            call: None,
            dial_tone_at: None,
            ring_pattern: None,
        }
    }
}

/// What is due at a moment. A timer whose line or call has moved on meanwhile does nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    DialTone(String),
    NumberComplete(CallId),
    SetUp(CallId),
    Burst(CallId),
    CallerId(CallId),
    StationAnswers(CallId),
    Release(CallId),
}

impl Exchange {
    /// An exchange without lines.
    pub fn new(config: ExchangeConfig) -> Exchange {
        Exchange {
            config,
            lines: BTreeMap::new(),
            calls: BTreeMap::new(),
            last_call: 0,
            timers: BTreeSet::new(),
            signals: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Adds a line for a device, which hears of it through [`LineSignal`]s.
    pub fn add_line(&mut self, number: &str) -> Result<(), SimError> {
        if self.lines.contains_key(number) {
            return Err(SimError::NumberTaken {
                number: number.to_owned(),
            });
        }
        self.lines.insert(number.to_owned(), Line::new(None));
        Ok(())
    }

    /// Gives a line dial tone, which also mends it, or takes dial tone away.
    pub fn set_dial_tone(&mut self, number: &str, present: bool) -> Result<(), SimError> {
        let line = self.line_mut(number)?;
        line.has_dial_tone = present;
        line.is_cut &= !present;
        Ok(())
    }

    /// The device takes its line off-hook: answers where the line rings, asks for dial tone otherwise.
    pub fn off_hook(&mut self, number: &str, now: SimTime) {
        let delay = self.config.dial_tone_delay;
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if line.is_off_hook {
            return;
        }
        line.is_off_hook = true;
        self.events.push_back(ExchangeEvent::OffHook {
            number: number.to_owned(),
        });
        if let Some(call) = line.call {
            self.answered(call);
        } else if line.has_dial_tone && !line.is_cut {
            line.dial_tone_at = Some(now + delay);
            self.timers
                .insert((now + delay, Timer::DialTone(number.to_owned())));
        } else {
            self.events.push_back(ExchangeEvent::NoDialTone {
                number: number.to_owned(),
            });
        }
    }

    /// The device puts its line on-hook, which ends its call.
    pub fn on_hook(&mut self, number: &str) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if !line.is_off_hook {
            return;
        }
        line.is_off_hook = false;
        line.dial_tone_at = None;
        let call = line.call;
        self.events.push_back(ExchangeEvent::OnHook {
            number: number.to_owned(),
        });
        if let Some(call) = call {
            self.events.push_back(ExchangeEvent::HungUp {
                call,
                number: number.to_owned(),
            });
            self.end_call(call);
        }
    }

    /// Bytes from a line to the far end of its call; lost where nobody listens, as on any line.
    pub fn data(&mut self, number: &str, bytes: &[u8]) {
        let Some((call, far)) = self.talking(number) else {
            return;
        };
        self.events.push_back(ExchangeEvent::Data {
            call,
            from: number.to_owned(),
            bytes: bytes.to_vec(),
        });
        self.signal(&far, LineSignal::Data(bytes.to_vec()));
    }

    /// A sound from a line to the far end of its call; lost where nobody listens.
    pub fn sound(&mut self, number: &str, sound: Sound) {
        let Some((call, far)) = self.talking(number) else {
            return;
        };
        if sound.is_reported() {
            self.events.push_back(ExchangeEvent::Sound {
                call,
                from: number.to_owned(),
                sound: sound.clone(),
            });
        }
        self.signal(&far, LineSignal::Sound(sound));
    }

    /// Makes a line ring in its own way from the next call on, or as the exchange rings all lines: distinctive ring.
    pub fn set_ring(&mut self, number: &str, pattern: Option<RingPattern>) -> Result<(), SimError> {
        self.line_mut(number)?.ring_pattern = pattern;
        Ok(())
    }

    /// The other end of the answered call that `number` is in.
    pub fn far_end(&self, number: &str) -> Option<&str> {
        let call = self.calls.get(&self.lines.get(number)?.call?)?;
        call.is_talking().then(|| call.other_end(number)).flatten()
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: SimTime) {
        while self.timers.first().is_some_and(|(at, _)| *at <= now) {
            let Some((at, timer)) = self.timers.pop_first() else {
                return;
            };
            match timer {
                Timer::DialTone(number) => self.dial_tone(&number, at),
                Timer::NumberComplete(call) => self.number_complete(call, at),
                Timer::SetUp(call) => self.set_up(call, at),
                Timer::Burst(call) => self.burst(call, at),
                Timer::CallerId(call) => self.send_caller_id(call, at),
                Timer::StationAnswers(call) => self.station_answers(call),
                Timer::Release(call) => self.end_call(call),
            }
        }
    }

    /// When [`Exchange::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next signal for a device, and the number of its line.
    pub fn poll_signal(&mut self) -> Option<(String, LineSignal)> {
        self.signals.pop_front()
    }

    /// The next event for the record.
    pub fn poll_event(&mut self) -> Option<ExchangeEvent> {
        self.events.pop_front()
    }

    fn dial_tone(&mut self, number: &str, at: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if line.dial_tone_at != Some(at) {
            return;
        }
        line.dial_tone_at = None;
        self.events.push_back(ExchangeEvent::DialTone {
            number: number.to_owned(),
        });
        self.signal(number, LineSignal::DialTone);
    }

    fn line_mut(&mut self, number: &str) -> Result<&mut Line, SimError> {
        self.lines.get_mut(number).ok_or_else(|| SimError::UnknownNumber {
            number: number.to_owned(),
        })
    }

    /// Queues a signal, unless a station stands on the line: its script needs none.
    fn signal(&mut self, number: &str, signal: LineSignal) {
        if self
            .lines
            .get(number)
            .is_some_and(|line| line.station.is_none() && !line.is_cut)
        {
            self.signals.push_back((number.to_owned(), signal));
        }
    }

    /// The answered call of a line, and who is at its other end.
    fn talking(&self, number: &str) -> Option<(CallId, String)> {
        let id = self.lines.get(number)?.call?;
        let far = self.far_end(number)?;
        Some((id, far.to_owned()))
    }
}
