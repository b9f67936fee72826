//! Each fault by example, and what holds for all of them.

use proptest::prelude::*;

use super::*;

fn at(ms: u64) -> SimTime {
    SimTime::from_micros(ms * 1000)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What comes out after these pushes, each with the moment in milliseconds.
fn played(fault: Fault, pushes: &[(u64, &[u8])]) -> Vec<(u64, Vec<u8>)> {
    let mut line = FaultyLine::new([fault], 7);
    let mut out = Vec::new();
    let mut pushes = pushes.iter().peekable();
    loop {
        let push = pushes.peek().map(|(at, _)| *at * 1000);
        let due = line.poll_timeout().map(SimTime::as_micros);
        let Some(now) = [push, due].into_iter().flatten().min() else {
            return out;
        };
        let now = SimTime::from_micros(now);
        let bytes = match pushes.next_if(|(when, _)| at(*when) <= now) {
            Some((_, bytes)) => line.push(bytes, now),
            None => line.poll(now),
        };
        if !bytes.is_empty() {
            out.push((now.as_micros() / 1000, bytes));
        }
    }
}

#[test]
fn delays() {
    assert_eq!(
        played(Fault::Delay(ms(20)), &[(0, b"ab"), (5, b"c")]),
        [(20, b"ab".to_vec()), (25, b"c".to_vec())]
    );
}

#[test]
fn splits() {
    let split = Fault::Split { size: 2, gap: ms(5) };
    assert_eq!(
        played(split, &[(0, b"abcde"), (100, b"f")]),
        [
            (0, b"ab".to_vec()),
            (5, b"cd".to_vec()),
            (10, b"e".to_vec()),
            (100, b"f".to_vec())
        ]
    );
}

#[test]
fn coalesces() {
    assert_eq!(
        played(Fault::Coalesce(ms(50)), &[(0, b"a"), (20, b"b"), (60, b"c")]),
        [(50, b"ab".to_vec()), (110, b"c".to_vec())]
    );
}

#[test]
fn stalls_once() {
    let stall = Fault::Stall {
        after: 3,
        pause: ms(100),
    };
    assert_eq!(
        played(stall, &[(0, b"ab"), (10, b"cd"), (50, b"e"), (200, b"f")]),
        [
            (0, b"ab".to_vec()),
            (10, b"c".to_vec()),
            (110, b"de".to_vec()),
            (200, b"f".to_vec())
        ]
    );
}

#[test]
fn cuts_for_good() {
    assert_eq!(
        played(Fault::Cut { after: 3 }, &[(0, b"ab"), (10, b"cd"), (50, b"e")]),
        [(0, b"ab".to_vec()), (10, b"c".to_vec())]
    );
}

#[test]
fn chances_are_kept_and_repeat_with_the_seed() {
    let data = vec![0x55; 10_000];
    let through = |fault: Fault, seed| FaultyLine::new([fault], seed).push(&data, at(0));
    let dropped = through(Fault::Drop(0.1), 1);
    assert!((8_800..9_200).contains(&dropped.len()), "{}", dropped.len());
    assert_eq!(dropped, through(Fault::Drop(0.1), 1));
    assert_ne!(dropped.len(), through(Fault::Drop(0.1), 2).len());
    let twice = through(Fault::Duplicate(0.1), 1);
    assert!((10_800..11_200).contains(&twice.len()), "{}", twice.len());
    let garbled = through(Fault::Garble(0.1), 1);
    let changed = garbled.iter().filter(|byte| **byte != 0x55).count();
    assert!((800..1_200).contains(&changed), "{changed}");
    assert!(garbled.iter().all(|byte| (byte ^ 0x55).count_ones() <= 1));
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let span = || (0u64..50).prop_map(ms);
    prop_oneof![
        span().prop_map(Fault::Delay),
        (1usize..4, span()).prop_map(|(size, gap)| Fault::Split { size, gap }),
        span().prop_map(Fault::Coalesce),
        (0u64..30, span()).prop_map(|(after, pause)| Fault::Stall { after, pause }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Faults of time alone lose nothing and keep the order, in whatever way they are combined.
    #[test]
    fn time_alone_changes_no_byte(
        faults in proptest::collection::vec(any_fault(), 0..4),
        pushes in proptest::collection::vec((0u64..40, proptest::collection::vec(any::<u8>(), 0..20)), 0..10),
    ) {
        let mut line = FaultyLine::new(faults, 1);
        let (mut now, mut sent, mut came) = (SimTime::ZERO, Vec::<u8>::new(), Vec::<u8>::new());
        for (wait, bytes) in pushes {
            now += ms(wait);
            sent.extend(&bytes);
            came.extend(line.push(&bytes, now));
        }
        while let Some(due) = line.poll_timeout() {
            now = now.max(due);
            came.extend(line.poll(now));
            prop_assert!(line.poll_timeout().is_none_or(|at| at > now), "it stays due");
        }
        prop_assert_eq!(line.held_bytes(), 0);
        prop_assert_eq!(came, sent);
    }
}
