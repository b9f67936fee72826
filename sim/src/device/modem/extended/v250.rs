//! V.250: identification (6.1), the port (6.2), modulation (6.4), error control (6.5), compression (6.6).

use super::Form::Named;
use super::Place::{Of, Range, Up, Word};
use super::{ExtendedRow, act, held, store, store_then, text};
use crate::device::modem::{Modem, Outcome};
use crate::device::modem::{flow, link};
use crate::wire::at::{Operation, Value};

/// Rates of the port.
const PORT_RATES: &[u32] = &[
    0, 300, 600, 1200, 2400, 4800, 7200, 9600, 12000, 14400, 19200, 38400, 57600, 115_200, 230_400, 460_800,
    921_600,
];

pub(super) const ROWS: &[ExtendedRow] = &[
    text("+GMI", |modem| modem.profile().manufacturer.clone()),
    text("+GMM", |modem| modem.profile().model.clone()),
    text("+GMR", |modem| modem.profile().revision.clone()),
    text("+GSN", |modem| modem.profile().serial.clone()),
    text("+GOI", |modem| modem.profile().object.clone()),
    text("+FMI", |modem| modem.profile().manufacturer.clone()),
    text("+FMM", |modem| modem.profile().model.clone()),
    text("+FMR", |modem| modem.profile().revision.clone()),
    text("+GCAP", |modem| {
        format!("+GCAP: {}", modem.capabilities().join(","))
    }),
    act(Named, "+GCI", "(00-FF)", country),
    held(Named, "+FCLASS", "0", Modem::service_class),
    store(Named, "+IPR", "0", &[Of(PORT_RATES)]),
    store(Named, "+ICF", "3,3", &[Up(6), Up(3)]),
    store_then(Named, "+IFC", "2,2", &[Up(3), Up(2)], |modem, _| {
        modem
            .settings
            .set("&K", flow::of_ifc(modem.settings.number("+IFC", 0)));
        Outcome::Next
    }),
    store(Named, "+ILRR", "0", &[Up(1)]),
    store(
        Named,
        "+MS",
        "V34,1,0,0,0,0",
        &[
            Word(link::CARRIERS),
            Up(1),
            Range(0, 56_000),
            Range(0, 56_000),
            Range(0, 56_000),
            Range(0, 56_000),
        ],
    ),
    store(Named, "+MR", "0", &[Up(1)]),
    store(Named, "+ES", "3,0,2", &[Up(7), Up(4), Up(9)]),
    store(Named, "+ER", "0", &[Up(1)]),
    store(Named, "+EB", "0,0,0", &[Up(1), Up(1), Up(254)]),
    store(Named, "+EFCS", "1", &[Up(2)]),
    store(Named, "+ETBM", "1,1,20", &[Up(2), Up(2), Up(30)]),
    store(Named, "+EWIND", "15,15", &[Range(1, 127), Range(1, 127)]),
    store(Named, "+EFRAM", "128,128", &[Range(1, 65_535), Range(1, 65_535)]),
    store(Named, "+ESR", "0", &[Up(1)]),
    store(
        Named,
        "+DS",
        "3,0,2048,32",
        &[Up(3), Up(1), Range(512, 65_535), Range(6, 250)],
    ),
    store(Named, "+DR", "0", &[Up(1)]),
    store(Named, "+A8E", "1,1,0", &[Up(6), Up(5), Up(1)]),
    store(Named, "+PCW", "0", &[Up(2)]),
    store(Named, "+PMH", "0", &[Up(1)]),
    store(Named, "+PIG", "0", &[Up(1)]),
];

/// `+GCI` (V.250 6.1.11): the country of T.35 that the modem is set up for.
fn country(modem: &mut Modem, operation: Operation, _: crate::time::SimTime) -> Outcome {
    match operation {
        Operation::Read => {
            let country = match &modem.country {
                Some(country) => country.clone(),
                None => modem.profile().country.clone(),
            };
            modem.answer_of(Named, "+GCI", &country);
            Outcome::Next
        }
        Operation::Set(values) => {
            let text = match values.as_slice() {
                [Value::Number(number)] => number.to_string(),
                [Value::Word(word)] => word.clone(),
                _ => return Outcome::Error,
            };
            if text.len() != 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                return Outcome::Error;
            }
            modem.country = Some(text);
            Outcome::Next
        }
        Operation::Execute | Operation::Test => Outcome::Error,
    }
}
