//! `offhook inspect`: what it says of the reference provider, of faulty ones, and of files that are no provider.
#![cfg(unix)]

use std::path::Path;

use offhook_tests::{elf, pe, root, run};

/// What `inspect` says, without the file's own form and place and without the ports, which differ from run to run.
fn steady(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("file ") && !line.starts_with("image "));
    let mut steady = String::new();
    for line in lines {
        match line.split_once("\"Modem on ") {
            Some((before, port)) if port.contains("/dev/pts/") || port.contains("COM") => {
                steady.push_str(before);
                steady.push_str("\"Modem on (port)\"");
            }
            _ => steady.push_str(line),
        }
        steady.push('\n');
    }
    // Sizes go with the length of the port's name.
    steady
        .split('\n')
        .map(|line| match line.find(" bytes used of ") {
            Some(at) => format!(
                "{}(size)",
                &line[..line[..at].rfind(' ').map_or(0, |space| space + 1)]
            ),
            None => line.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("golden/inspect"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn inspected(dll: &Path) -> offhook_tests::Answer {
    run(&["inspect", dll.to_str().unwrap()], "")
}

#[test]
fn the_reference_provider_is_told_in_full_on_elf() {
    let answer = inspected(&elf("modem-tsp"));
    assert!(
        answer.out.contains("ELF, 64 bits"),
        "{}{}",
        answer.out,
        answer.err
    );
    golden("modem-tsp", &steady(&answer.out));
}

#[test]
fn the_reference_provider_is_told_alike_under_wine() {
    let answer = inspected(&pe("modem-tsp"));
    assert!(
        answer.out.contains("PE, 64 bits, x86-64"),
        "{}{}",
        answer.out,
        answer.err
    );
    golden("modem-tsp", &steady(&answer.out));
}

#[test]
fn the_report_for_machines_says_the_same() {
    let dll = elf("modem-tsp");
    let answer = run(
        &[
            "inspect",
            dll.to_str().unwrap(),
            "--lines",
            "2",
            "--report",
            "json",
        ],
        "",
    );
    let report = answer.json();
    assert_eq!(report["image"]["bits"], 64);
    assert_eq!(report["exports"]["role"], "provider");
    let lines = report["provider"]["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 2, "{}", answer.out);
    for line in lines {
        assert_eq!(line["caps"]["dwNumAddresses"], 1);
        assert_eq!(line["caps"]["dwStringFormat"]["names"][0], "STRINGFORMAT_UNICODE");
        assert_eq!(line["addresses"].as_array().unwrap().len(), 1);
    }
    assert_eq!(report["exit"]["code"], answer.code);
}

#[test]
fn what_is_no_dll_is_said_to_be_none() {
    let text = root().join("fixtures/providers/not-a-dll.txt");
    let answer = inspected(&text);
    assert_eq!(answer.code, 7);
    assert!(answer.err.contains("neither PE nor ELF"), "{}", answer.err);
    let answer = inspected(Path::new("no/such/file.tsp"));
    assert_eq!(answer.code, 7);
    assert!(answer.err.contains("no/such/file.tsp"), "{}", answer.err);
    let answer = inspected(&std::env::current_exe().unwrap());
    assert_eq!(
        answer.code, 7,
        "a program is no DLL: {}{}",
        answer.out, answer.err
    );
}

#[test]
fn a_dll_that_is_no_provider_lacks_every_function() {
    let answer = inspected(&elf("empty-dll"));
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    assert!(
        answer.out.contains("no telephony service provider"),
        "{}",
        answer.out
    );
    assert!(answer.out.contains("TSPI_providerInit"), "{}", answer.out);
}

/// A 32-bit DLL with nothing in it: the headers alone say what it is.
fn narrow_dll() -> Vec<u8> {
    let mut file = vec![0; 0x40 + 24 + 240];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"MZ");
    put(0x3c, &0x40_u32.to_le_bytes());
    put(0x40, b"PE\0\0\x4c\x01");
    put(0x54, &96_u16.to_le_bytes());
    put(0x56, &0x2102_u16.to_le_bytes());
    put(0x58, &0x10b_u16.to_le_bytes());
    file
}

#[test]
fn a_32_bit_dll_is_said_to_be_one() {
    let dir = tempfile::tempdir().unwrap();
    let dll = dir.path().join("narrow.tsp");
    std::fs::write(&dll, narrow_dll()).unwrap();
    let answer = inspected(&dll);
    assert_eq!(answer.code, 7, "{}{}", answer.out, answer.err);
    assert!(answer.out.contains("PE, 32 bits, x86"), "{}", answer.out);
    assert!(
        answer.out.contains("32-bit DLL, which needs a 32-bit process"),
        "{}",
        answer.out
    );
    let unread = run(&["inspect", "--static-only", dll.to_str().unwrap()], "");
    assert_eq!(unread.code, 1, "{}{}", unread.out, unread.err);
}

/// The exports are told even where the DLL lives no longer than its load.
fn deaths_are_told(dll: &Path) {
    for (fault, code, word) in [("crashes-on-load", 3, "crash"), ("panics-in-init", 3, "crash")] {
        let answer = run(&["inspect", dll.to_str().unwrap(), "--timeout", "3s"], fault);
        assert_eq!(answer.code, code, "{fault}: {}{}", answer.out, answer.err);
        assert!(
            answer.out.contains("TSPI_lineMakeCall"),
            "{fault}: {}",
            answer.out
        );
        assert!(answer.out.contains(word), "{fault}: {}", answer.out);
    }
}

#[test]
fn deaths_are_told_on_elf() {
    deaths_are_told(&elf("faulty-tsp"));
}

#[test]
fn deaths_are_told_under_wine() {
    deaths_are_told(&pe("faulty-tsp"));
}
