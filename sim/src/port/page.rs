//! The page of control circuits that a simulator and the clients of its pseudo-terminal share.
//!
//! A pseudo-terminal has no modem lines, so they live in a small file in memory beside it. The simulator writes one
//! part, and the library that clients load in front of the C library (`sim/preload`) writes the other, which is why
//! both compile this file. Each circuit of the client is a byte of its own, so that no write has to read first.

/// Folders that may hold the folder of pages, the first that can be written.
pub const PLACES: [&str; 2] = ["/dev/shm", "/tmp"];

/// Names the folder of pages where it is not the usual one.
pub const FOLDER_VARIABLE: &str = "OFFHOOK_LINES";

/// Length of a page, bytes.
pub const LENGTH: usize = 64;

/// The first bytes of a page; the last digit is the layout's version.
pub const MAGIC: [u8; 8] = *b"OFFHKLN2";

/// Where the number of the device is that holds the terminal (`st_dev`), eight bytes, lowest first: two containers
/// may have terminals of the same number.
pub const DEVICE: usize = 24;

/// Where the simulator's part begins: its circuits, one bit each.
pub const DCE: usize = 8;
/// Clear to send.
pub const CTS: u8 = 1;
/// Data set ready.
pub const DSR: u8 = 2;
/// Ring indicator.
pub const RI: u8 = 4;
/// Carrier.
pub const DCD: u8 = 8;

/// Where the simulator says which request to drain it has met: all that the client wrote before has been taken.
pub const DRAINED: usize = 9;

/// Where the simulator counts changes: four bytes each, lowest first, for CTS, DSR, RI and DCD. RI counts where it
/// goes off, as a UART does.
pub const COUNTS: usize = 32;

/// Where the client's part begins, and its length.
pub const DTE: usize = 16;
/// Length of the client's part.
pub const DTE_LENGTH: usize = 7;
/// DTR, 0 or 1; offset in the client's part, as those that follow.
pub const DTR: usize = 0;
/// RTS, 0 or 1.
pub const RTS: usize = 1;
/// Counts breaks, from 255 to 0 again.
pub const BREAKS: usize = 2;
/// Data bits, 5 to 8; 0 where the client never set any.
pub const DATA_BITS: usize = 3;
/// 0 none, 1 odd, 2 even, 3 mark, 4 space.
pub const PARITY: usize = 4;
/// Stop bits, 1 or 2.
pub const STOP_BITS: usize = 5;

/// Counts requests to drain, from 255 to 0 again; the simulator answers with the same number in [`DRAINED`].
pub const DRAINS: usize = 6;

/// The client's part as a client finds it that has just opened the terminal.
pub const DTE_FRESH: [u8; DTE_LENGTH] = [1, 1, 0, 0, 0, 0, 0];

/// The name of the folder of a user's pages.
pub fn folder_name(user: u32) -> String {
    format!("offhook-{user}")
}

/// The name of the page of `/dev/pts/NUMBER`.
pub fn file_name(number: u32) -> String {
    format!("pts-{number}")
}
