//! Result codes (V.250 5.7) to text and back, in words or numbers.

use std::fmt;

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
}

/// The numbers of the codes when results are numeric (V0). V.250 numbers the first eight; the rates are numbered as
/// most makers do, and a rate that is not here has the number of plain `CONNECT`.
pub const NUMERIC_CODES: &[(u32, ResultCode)] = &[
    (0, ResultCode::Ok),
    (1, ResultCode::Connect),
    (2, ResultCode::Ring),
    (3, ResultCode::NoCarrier),
    (4, ResultCode::Error),
    (6, ResultCode::NoDialTone),
    (7, ResultCode::Busy),
    (8, ResultCode::NoAnswer),
    (5, ResultCode::ConnectRate(1200)),
    (10, ResultCode::ConnectRate(2400)),
    (11, ResultCode::ConnectRate(4800)),
    (12, ResultCode::ConnectRate(9600)),
    (13, ResultCode::ConnectRate(7200)),
    (14, ResultCode::ConnectRate(12000)),
    (15, ResultCode::ConnectRate(14400)),
    (16, ResultCode::ConnectRate(19200)),
    (17, ResultCode::ConnectRate(38400)),
    (18, ResultCode::ConnectRate(57600)),
    (19, ResultCode::ConnectRate(115200)),
    (59, ResultCode::ConnectRate(16800)),
    (61, ResultCode::ConnectRate(21600)),
    (62, ResultCode::ConnectRate(24000)),
    (63, ResultCode::ConnectRate(26400)),
    (64, ResultCode::ConnectRate(28800)),
    (84, ResultCode::ConnectRate(33600)),
];

impl ResultCode {
    /// The code's number.
    pub fn number(&self) -> u32 {
        let row = NUMERIC_CODES.iter().find(|(_, code)| code == self);
        row.map_or(1, |(number, _)| *number)
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
        let mut bytes = code.number().to_string().into_bytes();
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
        if let Some((_, code)) = NUMERIC_CODES.iter().find(|(_, code)| code.to_string() == text) {
            return Ok(code.clone());
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
    let row = NUMERIC_CODES
        .iter()
        .find(|(number, _)| number.to_string().as_bytes() == text);
    row.map(|(_, code)| code.clone()).ok_or_else(error)
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
        assert!(parse_result_code(b"9\r", NUMBERS).is_err());
    }
}
