//! `wvdial` dials in to `mgetty`, which answers and asks who is there.

use std::fs;
use std::process::Command;

use offhook_sim::ModemProfile;
use offhook_tests::bench::Bench;
use offhook_tests::lines_library;
use offhook_tests::program::{Running, program};

const WVDIAL: &str = "\
[Dialer Defaults]
Baud = 115200
Init1 = ATZ
Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0
Phone = 102
Username = jane
Password = secret
";

/// `mgetty` keeps its log where only root may write; others are root in a world of their own, and write into nothing.
fn mgetty(port: &str) -> Command {
    let getty = program("mgetty");
    let arguments = [
        "-x",
        "4",
        "-s",
        "115200",
        "-D",
        "-n",
        "1",
        "-p",
        "offhook login: ",
    ];
    let mut command = if rustix::process::geteuid().is_root() {
        getty
    } else {
        let mut command = program("unshare");
        let inside = "mount -t tmpfs tmpfs /var/log/mgetty && exec \"$0\" \"$@\"";
        command.args(["--map-root-user", "--mount", "sh", "-c", inside]);
        command.arg(getty.get_program());
        command
    };
    command.args(arguments).arg(port.trim_start_matches("/dev/"));
    command
}

/// Files that the programs keep outside the test's folder; removed when dropped.
struct LeftBehind(Vec<String>);

impl LeftBehind {
    /// Logs and locks of a port; `wvdial` locks it by the last part of its name, `mgetty` by its name in `/dev`.
    fn of(ports: &[&str]) -> LeftBehind {
        let files = ports.iter().flat_map(|port| {
            let name = port.trim_start_matches("/dev/");
            let (log, lock) = (name.replace('/', "-"), name.replace('/', "_"));
            let last = name.rsplit('/').next().unwrap_or(name);
            [
                format!("/var/log/mgetty/mg_{log}.log"),
                format!("/var/lock/LCK..{lock}"),
                format!("/var/lock/LCK..{last}"),
            ]
        });
        LeftBehind(files.collect())
    }
}

impl Drop for LeftBehind {
    fn drop(&mut self) {
        for file in &self.0 {
            // Whoever made it may have removed it.
            fs::remove_file(file).unwrap_or_default();
        }
    }
}

#[test]
fn wvdial_dials_in_and_mgetty_asks_for_a_login() {
    let bench = Bench::of(&["101", "102"], &ModemProfile::quick());
    let _left_behind = LeftBehind::of(&[bench.port("101"), bench.port("102")]);
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("wvdial.conf");
    fs::write(&config, format!("{WVDIAL}Modem = {}\n", bench.port("101"))).unwrap();

    let mut answer = mgetty(bench.port("102"));
    answer.env("LD_PRELOAD", lines_library());
    let answering = Running::start("mgetty", answer);
    let mut dial = program("wvdial");
    dial.arg("--config")
        .arg(&config)
        .env("LD_PRELOAD", lines_library());
    let mut dialling = Running::start("wvdial", dial);
    dialling.says("offhook login: ");
    bench.happens("101 -> jane");

    // Closing the port drops DTR; and when the line itself goes, `mgetty`, which is `login` by now, is hung up.
    drop(dialling);
    bench.happens("101 hangs up");
    drop(bench);
    answering.ends();
}
