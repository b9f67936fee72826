//! Result codes (V.250 5.7) to text and back, in words or numbers.

use std::fmt;

use super::codes::{MAKER_CODES, NUMERIC_CODES};

/// What a modem says about a command or the line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the result code of its name in V.250 table 1")]
pub enum ResultCode {
    Ok,
    Connect,
    Ring,
    NoCarrier,
    Error,
    NoDialTone,
    Busy,
    NoAnswer,
    /// `CONNECT` and the rate in bit/s.
    ConnectRate(u32),
    /// A code of a maker's own, such as `RINGING` or `CONNECT 33600/ARQ`. See [`MAKER_CODES`].
    Maker(String),
    /// An extended-syntax code (V.250 5.7.2), such as `+CRING: VOICE`: in words always.
    Extended(String),
}

impl ResultCode {
    /// The code's number.
    ///
    /// A maker's code that is in no table has the number of plain `CONNECT`, because it says more than that.
    pub fn number(&self) -> u32 {
        let number = match self {
            ResultCode::Maker(text) => MAKER_CODES
                .iter()
                .find(|(_, known)| known == text)
                .map(|(number, _)| *number),
            code => NUMERIC_CODES
                .iter()
                .find(|(_, known)| known == code)
                .map(|(number, _)| *number),
        };
        number.unwrap_or(1)
    }
}

impl ResultCode {
    /// The code that a text of the tables stands for, or that has extended syntax.
    fn of_text(text: &str) -> Option<ResultCode> {
        if let Some((_, code)) = NUMERIC_CODES.iter().find(|(_, code)| code.to_string() == text) {
            return Some(code.clone());
        }
        if MAKER_CODES.iter().any(|(_, known)| *known == text) {
            return Some(ResultCode::Maker(text.to_owned()));
        }
        let is_extended =
            text.starts_with('+') && text.len() > 1 && text.bytes().all(|b| matches!(b, b' '..=b'~'));
        is_extended.then(|| ResultCode::Extended(text.to_owned()))
    }
}

impl fmt::Display for ResultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ResultCode::Ok => "OK",
            ResultCode::Connect => "CONNECT",
            ResultCode::Ring => "RING",
            ResultCode::NoCarrier => "NO CARRIER",
            ResultCode::Error => "ERROR",
            ResultCode::NoDialTone => "NO DIALTONE",
            ResultCode::Busy => "BUSY",
            ResultCode::NoAnswer => "NO ANSWER",
            ResultCode::ConnectRate(rate) => return write!(f, "CONNECT {rate}"),
            ResultCode::Maker(text) | ResultCode::Extended(text) => text,
        })
    }
}

/// How answers are framed: `V`, and the characters in S3 and S4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing {
    /// In words (V1) or numbers (V0).
    pub verbose: bool,
    /// The line's end, S3.
    pub cr: u8,
    /// The line feed, S4.
    pub lf: u8,
}

impl Framing {
    /// A result code as it goes out: `<cr><lf>OK<cr><lf>`, or `0<cr>`.
    pub fn result(&self, code: &ResultCode) -> Vec<u8> {
        if self.verbose {
            return self.information(&code.to_string());
        }
        match code {
            ResultCode::Extended(text) => self.short(text),
            code => self.numeric(code.number()),
        }
    }

    /// A result code by its number, as it goes out with V0: `0<cr>`.
    pub fn numeric(&self, number: u32) -> Vec<u8> {
        self.short(&number.to_string())
    }

    fn short(&self, text: &str) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(self.cr);
        bytes
    }

    /// A line of information as it goes out: `<cr><lf>text<cr><lf>`, or `text<cr><lf>` with V0.
    pub fn information(&self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len() + 4);
        if self.verbose {
            bytes.extend([self.cr, self.lf]);
        }
        bytes.extend_from_slice(text.as_bytes());
        bytes.extend([self.cr, self.lf]);
        bytes
    }
}

/// The bytes are no result code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a result code in this framing: {}", bytes.escape_ascii())]
pub struct ParseResultCodeError {
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The result code that these bytes, all of them, are.
pub fn parse_result_code(bytes: &[u8], framing: Framing) -> Result<ResultCode, ParseResultCodeError> {
    let error = || ParseResultCodeError {
        bytes: bytes.to_vec(),
    };
    if framing.verbose {
        let text = bytes.strip_prefix(&[framing.cr, framing.lf]);
        let text = text
            .and_then(|text| text.strip_suffix(&[framing.cr, framing.lf]))
            .ok_or_else(error)?;
        let text = std::str::from_utf8(text).map_err(|_| error())?;
        if let Some(code) = ResultCode::of_text(text) {
            return Ok(code);
        }
        let rate = text
            .strip_prefix("CONNECT ")
            .filter(|rate| !rate.starts_with(['+', '0']));
        return rate
            .and_then(|rate| rate.parse().ok())
            .map(ResultCode::ConnectRate)
            .ok_or_else(error);
    }
    let text = bytes.strip_suffix(&[framing.cr]).ok_or_else(error)?;
    let text = std::str::from_utf8(text).map_err(|_| error())?;
    if text.starts_with('+') {
        return ResultCode::of_text(text).ok_or_else(error);
    }
    let row = NUMERIC_CODES
        .iter()
        .find(|(number, _)| number.to_string() == text);
    if let Some((_, code)) = row {
        return Ok(code.clone());
    }
    let row = MAKER_CODES.iter().find(|(number, _)| number.to_string() == text);
    row.map(|(_, text)| ResultCode::Maker((*text).to_owned()))
        .ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Framing = Framing {
        verbose: true,
        cr: b'\r',
        lf: b'\n',
    };
    const NUMBERS: Framing = Framing {
        verbose: false,
        cr: b'\r',
        lf: b'\n',
    };

    #[test]
    fn frames_as_v250_says() {
        assert_eq!(WORDS.result(&ResultCode::NoDialTone), b"\r\nNO DIALTONE\r\n");
        assert_eq!(NUMBERS.result(&ResultCode::NoDialTone), b"6\r");
        assert_eq!(WORDS.information("Offhook"), b"\r\nOffhook\r\n");
        assert_eq!(NUMBERS.information("Offhook"), b"Offhook\r\n");
    }

    #[test]
    fn every_code_survives_both_framings() {
        for (number, code) in NUMERIC_CODES {
            assert_eq!(parse_result_code(&WORDS.result(code), WORDS).as_ref(), Ok(code));
            assert_eq!(
                parse_result_code(&NUMBERS.result(code), NUMBERS).as_ref(),
                Ok(code)
            );
            assert_eq!(
                NUMERIC_CODES.iter().filter(|(other, _)| other == number).count(),
                1,
                "{number}"
            );
        }
    }

    #[test]
    fn makers_codes_and_extended_codes_survive_too() {
        let mut codes: Vec<ResultCode> = MAKER_CODES
            .iter()
            .map(|(_, text)| ResultCode::Maker((*text).to_owned()))
            .collect();
        codes.push(ResultCode::Extended("+CRING: VOICE".into()));
        for code in codes {
            for framing in [WORDS, NUMBERS] {
                assert_eq!(
                    parse_result_code(&framing.result(&code), framing).as_ref(),
                    Ok(&code)
                );
            }
        }
        assert_eq!(
            NUMBERS.result(&ResultCode::Extended("+FCERROR".into())),
            b"+FCERROR\r"
        );
    }

    #[test]
    fn refuses_what_is_no_code() {
        for bytes in [
            &b"OK"[..],
            b"\r\nOKAY\r\n",
            b"\r\nCONNECT +5\r\n",
            b"\r\nCONNECT 05\r\n",
            b"\r\n\r\n",
        ] {
            assert!(
                parse_result_code(bytes, WORDS).is_err(),
                "{}",
                bytes.escape_ascii()
            );
        }
        assert!(parse_result_code(b"99\r", NUMBERS).is_err());
    }
}
