//! Rows of what is wrong: with the bytes between a modem and its provider, and with the modem itself.

use super::super::ast::{Change, ModemState};
use super::super::value::Values;
use super::{Node, Place, Verb, row};

pub(super) fn faults() -> Vec<Verb> {
    let both = |form, meaning, example, build| row(Place::Both, form, meaning, example, build);
    vec![
        both(
            "line <device> has faults <faults> [with seed <number>]",
            "what happens to bytes between modem and provider",
            "line 1 has faults \"to-client:drop=1%, delay=20ms\" with seed 7",
            |v| {
                Node::Change(Change::Faults {
                    line: v.take(),
                    faults: Some(v.take()),
                    seed: v.take(),
                })
            },
        ),
        both(
            "line <device> has no faults",
            "bytes between modem and provider pass as they are",
            "line 1 has no faults",
            |v| {
                Node::Change(Change::Faults {
                    line: v.take(),
                    faults: None,
                    seed: None,
                })
            },
        ),
        both(
            "modem of line <device> is in order",
            "nothing is wrong with it any more",
            "modem of line 1 is in order",
            |v| modem(v, |_| ModemState::InOrder),
        ),
        both(
            "modem of line <device> gives no reply",
            "it carries commands out and says nothing",
            "modem of line 1 gives no reply",
            |v| modem(v, |_| ModemState::GivesNoReply),
        ),
        both(
            "modem of line <device> replies <text> to everything",
            "that is its result, whatever the command",
            "modem of line 1 replies \"ERROR\" to everything",
            |v| modem(v, |v| ModemState::RepliesWrongly(v.take())),
        ),
        both(
            "modem of line <device> replies <duration> late",
            "everything that it says comes so much later",
            "modem of line 1 replies 500 ms late",
            |v| modem(v, |v| ModemState::RepliesLate(v.take())),
        ),
        both(
            "modem of line <device> echoes everything",
            "it sends back every byte, data too",
            "modem of line 1 echoes everything",
            |v| modem(v, |_| ModemState::EchoesEverything),
        ),
        both(
            "modem of line <device> says RING every <duration>",
            "without a call, and without end",
            "modem of line 1 says RING every 100 ms",
            |v| modem(v, |v| ModemState::SaysRing(v.take())),
        ),
        both(
            "modem of line <device> has no power",
            "it is silent, on-hook, and its circuits are off",
            "modem of line 1 has no power",
            |v| modem(v, |_| ModemState::Power(false)),
        ),
        both(
            "modem of line <device> has power",
            "it is as it was switched on",
            "modem of line 1 has power",
            |v| modem(v, |_| ModemState::Power(true)),
        ),
    ]
}

fn modem(v: &mut Values, state: fn(&mut Values) -> ModemState) -> Node {
    let line = v.take();
    Node::Change(Change::Modem {
        line,
        state: state(v),
    })
}
