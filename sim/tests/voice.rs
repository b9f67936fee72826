//! Voice calls: streams both ways, digits and tones as events, silence, the client's ways to end.

mod world;

use std::time::Duration;

use offhook_sim::wire::audio::{Codec, Coding};
use offhook_sim::{ExchangeConfig, ModemProfile, SimCommand, StationBehaviour};
use world::World;

const DLE: u8 = 0x10;
const ETX: u8 = 0x03;

/// 101 has called 102, both in the voice class, and both are through.
fn voice_call() -> World {
    let mut world = World::with_modems(&["101", "102"]);
    assert_eq!(world.at("101", "AT+FCLASS=8"), "OK");
    assert_eq!(world.at("102", "AT+FCLASS=8"), "OK");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    assert_eq!(world.at("102", "AT+VLS=1"), "OK");
    world.wait_for("101", "OK");
    world.said("101");
    world
}

/// 101 calls 5550 in the voice class; how long from the last digit to the result, in milliseconds.
fn dialled(set_up: &str, behaviour: StationBehaviour) -> (String, u64) {
    let mut world = World::with_modems(&["101"]);
    world.station("5550", behaviour);
    world.at("101", &format!("AT+FCLASS=8{set_up}"));
    world.write("101", "ATDT5550\r");
    while !world.log().iter().any(|line| line.contains("101 dials 5550")) {
        world.wait_ms(10);
    }
    for passed in (0..60_000).step_by(10) {
        let said = world.said("101");
        if !said.is_empty() {
            return (said, passed);
        }
        world.wait_ms(10);
    }
    panic!("nothing said");
}

#[test]
fn a_voice_call_is_taken_to_be_answered_when_ringing_tone_goes_away() {
    let answers = |seconds| StationBehaviour::AnswersAfter(Duration::from_secs(seconds));
    // Half a second until it rings; two seconds of tone, four of silence.
    for (set_up, behaviour, result, after_ms) in [
        ("", answers(1), "OK", 500 + 1000 + 5000),
        (";+VRA=60", answers(13), "OK", 500 + 13_000 + 6000),
        (";+VRA=10", answers(30), "OK", 500 + 2000 + 1000),
        (";+VRN=0", answers(1), "OK", 0),
        (";#VRN=0;#VRA=70", answers(1), "OK", 0),
        (";#VRA=70", answers(1), "OK", 500 + 1000 + 7000),
        (";S7=5", StationBehaviour::NeverAnswers, "NO ANSWER", 5000),
        ("", StationBehaviour::Busy, "BUSY", 500),
    ] {
        let (said, passed) = dialled(set_up, behaviour);
        assert_eq!(said, result, "{set_up} {behaviour:?}");
        assert!(
            passed.abs_diff(after_ms) <= 20,
            "{set_up}: {passed} ms, not {after_ms}"
        );
    }
}

#[test]
fn whoever_speaks_has_answered() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "AT+FCLASS=8");
    world.at("102", "AT+FCLASS=8");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    assert_eq!(world.at("102", "AT+VLS=1;+VTS=[933,0,30]"), "");
    assert_eq!(world.said("101"), "OK");
}

#[test]
fn a_call_that_waits_is_told_as_a_code() {
    let mut world = voice_call();
    world.command(SimCommand::SetCallWaiting {
        number: "102".into(),
        on: true,
    });
    world.command(SimCommand::Call {
        from: "5551".into(),
        to: "102".into(),
        caller_id: None,
    });
    world.wait_ms(600);
    assert_eq!(world.said_bytes("102"), [DLE, b'w']);
}

fn shielded(octets: &[u8]) -> Vec<u8> {
    octets
        .iter()
        .flat_map(|octet| std::iter::repeat_n(*octet, if *octet == DLE { 2 } else { 1 }))
        .collect()
}

/// The octets of a stream without their shields, and the codes among them.
fn unshielded(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut octets, mut codes) = (Vec::new(), Vec::new());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        match (*byte, *byte == DLE) {
            (byte, false) => octets.push(byte),
            (_, true) => match bytes.next() {
                Some(&DLE) => octets.push(DLE),
                Some(code) => codes.push(*code),
                None => panic!("a shield without a code"),
            },
        }
    }
    (octets, codes)
}

fn tone(count: usize) -> Vec<i16> {
    (0..count)
        .map(|n| ((n as f64 * 440.0 / 8000.0 * std::f64::consts::TAU).sin() * 12_000.0) as i16)
        .collect()
}

fn encoded(coding: Coding, samples: &[i16]) -> Vec<u8> {
    let (mut codec, mut octets) = (Codec::new(coding), Vec::new());
    samples
        .iter()
        .for_each(|sample| codec.encode(*sample, &mut octets));
    octets
}

fn decoded(coding: Coding, octets: &[u8]) -> Vec<i16> {
    let (mut codec, mut samples) = (Codec::new(coding), Vec::new());
    octets.iter().for_each(|octet| codec.decode(*octet, &mut samples));
    samples
}

#[test]
fn a_greeting_of_a_second_takes_a_second_and_arrives_whole() {
    for (label, coding) in [
        (0, Coding::Signed8),
        (1, Coding::Unsigned8),
        (4, Coding::MuLaw),
        (5, Coding::ALaw),
        (128, Coding::Unsigned8),
        (129, Coding::Linear16),
        (130, Coding::ALaw),
        (131, Coding::MuLaw),
        (132, Coding::ImaAdpcm),
    ] {
        let mut world = voice_call();
        for number in ["101", "102"] {
            assert_eq!(world.at(number, &format!("AT+VSM={label},8000")), "OK");
        }
        assert_eq!(world.at("102", "AT+VRX"), "CONNECT");
        assert_eq!(world.at("101", "AT+VTX"), "CONNECT");
        let greeting = encoded(coding, &tone(8000));
        let mut bytes = shielded(&greeting);
        bytes.extend([DLE, ETX]);
        world.write("101", &bytes);
        world.wait_ms(990);
        assert_eq!(world.said("101"), "", "{coding:?}: still speaking");
        world.wait_ms(30);
        assert_eq!(world.said("101"), "OK", "{coding:?}");
        world.wait_ms(200);
        let (heard, codes) = unshielded(&world.said_bytes("102"));
        assert!(codes.is_empty(), "{codes:?}");
        let (said, heard) = (decoded(coding, &greeting), decoded(coding, &heard));
        // The recording began at another moment than the greeting, and ADPCM differs by its history.
        let first = heard.iter().position(|sample| sample.abs() > 600).unwrap();
        let ours = said.iter().position(|sample| sample.abs() > 600).unwrap();
        let pairs = said[ours..].iter().zip(&heard[first..]);
        let off = pairs
            .skip(60)
            .filter(|(a, b)| (i32::from(**a) - i32::from(**b)).abs() > 900)
            .count();
        assert!(off < 80, "{coding:?}: {off} samples differ");
    }
}

#[test]
fn a_recording_flows_at_its_rate_and_ends_as_the_client_asks() {
    let mut world = voice_call();
    world.at("102", "AT+VSM=131,8000;+VRX");
    world.wait_ms(1000);
    let (octets, codes) = unshielded(&world.said_bytes("102"));
    assert_eq!((octets.len(), codes.as_slice()), (8000, &[][..]));
    assert!(octets.iter().all(|octet| *octet == 0xff), "silence");
    world.write("102", [DLE, b'!']);
    assert_eq!(world.said_bytes("102"), b"\x10\x03\r\nOK\r\n");
    world.at("102", "AT+VSM=128,11025;+VRX");
    world.wait_ms(1000);
    let (octets, _) = unshielded(&world.said_bytes("102"));
    assert!((10_990..=11_030).contains(&octets.len()), "{}", octets.len());
}

#[test]
fn duplex_flows_both_ways() {
    let mut world = voice_call();
    for number in ["101", "102"] {
        assert_eq!(world.at(number, "AT+VSM=129,8000;+VTR"), "CONNECT");
    }
    let said = encoded(Coding::Linear16, &tone(800));
    world.write("101", shielded(&said));
    world.write("102", shielded(&said));
    world.wait_ms(400);
    for number in ["101", "102"] {
        let (octets, _) = unshielded(&world.said_bytes(number));
        let heard = decoded(Coding::Linear16, &octets);
        assert!(heard.windows(800).any(|window| window == tone(800)), "{number}");
        world.write(number, [DLE, b'^']);
        assert_eq!(world.said_bytes(number), b"\x10\x03\r\nOK\r\n");
    }
}

#[test]
fn digits_reach_the_other_client_in_every_state() {
    let mut world = voice_call();
    world.write("101", "AT+VTS=1,{#,5}\r");
    assert_eq!(world.said("101"), "");
    world.wait_ms(150);
    assert_eq!(world.said("101"), "OK");
    assert_eq!(world.said_bytes("102"), [DLE, b'1', DLE, b'#']);
    world.at("102", "AT+VRX");
    world.write("101", "AT+VTS=5\r");
    world.wait_ms(100);
    let (_, codes) = unshielded(&world.said_bytes("102"));
    assert_eq!(codes, b"5");
    let log = world.log();
    assert!(log.contains(&"call 1: 101 sends digits 5".to_owned()), "{log:?}");
}

#[test]
fn tones_are_events_with_frequency_and_length() {
    let mut world = voice_call();
    world.log();
    world.write("101", "AT+VTS=[933,,150],[1100,,50]\r");
    world.wait_ms(1999);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "OK");
    assert_eq!(
        world.log(),
        [
            "call 1: 101 sends a tone of 933 Hz for 1500 ms",
            "call 1: 101 sends a tone of 1100 Hz for 500 ms"
        ]
    );
    assert_eq!(world.said_bytes("102"), [DLE, b'c'], "a fax machine calls");
}

#[test]
fn silence_is_told_after_speech_and_quiet_where_there_was_none() {
    let mut world = voice_call();
    world.at("102", "AT+VSD=128,10;+VRX");
    world.wait_ms(1100);
    assert_eq!(unshielded(&world.said_bytes("102")).1, b"q");
    world.at("101", "AT+VSM=129,8000;+VTX");
    world.write("101", shielded(&encoded(Coding::Linear16, &tone(1600))));
    world.wait_ms(2000);
    assert_eq!(unshielded(&world.said_bytes("102")).1, b"s");
}

#[test]
fn the_client_hears_of_the_hang_up_and_hangs_up_itself() {
    let mut world = voice_call();
    world.at("102", "AT+VRX");
    world.at("101", "ATH");
    assert_eq!(unshielded(&world.said_bytes("102")).1, b"b");
    world.write("102", [DLE, 0x1b]);
    assert_eq!(world.said_bytes("102"), b"\x10\x03\r\nOK\r\n");
    world.log();
    assert_eq!(world.at("102", "AT+VLS=0"), "OK");
    assert_eq!(world.log(), ["102 goes on-hook"]);
}

#[test]
fn a_voice_call_is_busy_or_not_answered_like_any_other() {
    let mut world = World::with_modems(&["101"]);
    world.station("200", StationBehaviour::Busy);
    world.station("300", StationBehaviour::NeverAnswers);
    world.station("400", StationBehaviour::AnswersAfter(Duration::ZERO));
    world.at("101", "AT+FCLASS=8");
    for (line, told) in [
        ("ATDT200", "BUSY"),
        ("ATS7=5DT300", "NO ANSWER"),
        // Longer than ringing tone has to be gone.
        ("ATS7=50DT400", "OK"),
    ] {
        world.write("101", format!("{line}\r"));
        world.wait_for("101", told);
        assert_eq!(world.said("101"), told);
    }
}

#[test]
fn a_data_modem_that_calls_a_voice_modem_is_told_of_and_finds_no_carrier() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("102", "AT+FCLASS=8");
    world.write("101", "ATS7=5DT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    world.write("102", "ATA\r");
    assert_eq!(world.said_bytes("102"), b"\r\nOK\r\n\x10e");
    world.wait_for("101", "NO CARRIER");
}

#[test]
fn what_voice_clients_ask_before_they_begin() {
    let mut world = World::with_modems(&["101"]);
    for (line, answer) in [
        ("AT+FCLASS=?", "0,1,2,2.0,8|OK"),
        ("AT+VTX", "ERROR"),
        ("AT+FCLASS=8;+FCLASS?", "8|OK"),
        ("AT+VSM?", "128,8000|OK"),
        ("AT+VSM=7", "ERROR"),
        ("AT+VLS=99", "ERROR"),
        (
            "AT+VGT=?;+VGT=200;+VGR=100;+VIT=50;+VSD=129,30;+VTD=20;+IFC=2,2",
            "(0-255)|OK",
        ),
        ("AT+VNH=1;+VRA=30;+VRN=10;+VDR=1,5", "OK"),
        ("AT+VIP;+VGT?", "128|OK"),
        ("AT#CLS?;#VBS=4;+VSM?", "8|132,8000|OK"),
        ("AT+VTS=1", "ERROR"),
    ] {
        assert_eq!(world.at("101", line), answer, "{line}");
    }
    let methods = world.at("101", "AT+VSM=?");
    assert!(
        methods.contains("131,\"8-BIT ULAW\",8,0,(7200,8000,11025),(0),(0)|"),
        "{methods}"
    );
}

/// Every voice command that holds something: its default, a value that it takes, one that it does not, and the older name.
#[test]
fn every_voice_command_holds_its_value_under_both_names() {
    #[rustfmt::skip]
    let table = [
        // +V, default, a value, one too many, #V
        ("+VSM", "128,8000", "132,7200", "7", ""),
        ("+VLS", "0", "4", "12", ""),
        ("+VTD", "10", "255", "256", "#VTD"),
        ("+VSD", "128,50", "129,30", "256", ""),
        ("+VIT", "0", "255", "256", ""),
        ("+VGT", "128", "255", "256", "#VGT"),
        ("+VGR", "128", "0", "256", "#VGR"),
        ("+VNH", "0", "2", "3", ""),
        ("+VRA", "50", "0", "256", "#VRA"),
        ("+VRN", "10", "0", "256", "+VRN"),
        ("#VRN", "100", "0", "256", "#VRN"),
        ("+FCLASS", "0", "8", "9", "#CLS"),
        ("#VLS", "0", "2", "10", ""),
        ("#VBS", "8", "4", "3", ""),
        ("#VSR", "7200", "11025", "4000", ""),
        ("#VSS", "0", "3", "4", ""),
        ("#VSD", "0", "1", "2", ""),
        ("#VSP", "55", "255", "256", ""),
        ("#VBT", "15", "0", "16", ""),
        ("#BDR", "0", "48", "49", ""),
        ("#TL", "15", "16", "17", ""),
    ];
    for (name, default, value, wrong, older) in table {
        for (set, read) in [(name, name), (older, name), (name, older)] {
            if set.is_empty() || read.is_empty() {
                continue;
            }
            let mut world = World::with_modems(&["101"]);
            assert!(world.at("101", &format!("AT{set}=?")).ends_with("|OK"), "{set}=?");
            assert_eq!(
                world.at("101", &format!("AT{read}?")),
                format!("{default}|OK"),
                "{read}?"
            );
            if name != "+FCLASS" {
                world.at("101", "AT+FCLASS=8");
            }
            assert_eq!(
                world.at("101", &format!("AT{set}={value}")),
                "OK",
                "{set}={value}"
            );
            assert_eq!(
                world.at("101", &format!("AT{read}?")),
                format!("{value}|OK"),
                "{read}?"
            );
            assert_eq!(
                world.at("101", &format!("AT{set}={wrong}")),
                "ERROR",
                "{set}={wrong}"
            );
        }
    }
    // Those that act, outside a voice call and with a value that makes no sense.
    for name in ["+VTX", "+VRX", "+VTR", "+VTS", "+VIP", "#VTX", "#VRX", "#VTS"] {
        let mut world = World::with_modems(&["101"]);
        assert!(
            world.at("101", &format!("AT{name}=?")).ends_with("OK"),
            "{name}=?"
        );
        assert_eq!(world.at("101", &format!("AT{name}?")), "ERROR", "{name}?");
        assert_eq!(
            world.at("101", &format!("AT{name}")),
            "ERROR",
            "{name} in the data class"
        );
    }
}

/// A call as an answering machine of the older command set conducts it.
#[test]
fn the_older_commands_answer_record_and_play() {
    let conexant = ModemProfile::find("conexant").unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", conexant)]);
    for line in [
        "AT#CLS=8",
        "AT#VLS=0",
        "AT#VBS=8",
        "AT#VSR=8000",
        "AT#VSD=0",
        "AT#VTD=5",
        "AT#VGR=128",
    ] {
        assert_eq!(world.at("101", line), "OK", "{line}");
    }
    assert_eq!(world.at("101", "AT#MFR;#MDL;#REV"), "CONEXANT|HSFi|V1.2.3.4|OK");
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_for("101", "RING");
    world.said("101");
    assert_eq!(world.at("101", "ATA"), "VCON");
    // The beep, and a message after it.
    world.write("101", "AT#VTS=[933,,5],1\r");
    world.wait_ms(200);
    assert_eq!(world.said("101"), "OK");
    assert_eq!(world.at("101", "AT#VRX"), "CONNECT");
    let said = tone(800);
    world.command(SimCommand::Speak {
        number: "7".into(),
        samples: said.clone(),
    });
    world.wait_ms(200);
    let (octets, _) = unshielded(&world.said_bytes("101"));
    let heard = decoded(Coding::Unsigned8, &octets);
    let expected = decoded(Coding::Unsigned8, &encoded(Coding::Unsigned8, &said));
    assert!(heard.windows(800).any(|window| window == expected));
    world.write("101", [DLE, b'!']);
    assert_eq!(world.said_bytes("101"), b"\x10\x03\r\nVCON\r\n");
    assert_eq!(world.at("101", "AT#VTX"), "CONNECT");
    world.speech();
    let mut greeting = shielded(&encoded(Coding::Unsigned8, &said));
    greeting.extend([DLE, ETX]);
    world.write("101", &greeting);
    world.wait_for("101", "VCON");
    assert_eq!(world.speech(), expected);
    world.said("101");
    world.log();
    // Another device gives the line back.
    assert_eq!(world.at("101", "AT#VLS=2"), "VCON");
    assert!(world.log().contains(&"101 goes on-hook".to_owned()));
}

#[test]
fn a_station_sends_digits_and_a_conexant_says_vcon() {
    let conexant = ModemProfile::find("conexant").unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", conexant)]);
    world.at("101", "AT+FCLASS=8");
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_for("101", "RING");
    world.said("101");
    assert!(world.at("101", "ATA").starts_with("VCON"));
    world.said_bytes("101");
    world.command(SimCommand::SendDigits {
        number: "7".into(),
        digits: "42".into(),
    });
    assert_eq!(world.said_bytes("101"), [DLE, b'4', DLE, b'2']);
}

#[test]
fn a_station_speaks_from_a_wav_file_and_what_it_hears_becomes_one() {
    use offhook_sim::wire::audio::{read_wav, write_wav};

    let mut world = World::with_modems(&["101"]);
    world.station("7", StationBehaviour::AnswersAfter(Duration::ZERO));
    world.at("101", "AT+FCLASS=8;+VSM=129,8000");
    world.write("101", "ATDT7\r");
    world.wait_for("101", "OK");
    world.said("101");
    let message = write_wav(&tone(4000)).unwrap();
    world.at("101", "AT+VTR");
    world.command(SimCommand::Speak {
        number: "7".into(),
        samples: read_wav(&message[..]).unwrap(),
    });
    world.write("101", shielded(&encoded(Coding::Linear16, &tone(1600))));
    world.wait_ms(600);
    let (octets, _) = unshielded(&world.said_bytes("101"));
    let heard = decoded(Coding::Linear16, &octets);
    assert!(heard.windows(4000).any(|window| window == tone(4000)));
    let recording = write_wav(&world.speech()).unwrap();
    assert_eq!(read_wav(&recording[..]).unwrap(), tone(1600));
}

#[test]
fn gains_make_speech_louder_on_its_way_out_and_in() {
    let mut world = voice_call();
    world.at("101", "AT+VSM=129,8000;+VGT=160");
    world.at("102", "AT+VSM=129,8000;+VGR=96");
    world.at("102", "AT+VRX");
    world.at("101", "AT+VTX");
    let quiet: Vec<i16> = tone(1600).iter().map(|sample| sample / 4).collect();
    world.write("101", shielded(&encoded(Coding::Linear16, &quiet)));
    world.wait_ms(400);
    let (octets, _) = unshielded(&world.said_bytes("102"));
    let heard = decoded(Coding::Linear16, &octets);
    // Twice as loud on the line, and half of that again for the client.
    assert!(heard.windows(1600).any(|window| window == quiet));
}

#[test]
fn vnh_keeps_the_line_when_another_service_fails_to_connect() {
    for (setting, line, keeps) in [
        (0, "ATA", false),
        (1, "ATA", true),
        (1, "ATH", false),
        (2, "ATH", true),
    ] {
        let mut world = voice_call();
        world.at("101", &format!("AT+VNH={setting};+FCLASS=0;S7=3"));
        world.log();
        world.write("101", format!("{line}\r"));
        world.wait_for("101", if line == "ATA" { "NO CARRIER" } else { "OK" });
        world.said("101");
        let log = world.log();
        assert_eq!(log.is_empty(), keeps, "+VNH={setting} {line}: {log:?}");
        // Back in the voice class the call is there still.
        world.at("101", "AT+FCLASS=8;+VLS=1");
        world.said_bytes("102");
        world.at("101", "AT+VTS=5");
        assert_eq!(
            world.said_bytes("102").ends_with(b"\x105"),
            keeps,
            "+VNH={setting} {line}"
        );
    }
}
