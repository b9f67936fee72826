//! Layouts over the versions, decoding of good and bad memory, and building.

use proptest::prelude::*;

use super::*;

fn bytes(name: &'static Structure, build: impl FnOnce(Builder) -> Builder) -> Vec<u8> {
    build(Builder::new(name, Version::V3_1))
        .build()
        .expect("the names exist")
}

/// Overwrites the DWORD of a member.
fn patch(bytes: &mut [u8], structure: &Structure, member: &str, value: u32) {
    let at = structure.member(member).expect("a member").offset;
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn fixed_sizes_by_version() {
    let sizes = |s: &Structure| {
        [
            Version::V1_3,
            Version::V2_0,
            Version::V2_2,
            Version::V3_0,
            Version::V3_1,
        ]
        .map(|v| s.fixed_size(v))
    };
    assert_eq!(sizes(&LINEDEVCAPS), [240, 252, 268, 292, 292]);
    assert_eq!(sizes(&LINEADDRESSCAPS), [180, 228, 228, 228, 228]);
    assert_eq!(sizes(&LINECALLINFO), [296, 324, 324, 344, 344]);
    assert_eq!(sizes(&LINECALLSTATUS), [36, 56, 56, 56, 56]);
    assert_eq!(sizes(&LINECALLPARAMS), [112, 176, 176, 180, 180]);
    assert_eq!(sizes(&LINEDEVSTATUS), [76, 88, 88, 88, 88]);
    assert_eq!(sizes(&LINEFORWARD), [24, 24, 24, 24, 32]);
    assert_eq!(sizes(&PHONECAPS), [144, 180, 196, 196, 196]);
    assert_eq!(sizes(&PHONESTATUS), [100, 104, 104, 104, 104]);
    assert_eq!(PHONEBUTTONINFO.fixed_size(Version::V1_3), 36);
    assert_eq!(sizes(&LINECALLHUBTRACKINGINFO), [0, 0, 0, 20, 20]);
}

#[test]
fn rows_are_consistent() {
    for structure in structures() {
        let versions: Vec<_> = structure.groups.iter().map(|g| g.since).collect();
        assert!(
            versions.is_sorted(),
            "{}: newer members come last",
            structure.name
        );
        // tspi.h alone declares the two of the quality of service; the pages of their constants are all that is said.
        let by_header = structure.page.starts_with("lineqos");
        assert!(by_header || structure.page.contains(&structure.name.to_lowercase()));
        let mut names = std::collections::HashSet::new();
        assert!(
            structure.names().all(|name| names.insert(name)),
            "{}: a name twice",
            structure.name
        );
        for member in structure.all_members() {
            match member.kind {
                FieldKind::Size(part) | FieldKind::Offset { part, .. } => {
                    let (size, offset, content) =
                        structure.part(part).expect("a part has a size and an offset");
                    assert_eq!(size.name, format!("dw{part}Size"));
                    assert_eq!(offset.name, format!("dw{part}Offset"));
                    assert_eq!((size.since, size.filler), (offset.since, offset.filler));
                    if let Content::Table { entry } = content {
                        assert!(structure.member(entry).is_some());
                    }
                }
                FieldKind::Array { count, .. } => assert!(structure.member(count).is_some()),
                _ => {}
            }
        }
    }
    assert_eq!(structures().count(), 28);
}

#[test]
fn a_built_call_info_reads_back() {
    let memory = bytes(&LINECALLINFO, |b| {
        b.number("dwMediaMode", 0x10)
            .number("DialParams.dwDialPause", 2000)
            .text("CallerID", "5551234")
            .text("CallerIDName", "JANE DOE")
            .number("dwCallerIDAddressType", 1)
            .dwords("TerminalModes", &[1, 0x80])
            .bytes("UserUserInfo", &[4, 65])
    });
    let decoded = decode(&LINECALLINFO, &memory, Version::V3_1);
    assert_eq!(decoded.problems, []);
    assert_eq!(decoded.get("CallerID").and_then(Value::text), Some("5551234"));
    assert_eq!(
        decoded.get("CallerIDName").and_then(Value::text),
        Some("JANE DOE")
    );
    assert_eq!(decoded.get("CalledID"), Some(&Value::Absent));
    assert_eq!(
        decoded.get("DialParams.dwDialPause").and_then(Value::number),
        Some(2000)
    );
    assert_eq!(decoded.get("dwCallerIDSize").and_then(Value::number), Some(16));
    assert_eq!(decoded.get("UserUserInfo"), Some(&Value::Bytes(vec![4, 65])));
    assert_eq!(decoded.get("nothing"), None);
    let shown = decoded.render();
    assert!(shown.contains("dwMediaMode=LINEMEDIAMODE_DATAMODEM"), "{shown}");
    assert!(
        shown.contains("TerminalModes=[LINETERMMODE_BUTTONS, LINETERMMODE_MEDIABIDIRECT]"),
        "{shown}"
    );
    assert!(
        shown.contains("dwCallerIDAddressType=LINEADDRESSTYPE_PHONENUMBER"),
        "{shown}"
    );
    assert!(
        !shown.contains("Offset") && !shown.contains("CalledID="),
        "{shown}"
    );
}

#[test]
fn strings_of_capabilities_are_unicode_from_2_0_on_whatever_they_say() {
    // Microsoft's ATSP sample says STRINGFORMAT_ASCII and writes UTF-16, as TAPI takes it.
    let memory = bytes(&LINEDEVCAPS, |b| {
        b.number("dwStringFormat", 1)
            .text("ProviderInfo", "AT-compatible")
    });
    let read = |version| {
        let decoded = decode(&LINEDEVCAPS, &memory, version);
        decoded
            .get("ProviderInfo")
            .and_then(Value::text)
            .map(str::to_owned)
    };
    assert_eq!(read(Version::V3_1).as_deref(), Some("AT-compatible"));
    assert_eq!(read(Version::V2_0).as_deref(), Some("AT-compatible"));
    assert_eq!(read(Version::V1_4).as_deref(), Some("A"), "before, it was meant");
}

#[test]
fn the_size_of_the_whole_may_stand_behind_a_key() {
    let entry = |media, level| {
        let entry = Builder::new(&LINEQOSSERVICELEVEL, Version::V3_1);
        let entry = entry
            .number("dwMediaMode", media)
            .number("dwQOSServiceLevel", level);
        entry.build().expect("the names exist")
    };
    let memory = bytes(&LINECALLQOSINFO, |b| {
        b.number("dwKey", 0x4C51_534B) // LINEQOSSTRUCT_KEY
            .number("dwQOSRequestType", 1)
            .entries("LineQOSServiceLevel", &[entry(4, 1), entry(0x8000, 3)])
    });
    // As `tspi.h` lays it out: four DWORDs, then two for each medium.
    assert_eq!(memory.len(), 16 + 2 * 8);
    assert_eq!(memory[..4], *b"KSQL");
    assert_eq!(memory[4..8], 32_u32.to_le_bytes());
    let decoded = decode(&LINECALLQOSINFO, &memory, Version::V3_1);
    assert_eq!(decoded.problems, []);
    assert_eq!(
        decoded.render(),
        "dwKey=1280398155, dwQOSRequestType=LINEQOSREQUESTTYPE_SERVICELEVEL, dwNumServiceLevelEntries=2, \
         LineQOSServiceLevel=[{dwMediaMode=LINEMEDIAMODE_INTERACTIVEVOICE, \
         dwQOSServiceLevel=LINEQOSSERVICELEVEL_NEEDED}, {dwMediaMode=LINEMEDIAMODE_VIDEO, \
         dwQOSServiceLevel=LINEQOSSERVICELEVEL_BESTEFFORT}]"
    );
    let mut short = memory.clone();
    patch(&mut short, &LINECALLQOSINFO, "dwTotalSize", 16);
    patch(&mut short, &LINECALLQOSINFO, "dwNumServiceLevelEntries", 3);
    assert_eq!(decode(&LINECALLQOSINFO, &short, Version::V3_1).problems.len(), 2);
}

#[test]
fn the_string_format_is_honoured() {
    let build = |format, string: &[u8]| {
        bytes(&VARSTRING, |b| {
            b.number("dwStringFormat", format).bytes("String", string)
        })
    };
    let read = |memory: &[u8]| {
        let decoded = decode(&VARSTRING, memory, Version::V2_0);
        (decoded.get("String").cloned(), decoded.problems)
    };
    assert_eq!(
        read(&build(1, b"COM3\0")),
        (Some(Value::Text("COM3".into())), vec![])
    );
    assert_eq!(read(&build(4, &[1, 2])), (Some(Value::Bytes(vec![1, 2])), vec![]));
    assert_eq!(
        read(&build(3, &encode::utf16("é"))),
        (Some(Value::Text("é".into())), vec![])
    );
    assert_eq!(read(&build(3, &[0])), (Some(Value::Absent), vec![]));
    let (value, problems) = read(&build(9, &encode::utf16("a")));
    assert_eq!(value, Some(Value::Text("a".into())));
    assert_eq!(
        problems,
        [LayoutProblem::UnknownStringFormat {
            part: "String",
            format: 9
        }]
    );
}

#[test]
fn lists_read_back() {
    let entry = bytes(&LINETERMCAPS, |b| {
        b.number("dwTermDev", 2).number("dwTermModes", 0x10)
    });
    let caps = bytes(&LINEDEVCAPS, |b| {
        b.number("dwStringFormat", 3)
            .number("dwNumTerminals", 2)
            .bytes("TerminalCaps", &[entry.clone(), entry].concat())
            .strings("DeviceClasses", &["tapi/line", "comm"])
            .number("dwTerminalTextEntrySize", 6)
            .bytes(
                "TerminalText",
                &[encode::utf16("ab"), encode::utf16("cd")].concat(),
            )
    });
    let decoded = decode(&LINEDEVCAPS, &caps, Version::V3_1);
    assert_eq!(decoded.problems, []);
    let text = |name: &str| decoded.get(name).expect("a part").to_string();
    assert_eq!(text("DeviceClasses"), r#"["tapi/line", "comm"]"#);
    assert_eq!(text("TerminalText"), r#"["ab", "cd"]"#);
    let one = "{dwTermDev=LINETERMDEV_HEADSET, dwTermModes=LINETERMMODE_HOOKSWITCH, dwTermSharing=0}";
    assert_eq!(text("TerminalCaps"), format!("[{one}, {one}]"));

    let forward = bytes(&LINEFORWARD, |b| b.number("dwForwardMode", 1));
    let list = bytes(&LINEFORWARDLIST, |b| {
        b.entries("ForwardList", &[forward.clone(), forward])
    });
    let decoded = decode(&LINEFORWARDLIST, &list, Version::V3_1);
    assert_eq!(decoded.problems, []);
    assert!(matches!(decoded.get("ForwardList"), Some(Value::List(entries)) if entries.len() == 2));
}

/// Offsets inside the entries of LINEADDRESSSTATUS count from its own start.
#[test]
fn entries_point_into_the_whole() {
    let mut status = bytes(&LINEADDRESSSTATUS, |b| {
        let entry = vec![0; LINEFORWARD.fixed_size(Version::V3_1)];
        b.number("dwForwardNumEntries", 1)
            .bytes("Forward", &[entry, encode::utf16("101")].concat())
    });
    let first = LINEADDRESSSTATUS.fixed_size(Version::V3_1);
    let entry = LINEFORWARD.fixed_size(Version::V3_1);
    patch(
        &mut status,
        &LINEADDRESSSTATUS,
        "dwForwardSize",
        u32::try_from(entry).expect("small"),
    );
    patch(&mut status[first..], &LINEFORWARD, "dwDestAddressSize", 8);
    patch(
        &mut status[first..],
        &LINEFORWARD,
        "dwDestAddressOffset",
        u32::try_from(first + entry).expect("small"),
    );
    let decoded = decode(&LINEADDRESSSTATUS, &status, Version::V3_1);
    assert_eq!(decoded.problems, []);
    assert!(
        decoded.render().contains(r#"DestAddress="101""#),
        "{}",
        decoded.render()
    );
}

/// One fault, the remark that it draws.
#[test]
fn each_fault_draws_its_remark() {
    use LayoutProblem::*;
    let part = "CallerID";
    let good = bytes(&LINECALLINFO, |b| b.text(part, "5551234"));
    let (fixed, len) = (344, u32::try_from(good.len()).expect("small"));
    let problems = |patches: &[(&str, u32)]| {
        let mut memory = good.clone();
        for (member, value) in patches {
            patch(&mut memory, &LINECALLINFO, member, *value);
        }
        decode(&LINECALLINFO, &memory, Version::V3_1).problems
    };
    assert_eq!(problems(&[]), []);
    assert_eq!(
        problems(&[("dwTotalSize", len + 4)]),
        [TotalSizeChanged {
            was: good.len(),
            is: len + 4
        }]
    );
    assert_eq!(
        problems(&[("dwUsedSize", len + 1), ("dwNeededSize", len + 1)]),
        [UsedExceedsTotal {
            used: len + 1,
            total: len
        }]
    );
    assert_eq!(
        problems(&[("dwNeededSize", len - 1)]),
        [UsedExceedsNeeded {
            used: len,
            needed: len - 1
        }]
    );
    assert_eq!(
        problems(&[("dwUsedSize", 340), ("dwCallerIDSize", 0)]),
        [UsedBelowFixed { used: 340, fixed }]
    );
    assert_eq!(
        problems(&[("dwCallerIDSize", 18)]),
        [PartOutsideUsed {
            part,
            offset: 344,
            size: 18,
            used: len
        }]
    );
    assert_eq!(
        problems(&[("dwCallerIDOffset", 300), ("dwCallerIDSize", 2)]),
        [PartOverlapsFixed {
            part,
            offset: 300,
            size: 2,
            fixed
        }]
    );
    assert_eq!(
        problems(&[("dwCallerIDSize", 15)]),
        [OddUtf16 { part, size: 15 }, MissingTerminator { part, size: 15 }]
    );
    assert_eq!(
        problems(&[("dwCallerIDSize", 14)]),
        [MissingTerminator { part, size: 14 }]
    );
    assert_eq!(
        problems(&[("dwTerminalModesOffset", 344), ("dwTerminalModesSize", 6)]),
        [UnevenList {
            part: "TerminalModes",
            size: 6,
            entry: 4
        }]
    );
    assert_eq!(
        problems(&[("dwNeededSize", 340), ("dwUsedSize", 340), ("dwCallerIDSize", 0)]),
        [
            NeededBelowFixed { needed: 340, fixed },
            UsedBelowFixed { used: 340, fixed }
        ]
    );
    assert_eq!(
        problems(&[
            ("dwDisplayOffset", 350),
            ("dwDisplaySize", 10),
            ("dwCallerIDSize", 12),
            ("dwUserUserInfoOffset", 344),
            ("dwUserUserInfoSize", 12)
        ])
        .into_iter()
        .filter(|problem| matches!(problem, PartsOverlap { .. }))
        .collect::<Vec<_>>(),
        [
            PartsOverlap {
                part: "Display",
                offset: 350,
                size: 10,
                other: part
            },
            PartsOverlap {
                part: "UserUserInfo",
                offset: 344,
                size: 12,
                other: "Display"
            }
        ],
        "two parts in one place are none of it"
    );
    assert_eq!(
        problems(&[("dwCommentSize", 9999)]),
        [],
        "TAPI's own parts are not judged"
    );
    let mut phone = bytes(&PHONECAPS, |b| {
        b.number("dwStringFormat", 3)
            .number("dwNumButtonLamps", 3)
            .dwords("LampModes", &[1, 2, 3])
    });
    assert_eq!(decode(&PHONECAPS, &phone, Version::V3_1).problems, []);
    patch(&mut phone, &PHONECAPS, "dwNumButtonLamps", 4);
    assert_eq!(
        decode(&PHONECAPS, &phone, Version::V3_1).problems,
        [CountDiffers {
            part: "LampModes",
            entries: 3,
            member: "dwNumButtonLamps",
            count: 4
        }]
    );
    let cut = decode(&LINECALLINFO, &good[..100], Version::V3_1).problems;
    assert!(cut.contains(&FixedPartCut { have: 100, fixed }));
    let lone = bytes(&LINECALLINFO, |b| b.bytes(part, &[0x00, 0xd8, 0, 0]));
    assert_eq!(
        decode(&LINECALLINFO, &lone, Version::V3_1).problems,
        [BadUtf16 { part }]
    );
    let mut list = bytes(&LINEFORWARDLIST, |b| b);
    patch(&mut list, &LINEFORWARDLIST, "dwNumEntries", 3);
    let problems = decode(&LINEFORWARDLIST, &list, Version::V3_1).problems;
    assert_eq!(
        problems,
        [CountExceedsRoom {
            part: "ForwardList",
            count: 3,
            room: 0
        }]
    );
}

#[test]
fn memory_to_fill_keeps_what_tapi_promises() {
    let memory = output(&LINECALLINFO, 400, Version::V2_0, Fill::Poison);
    let decoded = decode(&LINECALLINFO, &memory, Version::V2_0);
    assert_eq!(decoded.problems, []);
    let number = |name: &str| decoded.get(name).and_then(Value::number);
    assert_eq!(
        [
            number("dwTotalSize"),
            number("dwNeededSize"),
            number("dwUsedSize")
        ],
        [Some(400), Some(324), Some(324)]
    );
    assert_eq!(number("dwCallerIDOffset"), Some(0));
    assert_eq!(number("dwMediaMode"), Some(0xA5A5_A5A5));
    assert!(memory[324..].iter().all(|byte| *byte == POISON));
    assert_eq!(output(&LINEEXTENSIONID, 999, Version::V2_0, Fill::Zero), [0; 16]);
    for short in 0..16 {
        assert_eq!(
            output(&LINECALLINFO, short, Version::V2_0, Fill::Zero).len(),
            short
        );
    }
}

#[test]
fn a_wrong_name_is_corrected() {
    let build = |b: Builder| b.build().expect_err("a wrong name").to_string();
    let new = || Builder::new(&LINECALLPARAMS, Version::V2_0);
    assert_eq!(
        build(new().number("dwMediaMod", 1)),
        "LINECALLPARAMS of version 2.0 has no dwMediaMod; did you mean dwMediaMode?"
    );
    assert_eq!(
        build(new().text("DeviceConfig", "")),
        "DeviceConfig of LINECALLPARAMS is no string"
    );
    assert_eq!(
        build(new().number("DialParams", 1)),
        "DialParams of LINECALLPARAMS is no DWORD"
    );
    assert!(
        build(new().number("dwAddressType", 1))
            .starts_with("LINECALLPARAMS of version 2.0 has no dwAddressType")
    );
}

fn any_version() -> impl Strategy<Value = Version> {
    prop::sample::select(Version::ALL.to_vec())
}

fn any_structure() -> impl Strategy<Value = &'static Structure> {
    prop::sample::select(structures().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn any_memory_can_be_read(
        structure in any_structure(),
        version in any_version(),
        memory in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let decoded = decode(structure, &memory, version);
        prop_assert!(decoded.fields.len() <= structure.names().count());
        let _ = decoded.render();
    }

    /// Likelier faults than noise: a sound structure with a few DWORDs replaced by small or huge numbers.
    #[test]
    fn spoilt_structures_can_be_read(
        structure in any_structure(),
        version in any_version(),
        spoils in prop::collection::vec((0usize..100, prop_oneof![0u32..500, any::<u32>()]), 0..12),
    ) {
        let mut memory = output(structure, 480, version, Fill::Zero);
        for (place, value) in spoils {
            if let Some(room) = memory.get_mut(place * 4..place * 4 + 4) {
                room.copy_from_slice(&value.to_le_bytes());
            }
        }
        let _ = decode(structure, &memory, version).render();
    }

    /// Every DWORD, every text and all bytes of LINECALLPARAMS read back as they were set, in every version.
    #[test]
    fn call_params_read_back(
        version in any_version(),
        numbers in prop::collection::vec(any::<u32>(), 64),
        texts in prop::collection::vec("[^\0]{0,12}", 64),
        data in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let mut builder = Builder::new(&LINECALLPARAMS, version);
        let members: Vec<_> = LINECALLPARAMS.members(version).collect();
        for (i, member) in members.iter().enumerate() {
            builder = match member.kind {
                FieldKind::Dword(_) => builder.number(member.name, numbers[i % 64]),
                FieldKind::Offset { part, content: Content::Text } => builder.text(part, &texts[i % 64]),
                FieldKind::Offset { part, .. } => builder.bytes(part, &data),
                _ => builder,
            };
        }
        let memory = builder.build().expect("the names exist");
        let decoded = decode(&LINECALLPARAMS, &memory, version);
        prop_assert_eq!(&decoded.problems, &[]);
        for (i, member) in members.iter().enumerate() {
            match member.kind {
                FieldKind::Dword(_) => prop_assert_eq!(decoded.get(member.name).and_then(Value::number), Some(numbers[i % 64])),
                FieldKind::Offset { part, content: Content::Text } => {
                    prop_assert_eq!(decoded.get(part).and_then(Value::text), Some(texts[i % 64].as_str()));
                }
                FieldKind::Offset { part, .. } => prop_assert_eq!(decoded.get(part), Some(&Value::Bytes(data.clone()))),
                _ => {}
            }
        }
    }
}
