//! Asynchronous characters on a line: rate, data bits, parity, stop bits, and what a receiver makes of a sender that
//! is set otherwise.

use std::fmt;

/// The parity bit of each character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// There is none.
    None,
    /// An odd number of ones.
    Odd,
    /// An even number of ones.
    Even,
    /// Always one.
    Mark,
    /// Always zero.
    Space,
}

impl Parity {
    fn bit(self, data: u8) -> Option<bool> {
        let odd = data.count_ones() % 2 == 1;
        match self {
            Parity::None => None,
            Parity::Odd => Some(!odd),
            Parity::Even => Some(odd),
            Parity::Mark => Some(true),
            Parity::Space => Some(false),
        }
    }
}

/// How one side of a serial line is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineSettings {
    /// bit/s; 0 where the port is set to hang up (`B0`).
    pub rate: u32,
    /// 5 to 8.
    pub data_bits: u8,
    /// The parity bit.
    pub parity: Parity,
    /// 1 or 2.
    pub stop_bits: u8,
}

impl LineSettings {
    /// Eight data bits, no parity, one stop bit.
    pub const fn plain(rate: u32) -> LineSettings {
        LineSettings {
            rate,
            data_bits: 8,
            parity: Parity::None,
            stop_bits: 1,
        }
    }

    fn mask(self) -> u8 {
        u8::MAX >> (8 - self.data_bits.clamp(5, 8))
    }
}

impl fmt::Display for LineSettings {
    /// `9600 8N1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => 'N',
            Parity::Odd => 'O',
            Parity::Even => 'E',
            Parity::Mark => 'M',
            Parity::Space => 'S',
        };
        write!(f, "{} {}{parity}{}", self.rate, self.data_bits, self.stop_bits)
    }
}

/// What a receiver reads of characters that follow each other without a gap, on a line that is idle before and after.
///
/// The receiver works as a UART does: it waits for a start bit, looks at the middle of each bit at its own rate, and
/// waits for the line to go idle where the stop bit is missing. It keeps characters with a wrong parity bit or stop
/// bit, as a port does that is not told otherwise. With rate 0 nothing passes.
pub fn receive(bytes: &[u8], from: LineSettings, to: LineSettings) -> Vec<u8> {
    if from == to || bytes.is_empty() {
        return bytes.to_vec();
    }
    if from.rate == 0 || to.rate == 0 {
        return Vec::new();
    }
    let wave = levels(bytes, from);
    // Positions are counted in units of 1/(2 * from.rate * to.rate) s, so that both bit times are whole numbers.
    let sent_bit = 2 * u64::from(to.rate);
    let read_bit = 2 * u64::from(from.rate);
    let level = |at: u64| {
        let index = usize::try_from(at / sent_bit).unwrap_or(usize::MAX);
        wave.get(index).copied().unwrap_or(true)
    };
    let next = |from: u64, wanted: bool| -> Option<u64> {
        let mut at = from;
        while level(at) != wanted {
            at = (at / sent_bit + 1) * sent_bit;
            if at / sent_bit > wave.len() as u64 {
                return None;
            }
        }
        Some(at)
    };
    let mut read = Vec::new();
    let mut at = 0;
    while let Some(start) = next(at, false) {
        let middle = |bit: u64| start + bit * read_bit + read_bit / 2;
        // A start bit that is over before its middle was a spike.
        if level(middle(0)) {
            match next(start, true) {
                Some(end) => at = end,
                None => break,
            }
            continue;
        }
        let mut data = 0;
        let bits = u64::from(to.data_bits.clamp(5, 8));
        for bit in 0..bits {
            data |= u8::from(level(middle(1 + bit))) << bit;
        }
        read.push(data);
        let stop = 1 + bits + u64::from(to.parity != Parity::None);
        at = middle(stop);
        if !level(at) {
            match next(at, true) {
                Some(idle) => at = idle,
                None => break,
            }
        }
    }
    read
}

/// The level of the line in each bit time.
fn levels(bytes: &[u8], settings: LineSettings) -> Vec<bool> {
    let mut wave = Vec::with_capacity(bytes.len() * 11);
    for byte in bytes {
        let data = byte & settings.mask();
        wave.push(false);
        wave.extend((0..settings.data_bits.clamp(5, 8)).map(|bit| data >> bit & 1 == 1));
        wave.extend(settings.parity.bit(data));
        wave.extend(std::iter::repeat_n(true, settings.stop_bits.max(1).into()));
    }
    wave
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const E71: LineSettings = LineSettings {
        rate: 9600,
        data_bits: 7,
        parity: Parity::Even,
        stop_bits: 1,
    };

    #[test]
    fn seven_bits_and_parity_arrive_as_eight_bits() {
        // 'A' has two ones and 'C' three: the parity bit becomes the eighth.
        assert_eq!(
            receive(b"AC", E71, LineSettings::plain(9600)),
            [b'A', b'C' | 0x80]
        );
        assert_eq!(
            receive(&[b'A', b'C' | 0x80], LineSettings::plain(9600), E71),
            b"AC"
        );
    }

    #[test]
    fn another_rate_gives_garbage() {
        let fast = LineSettings::plain(115_200);
        let slow = LineSettings::plain(9600);
        let heard = receive(b"AT\r", fast, slow);
        assert!(heard.len() <= 1, "{heard:?}");
        let heard = receive(b"AT\r", slow, fast);
        assert!(heard.len() > 3 && heard != b"AT\r", "{heard:?}");
        // Twice the rate: 0x00 at 9600 holds the line low for nine bits, one character with no stop bit at 19200.
        assert_eq!(receive(&[0], slow, LineSettings::plain(19_200)), [0]);
    }

    #[test]
    fn a_rate_within_the_tolerance_is_understood() {
        assert_eq!(
            receive(b"AT\r", LineSettings::plain(9600), LineSettings::plain(9700)),
            b"AT\r"
        );
    }

    #[test]
    fn nothing_passes_at_rate_zero() {
        assert!(receive(b"AT", LineSettings::plain(0), LineSettings::plain(9600)).is_empty());
    }

    fn settings() -> impl Strategy<Value = LineSettings> {
        use Parity::*;
        (
            prop_oneof![Just(0), Just(300), Just(9600), 1u32..4_000_000],
            5u8..=8,
            proptest::sample::select(vec![None, Odd, Even, Mark, Space]),
            1u8..=2,
        )
            .prop_map(|(rate, data_bits, parity, stop_bits)| LineSettings {
                rate,
                data_bits,
                parity,
                stop_bits,
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_settings_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..20), from in settings(), to in settings()) {
            receive(&bytes, from, to);
        }

        #[test]
        fn stop_bits_make_no_difference(bytes in proptest::collection::vec(any::<u8>(), 0..20), rate in 1u32..1_000_000) {
            let two = LineSettings { stop_bits: 2, ..LineSettings::plain(rate) };
            prop_assert_eq!(receive(&bytes, two, LineSettings::plain(rate)), bytes);
        }
    }
}
