//! The BER codec over all types of the schema: encoding and decoding are inverse, and no bytes upset it.

mod csta_values;

use offhook_sim::wire::csta::{
    ber::{self, apdu},
    schema::{Type, phase1, phase3},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

fn types() -> impl Iterator<Item = &'static Type> {
    phase1::all().iter().chain(phase3::all()).copied()
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    for ty in types() {
        let mut runner = TestRunner::new(Config::with_cases(24));
        let outcome = runner.run(&csta_values::value(ty), |value| {
            let bytes = ber::encode(ty, &value).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(ber::decode(ty, &bytes), Ok(value));
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", ty.name));
    }
}

#[test]
fn spoilt_values_are_refused_or_read_and_never_upset_the_decoder() {
    for ty in types() {
        let mut runner = TestRunner::new(Config::with_cases(24));
        let spoilt = (csta_values::value(ty), any::<prop::sample::Index>(), any::<u8>());
        let outcome = runner.run(&spoilt, |(value, at, byte)| {
            let mut bytes =
                ber::encode(ty, &value).map_err(|error| TestCaseError::fail(error.to_string()))?;
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] ^= byte;
                // What can still be read can be written again, and then says the same.
                if let Ok(read) = ber::decode(ty, &bytes)
                    && let Ok(again) = ber::encode(ty, &read)
                {
                    prop_assert_eq!(ber::decode(ty, &again), Ok(read));
                }
            }
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{}: {failure}", ty.name));
    }
}

proptest! {
    #![proptest_config(Config::with_cases(512))]

    #[test]
    fn no_bytes_upset_the_reader_of_apdus(
        head in prop::sample::select(vec![0xA1u8, 0xA2, 0xA3, 0xA4, 0x60, 0x61, 0x64, 0x30]),
        rest in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let bytes = [vec![head, rest.len() as u8], rest].concat();
        if let Err(error) = apdu::read(&bytes) {
            let reject = apdu::Apdu::Message(error.reject());
            prop_assert!(apdu::write(&reject).is_ok());
        }
    }
}
