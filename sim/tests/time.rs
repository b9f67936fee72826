//! Time always goes on, whatever happens at the modems; and the same happens again with the same seed.

use std::fmt::Write as _;
use std::time::Duration;

use offhook_sim::control::{Book, PlayError, Player};
use offhook_sim::port::fault::FaultSpec;
use offhook_sim::{ExchangeConfig, ModemProfile, SimEvent, SimTime, Simulation};
use proptest::prelude::*;

#[path = "../../tests/fuzz/fuzz_targets/modem.rs"]
mod modem;

proptest! {
    /// The fuzz target fails where a timer stays due, or time goes back.
    #[test]
    fn time_goes_on_whatever_happens(data in proptest::collection::vec(any::<u8>(), 0..300)) {
        modem::run(&data);
    }
}

/// Plays a script with two modems; every event, and how it ended.
fn play(script: &str, faults: &str, seed: u64) -> (String, SimTime, Result<(), PlayError>) {
    let mut simulation = Simulation::new(ExchangeConfig::default());
    let faults: FaultSpec = faults.parse().unwrap();
    let modems = ["101", "102"].map(|number| {
        let modem = simulation.add_modem(number, ModemProfile::default()).unwrap();
        (modem, faults.clone())
    });
    let mut log = String::new();
    let sink = |at: SimTime, event: SimEvent| {
        // Writing to a string cannot fail.
        let _ = writeln!(log, "{at} {event:?}");
    };
    let mut player = Player::new(simulation, modems.to_vec(), Book::default(), seed, sink);
    let played = player.play(script);
    let now = player.now();
    (log, now, played)
}

const CALL: &str = "
    type 102 ATS0=2
    expect 102 OK
    type 101 ATDT102
    expect 102 RING
    expect 101 CONNECT 33600
    expect 102 CONNECT
    write 101 The quick brown fox jumps over the lazy dog.\\r\\n
    expect 102 lazy dog
    wait 2s
    write 102 +++
    expect 102 OK
    type 102 ATH
    expect 101 NO CARRIER within 5s
";

#[test]
fn a_whole_call_is_played_by_its_clients() {
    let (log, now, played) = play(CALL, "none", 1);
    assert_eq!(played, Ok(()));
    assert!(now > SimTime::ZERO + Duration::from_secs(10), "{now}");
    assert!(log.contains("HungUp"), "{log}");
}

#[test]
fn sixty_seconds_of_ringing_are_ten_rings() {
    let (log, now, played) = play(
        "ring 101 from 5551234\nwait 60s\nhangup 5551234\nquiet 101 60s",
        "none",
        1,
    );
    // The last word of the modem is from the minute before.
    assert!(matches!(played, Err(PlayError::Failed { line: 4, .. })));
    assert_eq!(now, SimTime::ZERO + Duration::from_secs(60));
    assert_eq!(log.matches("Ring {").count(), 10, "{log}");
}

#[test]
fn equal_seeds_bring_equal_results_and_others_do_not() {
    let script = "type 101 ATI0I3&V\nwait 5s\ntype 101 ATDT102\nwait 100s\n";
    let faults = "drop=5%,garble=2%,duplicate=3%,to-client:split=3/5ms";
    let runs: Vec<String> = [7, 7, 8].map(|seed| play(script, faults, seed).0).to_vec();
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[test]
fn what_goes_wrong_is_told_with_its_line() {
    let error = |script| play(script, "none", 1).2.unwrap_err().to_string();
    assert_eq!(
        error("\n# nothing\nexpect 101 CONNECT within 3s"),
        "line 3, at 3.000: \"CONNECT\" was expected, but 101 said \"\""
    );
    assert_eq!(error("type 103 AT"), "line 1: no modem has the number 103");
    assert!(error("jump 101").contains("line 1: \"jump 101\" is not understood"));
    assert!(error("wait long").contains("the form is `wait TIME`"));
    assert!(error("answer 5").contains("no line has the number 5"));
}

/// A folder of this test's own, which goes with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("offhook-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}

#[test]
fn a_telephone_plays_a_wav_file_and_what_it_hears_becomes_one() {
    use offhook_sim::wire::audio::{read_wav, write_wav};

    let folder = Folder::new("recordings");
    let (greeting, heard) = (folder.file("greeting.wav"), folder.file("heard.wav"));
    std::fs::write(&greeting, write_wav(&[0x1234; 800]).unwrap()).unwrap();
    let line = |text: &str| text.repeat(160);
    let script = format!(
        "station 7 answers\ntype 101 ATE0+FCLASS=8;+VSM=129,8000;+VSD=128,0\nexpect 101 OK\nrecord 7 {heard}\n\
         type 101 ATDT7\nexpect 101 OK\ntype 101 AT+VTR\nexpect 101 CONNECT\nspeak 7 {greeting}\n\
         expect 101 {}\nwrite 101 {}\nwait 1s\nwrite 101 {}\nwait 1s\n",
        line("\\x34\\x12"),
        line("\\x00\\x40"),
        line("\\x00\\x20"),
    );
    let (_, _, played) = play(&script, "none", 1);
    assert_eq!(played, Ok(()));
    let file = std::fs::File::open(&heard).unwrap();
    let recording = read_wav(file).unwrap();
    // Twenty milliseconds of speech, silence up to a second after they began, and twenty more.
    let loud = |level: i16| recording.iter().filter(|sample| **sample == level).count();
    assert_eq!((loud(0x4000), loud(0x2000)), (160, 160));
    let second = recording.iter().position(|sample| *sample == 0x2000).unwrap();
    assert!((7840..=8160).contains(&second), "{second}");

    for (verb, told) in [
        (format!("record 7 {}/none/x.wav", folder.file("")), "No such file"),
        ("speak 7 /dev/null".to_owned(), "WAV"),
        (format!("speak 7 {greeting}"), "no line has the number 7"),
    ] {
        let (_, _, played) = play(&verb, "none", 1);
        let error = played.unwrap_err().to_string();
        assert!(error.starts_with("line 1: ") && error.contains(told), "{error}");
    }
}
