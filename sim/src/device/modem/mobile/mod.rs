//! Mobile equipment (27.007, 27.005): the SIM, calls beside each other, short messages, and what the network tells.

mod calls;
mod charset;
mod conference;
mod errors;
mod messages;
mod notices;
mod phonebook;
mod sim;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::profile::{Feature, SimProfile};
use super::{LineAction, Modem, Outcome};
use crate::exchange::{LineService, WallClock};
use crate::time::SimTime;
use crate::wire::at::ResultCode;
use crate::wire::sms::StatusReport;

use messages::Indication;

pub(super) use calls::MobileCall;
pub(super) use charset::{CHARACTER_SETS, CharacterSet};
pub(super) use errors::Cme;
pub(super) use messages::{Messages, Prompt};
pub(super) use phonebook::Phonebook;
pub(super) use sim::SimLock;

/// How long the network takes to answer `+CUSD`.
const NETWORK_DELAY: Duration = Duration::from_millis(300);

/// Location area and cell of the one place that there is.
pub(super) const PLACE: &str = ",\"0001\",\"00000001\"";

/// What the network tells by itself.
#[derive(Debug)]
pub(super) enum News {
    /// A result code.
    Text(String),
    /// A short message.
    Message(Indication),
    /// What became of a short message.
    Report(StatusReport),
}

/// What a mobile modem has beside what every modem has.
#[derive(Debug)]
pub(super) struct Mobile {
    pub(super) lock: SimLock,
    /// `+CFUN`: 0 off, 1 on, 4 without radio.
    pub(super) functionality: u32,
    /// `+COPS=2`: the modem left the network.
    pub(super) has_left: bool,
    /// What the network was last told: whether the modem can be reached.
    is_reachable: bool,
    pub(super) calls: Vec<MobileCall>,
    /// Who is at the far end of the call that is being answered.
    connected: Option<String>,
    pub(super) messages: Messages,
    pub(super) phonebook: Phonebook,
    /// The network lets calls wait: `+CCWA`.
    pub(super) lets_calls_wait: bool,
    /// Where calls go by `+CCFC`: reason, whether that is in force, and the number.
    pub(super) forwards: BTreeMap<u32, (bool, String)>,
    /// What the network will tell, and when; the first first.
    pub(super) news: VecDeque<(SimTime, News)>,
    /// Why the last call ended: `+CEER`.
    pub(super) last_cause: &'static str,
}

impl Mobile {
    /// As it is when switched on.
    pub(super) fn new(sim: &SimProfile) -> Mobile {
        Mobile {
            lock: SimLock::new(sim.pin.as_deref(), &sim.puk),
            functionality: 1,
            has_left: false,
            is_reachable: true,
            calls: Vec::new(),
            connected: None,
            messages: Messages::default(),
            phonebook: Phonebook::new(sim),
            lets_calls_wait: false,
            forwards: BTreeMap::new(),
            news: VecDeque::new(),
            last_cause: "No cause information available",
        }
    }

    /// Behind what comes earlier.
    fn push_news(&mut self, news: News, at: SimTime) {
        let place = self.news.partition_point(|(known, _)| *known <= at);
        self.news.insert(place, (at, news));
    }
}

impl Modem {
    pub(super) fn is_mobile(&self) -> bool {
        self.mobile.is_some()
    }

    /// A mobile modem's part, made when it is switched on.
    pub(super) fn new_mobile(&self) -> Option<Box<Mobile>> {
        let sim = &self.profile().sim;
        self.profile()
            .has(Feature::Mobile)
            .then(|| Box::new(Mobile::new(sim)))
    }

    /// When the network tells something next; during a call the client's bytes are the call's, and it waits.
    pub(super) fn news_at(&self) -> Option<SimTime> {
        let news = self.mobile.as_ref()?.news.front().map(|(at, _)| *at);
        news.filter(|_| !self.link_is_reserved())
    }

    /// Tells what the network has told up to now.
    pub(super) fn tell_news(&mut self, now: SimTime) {
        while self.news_at().is_some_and(|at| at <= now)
            && let Some((_, news)) = self.mobile.as_mut().and_then(|mobile| mobile.news.pop_front())
        {
            match news {
                News::Text(text) => self.tell(text),
                News::Message(indication) => self.tell_message(indication),
                News::Report(report) => self.report_arrives(report, now),
            }
        }
    }

    /// An unsolicited result code.
    pub(super) fn tell(&mut self, text: String) {
        self.result(&ResultCode::Extended(text));
    }

    /// The network answers in a moment.
    pub(super) fn network_will_tell(&mut self, text: String, now: SimTime) {
        self.network_will(News::Text(text), now);
    }

    fn network_will(&mut self, news: News, now: SimTime) {
        if let Some(mobile) = &mut self.mobile {
            mobile.push_news(news, now + NETWORK_DELAY);
        }
    }

    /// Whether the modem is registered with its network.
    pub(super) fn registration(&self) -> u32 {
        let mobile = self.mobile.as_ref();
        u32::from(
            mobile
                .is_some_and(|mobile| mobile.functionality == 1 && mobile.lock.is_open() && !mobile.has_left),
        )
    }

    /// Whether a call can reach the modem; a telephone line always ends at one.
    pub fn is_reachable(&self) -> bool {
        !self.is_mobile() || self.registration() == 1
    }

    /// The modem has entered its network or left it, where it has: the network knows, and so does a client that asked for
    /// it (27.007 7.2).
    pub(super) fn registration_settled(&mut self, now: SimTime) {
        let is_reachable = self.is_reachable();
        let Some(mobile) = &mut self.mobile else { return };
        if std::mem::replace(&mut mobile.is_reachable, is_reachable) == is_reachable {
            return;
        }
        if !is_reachable {
            self.hang_up();
        }
        let service = LineService::Reachable(is_reachable);
        self.actions.push_back(LineAction::Service(service));
        for name in ["+CREG", "+CGREG", "+CEREG"] {
            let place = match self.settings.number(name, 0) {
                0 => continue,
                2 if is_reachable => PLACE,
                _ => "",
            };
            self.network_will_tell(format!("{name}: {}{place}", u32::from(is_reachable)), now);
        }
    }

    /// The error of a mobile command, as `+CMEE` wants it.
    pub(super) fn cme(&self, error: Cme) -> Outcome {
        let text = match self.settings.number("+CMEE", 0) {
            0 => return Outcome::Error,
            1 => format!("+CME ERROR: {}", error.0),
            _ => format!("+CME ERROR: {}", error.text()),
        };
        Outcome::Failed(ResultCode::Extended(text))
    }

    /// The error of a message command (27.005 3.2.5), by number always.
    pub(super) fn cms(&self, error: u32) -> Outcome {
        Outcome::Failed(ResultCode::Extended(format!("+CMS ERROR: {error}")))
    }

    /// What stands in the way of a command that needs the network or the SIM.
    pub(super) fn sim_error(&self) -> Option<Outcome> {
        let mobile = self.mobile.as_ref()?;
        mobile.lock.error().map(|error| self.cme(error))
    }

    /// The modem's clock: the exchange's is not known to it, so it begins where the exchange's does.
    pub(super) fn clock(now: SimTime) -> (WallClock, u8) {
        let second = u8::try_from(now.as_micros() / 1_000_000 % 60).unwrap_or(0);
        (WallClock::default().at(now), second)
    }
}
