//! What tells one modem from another: its names, its rates, its factory settings, its texts and quirks, its pace.
//!
//! A make of modem is data: a TOML file of `sim/profiles/`, or a user's own. [`file`] reads them.

mod file;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

pub use file::{PROFILES, ProfileError};

/// A make of modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModemProfile {
    /// The name that users ask for it by.
    pub name: String,
    /// What it is, in one sentence.
    pub summary: String,
    /// Answer to `+GMI`.
    pub manufacturer: String,
    /// Answer to `+GMM` and `I0`.
    pub model: String,
    /// Answer to `+GMR` and `I3`.
    pub revision: String,
    /// Answer to `+GSN`.
    pub serial: String,
    /// Answer to `+GOI`, an object identifier (X.208) with its values separated by commas.
    pub object: String,
    /// Answer to `+GCI`: the country code of T.35, two hexadecimal digits.
    pub country: String,
    /// Answers to `I` by its number, line by line; those that are not here come from the names above.
    pub identification: BTreeMap<u32, Vec<String>>,
    /// The fastest rate on the line, bit/s.
    pub connect_rate: u32,
    /// The rate of the port where `+IPR` leaves it open, bit/s.
    pub port_rate: u32,
    /// Factory setting of `E`.
    pub echo: bool,
    /// Factory settings of S-registers that differ from the table: number and value.
    pub registers: Vec<(u32, u8)>,
    /// Factory settings of basic commands that differ from the table.
    pub values: BTreeMap<String, u32>,
    /// Factory settings of extended commands that differ from the table.
    pub texts: BTreeMap<String, String>,
    /// Families of extended commands that the modem has.
    pub features: Vec<Feature>,
    /// Commands and registers that the modem lacks all the same; `*` at the end stands for any rest.
    pub lacks: Vec<String>,
    /// Largest number of basic commands that differ from the table.
    pub most: BTreeMap<String, u32>,
    /// What its result codes look like.
    pub results: ResultTexts,
    /// Where it differs from the rules.
    pub quirks: Quirks,
    /// The SIM and the network of a mobile modem.
    pub sim: SimProfile,
    /// Scripted answers to commands, tried before everything else.
    pub replies: Vec<Reply>,
    /// How long one dialled digit takes, with S11 at 95.
    pub digit_time: Duration,
    /// How long the modem waits for dial tone before it says so.
    pub dial_tone_wait: Duration,
    /// From the far end's answer to `CONNECT`.
    pub training_time: Duration,
    /// How long after a ring burst the modem takes the call for abandoned.
    pub ring_memory: Duration,
}

/// A family of extended commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// V.250: identification, port, modulation, error control, compression.
    V250,
    /// Caller id and distinctive ring (V.253).
    CallerId,
    /// Voice (V.253, and `#V` commands).
    Voice,
    /// Fax Class 1 (T.31).
    Fax1,
    /// Fax Class 2.0 (T.32), and the Class 2 of its drafts.
    Fax2,
    /// Mobile equipment (27.007, 27.005).
    Mobile,
}

/// How result codes look where they differ from V.250.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResultTexts {
    /// `CONNECT` at X1 and above. `{rate}` stands for the rate reported, `{carrier}` for that on the line, `{port}` for
    /// that of the port, `{modulation}`, `{protocol}` and `{compression}` for what was agreed.
    pub connect: String,
    /// The same where no error correction was agreed; as above where there is none.
    pub connect_plain: Option<String>,
    /// W0 reports the rate of the port, not that on the line.
    pub connect_port_rate: bool,
    /// Other words for codes: `"NO DIALTONE" = "NO DIAL TONE"`.
    pub words: BTreeMap<String, String>,
    /// Other numbers for codes, by their words after the change above.
    pub numbers: BTreeMap<String, u32>,
    /// Between name and value in caller id: `=` or ` = `.
    pub caller_id_equals: String,
}

impl Default for ResultTexts {
    fn default() -> ResultTexts {
        ResultTexts {
            connect: "CONNECT {rate}".to_owned(),
            connect_plain: None,
            connect_port_rate: false,
            words: BTreeMap::new(),
            numbers: BTreeMap::new(),
            caller_id_equals: "=".to_owned(),
        }
    }
}

/// Where a modem differs from the rules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// `At` and `aT` begin a command line too.
    pub mixed_case_prefix: bool,
    /// Commands have eight bits, not seven and a parity.
    pub eight_bit_commands: bool,
    /// The longest command line, in characters after `AT`, spaces not counted; longer ones are an `ERROR`.
    pub longest_line: usize,
    /// `RINGING` is reported while the far end rings.
    pub reports_ringing: bool,
    /// Extended commands answer `?` with the value alone, without their name.
    pub bare_reads: bool,
    /// A command that the modem does not know is answered `OK`.
    pub unknown_is_ok: bool,
    /// A voice call that is through is reported by `VCON`, not `OK`.
    pub says_vcon: bool,
    /// Bytes that the modem sends when it is switched on.
    pub banner: String,
}

impl Default for Quirks {
    fn default() -> Quirks {
        Quirks {
            mixed_case_prefix: false,
            eight_bit_commands: false,
            longest_line: 1024,
            reports_ringing: false,
            bare_reads: false,
            unknown_is_ok: false,
            says_vcon: false,
            banner: String::new(),
        }
    }
}

/// The SIM of a mobile modem, and the network that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimProfile {
    /// The PIN, where it is asked for.
    pub pin: Option<String>,
    /// The PUK.
    pub puk: String,
    /// Answer to `+CIMI`.
    pub imsi: String,
    /// The own number that `+CNUM` tells; empty where the SIM does not know it.
    pub number: String,
    /// The network's name.
    pub operator: String,
    /// The network's code: country and network, five or six digits.
    pub operator_code: String,
    /// The number of the service centre for short messages.
    pub service_centre: String,
    /// Received signal strength, 0 to 31.
    pub signal: u32,
    /// What the network answers to `+CUSD`, by what was asked: `"*100#"`.
    pub services: BTreeMap<String, String>,
    /// The SIM's phonebook: a number by its name.
    pub phonebook: BTreeMap<String, String>,
}

impl Default for SimProfile {
    fn default() -> SimProfile {
        SimProfile {
            pin: None,
            puk: "12345678".to_owned(),
            imsi: "001010123456789".to_owned(),
            number: String::new(),
            operator: "Offhook".to_owned(),
            operator_code: "00101".to_owned(),
            service_centre: "+15550000".to_owned(),
            signal: 20,
            services: BTreeMap::new(),
            phonebook: BTreeMap::new(),
        }
    }
}

/// A scripted answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The command without `AT`, in capitals and without spaces; `*` at the end stands for any rest.
    pub command: String,
    /// Lines of information.
    #[serde(default)]
    pub lines: Vec<String>,
    /// The result code in words; `OK` lets the rest of the command line follow.
    #[serde(default = "ok")]
    pub result: String,
    /// How long the answer takes, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
}

fn ok() -> String {
    "OK".to_owned()
}

impl Default for ModemProfile {
    /// A modem that can do all that a modem on a telephone line can, as slow as a real one.
    fn default() -> ModemProfile {
        ModemProfile {
            name: "offhook".to_owned(),
            summary: "Offhook's own modem: data, fax and voice".to_owned(),
            manufacturer: "Offhook".to_owned(),
            model: "Offhook Simulated Modem".to_owned(),
            revision: env!("CARGO_PKG_VERSION").to_owned(),
            serial: "0".to_owned(),
            object: "1,3,6,1".to_owned(),
            country: "B5".to_owned(),
            identification: BTreeMap::new(),
            connect_rate: 33_600,
            port_rate: 115_200,
            echo: true,
            registers: Vec::new(),
            values: BTreeMap::new(),
            texts: BTreeMap::new(),
            features: vec![
                Feature::V250,
                Feature::CallerId,
                Feature::Voice,
                Feature::Fax1,
                Feature::Fax2,
            ],
            lacks: Vec::new(),
            most: BTreeMap::new(),
            results: ResultTexts::default(),
            quirks: Quirks::default(),
            sim: SimProfile::default(),
            replies: Vec::new(),
            digit_time: Duration::from_millis(190),
            dial_tone_wait: Duration::from_secs(5),
            training_time: Duration::from_secs(2),
            ring_memory: Duration::from_secs(8),
        }
    }
}

impl ModemProfile {
    /// The default modem for runs that must not wait: see [`ModemProfile::hurried`].
    pub fn quick() -> ModemProfile {
        ModemProfile::default().hurried()
    }

    /// The same modem for runs that must not wait: it dials, trains and gives up on dial tone at once. Its registers
    /// keep their meaning, so S7 still counts seconds, and the guard time of `+++` is still S12.
    pub fn hurried(self) -> ModemProfile {
        ModemProfile {
            digit_time: Duration::from_millis(2),
            dial_tone_wait: Duration::from_millis(100),
            training_time: Duration::from_millis(10),
            ring_memory: Duration::from_secs(2),
            ..self
        }
    }

    /// Whether the modem has the family.
    pub fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    /// Whether the modem lacks a command or register that the tables have.
    pub(super) fn lacks(&self, name: &str) -> bool {
        self.lacks.iter().any(|pattern| matches(pattern, name))
    }

    /// The scripted answer to a command.
    pub(super) fn reply_to(&self, command: &str) -> Option<&Reply> {
        self.replies.iter().find(|reply| matches(&reply.command, command))
    }
}

/// A name, or the beginning of names where it ends with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}
