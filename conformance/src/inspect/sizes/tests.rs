//! Answers of sound and faulty providers over all sizes.

use proptest::prelude::*;

use super::*;
use crate::tspi::structures::{Builder, VARSTRING};

const VERSION: Version = Version::V2_2;
const TEXT: &str = "COM3";

/// A provider's answer to a query for a string.
type Answer = fn(&mut [u8], usize) -> i32;

fn too_small() -> i32 {
    constant_value("LINEERR_STRUCTURETOOSMALL").cast_signed()
}

fn put(memory: &mut [u8], member: &str, value: u32) {
    let at = VARSTRING.member(member).expect("a member").offset;
    memory[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// What a sound provider answers.
fn sound(memory: &mut [u8], total: usize) -> i32 {
    if total < 24 {
        return too_small();
    }
    let whole = Builder::new(&VARSTRING, VERSION)
        .number("dwStringFormat", 3)
        .text("String", TEXT)
        .build()
        .expect("the names exist");
    let fits = total >= whole.len();
    let given = if fits { whole.len() } else { 24 };
    memory[4..given].copy_from_slice(&whole[4..given]);
    put(memory, "dwNeededSize", u32::try_from(whole.len()).expect("small"));
    put(memory, "dwUsedSize", u32::try_from(given).expect("small"));
    if !fits {
        put(memory, "dwStringSize", 0);
        put(memory, "dwStringOffset", 0);
    }
    0
}

fn swept(answer: Answer) -> Vec<SizeFinding> {
    let attempts: Vec<Attempt> = sizes(24, 34)
        .into_iter()
        .chain([400])
        .map(|total| {
            let before = memory(&VARSTRING, total, VERSION);
            let mut after = before.clone();
            let result = answer(&mut after, total);
            Attempt {
                total,
                before,
                after,
                result,
            }
        })
        .collect();
    judge(&VARSTRING, VERSION, &attempts)
}

#[test]
fn a_sound_provider_draws_no_finding() {
    assert_eq!(swept(sound), []);
}

/// One fault, the findings that it draws.
#[test]
fn each_fault_is_found_with_its_sizes() {
    let cases: [(&str, Answer, &[&str]); 9] = [
        (
            "accepts what is too small",
            |memory, total| match total {
                0..24 => 0,
                _ => sound(memory, total),
            },
            &["dwTotalSize 0 to 23 (24 sizes): success, though the fixed part takes 24 bytes"],
        ),
        (
            "another error",
            |memory, total| match sound(memory, total) {
                0 => 0,
                _ => constant_value("LINEERR_NOMEM").cast_signed(),
            },
            &["dwTotalSize 0 to 23 (24 sizes): LINEERR_NOMEM instead of STRUCTURETOOSMALL"],
        ),
        (
            "refuses what does not hold all",
            |memory, total| match total {
                0..34 => too_small(),
                _ => sound(memory, total),
            },
            &["dwTotalSize 24 to 33 (10 sizes): LINEERR_STRUCTURETOOSMALL, though the fixed part fits"],
        ),
        (
            "writes and fails",
            |memory, total| {
                let result = sound(memory, total);
                if result != 0 {
                    memory[0] = 99;
                }
                result
            },
            &["dwTotalSize 0 to 23 (24 sizes): the call failed and wrote to byte 0"],
        ),
        (
            "needs what it used",
            |memory, total| {
                let result = sound(memory, total);
                if (24..34).contains(&total) {
                    put(memory, "dwNeededSize", 24);
                }
                result
            },
            &[
                "dwTotalSize 24 to 33 (10 sizes): dwNeededSize is 24, with the most memory 34",
                "dwTotalSize 24 to 33 (10 sizes): String is missing though there is room",
            ],
        ),
        (
            "never uses all",
            |memory, total| {
                let result = sound(memory, total);
                if result == 0 {
                    put(memory, "dwNeededSize", 40);
                }
                result
            },
            &["dwTotalSize 400: dwNeededSize 40 was given, and dwUsedSize is 34"],
        ),
        (
            "cuts the string",
            |memory, total| {
                let result = sound(memory, total);
                if total == 32 {
                    memory[24..32].copy_from_slice(b"C\0O\0M\0\0\0");
                    put(memory, "dwUsedSize", 32);
                    put(memory, "dwStringSize", 8);
                    put(memory, "dwStringOffset", 24);
                }
                result
            },
            &["dwTotalSize 32: String was given in part; it is left out whole or not at all"],
        ),
        (
            "writes one byte too far",
            |memory, total| {
                let result = sound(memory, total);
                if result == 0 && memory.len() > total {
                    memory[total] = 0;
                }
                result
            },
            &["dwTotalSize 25 to 35 (9 sizes): the byte 0 bytes behind dwTotalSize was overwritten"],
        ),
        (
            "fills not all",
            |memory, total| {
                let result = sound(memory, total);
                if result == 0 && total < 34 {
                    put(memory, "dwStringFormat", 0xA5A5_A5A5);
                }
                result
            },
            &["dwTotalSize 24 to 33 (10 sizes): dwStringFormat was left unfilled"],
        ),
    ];
    for (name, answer, expected) in cases {
        let found: Vec<String> = swept(answer).iter().map(SizeFinding::to_string).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn what_windows_copes_with_is_a_warning() {
    let unfilled = FillProblem::Unfilled("dwStringFormat".to_owned());
    assert_eq!(SizeFault::Fill(unfilled).verdict(), Verdict::Warning);
    assert_eq!(SizeFault::PartMissing("String").verdict(), Verdict::Violation);
}

#[test]
fn sizes_leave_out_nothing_that_counts() {
    assert_eq!(sizes(24, 34), (0..=35).collect::<Vec<_>>());
    let many = sizes(240, 100_000);
    assert!(many.len() < 4000, "{}", many.len());
    assert!(many.is_sorted());
    for wanted in [0, 239, 240, 241, 99_999, 100_000, 100_001] {
        assert!(many.contains(&wanted), "{wanted}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a provider leaves in memory can be judged.
    #[test]
    fn any_answer_can_be_judged(
        totals in prop::collection::vec(0_usize..80, 1..8),
        after in prop::collection::vec(any::<u8>(), 0..80),
        result in prop_oneof![Just(0), any::<i32>()],
    ) {
        let attempt = |&total: &usize| Attempt {
            total,
            before: memory(&VARSTRING, total, VERSION),
            after: after.clone(),
            result,
        };
        let attempts: Vec<Attempt> = totals.iter().map(attempt).collect();
        for finding in judge(&VARSTRING, VERSION, &attempts) {
            prop_assert!(finding.times >= 1 && !finding.to_string().is_empty());
        }
    }
}
