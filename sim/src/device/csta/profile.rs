//! What kind of switch a server passes for: framing, encoding and habits, as data.

use std::time::Duration;

use crate::exchange::pbx::Quirks;
use crate::wire::csta::{framing::Framing, phase1, services::Event, xml::Style};

/// How messages are written and read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// BER of ECMA-180, as the MD110 speaks it.
    Phase1,
    /// BER of ECMA-285.
    Phase3,
    /// XML of ECMA-323.
    Xml(Style),
}

impl Encoding {
    /// Whether it has a form for an event.
    pub(super) fn carries(&self, event: &Event) -> bool {
        match self {
            Encoding::Phase1 => phase1::carries(event),
            Encoding::Phase3 | Encoding::Xml(_) => true,
        }
    }
}

/// A kind of switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name that chooses it.
    pub name: &'static str,
    /// How frames are told apart.
    pub framing: Framing,
    /// How messages are encoded.
    pub encoding: Encoding,
    /// A client has to ask for an association before anything else.
    pub association: bool,
    /// The switch says its system status as soon as there is an association, and again whenever it asks for a sign of
    /// life.
    pub announces_status: bool,
    /// Events say when they happened.
    pub timestamps: bool,
    /// A client that has not sent anything for this long is asked for a sign of life, and dropped after as long again.
    pub keep_alive: Option<Duration>,
    /// Clients at once.
    pub clients_max: usize,
    /// Monitors on one object, and in all.
    pub monitors_per_object: usize,
    /// Monitors in all.
    pub monitors_max: usize,
    /// The longest session that ECMA-354's StartApplicationSession is granted.
    pub session_max: Duration,
}

/// The profile that the others differ from.
const PLAIN: Profile = Profile {
    name: "serial",
    framing: Framing::Serial,
    encoding: Encoding::Phase3,
    association: true,
    announces_status: true,
    timestamps: false,
    keep_alive: Some(Duration::from_secs(60)),
    clients_max: 16,
    monitors_per_object: 64,
    monitors_max: 100_000,
    session_max: Duration::from_secs(3600),
};

/// The profiles, by name. What each peer does is in the notes on real switches; `serial` is this project's own.
pub fn profiles() -> [Profile; 6] {
    [
        Profile {
            name: "hipath",
            framing: Framing::HiPath,
            // Its clients do not read an event without.
            timestamps: true,
            ..PLAIN
        },
        Profile {
            name: "annex-j",
            framing: Framing::AnnexJ,
            encoding: Encoding::Xml(Style::default()),
            association: false,
            announces_status: false,
            ..PLAIN
        },
        Profile {
            name: "md110",
            framing: Framing::Length16,
            encoding: Encoding::Phase1,
            association: false,
            announces_status: false,
            // Phase I has nothing that a client would have to answer.
            keep_alive: None,
            ..PLAIN
        },
        Profile {
            name: "panasonic",
            framing: Framing::Panasonic,
            ..PLAIN
        },
        Profile {
            name: "alcatel",
            framing: Framing::Alcatel,
            announces_status: false,
            ..PLAIN
        },
        PLAIN,
    ]
}

impl Profile {
    /// The profile with what one switch does otherwise.
    #[must_use]
    pub fn with(mut self, quirks: &Quirks) -> Profile {
        self.announces_status = quirks.announces_status.unwrap_or(self.announces_status);
        self.timestamps = quirks.timestamps.unwrap_or(self.timestamps);
        self.keep_alive = quirks.keep_alive.unwrap_or(self.keep_alive);
        self.clients_max = quirks.clients.unwrap_or(self.clients_max);
        self.monitors_max = quirks.monitors.unwrap_or(self.monitors_max);
        self.monitors_per_object = quirks.monitors_per_object.unwrap_or(self.monitors_per_object);
        self.session_max = quirks.session.unwrap_or(self.session_max);
        if let Encoding::Xml(style) = &mut self.encoding {
            style.edition = quirks.edition.unwrap_or(style.edition);
            style.prolog = quirks.prolog.unwrap_or(style.prolog);
            if let Some(prefix) = &quirks.prefix {
                style.prefix.clone_from(prefix);
            }
        }
        self
    }

    /// The profile called `name`.
    pub fn by_name(name: &str) -> Option<Profile> {
        profiles().into_iter().find(|profile| profile.name == name)
    }
}
