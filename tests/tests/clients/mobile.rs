//! Programs for mobile equipment use the GSM module: `gammu` and `comgt`.

use std::fs;

use offhook_sim::{ModemProfile, SimCommand};
use offhook_tests::bench::Bench;
use offhook_tests::lines_library;
use offhook_tests::program::{Running, program};

fn module() -> ModemProfile {
    ModemProfile::find("gsm").unwrap().hurried()
}

#[test]
fn gammu_knows_the_phone_sends_a_message_and_reads_one() {
    let bench = Bench::of(&["101"], &module());
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gammurc");
    let port = bench.port("101");
    fs::write(
        &config,
        format!("[gammu]\ndevice = {port}\nconnection = at115200\n"),
    )
    .unwrap();
    let gammu = |arguments: &[&str]| {
        let mut command = program("gammu");
        command.arg("--config").arg(&config).args(arguments);
        command
            .env("LD_PRELOAD", lines_library())
            .env("LC_ALL", "C.UTF-8");
        Running::start("gammu", command).ends_well()
    };

    let identity = gammu(&["identify"]);
    assert!(identity.contains("490154203237518"), "{identity}");

    gammu(&["sendsms", "TEXT", "5551234", "-text", "Off hook @ last"]);
    bench.happens("Off hook @ last");

    bench.command(SimCommand::SendMessage {
        from: "5551234".into(),
        to: "101".into(),
        text: "Call me back".into(),
    });
    let messages = gammu(&["getallsms"]);
    assert!(
        messages.contains("Call me back") && messages.contains("5551234"),
        "{messages}"
    );
}

#[test]
fn comgt_reads_signal_and_registration() {
    let bench = Bench::of(&["101"], &module());
    let comgt = |script: &str| {
        let mut command = program("comgt");
        command.args(["-d", bench.port("101"), script]);
        Running::start("comgt", command).ends_well()
    };
    let signal = comgt("sig");
    assert!(signal.contains("20,99"), "{signal}");
    let registration = comgt("reg");
    assert!(
        registration.contains("Home network: \"Offhook\""),
        "{registration}"
    );
}
