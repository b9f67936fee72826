//! Two simulations joined by their messages, in virtual time: calls from one to the other, and what a lost link does.

use std::collections::BTreeMap;
use std::time::Duration;

use offhook_sim::link::codec::{Decoder, encode};
use offhook_sim::link::{LinkId, Message};
use offhook_sim::{
    CallerId, ExchangeConfig, ModemId, ModemProfile, SimCommand, SimEvent, SimTime, Simulation,
    StationBehaviour,
};

/// One side, with what its modem said and its exchange reported.
struct Side {
    simulation: Simulation,
    modem: ModemId,
    link: Option<LinkId>,
    said: String,
    log: Vec<String>,
}

/// Two sides, each with one modem, and the time.
struct Pair {
    sides: [Side; 2],
    now: SimTime,
}

fn side(number: &str, profile: ModemProfile) -> Side {
    let mut simulation = Simulation::new(ExchangeConfig::default());
    let profile = ModemProfile {
        echo: false,
        ..profile
    };
    let modem = simulation.add_modem(number, profile).unwrap();
    Side {
        simulation,
        modem,
        link: None,
        said: String::new(),
        log: Vec::new(),
    }
}

impl Pair {
    /// 101 here, 201 there, joined.
    fn new() -> Pair {
        Pair::of(&ModemProfile::default())
    }

    fn of(profile: &ModemProfile) -> Pair {
        let sides = [side("101", profile.clone()), side("201", profile.clone())];
        let mut pair = Pair {
            sides,
            now: SimTime::ZERO,
        };
        pair.join();
        pair
    }

    fn join(&mut self) {
        for place in [0, 1] {
            let Message::Hello { numbers, .. } = self.sides[1 - place].simulation.link_hello() else {
                panic!("the first message is a greeting");
            };
            let side = &mut self.sides[place];
            let (link, taken) = side.simulation.link_up(&numbers, self.now);
            assert_eq!(taken, Vec::<String>::new());
            side.link = Some(link);
        }
        self.drain();
    }

    fn lose(&mut self) {
        for side in &mut self.sides {
            let link = side.link.take().unwrap();
            side.simulation.link_down(link, self.now);
        }
        self.drain();
    }

    fn write(&mut self, place: usize, text: &str) {
        let side = &mut self.sides[place];
        side.simulation
            .handle_bytes(side.modem, text.as_bytes(), self.now);
        self.drain();
    }

    fn command(&mut self, place: usize, command: SimCommand) {
        self.sides[place].simulation.command(command, self.now).unwrap();
        self.drain();
    }

    /// Carries messages, through the codec, until both sides are quiet.
    fn drain(&mut self) {
        loop {
            let mut moved = false;
            for place in [0, 1] {
                while let Some((link, message)) = self.sides[place].simulation.poll_link() {
                    assert_eq!(Some(link), self.sides[place].link);
                    moved = true;
                    let mut decoder = Decoder::default();
                    decoder.push(&encode(&message).unwrap());
                    let message = decoder.next_message().unwrap().unwrap();
                    let other = &mut self.sides[1 - place];
                    other
                        .simulation
                        .handle_link(other.link.unwrap(), message, self.now);
                }
                let side = &mut self.sides[place];
                while let Some((_, bytes)) = side.simulation.poll_output() {
                    side.said.push_str(
                        &String::from_utf8_lossy(&bytes)
                            .replace("\r\n\r\n", "|")
                            .replace("\r\n", "|"),
                    );
                }
                while let Some(event) = side.simulation.poll_event() {
                    if let SimEvent::Exchange(event) = event {
                        side.log.push(event.to_string());
                    }
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn wait_for(&mut self, place: usize, text: &str) {
        let deadline = self.now + Duration::from_secs(90);
        while !self.sides[place].said.contains(text) {
            let due = self
                .sides
                .iter()
                .filter_map(|side| side.simulation.poll_timeout())
                .min();
            let Some(at) = due.filter(|at| *at <= deadline) else {
                let side = &self.sides[place];
                panic!("it said {:?} and not {text:?}; {:#?}", side.said, side.log);
            };
            self.now = self.now.max(at);
            for side in &mut self.sides {
                side.simulation.handle_timeout(self.now);
            }
            self.drain();
        }
    }

    fn said(&mut self, place: usize) -> String {
        std::mem::take(&mut self.sides[place].said)
            .replace("||", "|")
            .trim_matches('|')
            .to_owned()
    }
}

#[test]
fn a_call_rings_over_there_with_caller_id_and_carries_data_both_ways() {
    let mut pair = Pair::new();
    pair.write(1, "AT+VCID=1\r");
    pair.said(1);
    pair.write(0, "ATDT201\r");
    pair.wait_for(1, "NMBR");
    assert_eq!(pair.said(1), "RING|DATE=0101|TIME=1200|NMBR=101");
    pair.write(1, "ATA\r");
    pair.wait_for(0, "CONNECT");
    pair.wait_for(1, "CONNECT");
    assert_eq!(
        (pair.said(0), pair.said(1)),
        ("CONNECT 33600".into(), "CONNECT 33600".into())
    );
    pair.write(0, "hello");
    pair.write(1, "world");
    assert_eq!((pair.said(0), pair.said(1)), ("world".into(), "hello".into()));
    // The called end hangs up.
    pair.now += Duration::from_secs(2);
    pair.write(1, "+++");
    pair.wait_for(1, "OK");
    pair.write(1, "ATH\r");
    pair.wait_for(0, "NO CARRIER");
    for side in &pair.sides {
        let ended = side.log.iter().filter(|line| line.ends_with("ended")).count();
        assert_eq!(ended, 1, "{:#?}", side.log);
    }
}

#[test]
fn the_slower_modem_decides_across_the_link_too() {
    let mut pair = Pair::new();
    pair.write(1, "AT+MS=V32B;S0=1\r");
    pair.said(1);
    pair.write(0, "ATDT201\r");
    pair.wait_for(0, "CONNECT");
    assert_eq!(pair.said(0), "CONNECT 14400");
    // The calling end hangs up.
    pair.wait_for(1, "CONNECT");
    pair.now += Duration::from_secs(2);
    pair.write(0, "+++");
    pair.wait_for(0, "OK");
    pair.write(0, "ATH\r");
    pair.wait_for(1, "NO CARRIER");
}

#[test]
fn who_is_busy_over_there_is_busy_here() {
    let mut pair = Pair::new();
    pair.write(1, "ATH1\r");
    pair.write(0, "ATDT201\r");
    pair.wait_for(0, "BUSY");
    // And when both call each other.
    let mut pair = Pair::new();
    pair.write(0, "ATDT201\r");
    pair.write(1, "ATDT101\r");
    pair.wait_for(0, "BUSY");
    pair.wait_for(1, "BUSY");
}

#[test]
fn a_caller_who_gives_up_stops_the_ringing() {
    let mut pair = Pair::new();
    pair.write(0, "ATS7=9DT201\r");
    pair.wait_for(0, "NO CARRIER");
    let rings = pair.sides[1]
        .log
        .iter()
        .filter(|line| line.ends_with("201 rings"))
        .count();
    assert!((1..=2).contains(&rings), "{:#?}", pair.sides[1].log);
    assert!(pair.sides[1].log.iter().any(|line| line.ends_with("ended")));
}

#[test]
fn telephones_of_either_side_call_and_answer() {
    let mut pair = Pair::new();
    pair.command(
        1,
        SimCommand::SetStation {
            number: "5551234".into(),
            behaviour: StationBehaviour::AnswersAfter(Duration::from_secs(1)),
        },
    );
    // The number is new, and the other side has been told of it.
    pair.write(0, "ATDT5551234\r");
    pair.wait_for(0, "CONNECT");
    pair.said(0);
    pair.command(
        1,
        SimCommand::Send {
            number: "5551234".into(),
            bytes: b"hello".to_vec(),
        },
    );
    assert_eq!(pair.said(0), "hello");
    pair.command(
        1,
        SimCommand::HangUp {
            number: "5551234".into(),
        },
    );
    pair.wait_for(0, "NO CARRIER");
    pair.command(
        1,
        SimCommand::Call {
            from: "5551234".into(),
            to: "101".into(),
            caller_id: Some(CallerId {
                number: Some("7".into()),
                name: Some("JANE".into()),
            }),
        },
    );
    pair.write(0, "AT+VCID=1\r");
    pair.wait_for(0, "NAME=JANE");
    pair.write(0, "ATA\r");
    pair.wait_for(0, "CONNECT");
}

#[test]
fn a_lost_link_drops_its_calls_and_a_new_one_carries_others() {
    let mut pair = Pair::new();
    pair.write(1, "ATS0=1\r");
    pair.said(1);
    pair.write(0, "ATDT201\r");
    pair.wait_for(0, "CONNECT");
    pair.wait_for(1, "CONNECT");
    pair.lose();
    pair.wait_for(0, "NO CARRIER");
    pair.wait_for(1, "NO CARRIER");
    pair.said(0);
    pair.write(0, "ATS7=8DT201\r");
    pair.wait_for(0, "NO CARRIER");
    assert!(
        pair.sides[0]
            .log
            .iter()
            .any(|line| line.contains("201 is unobtainable"))
    );
    pair.said(0);
    pair.said(1);
    pair.join();
    pair.write(0, "ATDT201\r");
    pair.wait_for(0, "CONNECT");
    // A link that is lost while it rings.
    let mut pair = Pair::new();
    pair.write(0, "ATDT201\r");
    pair.wait_for(1, "RING");
    pair.lose();
    pair.wait_for(0, "NO CARRIER");
    let rung = pair.sides[1].log.clone();
    assert!(rung.iter().any(|line| line.ends_with("ended")), "{rung:#?}");
}

#[test]
fn a_number_that_both_have_stays_where_it_is() {
    let mut here = side("101", ModemProfile::default());
    let (_, taken) = here
        .simulation
        .link_up(&["101".into(), "201".into()], SimTime::ZERO);
    assert_eq!(taken, ["101"]);
    let known: BTreeMap<_, _> = here
        .simulation
        .own_numbers()
        .into_iter()
        .map(|n| (n, ()))
        .collect();
    assert!(known.contains_key("101") && !known.contains_key("201"));
}

#[test]
fn a_short_message_and_its_report_cross_the_link() {
    let mut pair = Pair::of(&ModemProfile::find("gsm").unwrap());
    pair.write(0, "AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,1\r");
    pair.write(1, "AT+CMGF=1;+CNMI=2,1\r");
    pair.write(0, "AT+CMGS=\"201\"\rhello\x1a");
    pair.wait_for(1, "+CMTI: \"SM\",1");
    pair.write(1, "AT+CMGR=1\r");
    pair.wait_for(1, "\"101\",,\"26/01/01,12:00:00+00\"|hello|");
    pair.wait_for(0, "+CDS: 6,1,\"201\"");
}

#[test]
fn hold_is_told_over_the_link() {
    let mut pair = Pair::of(&ModemProfile::find("gsm").unwrap());
    pair.write(1, "AT+CSSN=0,1\r");
    pair.write(0, "ATD201;\r");
    pair.wait_for(1, "RING");
    pair.write(1, "ATA\r");
    pair.write(0, "AT+CHLD=2\r");
    pair.wait_for(1, "+CSSU: 2");
}
