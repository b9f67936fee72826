//! Frames byte by byte, any split of the stream, and a line that loses and garbles.

use proptest::prelude::*;

use super::{BODY_MAX, Frame, Framing, FramingError, Link, Side, serial::crc};
use crate::time::SimTime;

const NOW: SimTime = SimTime::ZERO;

fn sent(framing: Framing, frame: &Frame) -> Result<Vec<u8>, FramingError> {
    let mut link = Link::new(framing, Side::Client);
    link.send(NOW, frame)?;
    Ok(link.output())
}

fn received(link: &mut Link) -> Vec<Frame> {
    std::iter::from_fn(|| link.next_frame().expect("the stream is framed")).collect()
}

#[test]
fn each_framing_puts_its_own_header_before_a_message() {
    let body = vec![0x30, 0];
    assert_eq!(
        sent(Framing::HiPath, &Frame::new(body.clone())),
        Ok(vec![0x26, 0x80, 2, 0x30, 0])
    );
    assert_eq!(
        sent(Framing::Length16, &Frame::new(body.clone())),
        Ok(vec![0, 2, 0x30, 0])
    );
    let annex_j = Frame {
        invoke: Some(7),
        body: body.clone(),
    };
    assert_eq!(
        sent(Framing::AnnexJ, &annex_j),
        Ok(vec![0, 0, 0, 10, b'0', b'0', b'0', b'7', 0x30, 0])
    );
    assert_eq!(
        sent(Framing::AnnexJ, &Frame::new(body)),
        Err(FramingError::InvokeId)
    );
}

#[test]
fn an_alcatel_link_begins_with_a_greeting() {
    let mut client = Link::new(Framing::Alcatel, Side::Client);
    let mut server = Link::new(Framing::Alcatel, Side::Server);
    let frame = Frame::new(vec![0x30, 0]);
    client.send(NOW, &frame).expect("it fits");
    assert_eq!(client.output(), b"B");
    server.receive(NOW, b"B");
    assert_eq!(server.next_frame(), Ok(None));
    assert_eq!(server.output(), b"P");
    client.receive(NOW, b"P");
    assert_eq!(client.next_frame(), Ok(None));
    server.receive(NOW, &client.output());
    assert_eq!(server.next_frame(), Ok(Some(frame)));
    let mut other = Link::new(Framing::Alcatel, Side::Server);
    other.receive(NOW, b"X");
    assert_eq!(other.next_frame(), Err(FramingError::NotAFrame { found: b'X' }));
}

#[test]
fn what_is_too_long_is_refused_on_either_side() {
    assert!(sent(Framing::Panasonic, &Frame::new(vec![0; 240])).is_ok());
    assert_eq!(
        sent(Framing::Panasonic, &Frame::new(vec![0; 241])),
        Err(FramingError::Length { length: 241 })
    );
    assert_eq!(
        sent(Framing::Length16, &Frame::new(vec![])),
        Err(FramingError::Length { length: 0 })
    );
    let mut link = Link::new(Framing::Panasonic, Side::Server);
    link.receive(NOW, &[0, 241]);
    assert_eq!(link.next_frame(), Err(FramingError::Length { length: 241 }));
    let mut link = Link::new(Framing::HiPath, Side::Server);
    link.receive(NOW, &[0x26, 0x10]);
    assert_eq!(link.next_frame(), Err(FramingError::NotAFrame { found: 0x10 }));
}

#[test]
fn the_serial_checksum_is_the_well_known_one() {
    assert_eq!(crc(b"123456789"), 0x29B1);
}

#[test]
fn a_serial_peer_that_never_acknowledges_is_given_up() {
    let mut link = Link::new(Framing::Serial, Side::Client);
    link.send(NOW, &Frame::new(vec![1])).expect("it fits");
    let first = link.output();
    for _ in 0..4 {
        let deadline = link.deadline().expect("an acknowledgement is awaited");
        assert_eq!(link.handle_timeout(deadline), Ok(()));
        assert_eq!(link.output(), first);
    }
    let deadline = link.deadline().expect("an acknowledgement is awaited");
    assert_eq!(link.handle_timeout(deadline), Err(FramingError::Silent));
}

#[test]
fn a_serial_frame_with_a_garbled_length_does_not_swallow_its_repetition() {
    let mut near = Link::new(Framing::Serial, Side::Client);
    let mut far = Link::new(Framing::Serial, Side::Server);
    let frame = Frame::new(vec![1, 2, 3]);
    near.send(NOW, &frame).expect("it fits");
    let mut garbled = near.output();
    garbled[3] = 0x70;
    far.receive(NOW, &garbled);
    assert_eq!(far.next_frame(), Ok(None));
    let later = near.deadline().expect("an acknowledgement is awaited");
    near.handle_timeout(later).expect("it is the first repetition");
    far.receive(later, &near.output());
    assert_eq!(far.next_frame(), Ok(Some(frame)));
}

fn framing() -> impl Strategy<Value = Framing> {
    prop::sample::select(vec![
        Framing::AnnexJ,
        Framing::HiPath,
        Framing::Length16,
        Framing::Panasonic,
        Framing::Alcatel,
    ])
}

fn frame() -> impl Strategy<Value = Frame> {
    let content = prop::collection::vec(any::<u8>(), 0..100);
    // An OCTET STRING, so that the framing that BER delimits can carry it too.
    (0..=9999u16, content).prop_map(|(invoke, content)| {
        let body = [&[4, content.len() as u8][..], &content].concat();
        Frame {
            invoke: Some(invoke),
            body,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_split_of_the_stream_gives_the_same_frames(
        framing in framing(),
        frames in prop::collection::vec(frame(), 1..6),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let mut sender = Link::new(framing, Side::Client);
        sender.receive(NOW, b"P");
        if framing == Framing::Alcatel {
            prop_assert_eq!(sender.next_frame(), Ok(None));
        }
        for frame in &frames {
            prop_assert_eq!(sender.send(NOW, frame), Ok(()));
        }
        let stream = sender.output();
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
        ends.extend([0, stream.len()]);
        ends.sort_unstable();
        let mut receiver = Link::new(framing, Side::Server);
        let mut found = Vec::new();
        for piece in ends.windows(2) {
            receiver.receive(NOW, &stream[piece[0]..piece[1]]);
            found.extend(received(&mut receiver));
        }
        let expected: Vec<_> = frames
            .into_iter()
            .map(|frame| Frame { invoke: frame.invoke.filter(|_| framing == Framing::AnnexJ), body: frame.body })
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_bytes_upset_a_link(framing in framing(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for framing in [framing, Framing::Serial] {
            let mut link = Link::new(framing, Side::Server);
            link.receive(NOW, &bytes);
            while let Ok(Some(frame)) = link.next_frame() {
                prop_assert!(frame.body.len() <= BODY_MAX);
            }
        }
    }

    #[test]
    fn a_serial_line_that_loses_and_garbles_delivers_each_frame_once(
        frames in prop::collection::vec(frame(), 1..5),
        faults in prop::collection::vec(0..4u8, 0..12),
    ) {
        let mut near = Link::new(Framing::Serial, Side::Client);
        let mut far = Link::new(Framing::Serial, Side::Server);
        for frame in &frames {
            prop_assert_eq!(near.send(NOW, frame), Ok(()));
        }
        // No frame meets more faults than it has attempts: the fourth transfer on the line is always clean.
        let mut faults = faults.into_iter().enumerate().map(|(at, fault)| if at % 4 == 3 { 0 } else { fault });
        let mut spoil = |mut bytes: Vec<u8>| {
            match faults.next() {
                Some(1) => bytes.clear(),
                Some(2) => bytes.truncate(bytes.len() / 2),
                Some(3) => bytes.iter_mut().step_by(7).for_each(|byte| *byte ^= 0x55),
                _ => {}
            }
            bytes
        };
        let mut now = NOW;
        let mut found = Vec::new();
        loop {
            let bytes = near.output();
            if bytes.is_empty() {
                let Some(deadline) = near.deadline() else { break };
                now = deadline;
                if near.handle_timeout(now).is_err() {
                    // Data and acknowledgement share the faults, so that a run of them can outlast the attempts.
                    return Ok(());
                }
                continue;
            }
            far.receive(now, &spoil(bytes));
            found.extend(received(&mut far));
            let answer = far.output();
            if !answer.is_empty() {
                near.receive(now, &spoil(answer));
            }
        }
        let bodies: Vec<_> = frames.into_iter().map(|frame| Frame::new(frame.body)).collect();
        prop_assert_eq!(found, bodies);
    }
}
