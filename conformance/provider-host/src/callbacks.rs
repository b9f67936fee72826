//! The procedures that providers call back: each reports one message and returns at once, but for that of the user
//! interface, which waits for what the provider says to it.

use crate::{inbox, outbox};
use offhook_host_protocol::{Arg, FIRST_NEW_CALL, Message};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// `LINE_NEWCALL`, the message that asks for a call handle through `dwParam2`.
const LINE_NEWCALL: u32 = 500;
/// `LINE_CREATEDIALOGINSTANCE`, whose `dwParam1` points to what it asks a dialog instance handle through.
const LINE_CREATEDIALOGINSTANCE: u32 = 503;
/// `LINE_SENDDIALOGINSTANCEDATA`: `dwParam1` points to `dwParam2` bytes.
const LINE_SENDDIALOGINSTANCEDATA: u32 = 504;
/// `LINE_SENDMSPDATA`: `dwParam2` points to `dwParam3` bytes.
const LINE_SENDMSPDATA: u32 = 505;

/// The next handle that is handed out: of a call, or of a dialog instance.
static NEXT_NEW_CALL: AtomicU32 = AtomicU32::new(FIRST_NEW_CALL);

/// How many of the next `LINE_NEWCALL`s are answered with NULL.
static REFUSED_NEW_CALLS: AtomicU32 = AtomicU32::new(0);

/// The number of the next `TUISPIDLLCALLBACK`.
static NEXT_ASK: AtomicU32 = AtomicU32::new(1);

/// `LINEERR_OPERATIONFAILED`, for a callback that nobody can answer.
const OPERATION_FAILED: i32 = 0x8000_0048_u32.cast_signed();

/// `TUISPICREATEDIALOGINSTANCEPARAMS` (`tspi.h`, which packs nothing).
#[repr(C)]
struct CreateDialogInstanceParams {
    request: u32,
    hd: usize,
    ht: usize,
    ui_dll: *const u16,
    params: *const u8,
    size: u32,
}

thread_local! {
    /// What of the provider's is being touched, for the crash handler of this thread.
    static TOUCHED: Cell<&'static str> = const { Cell::new("") };
}

/// What this thread touches just now that a provider has passed to a callback; empty where it touches nothing.
pub fn touched() -> &'static str {
    TOUCHED.get()
}

/// Does something with memory that a provider has passed, by the name that a crash is to have.
fn touching<T>(what: &'static str, touch: impl FnOnce() -> T) -> T {
    TOUCHED.set(what);
    let touched = touch();
    TOUCHED.set("");
    touched
}

/// The `size` bytes at `address`; nothing at a null pointer.
///
/// # Safety
///
/// What the provider passes has to be there; where it is not, the fault is its own.
unsafe fn bytes_at(address: *const u8, size: usize) -> Vec<u8> {
    if address.is_null() || size == 0 {
        return Vec::new();
    }
    // SAFETY: the caller vouches for it.
    unsafe { std::slice::from_raw_parts(address, size) }.to_vec()
}

/// The string at `address` up to its terminator, or to the longest path of Windows.
///
/// # Safety
///
/// What the provider passes has to be there; where it is not, the fault is its own.
unsafe fn text_at(address: *const u16) -> String {
    let mut units = Vec::new();
    while !address.is_null() && units.len() < 32_768 {
        // SAFETY: the caller vouches for each unit up to the terminator.
        match unsafe { address.add(units.len()).read_unaligned() } {
            0 => break,
            unit => units.push(unit),
        }
    }
    String::from_utf16_lossy(&units)
}

/// Answers so many of the next `LINE_NEWCALL`s with NULL, as TAPI does that is out of memory.
pub fn refuse_new_calls(count: u32) {
    REFUSED_NEW_CALLS.store(count, Ordering::SeqCst);
}

/// Forgets what was handed out and what was to be refused: no provider is loaded that knows of it.
pub fn begin_anew() {
    NEXT_NEW_CALL.store(FIRST_NEW_CALL, Ordering::SeqCst);
    REFUSED_NEW_CALLS.store(0, Ordering::SeqCst);
    NEXT_ASK.store(1, Ordering::SeqCst);
}

/// A handle for a call that is announced; 0 for one that is refused.
fn new_call() -> u32 {
    let one_less = |left: u32| left.checked_sub(1);
    match REFUSED_NEW_CALLS.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
        Ok(_) => 0,
        Err(_) => NEXT_NEW_CALL.fetch_add(1, Ordering::Relaxed),
    }
}

/// The address of the procedure that `arg` stands for, `None` where it stands for something else.
pub fn address(arg: &Arg) -> Option<usize> {
    match arg {
        Arg::Completion => Some(completion as *const () as usize),
        Arg::LineEvent => Some(line_event as *const () as usize),
        Arg::PhoneEvent => Some(phone_event as *const () as usize),
        Arg::UiCallback => Some(ui_callback as *const () as usize),
        Arg::Value(_) | Arg::Null | Arg::In(_) | Arg::Out { .. } | Arg::Event => None,
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
    if msg == LINE_CREATEDIALOGINSTANCE && param1 != 0 {
        return create_dialog_instance(line, param1 as *mut CreateDialogInstanceParams);
    }
    let (at, size) = match msg {
        LINE_SENDDIALOGINSTANCEDATA => (param1, param2),
        LINE_SENDMSPDATA => (param2, param3),
        _ => (0, 0),
    };
    let data = touching("the data that a line message points to", || {
        // SAFETY: for these messages the provider passes so many bytes there; where it does not, the fault is its own.
        unsafe { bytes_at(at as *const u8, size) }
    });
    let handed_out = (msg == LINE_NEWCALL && param2 != 0).then(|| {
        let handle = new_call();
        touching("the HTAPICALL that dwParam2 of LINE_NEWCALL points to", || {
            // SAFETY: for this message dwParam2 is the provider's pointer to an HTAPICALL; where the provider passes a bad
            // one, the fault is its own.
            unsafe { (param2 as *mut usize).write_unaligned(handle as usize) };
        });
        u64::from(handle)
    });
    if let Some(outbox) = outbox::get() {
        let params = [param1 as u64, param2 as u64, param3 as u64];
        outbox.report(|stamp| Message::Line {
            line: line as u64,
            call: call as u64,
            msg,
            params,
            new_call: handed_out.filter(|handle| *handle != 0),
            data,
            stamp,
        });
    }
}

/// `LINE_CREATEDIALOGINSTANCE`: the handle of the instance must be there when the provider's call returns.
fn create_dialog_instance(provider: usize, asked: *mut CreateDialogInstanceParams) {
    let ht = NEXT_NEW_CALL.fetch_add(1, Ordering::Relaxed);
    let (asked, ui_dll, params) = touching("what dwParam1 of LINE_CREATEDIALOGINSTANCE points to", || {
        // SAFETY: for this message dwParam1 is the provider's pointer to such a structure; where it passes a bad one, the
        // fault is its own.
        unsafe {
            (&raw mut (*asked).ht).write_unaligned(ht as usize);
            let asked = asked.read_unaligned();
            let ui_dll = text_at(asked.ui_dll);
            let params = bytes_at(asked.params, asked.size as usize);
            (asked, ui_dll, params)
        }
    });
    if let Some(outbox) = outbox::get() {
        outbox.report(|stamp| Message::Dialog {
            provider: provider as u64,
            request: asked.request,
            hd: asked.hd as u64,
            ht: u64::from(ht),
            ui_dll,
            params,
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

/// `TUISPIDLLCALLBACK`: TAPI passes what the user interface says to the provider, which lives in another process, and
/// what comes of it back.
extern "system" fn ui_callback(object: usize, kind: u32, params: *mut u8, size: u32) -> i32 {
    let passed = touching("what lpParams of TUISPIDLLCALLBACK points to", || {
        // SAFETY: the caller passes `size` bytes at `params`; where it does not, the fault is its own.
        unsafe { bytes_at(params, size as usize) }
    });
    let (Some(outbox), Some(inbox)) = (outbox::get(), inbox::get()) else {
        return OPERATION_FAILED;
    };
    let (ask, room) = (NEXT_ASK.fetch_add(1, Ordering::Relaxed), passed.len());
    outbox.report(|stamp| Message::Ui {
        ask,
        object: object as u64,
        kind,
        params: passed,
        stamp,
    });
    let Some((result, after)) = inbox.answer(ask) else {
        // The parent has gone, and this process goes too.
        return OPERATION_FAILED;
    };
    touching("what lpParams of TUISPIDLLCALLBACK points to", || {
        for (place, byte) in after.iter().take(room).enumerate() {
            // SAFETY: within the bytes that the caller has passed, to be changed.
            unsafe { params.add(place).write_volatile(*byte) };
        }
    });
    result
}
