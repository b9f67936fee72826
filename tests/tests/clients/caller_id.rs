//! phone-modem (PyPI), which home automation uses, tells who calls.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use offhook_sim::{CallerId, ModemProfile, SimCommand};
use offhook_tests::bench::Bench;
use offhook_tests::program::{Running, python_with};

#[test]
fn phone_modem_tells_who_calls_and_turns_the_caller_away() {
    // A modem trains for seconds, and so takes the command that follows `ATA` for a change of mind.
    let trains = ModemProfile {
        training_time: Duration::from_secs(5),
        ..ModemProfile::quick()
    };
    let bench = Bench::of(&["101"], &trains);
    let python = python_with("phone-modem==0.1.2", Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut command = Command::new(python);
    command.arg(offhook_tests::root().join("tests/clients/caller_id.py"));
    command.arg(bench.port("101"));
    let mut client = Running::start("phone-modem", command);
    client.says("idle");
    bench.command(SimCommand::Call {
        from: "5551234".into(),
        to: "101".into(),
        caller_id: Some(CallerId {
            number: Some("5551234".into()),
            name: Some("JANE DOE".into()),
        }),
    });
    client.says("ring");
    client.says("callerid 5551234 JANE DOE");
    bench.happens("101 answers");
    bench.happens("101 hangs up");
    client.ends_well();
}
