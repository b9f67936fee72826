//! What holds for every byte stream: no panic, no answer outside the grammar, no timer that stays due.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::exchange::{CallerId, FaxSignal, Handshake, Notice, RingPattern, WallClock};
use crate::wire::at::parse_result_code;
use crate::wire::v24::DteCircuits;

#[derive(Clone, Debug)]
enum Stimulus {
    Bytes(Vec<u8>),
    Signal(LineSignal),
    Wait(u64),
    ClientGone,
    Circuits(DteCircuits),
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let at = "(?i)AT([EVQXHIZOALMN&FWCDK\\\\%+#=?0-9;, @!TPSx]{0,16}|DT?[0-9,W@!;]{0,8}|S[0-9]{1,2}(=[0-9]{1,3}|\\?)|\
              [+#](VCID|CID|VTS|FCLASS|GMI|IFC)(=?\\?|=[0-9#A,\\[\\]]{0,9}))\r\n?";
    let services = "(?i)AT(D>(5|SM[0-3]|\"A\");?|\\+(FCLASS=[0128]|V(TX|RX|TR|IP)|VLS=[0-5]|VSM=1(28|29|30|31|32)(,8000)?|VTS=[0-9,#]{1,6}|\
                    F[TR][MHS]=[0-9]{1,3}|FRS=1|F(DT|DR|KS|ET=[0-2]|IS=1,[0-5]|CLASS=2\\.0)|C(LCC|SQ|HUP|MGL|MGL=4|NUM|EER)|CHLD=[0-4]{1,2}|CPIN=[0-9]{4}|CMGS=\"?[0-9]{1,3}\"?|\
                    CMGF=[01]|C(LIP|RC|CWA|MEE)=[0-2](,1)?|CUSD=1,\"[*#0-9]{1,5}\"|CCFC=[0-5],[0-4](,\"7\")?|CPB[SRFW](=?\\?|=(\"(SM|ON|DC)\"|[0-9]{1,3}(,\"?[0-9]{1,3}\"?(,145,\"A(\\\\0[0-9])?\")?)?|\"A\"))|CFUN=[014](,1)?))\r";
    let ends = proptest::sample::select(vec![
        b"\x10\x03".to_vec(),
        b"\x10!".to_vec(),
        b"\x10^".to_vec(),
        b"\x1a".to_vec(),
        b"\x1b".to_vec(),
    ]);
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        at.prop_map(String::into_bytes),
        at.prop_map(String::into_bytes),
        services.prop_map(String::into_bytes),
        services.prop_map(String::into_bytes),
        ends,
        Just(b"+++".to_vec()),
        Just(b"A/".to_vec()),
    ]
}

fn any_stimulus() -> impl Strategy<Value = Stimulus> {
    let caller = CallerId {
        number: None,
        name: Some("N N".into()),
    };
    let signal = proptest::sample::select(vec![
        LineSignal::DialTone,
        LineSignal::Ring,
        LineSignal::CallerId {
            caller,
            clock: WallClock::default(),
        },
        LineSignal::Ringback {
            tone: Duration::from_secs(1),
            silence: Duration::from_secs(4),
        },
        LineSignal::Notice(Notice::Held),
        LineSignal::Answered,
        LineSignal::Busy,
        LineSignal::Unobtainable,
        LineSignal::Data(b"data\r".to_vec()),
        LineSignal::Digits("1".into()),
        LineSignal::RingPattern(RingPattern(vec![400, 200, 400])),
        LineSignal::CallWaiting {
            caller: None,
            clock: WallClock::default(),
        },
        LineSignal::RingingEnds,
        LineSignal::WaitingGone,
        LineSignal::HeldGone,
        LineSignal::Conference(vec!["1".into(), "2".into()]),
        LineSignal::PartyGone("1".into()),
        LineSignal::Sound(Sound::Handshake(Handshake::ANY)),
        LineSignal::Sound(Sound::Voice(vec![1000; 500])),
        LineSignal::Sound(Sound::Fax(FaxSignal::CarrierOn(3))),
        LineSignal::Sound(Sound::Fax(FaxSignal::Frame(vec![0xff, 0x13, 0x10]))),
        LineSignal::Sound(Sound::Fax(FaxSignal::CarrierOn(96))),
        LineSignal::Sound(Sound::Fax(FaxSignal::Bits(vec![0x10, 0x03]))),
        LineSignal::Sound(Sound::Fax(FaxSignal::CarrierOff)),
        LineSignal::Released,
        LineSignal::Cut,
    ]);
    prop_oneof![
        4 => any_bytes().prop_map(Stimulus::Bytes),
        2 => signal.prop_map(Stimulus::Signal),
        2 => (0u64..3_000).prop_map(Stimulus::Wait),
        1 => Just(Stimulus::ClientGone),
        1 => any::<(bool, bool)>().prop_map(|(dtr, rts)| Stimulus::Circuits(DteCircuits { dtr, rts })),
    ]
}

/// Every result is a known code, and every line of information one line of printable text.
fn check_answers(modem: &mut Modem) -> Result<(), TestCaseError> {
    while let Some(output) = modem.poll_output() {
        match output {
            Output::Result { bytes, framing } => {
                let code = parse_result_code(&bytes, framing);
                let code = code.map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(framing.result(&code), bytes);
            }
            Output::Information { bytes, framing } => {
                let text = &bytes[if framing.verbose { 2 } else { 0 }..bytes.len() - 2];
                prop_assert!(!text.is_empty());
                prop_assert!(
                    text.iter().all(|b| matches!(b, b' '..=b'~')),
                    "{}",
                    bytes.escape_ascii()
                );
                prop_assert_eq!(framing.information(&String::from_utf8_lossy(text)), bytes);
            }
            Output::Echo(bytes) | Output::Data(bytes) => prop_assert!(!bytes.is_empty()),
        }
    }
    while modem.poll_event().is_some() {}
    Ok(())
}

proptest! {
    #[test]
    fn answers_every_stream_within_the_grammar(
        mobile in any::<bool>(),
        stimuli in proptest::collection::vec(any_stimulus(), 0..40),
    ) {
        let profile = match mobile {
            true => ModemProfile::find("gsm").unwrap_or_default(),
            false => ModemProfile::default(),
        };
        let mut modem = Modem::new(profile);
        let mut now = SimTime::ZERO;
        for stimulus in stimuli {
            match stimulus {
                Stimulus::Bytes(bytes) => modem.handle_bytes(&bytes, now),
                Stimulus::Signal(signal) => modem.handle_signal(signal, now),
                Stimulus::Wait(ms) => now += Duration::from_millis(ms),
                Stimulus::ClientGone => modem.handle_client_gone(),
                Stimulus::Circuits(dte) => modem.handle_circuits(dte, now),
            }
            // A dial string takes at most a few steps at one moment; a timer that stays due would hang the driver.
            for _ in 0..400 {
                match modem.poll_timeout() {
                    Some(at) if at <= now => modem.handle_timeout(now),
                    _ => break,
                }
            }
            prop_assert!(modem.poll_timeout().is_none_or(|at| at > now));
            check_answers(&mut modem)?;
        }
    }

    #[test]
    fn single_bytes_and_chunks_mean_the_same(bytes in any_bytes()) {
        let mut whole = Modem::new(ModemProfile::default());
        let mut single = Modem::new(ModemProfile::default());
        whole.handle_bytes(&bytes, SimTime::ZERO);
        for byte in &bytes {
            single.handle_bytes(&[*byte], SimTime::ZERO);
        }
        let said = |modem: &mut Modem| -> Vec<u8> {
            std::iter::from_fn(|| modem.poll_output()).flat_map(Output::into_bytes).collect()
        };
        prop_assert_eq!(said(&mut whole), said(&mut single));
    }
}
