//! Fax Class 2.0 and Class 2: the modems conduct T.30, and pages arrive as they were sent, at their pace.

mod world;

use offhook_sim::SimCommand;
use world::World;

const DLE: u8 = 0x10;

/// Two modems in these classes, each with a name.
fn modems(caller: &str, called: &str) -> World {
    let mut world = World::with_modems(&["101", "102"]);
    for (number, class, id) in [("101", caller, "+49 101"), ("102", called, "+49 102")] {
        let line = format!("AT+FCLASS={class};+FLI=\"{id}\";+FNR=1,1,1,0");
        assert_eq!(world.at(number, &line), "OK");
    }
    world
}

/// A call that both clients know of.
fn call(caller: &str, called: &str) -> (World, String, String) {
    let mut world = modems(caller, called);
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    world.write("102", "ATA\r");
    world.wait_for("101", "OK");
    let first = world.said("101");
    world.write("101", "AT+FDT\r");
    world.wait_for("102", "OK");
    let second = world.said("102");
    (world, first, second)
}

fn shielded(page: &[u8], end: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for octet in page {
        bytes.push(*octet);
        bytes.extend((*octet == DLE).then_some(DLE));
    }
    [&bytes, end].concat()
}

/// The page in what a client was given between `CONNECT` and DLE ETX, and what was said after it.
fn page(bytes: &[u8]) -> (Vec<u8>, String) {
    let start = bytes.windows(9).position(|text| text == b"CONNECT\r\n").unwrap() + 9;
    let mut octets = Vec::new();
    let mut rest = bytes[start..].iter();
    while let Some(octet) = rest.next() {
        match (*octet, octets.len()) {
            (DLE, _) => match rest.next() {
                Some(&DLE) => octets.push(DLE),
                _ => break,
            },
            (octet, _) => octets.push(octet),
        }
    }
    let said = String::from_utf8_lossy(rest.as_slice()).into_owned();
    // The receiver reads ones behind it, from how the carrier was turned off.
    let end = octets
        .iter()
        .rposition(|octet| *octet != 0xff)
        .map_or(0, |last| last + 1);
    assert!(octets.len() > end);
    octets.truncate(end);
    (octets, said.replace("\r\n\r\n", "|").replace("\r\n", "|"))
}

/// A page of three lines in one-dimensional coding, with octets of every kind between them, as the line carries it.
fn three_lines() -> Vec<u8> {
    let eol = "000000000001";
    let line = "010011011001101011000100000000100000100000010000";
    let bits: Vec<u8> = format!("{eol}{line}{eol}{line}{eol}{line}{}", eol.repeat(6))
        .bytes()
        .map(|bit| bit - b'0')
        .collect();
    let octet = |bits: &[u8]| {
        let places = bits.iter().enumerate();
        places.fold(0, |octet, (place, bit)| octet | bit << place)
    };
    bits.chunks(8).map(octet).collect()
}

#[test]
fn a_page_crosses_in_class_2_0() {
    let (mut world, caller, called) = call("2.0", "2.0");
    assert_eq!(caller, "+FCO|+FCI:\"+49 102\"|+FIS:1,5,0,2,0,0,0,0|OK");
    assert_eq!(
        called,
        "RING|+FCO|+FTI:\"+49 101\"|+FCS:1,5,0,2,0,0,0,0|OK".trim_start_matches("RING|")
    );
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "CONNECT");
    assert_eq!(world.said("101"), "+FCS:1,5,0,2,0,0,0,0|CONNECT");
    world.wait_for("102", "CONNECT");
    world.write("102", [0x12]);
    let sent: Vec<u8> = (0..18_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    let began = world.now();
    world.write("101", shielded(&sent, b"\x10."));
    world.wait_for("102", "+FET:");
    let took = (world.now() - began).as_millis();
    // 18,000 octets at 14,400 bit/s are ten seconds, and a second and a half of V.21 follows them.
    assert!((11_000..12_500).contains(&took), "{took} ms");
    let (received, said) = page(&world.said_bytes("102"));
    // The modem has put the return to control behind it, which the client left out.
    let (received, end) = received.split_at(sent.len());
    assert!(received == sent, "the page is not the one that was sent");
    assert_eq!(end, [0x00, 0x08, 0x80].repeat(3));
    assert!(
        said.starts_with("|+FPS:1,") && said.ends_with("|+FET:2|OK|"),
        "{said}"
    );
    assert_eq!(
        world.said("101"),
        "",
        "the caller waits for the verdict of the called client"
    );
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "OK");
    world.wait_for("102", "OK");
    assert_eq!(world.said("101"), "+FHS:00|OK");
    assert_eq!(world.said("102"), "+FHS:00|OK");
    let log = world.log();
    assert!(log.contains(&"101 goes on-hook".to_owned()) && log.contains(&"102 goes on-hook".to_owned()));
}

#[test]
fn clients_of_class_2_get_their_pages_the_other_way_round_and_send_them_as_they_are() {
    for (order, reversed) in [(0, true), (1, false)] {
        let (mut world, _, _) = call("2.0", "2");
        assert_eq!(world.at("102", &format!("AT+FBOR={order}")), "OK");
        world.write("102", "AT+FDR\r");
        world.wait_for("101", "CONNECT");
        world.write("101", shielded(&three_lines(), b"\x10."));
        world.wait_for("102", "OK");
        let (mut received, _) = page(&world.said_bytes("102"));
        if reversed {
            received
                .iter_mut()
                .for_each(|octet| *octet = octet.reverse_bits());
        }
        assert_eq!(received, three_lines(), "+FBOR={order}");
    }
}

#[test]
fn pages_follow_each_other_and_their_lines_are_counted() {
    let (mut world, _, _) = call("2.0", "2.0");
    for end in [&b"\x10,"[..], b"\x10."] {
        world.write("102", "AT+FDR\r");
        world.wait_for("101", "CONNECT");
        world.said("101");
        world.write("101", shielded(&three_lines(), end));
        world.wait_for("102", "OK");
        let (received, said) = page(&world.said_bytes("102"));
        assert_eq!(received, three_lines());
        let message = if end == b"\x10," { 0 } else { 2 };
        assert_eq!(said, format!("|+FPS:1,3,0,0,0|+FET:{message}|OK|"));
        if message == 0 {
            world.write("102", "AT+FDR\r");
            world.wait_for("101", "OK");
            assert_eq!(world.said("101"), "OK");
            world.write("101", "AT+FDT\r");
            world.wait_for("101", "CONNECT");
            world.wait_for("102", "CONNECT");
            world.said("101");
            world.write("101", shielded(&three_lines(), b"\x10."));
            world.wait_for("102", "OK");
            world.said_bytes("102");
            break;
        }
    }
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "+FHS:00");
}

#[test]
fn class_2_words_it_as_its_drafts_do_and_talks_to_class_2_0() {
    let (mut world, caller, called) = call("2", "2.0");
    assert_eq!(caller, "+FCON|+FCSI: \"+49 102\"|+FDIS: 1,5,0,2,0,0,0,0|OK");
    assert!(called.starts_with("+FCO|+FTI:"), "{called}");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "CONNECT");
    assert_eq!(
        world.said_bytes("101"),
        b"\r\n+FDCS: 1,5,0,2,0,0,0,0\r\n\r\nCONNECT\r\n\x11"
    );
    world.write("101", shielded(&three_lines(), b"\x10\x03"));
    world.wait_for("101", "OK");
    world.said("101");
    world.write("101", "AT+FET=2\r");
    world.wait_for("102", "+FET:2");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "OK");
    assert_eq!(world.said("101"), "+FPTS: 1|+FHNG: 0|OK");
}

#[test]
fn a_page_that_came_badly_is_sent_again_after_new_training() {
    let (mut world, _, _) = call("2.0", "2.0");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "CONNECT");
    world.write("101", shielded(&three_lines(), b"\x10."));
    world.wait_for("102", "+FET:2");
    world.said("101");
    world.write("102", "AT+FPS=2\r");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "ERROR");
    assert_eq!(world.said("101"), "ERROR");
    assert_eq!(world.at("101", "AT+FPS?"), "2|OK");
    world.said_bytes("102");
    world.write("101", "AT+FDT\r");
    world.wait_for("101", "CONNECT");
    world.write("101", shielded(&three_lines(), b"\x10."));
    world.wait_for("102", "+FET:2");
    let (received, _) = page(&world.said_bytes("102"));
    assert_eq!(received, three_lines());
}

#[test]
fn the_slower_station_decides_and_bits_come_in_the_order_that_is_asked_for() {
    let mut world = modems("2.0", "2.0");
    world.at("101", "AT+FCC=,3");
    world.at("102", "AT+FCC=0,1,0,0,0;+FBO=1");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.write("102", "ATA\r");
    world.wait_for("101", "+FIS:0,1,0,0,0,0,0,0");
    world.wait_for("101", "OK");
    world.write("101", "AT+FDT\r");
    world.wait_for("102", "+FCS:0,1,0,0,0,0,0,0");
    world.wait_for("102", "OK");
    world.write("102", "AT+FDR\r");
    world.wait_for("102", "CONNECT");
    world.said("101");
    let began = world.now();
    world.write("101", shielded(&[0x01; 6000], b"\x10."));
    world.wait_for("102", "+FET:2");
    assert!(
        (world.now() - began).as_millis() > 10_000,
        "6000 octets at 4800 bit/s"
    );
    let (received, _) = page(&world.said_bytes("102"));
    assert_eq!(received[..6000], [0x80; 6000]);
    assert_eq!(
        received[6000..],
        [0x00, 0x10, 0x01].repeat(3),
        "and the end of the page too"
    );
}

#[test]
fn calls_that_fail_say_where() {
    // Nobody answers; no fax machine answers; the other end hangs up; the client aborts.
    let mut world = modems("2.0", "2.0");
    world.at("101", "ATS7=5");
    world.write("101", "ATDT102\r");
    world.wait_for("101", "NO CARRIER");
    assert_eq!(world.said("101"), "NO CARRIER");

    let mut world = modems("2.0", "0");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.at("102", "ATA");
    world.wait_for("101", "NO CARRIER");
    assert_eq!(world.said("101"), "+FHS:11|NO CARRIER");

    let (mut world, _, _) = call("2.0", "2.0");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "CONNECT");
    world.said("101");
    world.at("102", "ATZ");
    world.command(SimCommand::Cut { number: "102".into() });
    world.wait_for("101", "ERROR");
    assert_eq!(world.said("101"), "+FHS:40|ERROR");

    let (mut world, _, _) = call("2", "2");
    world.write("102", "AT+FK\r");
    world.wait_for("101", "ERROR");
    assert_eq!(world.said("101"), "+FHNG: 20|ERROR");
    world.wait_for("102", "OK");
    assert_eq!(world.said("102"), "+FHNG: 2|OK");
}

#[test]
fn a_client_that_leaves_its_page_half_sent_loses_the_call() {
    let (mut world, _, _) = call("2.0", "2.0");
    world.at("101", "");
    world.write("102", "AT+FDR\r");
    world.wait_for("101", "CONNECT");
    world.said("101");
    world.write("101", &three_lines()[..20]);
    world.wait_for("101", "ERROR");
    assert_eq!(world.said("101"), "+FHS:02|ERROR");
    world.wait_for("102", "ERROR");
}

#[test]
fn what_fax_clients_ask_before_they_begin() {
    let mut world = modems("2.0", "2");
    for (line, answer) in [
        ("AT+FCLASS=?", "0,1,2,2.0,8|OK"),
        ("AT+FCLASS?", "2.0|OK"),
        ("AT+FCC=?", "(0,1),(0-5),(0-2),(0-2),(0,1),(0),(0),(0-7)|OK"),
        ("AT+FCC=1,5,0,2,0,0,0,0;+FIS?", "1,5,0,2,0,0,0,0|OK"),
        ("AT+FCC=1,5,0,2,0,1", "ERROR"),
        ("AT+FLI=\"a name that is too long by far\"", "ERROR"),
        ("AT+FBO=0;+FNR=1,1,1,0;+FCR=1;+FLO=1;+FSP=1;+FMS=0", "OK"),
        ("AT+FDT", "ERROR"),
        ("AT+FDR", "ERROR"),
        ("AT+FKS", "OK"),
        ("AT+FIP;+FLI?", "OK"),
    ] {
        assert_eq!(world.at("101", line), answer, "{line}");
    }
    for (line, answer) in [
        ("AT+FCLASS?", "2|OK"),
        ("AT+FDCC=1,3,0,2,0,0,0,0;+FDIS?", "1,3,0,2,0,0,0,0|OK"),
        ("AT+FLID=\"102\";+FCR=1;+FBOR=0;+FAA=0", "OK"),
        ("AT+FMFR?;+FMDL?", "Offhook|Offhook Simulated Modem|OK"),
    ] {
        assert_eq!(world.at("102", line), answer, "{line}");
    }
}
