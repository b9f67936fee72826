//! `chat` at both ends of a call, then a C-Kermit file transfer over that call.

use std::path::Path;

use offhook_sim::ModemProfile;
use offhook_tests::bench::Bench;
use offhook_tests::program::{Running, program};

use super::{call, noise};

/// `kermit` on a line, with its own files in `folder`. Both terminals are connected already, so it does not look for
/// a carrier that a pseudo-terminal cannot show.
fn kermit(port: &str, folder: &Path, action: &str) -> Running {
    let set_up = format!(
        "set carrier-watch off, set line {port}, set flow none, set file type binary, set transfer display none, \
         {action}, if failure exit 1, exit 0"
    );
    let mut command = program("kermit");
    command
        .args(["-Y", "-H", "-C", &set_up])
        .current_dir(folder)
        .env("HOME", folder);
    Running::start(&format!("kermit on {port}"), command)
}

#[test]
fn chat_calls_chat_and_kermit_sends_a_file_over_the_call() {
    let bench = Bench::of(&["101", "102"], &ModemProfile::quick());
    let (caller, called) = (bench.port("101"), bench.port("102"));
    call(caller, called, "102");
    bench.happens("call 1: 102 answers");

    let data = noise(200_000);
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(from.path().join("sent.bin"), &data).unwrap();
    let receiving = kermit(called, to.path(), "receive received.bin");
    let sending = kermit(caller, from.path(), "send sent.bin");
    sending.ends_well();
    receiving.ends_well();
    let arrived = std::fs::read(to.path().join("received.bin")).unwrap();
    assert_eq!(arrived.len(), data.len());
    assert!(
        arrived == data,
        "the file arrived, and is not the one that was sent"
    );
}
