//! A link discipline for serial lines: every frame has a number and a checksum, and is repeated until acknowledged.
//!
//! `02`, kind (`D` data, `A` acknowledgement or `E` end), number, length (two bytes), body, CRC-16/CCITT of all after the
//! `02`. A side that ends the conversation says so by an `E`, since a serial line has no end of its own.
//! One data frame is under way at a time. Data with the number of the last one is a repetition: acknowledged again and
//! dropped. What does not check is dropped, and the reader looks for the next `02`.

use std::{collections::VecDeque, time::Duration};

use super::{BODY_MAX, Frame, FramingError};
use crate::time::SimTime;

const START: u8 = 2;
const DATA: u8 = b'D';
const ACKNOWLEDGE: u8 = b'A';
const END: u8 = b'E';
/// Start, kind, number, length.
const HEADER: usize = 5;
const CHECKSUM: usize = 2;
/// How long an acknowledgement is waited for: twice what the longest usual frame takes at 9600 baud.
const WAIT: Duration = Duration::from_secs(1);
/// How often a frame is sent before the peer counts as gone.
const ATTEMPTS: u32 = 5;
/// How long the line may fall silent inside a frame; after that the frame's beginning was none, or its length is garbled.
const PAUSE: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(super) struct Serial {
    /// The number of the next data frame of ours.
    number: u8,
    /// Of the peer's last data frame.
    heard: Option<u8>,
    frames: VecDeque<Frame>,
    /// When the part of a frame that has come so far last grew.
    partial: Option<SimTime>,
    waiting: VecDeque<Vec<u8>>,
    /// The data frame that waits for its acknowledgement, when to repeat it, and how often it was sent.
    under_way: Option<(Vec<u8>, SimTime, u32)>,
    /// The peer has ended the conversation.
    is_over: bool,
}

impl Serial {
    pub(super) fn receive(&mut self, now: SimTime, input: &mut Vec<u8>, output: &mut Vec<u8>) {
        let mut at = usize::from(self.partial.take().is_some_and(|grew| now.since(grew) >= PAUSE));
        while let Some(skip) = input[at..].iter().position(|byte| *byte == START) {
            at += skip;
            match parse(&input[at..]) {
                Parsed::Frame {
                    kind,
                    number,
                    body,
                    length,
                } => {
                    match kind {
                        DATA => {
                            output.extend(frame(ACKNOWLEDGE, number, &[]));
                            if self.heard.replace(number) != Some(number) {
                                self.frames.push_back(Frame::new(body.to_vec()));
                            }
                        }
                        END => self.is_over = true,
                        _ => self.acknowledged(now, number, output),
                    }
                    at += length;
                }
                Parsed::Partial => {
                    self.partial = Some(now);
                    input.drain(..at);
                    return;
                }
                Parsed::Garbage => at += 1,
            }
        }
        input.clear();
    }

    fn acknowledged(&mut self, now: SimTime, number: u8, output: &mut Vec<u8>) {
        if self
            .under_way
            .as_ref()
            .is_some_and(|(bytes, ..)| bytes.get(2) == Some(&number))
        {
            self.under_way = None;
            self.start_next(now, output);
        }
    }

    fn start_next(&mut self, now: SimTime, output: &mut Vec<u8>) {
        if self.under_way.is_none()
            && let Some(bytes) = self.waiting.pop_front()
        {
            output.extend_from_slice(&bytes);
            self.under_way = Some((bytes, now + WAIT, 1));
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, FramingError> {
        match self.frames.pop_front() {
            None if self.is_over => Err(FramingError::Ended),
            frame => Ok(frame),
        }
    }

    /// Tells the peer that the conversation is over; it is not waited for.
    pub(super) fn end(&mut self, output: &mut Vec<u8>) {
        output.extend(frame(END, self.number, &[]));
    }

    pub(super) fn send(
        &mut self,
        now: SimTime,
        data: &Frame,
        output: &mut Vec<u8>,
    ) -> Result<(), FramingError> {
        let length = data.body.len();
        if length == 0 || length > BODY_MAX {
            return Err(FramingError::Length { length });
        }
        self.waiting.push_back(frame(DATA, self.number, &data.body));
        self.number = self.number.wrapping_add(1);
        self.start_next(now, output);
        Ok(())
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.iter().map(Vec::len).sum()
    }

    pub(super) fn deadline(&self) -> Option<SimTime> {
        self.under_way.as_ref().map(|(_, deadline, _)| *deadline)
    }

    pub(super) fn handle_timeout(&mut self, now: SimTime, output: &mut Vec<u8>) -> Result<(), FramingError> {
        if let Some((bytes, deadline, attempts)) = &mut self.under_way
            && *deadline <= now
        {
            if *attempts >= ATTEMPTS {
                return Err(FramingError::Silent);
            }
            output.extend_from_slice(bytes);
            *attempts += 1;
            *deadline = now + WAIT;
        }
        Ok(())
    }
}

enum Parsed<'a> {
    Frame {
        kind: u8,
        number: u8,
        body: &'a [u8],
        length: usize,
    },
    Partial,
    Garbage,
}

fn parse(bytes: &[u8]) -> Parsed<'_> {
    let Some(&[_, kind, number, high, low]) = bytes.get(..HEADER) else {
        return match bytes.get(1) {
            Some(kind) if !matches!(*kind, DATA | ACKNOWLEDGE | END) => Parsed::Garbage,
            _ => Parsed::Partial,
        };
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if !matches!((kind, length), (DATA, 1..=BODY_MAX) | (ACKNOWLEDGE | END, 0)) {
        return Parsed::Garbage;
    }
    let Some(&[high, low]) = bytes.get(HEADER + length..HEADER + length + CHECKSUM) else {
        return Parsed::Partial;
    };
    if u16::from_be_bytes([high, low]) != crc(&bytes[1..HEADER + length]) {
        return Parsed::Garbage;
    }
    Parsed::Frame {
        kind,
        number,
        body: &bytes[HEADER..HEADER + length],
        length: HEADER + length + CHECKSUM,
    }
}

fn frame(kind: u8, number: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![START, kind, number];
    // The sender has checked that the length fits.
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend_from_slice(body);
    let checksum = crc(&bytes[1..]);
    bytes.extend(checksum.to_be_bytes());
    bytes
}

/// CRC-16/CCITT: polynomial 1021 hexadecimal, starting with all ones.
pub(super) fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}
