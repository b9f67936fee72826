//! Fax Class 2.0 (T.32), and the names that its drafts have for the same.

use super::Form::Bare;
use super::Place::{Of, Range, Text, Up};
use super::{ExtendedRow, act, alias, store, store_then};
use crate::device::modem::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::Operation;
use crate::wire::t30::ID_LENGTH;

/// VR, BR, WD, LN, DF, EC, BF, ST: all but error correction and files.
const FORMAT: &[super::Place] = &[Up(1), Up(5), Up(2), Up(2), Up(1), Up(0), Up(0), Up(7)];
const FORMAT_FACTORY: &str = "1,5,0,2,0,0,0,0";

pub(super) const ROWS: &[ExtendedRow] = &[
    act(Bare, "+FDT", "", |modem, operation, now| {
        in_class(modem, |modem| modem.send_page(operation, now))
    }),
    act(Bare, "+FDR", "", |modem, operation, now| {
        in_class(modem, |modem| modem.receive_page(operation, now))
    }),
    act(Bare, "+FET", "(0-2)", |modem, operation, now| {
        in_class(modem, |modem| modem.follow_page(operation, now))
    }),
    act(Bare, "+FKS", "", |modem, operation, now| {
        in_class(modem, |modem| modem.abort_session(operation, now))
    }),
    act(Bare, "+FIP", "", initialize),
    // What the modem is to be able to do is what it sends with, until the client says otherwise.
    store_then(Bare, "+FCC", FORMAT_FACTORY, FORMAT, |modem, _| {
        let set = modem.settings.text("+FCC").to_owned();
        modem.settings.set_text("+FIS", set);
        Outcome::Next
    }),
    store(Bare, "+FIS", FORMAT_FACTORY, FORMAT),
    store(Bare, "+FLI", "", &[Text(ID_LENGTH)]),
    store(Bare, "+FNR", "0,0,0,0", &[Up(1), Up(1), Up(1), Up(1)]),
    store(Bare, "+FPS", "1", &[Range(1, 5)]),
    store(Bare, "+FBO", "0", &[Up(3)]),
    store(Bare, "+FCT", "30", &[Up(255)]),
    // The modem says these itself.
    act(Bare, "+FCS", "", |modem, operation, _| {
        told(modem, "+FCS", operation)
    }),
    act(Bare, "+FHS", "", |modem, operation, _| {
        told(modem, "+FHS", operation)
    }),
    store(Bare, "+FBS", "0,0", &[Up(0), Up(0)]),
    // Held without effect: nobody is polled (+FLP, +FSP, +FPI), no operator is called (+FIE), the line is perfect, so that
    // neither pages nor training fail by themselves (+FCQ, +FMS, +FRY), pages are not converted (+FFC), there are no
    // addresses and passwords (+FAP), frames are not shown (+FBU), lines end where they end (+FEA), and whoever answers in
    // a fax class answers a fax (+FAA, +FCR).
    store(Bare, "+FAA", "0", &[Up(1)]),
    store(Bare, "+FCR", "1", &[Up(1)]),
    store(Bare, "+FLP", "0", &[Up(1)]),
    store(Bare, "+FSP", "0", &[Up(1)]),
    store(Bare, "+FPI", "", &[Text(ID_LENGTH)]),
    store(Bare, "+FIE", "0", &[Up(1)]),
    store(Bare, "+FCQ", "0,0", &[Up(2), Up(2)]),
    store(Bare, "+FMS", "0", &[Up(5)]),
    store(Bare, "+FRY", "0", &[Up(255)]),
    store(Bare, "+FFC", "0,0,0,0", &[Up(0), Up(0), Up(0), Up(0)]),
    store(Bare, "+FAP", "0,0,0", &[Up(1), Up(1), Up(1)]),
    store(Bare, "+FBU", "0", &[Up(0)]),
    store(Bare, "+FEA", "0", &[Of(&[0])]),
    alias("+FK", "+FKS"),
    alias("+FDCC", "+FCC"),
    alias("+FDIS", "+FIS"),
    alias("+FDCS", "+FCS"),
    alias("+FLID", "+FLI"),
    alias("+FPTS", "+FPS"),
    alias("+FBOR", "+FBO"),
    alias("+FPHCTO", "+FCT"),
    alias("+FLPL", "+FLP"),
    alias("+FSPL", "+FSP"),
    alias("+FCIG", "+FPI"),
    alias("+FMINSP", "+FMS"),
    alias("+FMFR", "+FMI"),
    alias("+FMDL", "+FMM"),
    alias("+FREV", "+FMR"),
];

/// What a session said last.
fn told(modem: &mut Modem, name: &str, operation: Operation) -> Outcome {
    match operation {
        Operation::Read => {
            let text = match modem.settings.text(name) {
                "" => "0".to_owned(),
                text => text.to_owned(),
            };
            modem.information(&text);
            Outcome::Next
        }
        _ => Outcome::Error,
    }
}

/// `+FIP` (T.32 8.3.6): the parameters of this class as they leave the factory.
fn initialize(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    if operation != Operation::Execute {
        return Outcome::Error;
    }
    for row in ROWS {
        if let Some(factory) = row.factory() {
            modem.settings.set_text(row.name, factory.to_owned());
        }
    }
    Outcome::Next
}

fn in_class(modem: &mut Modem, run: impl FnOnce(&mut Modem) -> Outcome) -> Outcome {
    match modem.is_fax2() {
        true => run(modem),
        false => Outcome::Error,
    }
}
