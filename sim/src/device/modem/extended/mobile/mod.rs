//! Mobile equipment: 27.007 as far as call control needs it, and 27.005.

mod network;
mod services;

use super::Form::Named;
use super::Place::{Of, Quoted, Range, Up};
use super::{ExtendedRow, act, act_and_tell, held, store, store_then, text};
use crate::device::modem::mobile::{CHARACTER_SETS, Cme};
use crate::device::modem::{Modem, Outcome};
use crate::wire::at::{Operation, Value};

use network::{functionality, operator, registration};
use services::{call_waiting, forwarding, presentation, unstructured};

pub(super) const ROWS: &[ExtendedRow] = &[
    text("+CGMI", |modem| modem.profile().manufacturer.clone()),
    text("+CGMM", |modem| modem.profile().model.clone()),
    text("+CGMR", |modem| modem.profile().revision.clone()),
    text("+CGSN", |modem| modem.profile().serial.clone()),
    text("+CIMI", |modem| modem.profile().sim.imsi.clone()),
    act(Named, "+CPIN", "", |modem, operation, _| modem.pin(operation)),
    act(
        Named,
        "+CLCK",
        "(\"SC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\")",
        |modem, operation, _| of_values(modem, operation, Modem::facility_lock),
    ),
    act(Named, "+CPWD", "(\"SC\",8)", |modem, operation, _| {
        of_values(modem, operation, Modem::change_password)
    }),
    store(Named, "+CMEE", "0", &[Up(2)]),
    act(Named, "+CFUN", "(0,1,4),(0,1)", functionality),
    held(Named, "+CREG", "0", |modem, operation, _| {
        registration(modem, "+CREG", operation)
    }),
    held(Named, "+CGREG", "0", |modem, operation, _| {
        registration(modem, "+CGREG", operation)
    }),
    held(Named, "+CEREG", "0", |modem, operation, _| {
        registration(modem, "+CEREG", operation)
    }),
    held(Named, "+CGATT", "1", |modem, operation, _| match operation {
        // 27.007 10.1.9: there is packet service wherever there is a network, unless the client gives it up.
        Operation::Read => {
            let attached = modem.settings.number("+CGATT", 0).min(modem.registration());
            modem.information(&format!("+CGATT: {attached}"));
            Outcome::Next
        }
        Operation::Test => {
            modem.information("+CGATT: (0,1)");
            Outcome::Next
        }
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(attached @ 0..=1)] => {
                modem.settings.set_text("+CGATT", attached.to_string());
                Outcome::Next
            }
            _ => modem.cme(Cme::INCORRECT_PARAMETERS),
        },
        Operation::Execute => Outcome::Error,
    }),
    act(Named, "+CSQ", "(0-31,99),(0-7,99)", |modem, operation, _| {
        let signal = if modem.registration() == 1 {
            modem.profile().sim.signal
        } else {
            99
        };
        shown(modem, operation, "+CSQ", &format!("{signal},99"))
    }),
    held(Named, "+COPS", "0", operator),
    act(Named, "+CPAS", "(0,3,4)", |modem, operation, _| {
        let activity = modem.activity().to_string();
        shown(modem, operation, "+CPAS", &activity)
    }),
    act(Named, "+CBC", "(0),(0-100)", |modem, operation, _| {
        shown(modem, operation, "+CBC", "0,100")
    }),
    act(Named, "+CCLK", "", |modem, operation, now| match operation {
        Operation::Read => {
            let (clock, second) = Modem::clock(now);
            let (month, day, hour, minute) = (clock.month, clock.day, clock.hour, clock.minute);
            modem.information(&format!(
                "+CCLK: \"26/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}+00\""
            ));
            Outcome::Next
        }
        Operation::Test => Outcome::Next,
        Operation::Execute | Operation::Set(_) => modem.cme(Cme::NOT_ALLOWED),
    }),
    act(Named, "+CLCC", "", |modem, operation, _| match operation {
        Operation::Execute | Operation::Read => {
            modem.list_calls();
            Outcome::Next
        }
        Operation::Test => Outcome::Next,
        Operation::Set(_) => Outcome::Error,
    }),
    act(Named, "+CHLD", "(0,1,1x,2,2x,3,4)", |modem, operation, _| {
        of_values(modem, operation, Modem::hold)
    }),
    act(Named, "+CHUP", "", |modem, operation, _| match operation {
        Operation::Execute => modem.hang_up_active(),
        Operation::Test => Outcome::Next,
        Operation::Read | Operation::Set(_) => Outcome::Error,
    }),
    store(Named, "+CRC", "0", &[Up(1)]),
    store(Named, "+CVHU", "0", &[Up(2)]),
    store(Named, "+CSTA", "129", &[Of(&[129, 145])]),
    store(Named, "+CMOD", "0", &[Up(0)]),
    held(Named, "+CLIP", "0", |modem, operation, _| {
        presentation(modem, operation, "+CLIP", 1)
    }),
    held(Named, "+COLP", "0", |modem, operation, _| {
        presentation(modem, operation, "+COLP", 1)
    }),
    held(Named, "+CLIR", "0", |modem, operation, _| {
        presentation(modem, operation, "+CLIR", 2)
    }),
    store(Named, "+CSSN", "0,0", &[Up(1), Up(1)]),
    held(Named, "+CCWA", "0", call_waiting),
    act(Named, "+CCFC", "(0-5)", forwarding),
    held(Named, "+CUSD", "0", unstructured),
    store(Named, "+CSCS", "\"IRA\"", &[Quoted(CHARACTER_SETS)]),
    act(Named, "+CEER", "", |modem, operation, _| {
        let cause = modem.mobile.as_ref().map_or("", |mobile| mobile.last_cause);
        shown(modem, operation, "+CEER", cause)
    }),
    store(Named, "+CMGF", "0", &[Up(1)]),
    act(Named, "+CMGS", "", |modem, operation, _| {
        modem.prompt_message(false, operation)
    }),
    act(Named, "+CMGW", "", |modem, operation, _| {
        modem.prompt_message(true, operation)
    }),
    act(Named, "+CMSS", "", |modem, operation, now| match operation {
        Operation::Set(values) => modem.send_stored(&values, now),
        _ => Outcome::Error,
    }),
    act_and_tell(Named, "+CMGL", |modem, operation, _| {
        modem.list_messages(operation)
    }),
    act(Named, "+CMGR", "", |modem, operation, _| {
        of_values(modem, operation, Modem::read_message)
    }),
    act(Named, "+CMGD", "(1-30),(0-4)", |modem, operation, _| {
        of_values(modem, operation, Modem::delete_messages)
    }),
    act_and_tell(Named, "+CPMS", |modem, operation, _| {
        modem.message_storage(operation)
    }),
    held(Named, "+CSCA", "", |modem, operation, _| {
        modem.service_centre(operation)
    }),
    // The third value has nothing to tell: there are no cell broadcasts.
    store_then(
        Named,
        "+CNMI",
        "0,0,0,0,0",
        &[Up(3), Up(3), Up(3), Up(2), Up(1)],
        Modem::indications_changed,
    ),
    store(
        Named,
        "+CSMP",
        "17,167,0,0",
        &[Up(255), Up(255), Up(255), Up(255)],
    ),
    store(Named, "+CSDH", "0", &[Up(1)]),
    store_then(Named, "+CSMS", "0", &[Up(1)], |modem, _| {
        modem.information("+CSMS: 1,1,0");
        Outcome::Next
    }),
    store(Named, "+CSAS", "0", &[Up(0)]),
    store(Named, "+CBST", "7,0,1", &[Range(0, 134), Up(1), Up(3)]),
    store(Named, "+CR", "0", &[Up(1)]),
];

/// Commands that a locked SIM lets through.
pub(super) const WITHOUT_SIM: &[&str] = &[
    "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+CPIN", "+CMEE", "+CFUN", "+CREG", "+CGREG", "+CEREG", "+CSQ",
    "+CPAS", "+CBC", "+CCLK", "+CRC", "+CSCS", "+CMGF", "+CVHU", "+CEER",
];

fn of_values(modem: &mut Modem, operation: Operation, run: fn(&mut Modem, &[Value]) -> Outcome) -> Outcome {
    match operation {
        Operation::Set(values) => run(modem, &values),
        _ => Outcome::Error,
    }
}

/// A command that only shows something.
fn shown(modem: &mut Modem, operation: Operation, name: &str, text: &str) -> Outcome {
    match operation {
        Operation::Execute | Operation::Read => {
            modem.information(&format!("{name}: {text}"));
            Outcome::Next
        }
        Operation::Test | Operation::Set(_) => Outcome::Error,
    }
}
