//! `sz` sends a file to `rz` (lrzsz) over a call. It flushes its line right after the last two bytes, which are lost on
//! a bare pseudo-terminal; the library of modem lines makes it wait until they are sent.

use offhook_sim::ModemProfile;
use offhook_tests::bench::Bench;
use offhook_tests::lines_library;
use offhook_tests::program::{Running, program};

use super::{call, noise};

#[test]
fn sz_sends_a_file_to_rz_over_a_call() {
    let bench = Bench::of(&["101", "102"], &ModemProfile::quick());
    call(bench.port("101"), bench.port("102"), "102");

    let data = noise(200_000);
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(from.path().join("file.bin"), &data).unwrap();
    let mut receive = program("rz");
    receive.args(["--binary", "--quiet"]).current_dir(to.path());
    receive.env("LD_PRELOAD", lines_library());
    let receiving = Running::on_port("rz", receive, bench.port("102"));
    let mut send = program("sz");
    send.args(["--binary", "--quiet", "file.bin"])
        .current_dir(from.path());
    send.env("LD_PRELOAD", lines_library());
    let sending = Running::on_port("sz", send, bench.port("101"));
    sending.ends_well();
    receiving.ends_well();
    let arrived = std::fs::read(to.path().join("file.bin")).unwrap();
    assert_eq!(arrived.len(), data.len());
    assert!(
        arrived == data,
        "the file arrived, and is not the one that was sent"
    );
}
