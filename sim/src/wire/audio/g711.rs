//! ITU-T G.711: A-law and mu-law, one octet a sample.

/// Mu-law works on 14 bits with this bias.
const BIAS: i32 = 0x84;
const MU_CLIP: i32 = 32_635;

/// The mu-law octet of a sample.
pub fn mu_law_encode(sample: i16) -> u8 {
    let magnitude = i32::from(sample).abs().min(MU_CLIP) + BIAS;
    let sign = if sample < 0 { 0x80 } else { 0 };
    let exponent = (magnitude >> 7).max(1).ilog2().min(7);
    let mantissa = (magnitude >> (exponent + 3)) & 0x0f;
    !(sign | low_bits(exponent, mantissa))
}

/// The sample of a mu-law octet.
pub fn mu_law_decode(octet: u8) -> i16 {
    let octet = !octet;
    let exponent = i32::from(octet >> 4 & 7);
    let mantissa = i32::from(octet & 0x0f);
    let magnitude = (((mantissa << 3) + BIAS) << exponent) - BIAS;
    signed(magnitude, octet & 0x80 != 0)
}

/// The A-law octet of a sample.
pub fn a_law_encode(sample: i16) -> u8 {
    // A-law has no zero: its lowest steps lie at +8 and -8, so -1 to -8 belong to the negative side.
    let (magnitude, sign) = if sample < 0 {
        (-i32::from(sample) - 1, 0)
    } else {
        (i32::from(sample), 0x80)
    };
    let exponent = (magnitude >> 7).max(1).ilog2().min(7);
    let shift = if exponent == 0 { 4 } else { exponent + 3 };
    let exponent = if magnitude >> 8 == 0 { 0 } else { exponent };
    let shift = if exponent == 0 { 4 } else { shift };
    let mantissa = (magnitude >> shift) & 0x0f;
    (sign | low_bits(exponent, mantissa)) ^ 0x55
}

/// The sample of an A-law octet.
pub fn a_law_decode(octet: u8) -> i16 {
    let octet = octet ^ 0x55;
    let exponent = i32::from(octet >> 4 & 7);
    let mantissa = i32::from(octet & 0x0f);
    let magnitude = match exponent {
        0 => (mantissa << 4) + 8,
        exponent => ((mantissa << 4) + 0x108) << (exponent - 1),
    };
    signed(magnitude, octet & 0x80 == 0)
}

fn low_bits(exponent: u32, mantissa: i32) -> u8 {
    let exponent = u8::try_from(exponent).unwrap_or(7);
    (exponent << 4) | u8::try_from(mantissa).unwrap_or(0x0f)
}

fn signed(magnitude: i32, is_negative: bool) -> i16 {
    let sample = if is_negative { -magnitude } else { magnitude };
    i16::try_from(sample).unwrap_or(if is_negative { i16::MIN } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recommendations_own_values() {
        assert_eq!(mu_law_encode(0), 0xff);
        assert_eq!(mu_law_decode(0xff), 0);
        assert_eq!(mu_law_decode(0x80), 32_124);
        assert_eq!(mu_law_decode(0x00), -32_124);
        assert_eq!(a_law_encode(0), 0xd5);
        assert_eq!(a_law_decode(0xd5), 8);
        assert_eq!(a_law_decode(0xaa), 32_256);
        assert_eq!(a_law_decode(0x2a), -32_256);
    }

    #[test]
    fn every_octet_survives() {
        for octet in 0..=255u8 {
            assert_eq!(a_law_encode(a_law_decode(octet)), octet, "A-law {octet:#04x}");
            // Mu-law has two zeros, and the negative one is not sent.
            let again = mu_law_encode(mu_law_decode(octet));
            assert!(again == octet || octet == 0x7f, "mu-law {octet:#04x}");
        }
    }
}
