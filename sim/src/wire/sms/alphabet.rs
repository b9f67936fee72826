//! The GSM 7-bit default alphabet with its extension (23.038 6.2.1), and packing into octets.

/// The alphabet in its order; the escape at 0x1b stands as a space here, as 23.038 asks of those who do not know it.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

const ESCAPE: u8 = 0x1b;

/// What follows an escape.
const EXTENSION: &[(u8, char)] = &[
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

/// The septets of a text; `None` where a character is not in the alphabet.
pub fn gsm_from_text(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    for c in text.chars() {
        if let Some((septet, _)) = EXTENSION.iter().find(|(_, known)| *known == c) {
            septets.extend([ESCAPE, *septet]);
            continue;
        }
        let place = ALPHABET.chars().position(|known| known == c && c != '\u{1b}')?;
        septets.push(u8::try_from(place).ok()?);
    }
    Some(septets)
}

/// The text of septets. What is not in the alphabet becomes a space.
pub fn gsm_to_text(septets: &[u8]) -> String {
    let mut septets = septets.iter();
    let mut text = String::new();
    while let Some(septet) = septets.next() {
        if *septet == ESCAPE {
            let next = septets.next();
            let row = EXTENSION.iter().find(|(known, _)| Some(known) == next);
            text.push(row.map_or(' ', |(_, c)| *c));
        } else {
            text.push(ALPHABET.chars().nth(usize::from(septet & 0x7f)).unwrap_or(' '));
        }
    }
    text
}

/// Septets in octets, the first in the lowest bits.
pub fn pack(septets: &[u8]) -> Vec<u8> {
    let mut octets = vec![0u8; (septets.len() * 7).div_ceil(8)];
    for (index, septet) in septets.iter().enumerate() {
        let bit = index * 7;
        let value = u16::from(septet & 0x7f) << (bit % 8);
        let [low, high] = value.to_le_bytes();
        if let Some(octet) = octets.get_mut(bit / 8) {
            *octet |= low;
        }
        if let Some(octet) = octets.get_mut(bit / 8 + 1) {
            *octet |= high;
        }
    }
    octets
}

/// So many septets out of octets; fewer where the octets end before.
pub fn unpack(octets: &[u8], count: usize) -> Vec<u8> {
    let count = count.min(octets.len() * 8 / 7);
    (0..count)
        .map(|index| {
            let bit = index * 7;
            let low = octets.get(bit / 8).copied().unwrap_or(0);
            let high = octets.get(bit / 8 + 1).copied().unwrap_or(0);
            let value = u16::from_le_bytes([low, high]) >> (bit % 8);
            u8::try_from(value & 0x7f).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_alphabet_has_128_places() {
        assert_eq!(ALPHABET.chars().count(), 128);
        assert_eq!(gsm_from_text("@"), Some(vec![0]));
        assert_eq!(gsm_from_text("à€"), Some(vec![0x7f, 0x1b, 0x65]));
        assert_eq!(gsm_from_text("ж"), None);
    }

    #[test]
    fn a_well_known_text_packs_as_everywhere() {
        let septets = gsm_from_text("hellohello").unwrap_or_default();
        assert_eq!(
            pack(&septets),
            [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37]
        );
    }

    proptest! {
        #[test]
        fn unpacking_undoes_packing(septets in proptest::collection::vec(0u8..128, 0..161)) {
            prop_assert_eq!(unpack(&pack(&septets), septets.len()), septets);
        }

        #[test]
        fn texts_of_the_alphabet_survive(text in "[@A-Za-z0-9 !?.,€\\[\\]{}~^|äöüÄÖÜßéÑ]{0,80}") {
            let septets = gsm_from_text(&text).unwrap_or_default();
            prop_assert_eq!(gsm_to_text(&septets), text);
        }
    }
}
