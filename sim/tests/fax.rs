//! Fax Class 1 between two modems: frames, a page at its pace, silence, the wrong carrier, the end of the call.

mod world;

use world::World;

/// Frames of T.30 as Class 1 clients write them: address, control, and the octets with their bits as on the line.
const DIS: &[u8] = &[0xff, 0x13, 0x80, 0x00, 0xee, 0xf8];
const CSI: &[u8] = &[0xff, 0x03, 0x40, b'1', b'0', b'2'];
const DCS: &[u8] = &[0xff, 0x13, 0x83, 0x00, 0x86, 0xf8];
const DCN: &[u8] = &[0xff, 0x13, 0xfb];

fn modems() -> World {
    let mut world = World::with_modems(&["101", "102"]);
    for number in ["101", "102"] {
        assert_eq!(world.at(number, "AT+FCLASS=1"), "OK");
    }
    world
}

/// A call in which 102 may send its first frame.
fn call() -> World {
    let mut world = modems();
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    world.write("102", "ATA\r");
    world.wait_for("102", "CONNECT");
    world.said("102");
    world.wait_for("101", "CONNECT");
    world.said("101");
    world
}

fn send(world: &mut World, from: &str, octets: &[u8]) {
    let mut bytes: Vec<u8> = octets
        .iter()
        .flat_map(|octet| std::iter::repeat_n(*octet, if *octet == 0x10 { 2 } else { 1 }))
        .collect();
    bytes.extend([0x10, 0x03]);
    world.write(from, bytes);
}

/// What a modem said, without the check sequence and end mark of the one frame in it.
fn frame(world: &mut World, number: &str) -> (Vec<u8>, String) {
    let bytes = world.said_bytes(number);
    let end = bytes.windows(2).position(|pair| pair == [0x10, 0x03]).unwrap();
    let start = bytes
        .windows(11)
        .position(|text| text == b"\r\nCONNECT\r\n")
        .map_or(0, |at| at + 11);
    let rest = String::from_utf8_lossy(&bytes[end + 2..]).trim().to_owned();
    (bytes[start..end - 2].to_vec(), rest)
}

#[test]
fn frames_follow_each_other_on_one_carrier_and_take_their_time() {
    let mut world = call();
    let began = world.now();
    send(&mut world, "102", CSI);
    world.wait_for("102", "CONNECT");
    // Nine octets, flag and check sequence with them, at 300 bit/s.
    assert_eq!((world.now() - began).as_millis(), 240);
    world.said("102");
    assert_eq!(frame(&mut world, "101"), (CSI.to_vec(), "OK".to_owned()));
    send(&mut world, "102", DIS);
    world.wait_for("102", "OK");
    assert_eq!(
        world.at("101", "AT+FRH=3"),
        "CONNECT|".to_owned() + &world_tail(DIS)
    );
    assert_eq!(
        world.at("101", "AT+FRH=3"),
        "NO CARRIER",
        "DIS was the last frame"
    );
}

/// How a frame, its check sequence and the result look in the text that [`World::at`] gives.
fn world_tail(octets: &[u8]) -> String {
    let mut world = call();
    send(&mut world, "102", octets);
    world.wait_for("102", "OK");
    world.said("101").trim_start_matches("CONNECT|").to_owned()
}

#[test]
fn a_page_takes_as_long_as_its_modulation_needs() {
    for (modulation, rate) in [(24, 2400), (96, 9600), (145, 14_400)] {
        let mut world = call();
        send(&mut world, "102", DIS);
        world.wait_for("102", "OK");
        world.said("101");
        world.said("102");
        world.write("102", format!("AT+FRM={modulation}\r"));
        world.write("101", format!("AT+FTM={modulation}\r"));
        world.wait_for("101", "CONNECT");
        assert_eq!(world.said("102"), "CONNECT");
        world.said("101");
        let page: Vec<u8> = (0..12_000u32).map(|n| (n * 7 % 256) as u8).collect();
        let began = world.now();
        send(&mut world, "101", &page);
        world.wait_for("101", "OK");
        let took = (world.now() - began).as_millis();
        let ideal = 12_000 * 8 * 1000 / rate;
        assert!((ideal..ideal + 60).contains(&took), "{took} ms at {rate} bit/s");
        let bytes = world.said_bytes("102");
        let stream = bytes.strip_suffix(b"\x10\x03\r\nNO CARRIER\r\n").unwrap();
        let mut received = Vec::new();
        let mut octets = stream.iter();
        while let Some(octet) = octets.next() {
            if *octet == 0x10 {
                assert_eq!(octets.next(), Some(&0x10));
            }
            received.push(*octet);
        }
        // Behind the page is what the carrier was turned off with.
        let (received, end) = received.split_at(page.len());
        assert!(
            received == page,
            "the page arrived, and is not the one that was sent"
        );
        assert!(!end.is_empty() && end.iter().all(|octet| *octet == 0xff));
    }
}

#[test]
fn a_frame_where_a_page_was_expected_is_an_error_and_can_be_read_then() {
    let mut world = call();
    send(&mut world, "102", DIS);
    world.wait_for("102", "OK");
    world.said("101");
    world.said("102");
    world.write("102", "AT+FRM=96\r");
    world.write("101", "AT+FTH=3\r");
    assert_eq!(world.said("102"), "+FCERROR");
    world.wait_for("101", "CONNECT");
    world.write("102", "AT+FRH=3\r");
    send(&mut world, "101", DCS);
    world.wait_for("102", "OK");
    assert_eq!(frame(&mut world, "102").0, DCS);
}

#[test]
fn frames_in_flight_arrive_before_the_hang_up_is_told() {
    let mut world = call();
    send(&mut world, "102", DCN);
    world.wait_for("102", "OK");
    world.at("102", "ATH");
    assert_eq!(frame(&mut world, "101"), (DCN.to_vec(), "OK".to_owned()));
    assert_eq!(world.at("101", "AT+FRH=3"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+FRM=96"), "NO CARRIER");
    assert_eq!(world.at("101", "ATH"), "OK");
}

#[test]
fn silence_is_sent_and_waited_for() {
    let mut world = call();
    world.write("101", "x");
    assert_eq!(
        world.said_bytes("101"),
        b"\x10\x03\r\nOK\r\n",
        "an octet ends what the client waits for"
    );
    world.write("101", "AT+FRS=20\r");
    send(&mut world, "102", DIS);
    world.wait_for("102", "OK");
    assert_eq!(world.said("101"), "", "the carrier has only just gone");
    world.wait_ms(199);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "OK");
    world.write("101", "AT+FTS=8\r");
    world.wait_ms(80);
    assert_eq!(world.said("101"), "OK");
}

#[test]
fn a_client_that_falls_silent_loses_the_carrier() {
    let mut world = call();
    world.write("102", "half a fra");
    world.wait_ms(5100);
    assert_eq!(world.said("102"), "ERROR");
    assert!(world.said("101").ends_with("NO CARRIER"));
}

#[test]
fn nobody_answers_a_fax_call_or_speaks_in_it() {
    let mut world = modems();
    world.at("101", "ATS7=5");
    world.write("101", "ATDT999\r");
    world.wait_for("101", "NO CARRIER");
    world.said("101");
    world.at("102", "AT+FCLASS=8");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    world.write("102", "ATA\r");
    assert_eq!(
        world.said_bytes("102"),
        b"\r\nOK\r\n\x10c",
        "a voice modem hears the calling tone"
    );
    world.wait_for("101", "NO CARRIER");
}

#[test]
fn what_fax_clients_ask_before_they_begin() {
    let mut world = modems();
    for (line, answer) in [
        ("AT+FCLASS=?", "0,1,2,2.0,8|OK"),
        ("AT+FTM=?", "24,48,72,96,73,74,97,98,121,122,145,146|OK"),
        ("AT+FRH=?", "3|OK"),
        ("AT+FTS=?", "0-255|OK"),
        ("AT+FTM=96", "ERROR"),
        ("AT+FTM=3", "ERROR"),
        ("AT+FMI?;+FMM?", "Offhook|Offhook Simulated Modem|OK"),
    ] {
        assert_eq!(world.at("101", line), answer, "{line}");
    }
    world.at("101", "AT+FCLASS=0");
    world.at("101", "ATH1");
    assert_eq!(world.at("101", "AT+FTM=96"), "ERROR", "not in the data class");
}
