//! The procedures that providers call back: each reports one message and returns at once.

use crate::{invoke, outbox};
use offhook_host_protocol::{Arg, FIRST_NEW_CALL, Message};
use std::cell::Cell;
use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

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

/// The dialog instances that were handed out, each with the provider's own handle of it.
static DIALOGS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());

/// `TUISPIDLL_OBJECT_DIALOGINSTANCE`.
const DIALOG_INSTANCE: u32 = 4;

/// `TSPI_providerGenericDialogData` of the provider, null where it exports none.
static GENERIC_DIALOG_DATA: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

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

/// Tells whither what the user interface says is passed.
pub fn relay_dialog_data_to(function: *const c_void) {
    GENERIC_DIALOG_DATA.store(function.cast_mut(), Ordering::Release);
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
    let new_call = (msg == LINE_NEWCALL && param2 != 0).then(|| {
        let handle = NEXT_NEW_CALL.fetch_add(1, Ordering::Relaxed);
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
            new_call,
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
    let mut dialogs = DIALOGS.lock().unwrap_or_else(PoisonError::into_inner);
    dialogs.push((ht as usize, asked.hd));
    drop(dialogs);
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

/// What the provider knows an object by: a dialog instance, for which the user interface passes TAPI's handle, by its own
/// (`nf-tspi-tuispi_providergenericdialog.md`, `nf-tspi-tspi_providergenericdialogdata.md`).
fn object_of_provider(object: usize, kind: u32) -> usize {
    let dialogs = DIALOGS.lock().unwrap_or_else(PoisonError::into_inner);
    let dialog = dialogs
        .iter()
        .find(|(ht, _)| kind == DIALOG_INSTANCE && *ht == object);
    dialog.map_or(object, |(_, hd)| *hd)
}

/// `TUISPIDLLCALLBACK`: TAPI passes what the user interface says to `TSPI_providerGenericDialogData`, and what comes of
/// it back.
extern "system" fn ui_callback(object: usize, kind: u32, params: *mut u8, size: u32) -> i32 {
    let before = touching("what lpParams of TUISPIDLLCALLBACK points to", || {
        // SAFETY: the provider passes `size` bytes at `params`; where it does not, the fault is its own.
        unsafe { bytes_at(params, size as usize) }
    });
    let relay = GENERIC_DIALOG_DATA.load(Ordering::Acquire);
    let slots = [
        object_of_provider(object, kind),
        kind as usize,
        params as usize,
        size as usize,
    ];
    let answer = if relay.is_null() {
        None
    } else {
        // SAFETY: the provider exports the function under that name, with these four parameters.
        let result = unsafe { invoke::invoke(relay, &slots) };
        // SAFETY: as before.
        result.map(|result| (result, unsafe { bytes_at(params, size as usize) }))
    };
    let result = answer.as_ref().map_or(0, |(result, _)| *result);
    if let Some(outbox) = outbox::get() {
        outbox.report(|stamp| Message::Ui {
            object: object as u64,
            kind,
            params: before,
            answer,
            stamp,
        });
    }
    result
}
