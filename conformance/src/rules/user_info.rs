//! Rules about user-user information that goes with accepting, answering and dropping a call.

use super::Level::Must;
use super::judging::{Said, each_answer, kept, never_fails_with};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::Value;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineAccept/5",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Must,
        requirement: "Where lpsUserUserInfo of TSPI_lineAccept, TSPI_lineAnswer or TSPI_lineDrop is NULL, dwSize is ignored: an odd \
                      size is no ground for refusal.",
        why: "A call without user-user information cannot be answered or dropped.",
        mend: "Look at the pointer first, and at dwSize only where there is one.",
        broken_by: "counts-absent-user-info",
        exercises: &["user-user-ends"],
        judge: |story| {
            let errors = ["LINEERR_USERUSERINFOTOOBIG", "LINEERR_INVALPOINTER", "LINEERR_INVALPARAM"];
            let odd = |one: &Invocation<'_>| one.is_null("lpsUserUserInfo") && one.dword("dwSize") != 0;
            let mut all = Judgement::default();
            for function in ["TSPI_lineAccept", "TSPI_lineAnswer", "TSPI_lineDrop"] {
                all.join(never_fails_with(story, function, &errors, odd));
            }
            all
        },
    },
    Rule {
        id: "tspi/lineAccept/6",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Must,
        requirement: "User-user information goes out only where LINEDEVCAPS gives it room for the function that sends it \
                      (dwUUIAcceptSize, dwUUIAnswerSize, dwUUIDropSize, …): what arrives at another call is not longer.",
        why: "Applications that go by LINEDEVCAPS do not know that they can send anything.",
        mend: "Set the dwUUI…Size members to what the network carries, 0 where it carries nothing.",
        broken_by: "sends-user-info-unclaimed",
        exercises: &["user-user-ends"],
        judge: user_info_is_claimed,
    },
];

/// Functions that send user-user information: its parameter, and the member of LINEDEVCAPS with the room for it.
const SENDERS: &[(&str, &str, &str)] = &[
    ("TSPI_lineAccept", "lpsUserUserInfo", "dwUUIAcceptSize"),
    ("TSPI_lineAnswer", "lpsUserUserInfo", "dwUUIAnswerSize"),
    ("TSPI_lineDrop", "lpsUserUserInfo", "dwUUIDropSize"),
    ("TSPI_lineSendUserUserInfo", "lpsUserUserInfo", "dwUUISendUserUserInfoSize"),
];

fn user_info_is_claimed(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let Some(Value::Bytes(arrived)) = info.decoded.get("UserUserInfo") else {
            return None;
        };
        let mut sent = SENDERS.iter().flat_map(|(function, parameter, room)| {
            let of = story.invocations_of(function).filter(|one| one.called < info.at);
            of.filter_map(move |one| {
                let bytes = one.bytes_in(parameter).filter(|bytes| !bytes.is_empty())?;
                let other = story.call_of(one, "hdCall").map(|call| call.ht) != info.call;
                (other && arrived.starts_with(bytes)).then_some((one, *room, bytes.len()))
            })
        });
        let (one, member, size) = sent.next()?;
        let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
        let room = caps.number(member)?;
        kept(size <= room as usize, || {
            format!("{size} bytes of {} arrived, and LINEDEVCAPS.{member} is {room}", one.function.name)
        })
        .map(|said: Said| said.with([one.called]))
    })
}
