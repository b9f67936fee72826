//! Structures that the provider filled, decoded once, each with the device, line, address or call that it tells of.

use super::{Invocation, Story};
use crate::tspi::structures::POISON;
use crate::tspi::{Decoded, Kind, Value, constant_value, decode};

/// One structure that a successful call filled.
#[derive(Debug)]
pub struct Answer {
    /// Index of the invocation.
    pub invocation: usize,
    /// Index of the return in the trace.
    pub at: usize,
    /// The name of the structure.
    pub structure: &'static str,
    /// The device that it is about.
    pub device: Option<u32>,
    /// `dwAddressID`, where the function has one.
    pub address: Option<u32>,
    /// TAPI's handle of the call that it is about.
    pub call: Option<u64>,
    /// What was read.
    pub decoded: Decoded,
}

impl Answer {
    /// A DWORD member by name; `None` where the version in force has none, and where the provider left what stood in the
    /// memory before: that it should not have is a rule of its own.
    pub fn number(&self, member: &str) -> Option<u32> {
        let unfilled = u32::from_le_bytes([POISON; 4]);
        self.decoded
            .get(member)?
            .number()
            .filter(|number| *number != unfilled)
    }

    /// Whether there was room for all of it: what was cut says nothing of its variable parts.
    pub fn is_whole(&self) -> bool {
        let size = |name: &str| self.decoded.get(name).and_then(Value::number);
        match (size("dwNeededSize"), size("dwTotalSize")) {
            (Some(needed), Some(total)) => needed <= total,
            _ => true,
        }
    }

    /// A string by the name of its variable part; an absent one is empty.
    pub fn text(&self, part: &str) -> Option<&str> {
        self.decoded.get(part)?.text()
    }

    /// The numbers of a list by the name of its variable part.
    pub fn numbers(&self, part: &str) -> Option<Vec<u32>> {
        match self.decoded.get(part)? {
            Value::List(values) => values.iter().map(Value::number).collect(),
            _ => None,
        }
    }

    /// Whether a bit is set in a member: `has("dwLineFeatures", "LINEFEATURE_MAKECALL")`.
    pub fn has(&self, member: &str, constant: &str) -> bool {
        self.number(member)
            .is_some_and(|bits| bits & constant_value(constant) != 0)
    }
}

/// Everything that the story's calls filled.
pub(super) fn read(story: &Story<'_>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (index, one) in story.invocations.iter().enumerate() {
        if one.result().is_none_or(|result| result < 0) {
            continue;
        }
        for arg in one.function.args {
            let Kind::OutStruct(structure) = arg.kind else {
                continue;
            };
            let Some(bytes) = one.bytes_out(arg.name) else {
                continue;
            };
            answers.push(Answer {
                invocation: index,
                at: one.at(),
                structure: structure.name,
                device: story.device_of(one),
                address: one.value("dwAddressID").map(|id| id as u32),
                call: call_of(story, one),
                decoded: decode(structure, bytes, one.version),
            });
        }
    }
    answers
}

fn call_of(story: &Story<'_>, one: &Invocation<'_>) -> Option<u64> {
    Some(story.call_by_hd(one.value("hdCall")?, one.called)?.ht)
}

impl Story<'_> {
    /// All answers of one structure, in order.
    pub fn answers<'s>(&'s self, structure: &'s str) -> impl Iterator<Item = &'s Answer> {
        self.answers
            .iter()
            .filter(move |answer| answer.structure == structure)
    }

    /// The answer about a device that was last given before event `at`, or else the first one after it: capabilities
    /// seldom change.
    pub fn caps(&self, structure: &str, device: u32, at: usize) -> Option<&Answer> {
        let about = |answer: &&Answer| answer.structure == structure && answer.device == Some(device);
        let before = self
            .answers
            .iter()
            .filter(about)
            .take_while(|one| one.at < at)
            .last();
        before.or_else(|| self.answers.iter().find(about))
    }

    /// The bits that any answer of a structure claims in a member; `None` where nobody asked. Lines and addresses of one
    /// provider may differ, so all count.
    pub fn claimed(&self, structure: &str, member: &str) -> Option<u32> {
        self.answers(structure)
            .filter_map(|answer| answer.number(member))
            .reduce(|one, other| one | other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::structures::{LINEDEVSTATUS, PHONECAPS};
    use crate::tspi::{Structure, Version};

    fn answer(structure: &'static Structure, bytes: &[u8]) -> Answer {
        Answer {
            invocation: 0,
            at: 0,
            structure: structure.name,
            device: None,
            address: None,
            call: None,
            decoded: decode(structure, bytes, Version::V2_0),
        }
    }

    #[test]
    fn what_a_provider_left_unfilled_is_no_number() {
        let mut bytes = vec![POISON; LINEDEVSTATUS.fixed_size(Version::V2_0)];
        let member = LINEDEVSTATUS.member("dwNumActiveCalls").expect("a member");
        bytes[member.offset..][..4].copy_from_slice(&2_u32.to_le_bytes());
        let status = answer(&LINEDEVSTATUS, &bytes);
        assert_eq!(status.number("dwNumActiveCalls"), Some(2));
        assert_eq!(status.number("dwSignalLevel"), None);
        assert!(!status.has("dwLineFeatures", "LINEFEATURE_MAKECALL"));
    }

    #[test]
    fn a_member_that_the_version_lacks_is_no_number() {
        let bytes = vec![0; PHONECAPS.fixed_size(Version::V1_4)];
        let caps = Answer {
            decoded: decode(&PHONECAPS, &bytes, Version::V1_4),
            ..answer(&PHONECAPS, &bytes)
        };
        assert_eq!(caps.number("dwPhoneFeatures"), None);
        assert_eq!(caps.number("dwNumRingModes"), Some(0));
    }
}
