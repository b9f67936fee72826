//! Messages between two simulators as frames: four octets of length, the highest first, and the message in postcard.

use super::Message;

/// A longer frame is none of ours.
const LONGEST: usize = 1 << 20;
const HEAD: usize = 4;

/// What is no frame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the field is what the message says")]
pub enum FrameError {
    /// Nothing of ours is that long: something else is at the other end.
    #[error("a frame of {length} octets is none of a simulator's: is something else at the other end?")]
    TooLong { length: usize },
    /// The message cannot be read.
    #[error("a message cannot be read: {reason}: is the other simulator of another version?")]
    Unreadable { reason: String },
}

/// A message as a frame.
///
/// # Errors
/// Where it is too long.
pub fn encode(message: &Message) -> Result<Vec<u8>, FrameError> {
    let body = postcard::to_stdvec(message).map_err(|error| FrameError::Unreadable {
        reason: error.to_string(),
    })?;
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= LONGEST);
    let length = length.ok_or(FrameError::TooLong { length: body.len() })?;
    Ok([&length.to_be_bytes()[..], &body].concat())
}

/// Cuts a stream into messages.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
}

impl Decoder {
    /// Takes octets as they come.
    pub fn push(&mut self, octets: &[u8]) {
        self.held.extend_from_slice(octets);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// Where the stream is none of ours; nothing more can be read of it.
    pub fn next_message(&mut self) -> Result<Option<Message>, FrameError> {
        let Some((head, body)) = self.held.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = usize::try_from(u32::from_be_bytes(*head)).unwrap_or(usize::MAX);
        if length > LONGEST {
            return Err(FrameError::TooLong { length });
        }
        let Some(body) = body.get(..length) else {
            return Ok(None);
        };
        let (message, rest) = postcard::take_from_bytes(body).map_err(|error| FrameError::Unreadable {
            reason: error.to_string(),
        })?;
        if !rest.is_empty() {
            return Err(FrameError::Unreadable {
                reason: format!("{} octets are left over", rest.len()),
            });
        }
        self.held.drain(..HEAD + length);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Call;
    use super::*;
    use crate::exchange::{CallerId, FaxSignal, Handshake, Sound};

    fn any_message() -> impl Strategy<Value = Message> {
        let call = || (any::<u32>(), any::<bool>()).prop_map(|(number, mine)| Call { number, mine });
        let caller = proptest::option::of(
            (any::<Option<String>>(), any::<Option<String>>())
                .prop_map(|(number, name)| CallerId { number, name }),
        );
        let sound = prop_oneof![
            Just(Sound::Handshake(Handshake::ANY)),
            (any::<(u16, u16)>(), any::<u32>()).prop_map(|(frequencies, length_ms)| Sound::Tone {
                frequencies,
                length_ms
            }),
            any::<Vec<i16>>().prop_map(Sound::Voice),
            any::<Vec<u8>>().prop_map(|octets| Sound::Fax(FaxSignal::Frame(octets))),
            any::<u16>().prop_map(|code| Sound::Fax(FaxSignal::CarrierOn(code))),
        ];
        prop_oneof![
            (any::<u16>(), any::<Vec<String>>())
                .prop_map(|(version, numbers)| Message::Hello { version, numbers }),
            any::<Vec<String>>().prop_map(|numbers| Message::Numbers { numbers }),
            Just(Message::Alive),
            (call(), any::<String>(), any::<String>(), caller).prop_map(|(call, from, to, caller)| {
                Message::Setup {
                    call,
                    from,
                    to,
                    caller,
                }
            }),
            call().prop_map(|call| Message::Answer { call }),
            call().prop_map(|call| Message::Busy { call }),
            call().prop_map(|call| Message::Release { call }),
            (call(), any::<Vec<u8>>()).prop_map(|(call, bytes)| Message::Data { call, bytes }),
            (call(), any::<String>()).prop_map(|(call, digits)| Message::Digits { call, digits }),
            (call(), sound).prop_map(|(call, sound)| Message::Sound { call, sound }),
        ]
    }

    proptest! {
        #[test]
        fn messages_survive_a_stream_cut_anywhere(
            messages in proptest::collection::vec(any_message(), 0..6),
            size in 1usize..40,
        ) {
            let mut stream = Vec::new();
            for message in &messages {
                stream.extend(encode(message).expect("it is short"));
            }
            let (mut decoder, mut read) = (Decoder::default(), Vec::new());
            for piece in stream.chunks(size) {
                decoder.push(piece);
                while let Some(message) = decoder.next_message().expect("it is sound") {
                    read.push(message);
                }
            }
            prop_assert_eq!(read, messages);
        }

        #[test]
        fn no_stream_makes_it_panic(octets in any::<Vec<u8>>()) {
            let mut decoder = Decoder::default();
            decoder.push(&octets);
            while let Ok(Some(_)) = decoder.next_message() {}
        }
    }

    #[test]
    fn a_stream_of_something_else_is_refused() {
        let mut decoder = Decoder::default();
        decoder.push(b"GET / HTTP/1.1\r\n");
        assert!(matches!(decoder.next_message(), Err(FrameError::TooLong { .. })));
    }
}
