//! The inputs that fuzzing has kept, played through the fuzz targets: what was found once stays found.
#![allow(missing_docs, reason = "the targets are programs of their own")]

use std::path::Path;

#[path = "../fuzz/fuzz_targets/at_parser.rs"]
mod at_parser;
#[path = "../fuzz/fuzz_targets/csta_ber.rs"]
mod csta_ber;
#[path = "../fuzz/fuzz_targets/csta_server.rs"]
mod csta_server;
#[path = "../fuzz/fuzz_targets/csta_xml.rs"]
mod csta_xml;
#[path = "../fuzz/fuzz_targets/modem.rs"]
mod modem;

/// Plays every input of a target's corpus; there is at least one.
fn play(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut played = 0;
    for entry in std::fs::read_dir(&corpus).unwrap_or_else(|error| panic!("{}: {error}", corpus.display())) {
        let path = entry.unwrap().path();
        let data = std::fs::read(&path).unwrap();
        // The output of a test that passes is not shown; of one that panics the last line names the input.
        println!("{}", path.display());
        run(&data);
        played += 1;
    }
    assert!(played > 0, "{} is empty", corpus.display());
}

#[test]
fn at_parser() {
    play("at_parser", at_parser::run);
}

#[test]
fn modem() {
    play("modem", modem::run);
}

#[test]
fn csta_ber() {
    play("csta_ber", csta_ber::run);
}

#[test]
fn csta_xml() {
    play("csta_xml", csta_xml::run);
}

#[test]
fn csta_server() {
    play("csta_server", csta_server::run);
}
