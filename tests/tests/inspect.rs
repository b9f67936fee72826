//! `offhook inspect`: what it says of the reference provider, of faulty ones, and of files that are no provider.

use std::path::Path;

use offhook_tests::{elf, pe, root, run};

/// What `inspect` says, without the file's own form and place and without the ports, which differ from run to run.
fn steady(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("file ") && !line.starts_with("image "));
    let mut steady = String::new();
    for line in lines {
        if line.starts_with("UI DLL") && line.contains('"') {
            steady.push_str("UI DLL        (path)\n");
            continue;
        }
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
fn a_provider_of_everything_is_told_in_full_on_elf() {
    let answer = inspected(&elf("model-tsp"));
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    golden("model-tsp", &steady(&answer.out));
}

#[test]
fn a_provider_of_everything_is_told_alike_under_wine() {
    let answer = inspected(&pe("model-tsp"));
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    golden("model-tsp", &steady(&answer.out));
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
    let judged = run(
        &[
            "check",
            "--provider",
            dll.to_str().unwrap(),
            "--filter",
            "lineOpen",
        ],
        "",
    );
    assert_eq!(judged.code, 7, "{}{}", judged.out, judged.err);
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

/// The queries that were put in every size, and what was found in them.
fn sweeps(dll: &Path, fault: &str) -> Vec<(String, String, u64, Vec<String>)> {
    let args = [
        "inspect",
        dll.to_str().unwrap(),
        "--sizes",
        "--timeout",
        "5s",
        "--report",
        "json",
    ];
    let answer = run(&args, fault);
    let report = answer.json();
    let sizes = report["sizes"].as_array().unwrap();
    assert!(!sizes.is_empty(), "{}{}", answer.out, answer.err);
    let words = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    sizes
        .iter()
        .map(|sweep| {
            let findings = sweep["findings"].as_array().unwrap();
            let deaths = sweep["deaths"].as_array().unwrap();
            let found = findings.iter().map(|found| words(&found["fault"]));
            let died = deaths.iter().map(|death| words(&death["how"]));
            (
                words(&sweep["query"]),
                words(&sweep["structure"]),
                sweep["tried"].as_u64().unwrap(),
                found.chain(died).collect(),
            )
        })
        .collect()
}

fn the_reference_provider_is_sound_in_every_size(dll: &Path) {
    let all = sweeps(dll, "");
    for structure in [
        "LINEDEVCAPS",
        "LINEADDRESSCAPS",
        "LINEDEVSTATUS",
        "LINEADDRESSSTATUS",
        "VARSTRING",
    ] {
        let tried = all
            .iter()
            .filter(|(_, of, ..)| of == structure)
            .map(|(_, _, tried, _)| tried);
        assert!(
            tried.max().is_some_and(|tried| *tried > 24),
            "{structure}: {all:?}"
        );
    }
    for (query, _, _, findings) in &all {
        assert!(findings.is_empty(), "{query}: {findings:?}");
    }
}

#[test]
fn the_reference_provider_is_sound_in_every_size_on_elf() {
    the_reference_provider_is_sound_in_every_size(&elf("modem-tsp"));
}

#[test]
fn the_reference_provider_is_sound_in_every_size_under_wine() {
    the_reference_provider_is_sound_in_every_size(&pe("modem-tsp"));
}

/// Phones, buttons, displays and media service providers, in the layouts of all versions.
#[test]
fn a_provider_of_everything_is_sound_in_every_size() {
    let all = sweeps(&elf("model-tsp"), "");
    for structure in [
        "PHONECAPS",
        "PHONESTATUS",
        "PHONEBUTTONINFO",
        "LINECALLHUBTRACKINGINFO",
    ] {
        assert!(
            all.iter().any(|(_, of, tried, _)| of == structure && *tried > 20),
            "{structure}: {all:?}"
        );
    }
    assert!(
        all.iter()
            .any(|(query, ..)| query.ends_with("TSPI_phoneGetDevCaps at 1.4")),
        "{all:?}"
    );
    for (query, _, _, findings) in &all {
        assert!(findings.is_empty(), "{query}: {findings:?}");
    }
}

#[test]
fn what_is_done_in_too_little_memory_is_found() {
    let dll = elf("faulty-tsp");
    for (fault, query, found) in [
        (
            "cuts-strings",
            "line 0: TSPI_lineGetDevCaps",
            "ProviderInfo was given in part",
        ),
        (
            "needed-follows-total",
            "line 0: TSPI_lineGetDevCaps",
            "with the most memory",
        ),
        (
            "overwrites-line-status",
            "line 0: TSPI_lineGetLineDevStatus",
            "dwNumOpens belongs to TAPI",
        ),
        (
            "accepts-too-small-structures",
            "line 0: TSPI_lineGetDevCaps",
            "success, though the fixed part takes",
        ),
        (
            "ignores-total-size",
            "line 0: TSPI_lineGetDevCaps",
            "write past the end of argument 4",
        ),
    ] {
        for (of, _, _, findings) in sweeps(&dll, fault) {
            let right = findings.iter().any(|finding| finding.contains(found));
            // At older versions too.
            let meant = of.split(" at ").next() == Some(query);
            assert_eq!(right, meant, "{fault}: {of}: {findings:?}");
        }
    }
}

/// A published SIP provider answers 0 for its phone and leaves the version as it was: no layout is known then, and its
/// lines are none the worse for it.
#[test]
fn a_phone_without_a_version_is_told_and_leaves_the_lines_alone() {
    let dll = elf("faulty-model-tsp");
    let dll = dll.to_str().unwrap();
    let fault = "settles-on-no-phone-version";
    let answer = run(&["inspect", dll, "--device", "none"], fault);
    assert_eq!(answer.code, 1, "{}{}", answer.out, answer.err);
    let said = "TSPI_phoneNegotiateTSPIVersion succeeded and left *lpdwTSPIVersion as it was";
    assert!(answer.out.contains(said), "{}", answer.out);
    assert!(!answer.out.contains("dwTotalSize was"), "{}", answer.out);
    let scenario = "fixtures/scenarios/model/call-busy.call";
    let played = run(
        &[
            "run",
            scenario,
            "--provider",
            dll,
            "--device",
            "none",
            "--no-golden",
        ],
        fault,
    );
    assert!(
        played.out.contains("pass  call-busy"),
        "{}{}",
        played.out,
        played.err
    );
}
