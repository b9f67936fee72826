//! The numbers of result codes in V0, as data: V.250 table 1, and what most makers agree on beyond it.

use super::ResultCode;

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
    (22, ResultCode::ConnectRate(75)),
    (23, ResultCode::ConnectRate(300)),
    (59, ResultCode::ConnectRate(16800)),
    (61, ResultCode::ConnectRate(21600)),
    (62, ResultCode::ConnectRate(24000)),
    (63, ResultCode::ConnectRate(26400)),
    (64, ResultCode::ConnectRate(28800)),
    (65, ResultCode::ConnectRate(31200)),
    (84, ResultCode::ConnectRate(33600)),
    (165, ResultCode::ConnectRate(56000)),
];

/// Codes of single makers, by text: progress, and what `W1` reports before `CONNECT`.
pub const MAKER_CODES: &[(u32, &str)] = &[
    (9, "RINGING"),
    (24, "DELAYED"),
    (32, "BLACKLISTED"),
    (33, "FAX"),
    (35, "DATA"),
    (36, "VOICE"),
    (37, "VCON"),
    (40, "CARRIER 300"),
    (46, "CARRIER 1200"),
    (47, "CARRIER 2400"),
    (48, "CARRIER 4800"),
    (50, "CARRIER 9600"),
    (52, "CARRIER 12000"),
    (53, "CARRIER 14400"),
    (56, "CARRIER 28800"),
    (58, "CARRIER 33600"),
    (66, "COMPRESSION: CLASS 5"),
    (67, "COMPRESSION: V.42BIS"),
    (69, "COMPRESSION: NONE"),
    (76, "PROTOCOL: NONE"),
    (77, "PROTOCOL: LAP-M"),
    (80, "PROTOCOL: ALT"),
];
