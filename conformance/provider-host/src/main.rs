//! The child process that loads one DLL, a provider's or that of its user interface, calls it as it is told, and
//! reports what it does as it does it.
//!
//! It knows nothing of the TSPI: a call is an exported name and arguments by kind. All judgement is in the parent.
#![allow(unsafe_code)]

mod aftermath;
mod arena;
mod call;
mod callbacks;
mod census;
mod channel;
mod clock;
mod crash;
mod event;
mod gate;
mod inbox;
mod invoke;
mod ledger;
mod memory;
mod outbox;
mod provider;
mod registry;
mod serve;
#[cfg(test)]
mod serve_test;

use std::process::ExitCode;

/// The exit code for a command line that makes no sense (`EX_USAGE`).
const USAGE: u8 = 64;

/// The exit code where this program itself is broken or its pipes are gone (`EX_SOFTWARE`).
const BROKEN: i32 = 70;

fn main() -> ExitCode {
    clock::start();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["--stay"] {
        // Nothing but a process that lives, which keeps a Wine prefix warm until the parent lets go of stdin.
        println!("ready");
        channel::wait_for_end_of_stdin();
        crash::leaving_as_asked();
        return ExitCode::SUCCESS;
    }
    let (requests, messages) = match channel::open(&args) {
        Ok(channel) => channel,
        Err(error) => {
            eprintln!("offhook-provider-host: started by the harness, not by hand: {error}");
            return ExitCode::from(USAGE);
        }
    };
    let outbox = outbox::install(messages);
    crash::install();
    channel::leave_with_the_parent();
    match serve::serve(inbox::install(requests), outbox) {
        Ok(()) => {
            crash::leaving_as_asked();
            ExitCode::SUCCESS
        }
        Err(error) => {
            outbox.failed(format!("the request stream broke: {error}"), 0);
            crash::leave_now(BROKEN)
        }
    }
}
