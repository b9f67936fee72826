//! Programs that nobody here wrote use the simulated modems, on their pseudo-terminals.

mod caller_id;
mod dial_in;
mod fax;
mod kermit;
mod mobile;
mod terminal;
mod zmodem;

use offhook_tests::program::{Running, program};

/// `chat` with its script, on a terminal.
fn chat(port: &str, script: &[&str]) -> Running {
    let mut command = program("chat");
    command.args(["-v", "-s", "-t", "10"]).args(script);
    Running::on_port("chat", command, port)
}

/// A call between two modems, made and answered by `chat`.
fn call(caller: &str, called: &str, number: &str) {
    let answering = chat(called, &["RING", "ATA", "CONNECT", ""]);
    let dial = format!("ATDT{number}");
    let calling = chat(caller, &["", "AT", "OK", &dial, "CONNECT", ""]);
    calling.ends_well();
    answering.ends_well();
}

/// Bytes in which every value occurs and nothing repeats for long.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}
