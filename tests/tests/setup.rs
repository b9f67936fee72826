//! What a run puts up around its providers is there while it lasts and gone, or put back, afterwards.

use std::path::Path;

use offhook_tests::{Answer, elf, pe, run};

/// Plays a scenario that expects lines of these names, in this order.
fn names(dir: &Path, dll: &Path, lines: &[&str], more: &[&str]) -> Answer {
    let file = dir.join("names.call");
    let mut text = format!(
        "scenario: names\nproviders: P with {} lines\nsteps\n",
        lines.len()
    );
    for (index, name) in lines.iter().enumerate() {
        text.push_str(&format!(
            "  query LINEDEVCAPS of line {}\n  expect its LineName is \"Modem on {name}\"\n",
            index + 1
        ));
    }
    std::fs::write(&file, text).unwrap();
    let mut args = vec![
        "run",
        file.to_str().unwrap(),
        "--no-golden",
        "--provider",
        dll.to_str().unwrap(),
    ];
    args.extend(more);
    run(&args, "")
}

fn held(answer: &Answer) {
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn a_helper_runs_as_long_as_the_scenario_and_is_told_a_free_port() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let script = format!(
        "echo $$ > {}; echo Port1 = /dev/{{tcp1}} > {{dir}}/helper.conf; echo ready for all; exec sleep 1000",
        pid.display()
    );
    let setup = dir.path().join("setup.toml");
    let text = format!(
        "device = [\"none\"]\n[env]\nMODEM_TSP_CONFIG = \"{{dir}}/../helper.conf\"\n\
         [[helper]]\ncommand = [\"sh\", \"-c\", '{script}']\nready = \"ready\"\n"
    );
    std::fs::write(&setup, text).unwrap();
    // The port's number is not known beforehand: a name that it is not is enough to read it in the answer.
    let answer = names(
        dir.path(),
        &elf("modem-tsp"),
        &["nothing"],
        &["--setup", setup.to_str().unwrap()],
    );
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    let number = answer.out.split("Modem on /dev/").nth(1).unwrap_or_default();
    let number: String = number.chars().take_while(char::is_ascii_digit).collect();
    assert!(number.parse::<u16>().is_ok_and(|port| port > 0), "{}", answer.out);

    let pid = std::fs::read_to_string(pid).unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
    assert!(
        stat.is_empty() || stat.contains(") Z "),
        "the helper lives on: {stat}"
    );
}

#[test]
fn a_helper_that_fails_is_told_before_anything_is_called() {
    let dir = tempfile::tempdir().unwrap();
    let more = ["--device", "none", "--helper", "sh -c false {tcp1}"];
    let answer = names(dir.path(), &elf("modem-tsp"), &["x"], &more);
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    assert!(
        answer.out.contains("has ended before it was ready"),
        "{}",
        answer.out
    );
}

#[test]
fn files_lie_beside_the_provider() {
    let dir = tempfile::tempdir().unwrap();
    let conf = dir.path().join("a.conf");
    std::fs::write(&conf, "Port1 = /dev/of-the-file\n").unwrap();
    let install = format!("{}=vendor.conf", conf.display());
    let more = [
        "--device",
        "none",
        "--install",
        &install,
        "--env",
        "MODEM_TSP_CONFIG={dir}/vendor.conf",
    ];
    held(&names(
        dir.path(),
        &elf("modem-tsp"),
        &["/dev/of-the-file"],
        &more,
    ));
    let missing = ["--install", "/no/such/file"];
    assert_eq!(names(dir.path(), &elf("modem-tsp"), &["x"], &missing).code, 2);
}

#[test]
fn a_registry_file_holds_for_its_run_and_is_put_back() {
    let dir = tempfile::tempdir().unwrap();
    let dll = pe("modem-tsp");
    let reg = dir.path().join("vendor.reg");
    let key = r"HKEY_LOCAL_MACHINE\Software\Microsoft\Windows\CurrentVersion\Telephony\Provider4";
    std::fs::write(
        &reg,
        format!("Windows Registry Editor Version 5.00\r\n\r\n[{key}]\r\n\"Port1\"=\"COM7\"\r\n\"Port2\"=\"COM9\"\r\n"),
    )
    .unwrap();
    let reg = reg.to_str().unwrap();
    let with = ["--device", "none", "--reg-file", reg];
    let without = ["--device", "none"];
    let is_unknown = |answer: Answer| assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    is_unknown(names(dir.path(), &dll, &["COM7"], &without));
    held(&names(dir.path(), &dll, &["COM7", "COM9"], &with));
    is_unknown(names(dir.path(), &dll, &["COM7"], &without));
    std::fs::write(reg, "REGEDIT4\n[-HKLM\\Software]\n").unwrap();
    let refused = names(dir.path(), &dll, &["COM7"], &with);
    assert_eq!(refused.code, 2, "{}{}", refused.out, refused.err);
    assert!(refused.err.contains("line 2"), "{}", refused.err);
}
