//! The procedures that providers call back: each reports one message and returns at once.

use crate::outbox;
use offhook_host_protocol::{Arg, FIRST_NEW_CALL, Message};
use std::sync::atomic::{AtomicU32, Ordering};

/// `LINE_NEWCALL`, the message that asks for a call handle through `dwParam2`.
const LINE_NEWCALL: u32 = 500;

static NEXT_NEW_CALL: AtomicU32 = AtomicU32::new(FIRST_NEW_CALL);

/// The address of the procedure that `arg` stands for, `None` where it stands for something else.
pub fn address(arg: &Arg) -> Option<usize> {
    match arg {
        Arg::Completion => Some(completion as *const () as usize),
        Arg::LineEvent => Some(line_event as *const () as usize),
        Arg::PhoneEvent => Some(phone_event as *const () as usize),
        Arg::UiCallback => Some(ui_callback as *const () as usize),
        Arg::Value(_) | Arg::Null | Arg::In(_) | Arg::Out { .. } => None,
    }
}

/// `ASYNC_COMPLETION`.
extern "system" fn completion(request: u32, result: i32) {
    if let Some(outbox) = outbox::get() {
        outbox.report(|stamp| Message::Completed {
            request,
            result,
            stamp,
        });
    }
}

/// `LINEEVENT`.
extern "system" fn line_event(
    line: usize,
    call: usize,
    msg: u32,
    param1: usize,
    param2: usize,
    param3: usize,
) {
    let new_call = (msg == LINE_NEWCALL && param2 != 0).then(|| {
        let handle = NEXT_NEW_CALL.fetch_add(1, Ordering::Relaxed);
        // SAFETY: for this message dwParam2 is the provider's pointer to an HTAPICALL; where the provider passes a bad
        // one, the fault is its own.
        unsafe { (param2 as *mut usize).write_unaligned(handle as usize) };
        u64::from(handle)
    });
    if let Some(outbox) = outbox::get() {
        let params = [param1 as u64, param2 as u64, param3 as u64];
        outbox.report(|stamp| Message::Line {
            line: line as u64,
            call: call as u64,
            msg,
            params,
            new_call,
            stamp,
        });
    }
}

/// `PHONEEVENT`.
extern "system" fn phone_event(phone: usize, msg: u32, param1: usize, param2: usize, param3: usize) {
    if let Some(outbox) = outbox::get() {
        let params = [param1 as u64, param2 as u64, param3 as u64];
        outbox.report(|stamp| Message::Phone {
            phone: phone as u64,
            msg,
            params,
            stamp,
        });
    }
}

/// `TUISPIDLLCALLBACK`.
extern "system" fn ui_callback(object: usize, kind: u32, params: *const u8, size: u32) -> i32 {
    let params = if params.is_null() || size == 0 {
        Vec::new()
    } else {
        // SAFETY: the provider passes `size` bytes at `params`; where it does not, the fault is its own.
        unsafe { std::slice::from_raw_parts(params, size as usize) }.to_vec()
    };
    if let Some(outbox) = outbox::get() {
        outbox.report(|stamp| Message::Ui {
            object: object as u64,
            kind,
            params,
            stamp,
        });
    }
    0
}
