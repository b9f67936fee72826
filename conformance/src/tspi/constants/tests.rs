//! The constants hold together: none is missing, none is doubled, and each reads back.

use super::*;

/// How many names with each first word `windows-sys` 0.61 has, and how many this project writes out itself.
const COUNTS: &[(&str, usize, usize)] = &[
    ("LINE", LINE_COUNT, 7),
    ("PHONE", PHONE_COUNT, 0),
    ("STRINGFORMAT", 4, 0),
    ("PRIVATEOBJECT", 6, 0),
    ("TUISPIDLL", 4, 0),
    ("TAPIERR", 24, 0),
    ("QE", 4, 0),
];
const LINE_COUNT: usize = 642;
const PHONE_COUNT: usize = 177;

#[test]
fn as_many_constants_as_windows_sys_has() {
    for (prefix, theirs, own) in COUNTS {
        let here = names()
            .filter(|n| match *prefix {
                "LINE" | "PHONE" => n.starts_with(prefix),
                _ => n.split('_').next() == Some(prefix),
            })
            .count();
        assert_eq!(here, theirs + own, "{prefix}");
    }
}

#[test]
fn names_and_values_are_unique_and_read_back() {
    let mut seen = std::collections::HashSet::new();
    for family in families() {
        assert!(family.page.ends_with(".md"), "{}", family.name);
        let mut values = std::collections::HashSet::new();
        for constant_ in family.constants {
            assert!(seen.insert(constant_.name), "{} twice", constant_.name);
            assert!(
                values.insert(constant_.value),
                "{} shares its value",
                constant_.name
            );
            assert!(constant_.name.starts_with(family.name));
            assert_eq!(constant(constant_.name), Some((family, constant_.value)));
            assert_eq!(family.render(constant_.value), constant_.name);
            assert_eq!(family.value(constant_.name), Some(constant_.value));
            assert_eq!(family.value(family.short(constant_)), Some(constant_.value));
        }
    }
    assert_eq!(families().count(), 91);
}

/// A hole in a family of flags would be a forgotten bit. The known holes are in the headers too.
#[test]
fn flags_are_single_bits_without_unknown_holes() {
    for family in families().filter(|f| f.kind == FamilyKind::Flags) {
        for c in family.constants {
            assert_eq!(c.value.count_ones(), 1, "{} is no single bit", c.name);
        }
        let (mask, first) = (family.mask(), family.mask().trailing_zeros());
        let holes = !mask & (u32::MAX << first) & (u32::MAX >> mask.leading_zeros());
        let known = match family.name {
            "LINECALLORIGIN" => 0x8,
            _ => 0,
        };
        assert_eq!(holes, known, "{}", family.name);
    }
}

#[test]
fn values_in_words() {
    assert_eq!(LINECALLSTATE.render(0x100), "LINECALLSTATE_CONNECTED");
    assert_eq!(LINECALLSTATE.render(0), "0");
    assert_eq!(LINECALLHUBTRACKING.render(0), "LINECALLHUBTRACKING_NONE");
    assert_eq!(
        LINEMEDIAMODE.render(0x14),
        "LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_DATAMODEM"
    );
    assert_eq!(
        LINEBUSYMODE.render(0x8000_0001),
        "LINEBUSYMODE_STATION | 0x80000000"
    );
    assert_eq!(STRINGFORMAT.render(5), "0x5");
    assert_eq!(render_result(0), "0");
    assert_eq!(
        render_result(0x8000_001c_u32.cast_signed()),
        "LINEERR_INVALCALLSTATE"
    );
    assert_eq!(render_result(0x9000_0001_u32.cast_signed()), "PHONEERR_ALLOCATED");
    assert_eq!(render_result(-1), "TAPIERR_DROPPED (-1)");
    assert_eq!(render_result(-21), "TAPIERR_PROVIDERALREADYINSTALLED (-21)");
    assert_eq!(render_result(-24), "0xffffffe8");
    assert_eq!(render_result(17), "17");
}

#[test]
fn every_error_code_is_named() {
    for family in [&LINEERR, &PHONEERR, &TAPIERR] {
        for constant in family.constants.iter().filter(|c| c.value != 0) {
            let shown = render_result(constant.value.cast_signed());
            assert!(
                shown.starts_with(constant.name),
                "{} is shown as {shown}",
                constant.name
            );
        }
    }
}

#[test]
fn a_misspelt_name_finds_its_neighbour() {
    assert_eq!(nearest("LINECALLSTATE_CONECTED"), Some("LINECALLSTATE_CONNECTED"));
    assert_eq!(
        nearest("linedisconnectmode_busy"),
        Some("LINEDISCONNECTMODE_BUSY")
    );
    assert_eq!(nearest("zebra"), None);
    assert_eq!(family("LINECALLSTATE_").map(|f| f.name), Some("LINECALLSTATE"));
}
