//! CSTA in BER, phases I and III: no bytes make the codec panic, and what is read and can be written reads the same again.
#![cfg_attr(fuzzing, no_main)]

use offhook_sim::wire::csta::{
    ber::{self, apdu},
    phase1,
    schema::{self, Type},
};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// Plays one input: two octets that choose a type, then BER. The same BER is also read as an APDU of either phase.
pub fn run(data: &[u8]) {
    let [high, low, bytes @ ..] = data else { return };
    let number = usize::from(u16::from_be_bytes([*high, *low]));
    let types: [&[&Type]; 2] = [schema::phase1::all(), schema::phase3::all()];
    let types = types.concat();
    let ty = types[number % types.len()];
    if let Ok(value) = ber::decode(ty, bytes)
        && let Ok(again) = ber::encode(ty, &value)
    {
        assert_eq!(ber::decode(ty, &again), Ok(value), "{}", ty.name);
    }
    match apdu::read(bytes) {
        Ok(read) => {
            if let Ok(again) = apdu::write(&read) {
                assert_eq!(apdu::read(&again), Ok(read));
            }
        }
        Err(error) => {
            let reject = apdu::Apdu::Message(error.reject());
            apdu::write(&reject).expect("a reject has a form");
        }
    }
    match phase1::read(bytes) {
        Ok((message, asked)) => {
            // Most messages of a client have no form on the way back; what has one is written without a panic.
            let _ = phase1::write(&message, asked.as_ref());
        }
        Err(error) => {
            phase1::write(&error.reject(), None).expect("a reject has a form");
        }
    }
}
