//! Reports of a status that TAPI had not asked for. Windows filters them out, and a provider is discouraged from sending
//! them (`nf-tspi-tspi_linesetstatusmessages.md`, `nf-tspi-tspi_phonesetstatusmessages.md`).

use crate::rules::{Mask, Story};
use crate::trace::{CallbackArgs, What};
use crate::tspi::constant_value;

/// What an open line, or phone, by TAPI's handle has reported and nobody had asked for, in order.
pub(super) fn unasked<'t>(story: &Story<'t>, ht: u64, phone: bool) -> Vec<&'t CallbackArgs> {
    let events = story.events.iter().enumerate();
    let of_device = events.filter_map(|(at, event)| match &event.what {
        What::Line(args) if !phone && event.by == story.party && args.device == ht => Some((at, args)),
        What::Phone(args) if phone && event.by == story.party && args.device == ht => Some((at, args)),
        _ => None,
    });
    of_device
        .filter(|(at, args)| {
            let masks = ruling(story, ht, phone, *at);
            masks.iter().all(|mask| is_report_outside(mask, args, phone))
        })
        .map(|(_, args)| args)
        .collect()
}

/// The mask of a line or phone, by TAPI's handle, before an event.
type MaskAt = fn(&Story<'_>, u64, usize) -> Mask;

/// The mask that rules at an event, and the one that is being passed at that moment.
fn ruling(story: &Story<'_>, ht: u64, phone: bool, at: usize) -> Vec<Mask> {
    let (setting, mask): (&str, MaskAt) = match phone {
        true => ("TSPI_phoneSetStatusMessages", |story, ht, at| {
            story.phone_mask(ht, at)
        }),
        false => ("TSPI_lineSetStatusMessages", |story, ht, at| {
            story.line_mask(ht, at)
        }),
    };
    let mut settings = story.invocations_of(setting);
    let passed = settings.find_map(|one| {
        let returned = one.returned.as_ref()?.at;
        (one.called < at && at < returned).then_some(returned)
    });
    let now = mask(story, ht, at);
    let coming = passed.map(|returned| mask(story, ht, returned + 1));
    [Some(now), coming].into_iter().flatten().collect()
}

/// Whether it is a report of a status, and one that the mask leaves out. That all has to be initialized anew cannot be left
/// out (`line-linedevstate.md`, `phone-state.md`).
fn is_report_outside(mask: &Mask, args: &CallbackArgs, phone: bool) -> bool {
    let [first, second, third] = args.params;
    let is = |name: &str| args.msg == constant_value(name);
    let lacks = |bits: u32, wanted: u64| u64::from(bits) & wanted == 0;
    match phone {
        false if is("LINE_LINEDEVSTATE") => {
            lacks(mask.states, first) && first != u64::from(constant_value("LINEDEVSTATE_REINIT"))
        }
        false if is("LINE_ADDRESSSTATE") => lacks(mask.address_states, second),
        true if is("PHONE_STATE") => {
            lacks(mask.states, first) && first != u64::from(constant_value("PHONESTATE_REINIT"))
        }
        true if is("PHONE_BUTTON") => lacks(mask.button_modes, second) || lacks(mask.button_states, third),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use offhook_host_protocol::Arg;

    use super::*;
    use crate::trace::{Party, Recorder};
    use crate::tspi::function;

    /// A record of one provider, with the number of its last call.
    struct Record(Recorder, u32);

    impl Record {
        fn party() -> Party {
            Party::Provider("P".to_owned())
        }

        fn push(&self, what: What) {
            self.0.push(Record::party(), what);
        }

        /// A call with these arguments by name that succeeds with these handles out.
        fn call(&mut self, name: &str, values: &[(&str, u64)], outs: &[(&str, u64)]) {
            self.begin(name, values);
            self.end(name, outs);
        }

        fn begin(&mut self, name: &str, values: &[(&str, u64)]) {
            let function = function(name).expect("a function");
            let value = |parameter: &str| values.iter().find(|(known, _)| *known == parameter);
            let args = function.args.iter();
            let args = args.map(|arg| value(arg.name).map_or(Arg::Null, |(_, value)| Arg::Value(*value)));
            self.1 += 1;
            self.push(What::Call {
                seq: self.1,
                function,
                args: args.collect(),
            });
        }

        fn end(&self, name: &str, outs: &[(&str, u64)]) {
            let function = function(name).expect("a function");
            let outs = outs.iter().map(|(parameter, value)| {
                let place = function.arg(parameter).expect("a parameter");
                (place as u8, value.to_le_bytes().to_vec())
            });
            self.push(What::Return {
                seq: self.1,
                result: 0,
                outs: outs.collect(),
            });
        }

        fn report(&self, msg: &str, params: [u64; 3]) {
            let args = CallbackArgs {
                device: 0x10,
                call: 0,
                msg: constant_value(msg),
                params,
                new_call: None,
                micros: 0,
                data: Vec::new(),
            };
            self.push(match msg.starts_with("PHONE") {
                true => What::Phone(args),
                false => What::Line(args),
            });
        }

        fn unasked(&self, phone: bool) -> Vec<[u64; 3]> {
            let events = self.0.events();
            let story = Story::read(&events, &Record::party());
            let unasked = super::unasked(&story, 0x10, phone);
            unasked.iter().map(|args| args.params).collect()
        }
    }

    const RINGING: u64 = 2;
    const OUT_OF_SERVICE: u64 = 0x80;

    fn opened() -> Record {
        let mut record = Record(Recorder::new(), 0);
        let device = [("htLine", 0x10), ("dwDeviceID", 0)];
        record.call("TSPI_lineOpen", &device, &[("lphdLine", 0x20)]);
        record
    }

    #[test]
    fn at_first_nothing_is_asked_for_but_what_cannot_be_left_out() {
        let record = opened();
        let reinit = u64::from(constant_value("LINEDEVSTATE_REINIT"));
        record.report("LINE_LINEDEVSTATE", [RINGING, 0, 0]);
        record.report("LINE_ADDRESSSTATE", [0, 1, 0]);
        record.report("LINE_LINEDEVSTATE", [reinit, 0, 0]);
        record.report("LINE_CALLSTATE", [1, 0, 0]);
        assert_eq!(record.unasked(false), [[RINGING, 0, 0], [0, 1, 0]]);
    }

    #[test]
    fn a_mask_replaces_the_one_before_and_both_count_while_it_is_passed() {
        let mut record = opened();
        let set = "TSPI_lineSetStatusMessages";
        let states = |line| [("hdLine", 0x20), ("dwLineStates", line), ("dwAddressStates", 0)];
        let report = |record: &Record, state, number| record.report("LINE_LINEDEVSTATE", [state, number, 0]);
        record.call(set, &states(RINGING), &[]);
        report(&record, RINGING, 1);
        report(&record, OUT_OF_SERVICE, 2);
        record.begin(set, &states(OUT_OF_SERVICE));
        report(&record, RINGING, 3);
        report(&record, OUT_OF_SERVICE, 4);
        record.end(set, &[]);
        report(&record, RINGING, 5);
        report(&record, OUT_OF_SERVICE, 6);
        assert_eq!(record.unasked(false), [[OUT_OF_SERVICE, 2, 0], [RINGING, 5, 0]]);
    }

    #[test]
    fn buttons_are_asked_for_by_mode_and_state() {
        let mut record = Record(Recorder::new(), 0);
        let device = [("htPhone", 0x10), ("dwDeviceID", 0)];
        record.call("TSPI_phoneOpen", &device, &[("lphdPhone", 0x20)]);
        let values = [
            ("hdPhone", 0x20),
            ("dwPhoneStates", 0),
            ("dwButtonModes", 2),
            ("dwButtonStates", 1),
        ];
        record.call("TSPI_phoneSetStatusMessages", &values, &[]);
        for (mode, state) in [(2, 1), (2, 2), (4, 1)] {
            record.report("PHONE_BUTTON", [7, mode, state]);
        }
        assert_eq!(record.unasked(true), [[7, 2, 2], [7, 4, 1]]);
    }
}
