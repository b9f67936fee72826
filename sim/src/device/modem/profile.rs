//! What tells one modem from another: its names, its rate, its factory settings, its pace.

use std::time::Duration;

/// A make of modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModemProfile {
    /// Answer to `+GMI`.
    pub manufacturer: String,
    /// Answer to `+GMM` and `I0`.
    pub model: String,
    /// Answer to `+GMR` and `I3`.
    pub revision: String,
    /// The rate in `CONNECT` results, bit/s.
    pub connect_rate: u32,
    /// Factory setting of `E`.
    pub echo: bool,
    /// Factory settings of S-registers that differ from the table: number and value.
    pub registers: Vec<(u32, u8)>,
    /// How long one dialled digit takes.
    pub digit_time: Duration,
    /// How long the modem waits for dial tone before it says so.
    pub dial_tone_wait: Duration,
    /// From the far end's answer to `CONNECT`.
    pub training_time: Duration,
    /// How long after a ring burst the modem takes the call for abandoned.
    pub ring_memory: Duration,
    /// How long RI stays on after a ring burst began: the length of the exchange's burst.
    pub ring_indication: Duration,
}

impl Default for ModemProfile {
    /// As slow as a real modem.
    fn default() -> ModemProfile {
        ModemProfile {
            manufacturer: "Offhook".to_owned(),
            model: "Offhook Simulated Modem".to_owned(),
            revision: env!("CARGO_PKG_VERSION").to_owned(),
            connect_rate: 33_600,
            echo: true,
            registers: Vec::new(),
            digit_time: Duration::from_millis(190),
            dial_tone_wait: Duration::from_secs(5),
            training_time: Duration::from_secs(2),
            ring_memory: Duration::from_secs(8),
            ring_indication: Duration::from_secs(2),
        }
    }
}

impl ModemProfile {
    /// The same modem for runs that must not wait: it dials, trains and gives up on dial tone at once. Its registers
    /// keep their meaning, so S7 still counts seconds, and the guard time of `+++` is still S12.
    pub fn quick() -> ModemProfile {
        ModemProfile {
            digit_time: Duration::from_millis(2),
            dial_tone_wait: Duration::from_millis(100),
            training_time: Duration::from_millis(10),
            ring_memory: Duration::from_secs(2),
            ring_indication: Duration::from_millis(200),
            ..ModemProfile::default()
        }
    }
}
