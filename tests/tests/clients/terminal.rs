//! Terminal programs, as people use them: `cu`, which dials by its dialer's chat, and `minicom`, which plays a script.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use offhook_sim::ModemProfile;
use offhook_tests::bench::Bench;
use offhook_tests::program::{Running, program};

use super::chat;

/// `cu` with files of its own: a line, and a dialer for it. It gives up being root, and becomes the user `uucp`, for
/// whom the line and the folder have to be open.
fn cu(folder: &Path, port: &str) -> Command {
    fs::set_permissions(port, Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    let place = |name: &str| folder.join(name).display().to_string();
    let config = format!(
        "portfile {}\ndialfile {}\nsysfile {}\nlockdir {}\n",
        place("port"),
        place("dial"),
        place("sys"),
        folder.display()
    );
    let line = format!("port modem\ntype modem\ndevice {port}\nspeed 115200\ndialer hayes\ncarrier false\n");
    let dialer =
        "dialer hayes\nchat \"\" AT&D2\\r\\c OK ATDT\\T\\r\\c CONNECT\nchat-fail BUSY\nchat-timeout 10\n";
    for (name, text) in [
        ("config", &*config),
        ("port", &*line),
        ("dial", dialer),
        ("sys", ""),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    let mut command = program("cu");
    command.args(["--config", &place("config"), "--port", "modem"]);
    command
}

#[test]
fn cu_dials_and_two_people_type_to_each_other() {
    let bench = Bench::of(&["101", "102"], &ModemProfile::quick());
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut direct = cu(there.path(), bench.port("102"));
    direct.arg("dir");
    let mut called = Running::on_terminal("cu, called", &direct);
    called.says("Connected.");
    let mut dialling = cu(here.path(), bench.port("101"));
    dialling.args(["--phone", "102"]);
    let mut caller = Running::on_terminal("cu, calling", &dialling);
    called.says("RING");
    called.types("ATA\r");
    called.says("CONNECT 33600");
    caller.says("Connected.");
    caller.types("are you there?\r");
    called.says("are you there?");
    called.types("I am\r");
    caller.says("I am");
    // Leaving drops DTR, by a rate of zero.
    caller.types("\r~.");
    bench.happens("101 hangs up");
    called.says("NO CARRIER");
    called.types("\r~.");
    caller.ends_well();
    called.ends_well();
}

/// The script dials, waits, answers and ends `minicom`, whose child it is.
#[test]
fn minicom_plays_a_script_that_logs_in() {
    let bench = Bench::of(&["101", "102"], &ModemProfile::quick());
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("script");
    fs::write(
        &script,
        "timeout 20\n\
         send AT\n\
         expect {\n  \"OK\"\n}\n\
         send ATDT102\n\
         expect {\n  CONNECT\n  BUSY goto failed\n  \"NO CARRIER\" goto failed\n}\n\
         expect {\n  \"login:\"\n}\n\
         send jane\n\
         expect {\n  \"welcome\"\n}\n\
         send thanks\n\
         ! kill $(cut -d ' ' -f 4 /proc/$PPID/stat)\n\
         exit 0\n\
         failed:\n\
         exit 1\n",
    )
    .unwrap();
    let words = [
        "RING",
        "ATA",
        "CONNECT",
        "login: \\c",
        "jane",
        "welcome",
        "thanks",
        "",
    ];
    let host = chat(bench.port("102"), &words);
    let mut minicom = program("minicom");
    minicom
        .args(["-o", "-D", bench.port("101"), "-b", "115200", "-S"])
        .arg(&script)
        .env("HOME", home.path());
    let mut minicom = Running::on_terminal("minicom", &minicom);
    minicom.says("Killed by signal 15");
    host.ends_well();
}
