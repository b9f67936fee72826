//! Voice: V.253, and the `#V` commands that modems had before it.

use super::Form::Bare;
use super::Place::{Of, Range, Up};
use super::{ExtendedRow, act, alias, held, store, store_then};
use crate::device::modem::class::Class;
use crate::device::modem::voice::{Direction, METHODS, SAMPLING_RATES, SOURCES};
use crate::device::modem::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode, Value};

pub(super) const ROWS: &[ExtendedRow] = &[
    act(Bare, "+VTX", "", |modem, operation, now| {
        modem.start_stream(Direction::Transmit, operation, now)
    }),
    act(Bare, "+VRX", "", |modem, operation, now| {
        modem.start_stream(Direction::Receive, operation, now)
    }),
    act(Bare, "+VTR", "", |modem, operation, now| {
        modem.start_stream(Direction::Duplex, operation, now)
    }),
    act(Bare, "+VTS", "(200-3200),(200-3200),(0-600)", Modem::send_tones),
    store(Bare, "+VTD", "10", &[Up(255)]),
    store(Bare, "+VSD", "128,50", &[Up(255), Up(255)]),
    store(Bare, "+VIT", "0", &[Up(255)]),
    store(Bare, "+VGT", "128", &[Up(255)]),
    store(Bare, "+VGR", "128", &[Up(255)]),
    store(Bare, "+VNH", "0", &[Up(2)]),
    store(Bare, "+VRA", "50", &[Up(255)]),
    store(Bare, "+VRN", "10", &[Up(255)]),
    // Held without effect from here to `+VSP`: the simulated modem has no microphone and no loudspeaker (+VGM, +VGS, +VSP),
    // its line brings no DID digits (+VDID), its port's own flow control needs no thresholds and its rate follows the client
    // (+VBT, +VPR), and it reports every event (+VEM).
    store(Bare, "+VGM", "128", &[Up(255)]),
    store(Bare, "+VGS", "128", &[Up(255)]),
    store(Bare, "+VDID", "0", &[Up(1)]),
    store(Bare, "+VBT", "192,320", &[Up(65_535), Up(65_535)]),
    store(Bare, "+VPR", "0", &[Up(65_535)]),
    store(Bare, "+VEM", "", &[super::Place::Text(40)]),
    store(Bare, "+VSP", "0", &[Up(1)]),
    act(Bare, "+VIP", "", initialize),
    held(Bare, "+VSM", "128,8000", compression),
    held(Bare, "+VLS", "0", source),
    alias("#CLS", "+FCLASS"),
    alias("#VTX", "+VTX"),
    alias("#VRX", "+VRX"),
    alias("#VTS", "+VTS"),
    alias("#VTD", "+VTD"),
    alias("#VRA", "+VRA"),
    // In tenths of a second, where V.253 has seconds.
    store_then(Bare, "#VRN", "100", &[Up(255)], |modem, _| {
        let seconds = modem.settings.number("#VRN", 0).div_ceil(10);
        modem.settings.set_text("+VRN", seconds.to_string());
        Outcome::Next
    }),
    store_then(Bare, "#VBS", "8", &[Of(&[4, 8])], |modem, _| {
        let label = if modem.settings.number("#VBS", 0) == 4 {
            132
        } else {
            128
        };
        let rate = modem.settings.number("+VSM", 1);
        modem.settings.set_text("+VSM", format!("{label},{rate}"));
        Outcome::Next
    }),
    store_then(Bare, "#VSR", "7200", &[Range(7200, 11_025)], |modem, _| {
        let (label, rate) = (modem.settings.number("+VSM", 0), modem.settings.number("#VSR", 0));
        modem.settings.set_text("+VSM", format!("{label},{rate}"));
        Outcome::Next
    }),
    alias("#VGT", "+VGT"),
    alias("#VGR", "+VGR"),
    // 0 is the telephone line, taken by A and D; every other device is beside the modem, and gives the line back.
    store_then(Bare, "#VLS", "0", &[Up(9)], |modem, _| {
        match modem.settings.number("#VLS", 0) {
            0 => Outcome::Next,
            _ if modem.class() != Class::Voice => Outcome::Error,
            _ => {
                modem.settings.set_text("+VLS", "0".to_owned());
                modem.select_source();
                match modem.voice_connected() {
                    ResultCode::Ok => Outcome::Next,
                    code => Outcome::Failed(code),
                }
            }
        }
    }),
    alias("#MFR", "+GMI"),
    alias("#MDL", "+GMM"),
    alias("#REV", "+GMR"),
    // Held without effect, as their likes above: silence is told as +VSD says.
    store(Bare, "#VSP", "55", &[Up(255)]),
    store(Bare, "#VSS", "0", &[Up(3)]),
    store(Bare, "#VSD", "0", &[Up(1)]),
    store(Bare, "#VBT", "15", &[Up(15)]),
    store(Bare, "#BDR", "0", &[Up(48)]),
    store(Bare, "#TL", "15", &[Up(16)]),
];

/// `+VIP`: the voice parameters as they leave the factory.
fn initialize(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    if operation != Operation::Execute || modem.class() != Class::Voice {
        return Outcome::Error;
    }
    for row in ROWS {
        if let Some(factory) = row.factory() {
            modem.settings.set_text(row.name, factory.to_owned());
        }
    }
    Outcome::Next
}

/// `+VSM` (V.253 10.2.8): the method and the sampling rate.
fn compression(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    match operation {
        Operation::Test => modem.list_methods(),
        Operation::Read => {
            let held = modem.settings.text("+VSM").to_owned();
            modem.information(&held);
        }
        Operation::Execute => return Outcome::Error,
        Operation::Set(values) => {
            let (label, rate) = match values.as_slice() {
                [Value::Number(label)] => (*label, 8000),
                // Silence deletion and dictation speed are not simulated: 0 leaves them out.
                [Value::Number(label), Value::Number(rate), rest @ ..]
                    if rest
                        .iter()
                        .all(|value| matches!(value, Value::Number(0) | Value::Missing)) =>
                {
                    (*label, *rate)
                }
                _ => return Outcome::Error,
            };
            if !METHODS.iter().any(|method| method.label == label) || !SAMPLING_RATES.contains(&rate) {
                return Outcome::Error;
            }
            modem.settings.set_text("+VSM", format!("{label},{rate}"));
        }
    }
    Outcome::Next
}

/// `+VLS` (V.253 10.2.4): where sound comes from and goes to.
fn source(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    match operation {
        Operation::Test => modem.list_sources(),
        Operation::Read => {
            let held = modem.settings.text("+VLS").to_owned();
            modem.information(&held);
        }
        Operation::Execute => return Outcome::Error,
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(label)] if SOURCES.iter().any(|source| source.label == *label) => {
                modem.settings.set_text("+VLS", label.to_string());
                modem.select_source();
            }
            _ => return Outcome::Error,
        },
    }
    Outcome::Next
}
