//! The rule about what is newer than the version that was negotiated.

use super::Level::Must;
use super::values::{number_filled, structures_of};
use super::{Judgement, Rule, Story};
use crate::tspi::messages::{MessageProblem, problem};
use crate::tspi::{Family, FamilyKind, FieldKind, Filler, MessageParameter, Version, callstate_mode, constant_value, message};

pub const RULES: &[Rule] = &[Rule {
    id: "tspi/constant-extensibility/newer",
    page: "constant-extensibility.md",
    level: Must,
    requirement: "Nothing newer than the negotiated version is used: no message, no constant in a member of a structure or in a \
                  message's parameter, no error.",
    why: "An application written for the older version takes the value for another, or for none.",
    mend: "Keep the negotiated version with each line and phone, and leave out what is newer; where the older version has a value \
           that says nearly the same, such as LINEDISCONNECTMODE_BUSY, use that.",
    broken_by: "flag-of-a-later-version",
    exercises: &["older-tapi", "oldest-tapi", "oldest-phone"],
    judge: |story| {
        let mut judgement = Judgement::default();
        members_are_known(story, &mut judgement);
        messages_are_known(story, &mut judgement);
        errors_are_known(story, &mut judgement);
        judgement
    },
}];

/// The member of a family in a value that is newer than a version.
fn too_new(family: &Family, value: u32, version: Version) -> Option<(&'static str, Version)> {
    let mut newer = family.newer_than(version);
    let found = newer.find(|(_, constant, _)| match family.kind {
        FamilyKind::Flags => value & constant != 0,
        FamilyKind::Enum | FamilyKind::Code => value == *constant,
    });
    found.map(|(name, _, since)| (name, since))
}

/// Whether anything of the story is older than the newest version; else there is nothing that could be too new.
fn is_old(version: Version) -> bool {
    version.0 != 0 && version < Version::V3_0
}

fn members_are_known(story: &Story<'_>, judgement: &mut Judgement) {
    for one in story.invocations.iter().filter(|one| is_old(one.version)) {
        for (arg, structure) in structures_of(one) {
            let members = structure.members(one.version);
            for member in members.filter(|member| member.filler == Filler::Provider) {
                let FieldKind::Dword(Some(family)) = member.kind else {
                    continue;
                };
                let Some(value) = number_filled(one, arg, &member) else {
                    continue;
                };
                let breach = too_new(family, value, one.version).map(|(name, since)| {
                    let (of, negotiated) = (structure.name, one.version);
                    format!("{of}.{} holds {name}, which came with {since}; {negotiated} was negotiated", member.name)
                });
                judgement.note(one.at(), breach);
            }
        }
    }
}

fn messages_are_known(story: &Story<'_>, judgement: &mut Judgement) {
    let of_lines = story.callbacks.iter().map(|(at, args)| {
        let device = story.line(args.device).map(|line| line.device);
        (*at, *args, device.and_then(|device| story.device_version(false, device)))
    });
    let of_phones = story.phone_callbacks.iter().map(|(at, args)| {
        let device = story.phone(args.device).map(|phone| phone.device);
        (*at, *args, device.and_then(|device| story.device_version(true, device)))
    });
    for (at, args, version) in of_lines.chain(of_phones) {
        let version = version.unwrap_or(Version(story.version()));
        let Some(known) = message(args.msg).filter(|_| is_old(version)) else {
            continue;
        };
        let newer = match problem(args.msg, version) {
            Some(MessageProblem::NewerThan { name, since, .. }) => Some((name, since)),
            _ => known.params.iter().enumerate().find_map(|(index, parameter)| {
                let family = match parameter {
                    MessageParameter::Of(family) => *family,
                    MessageParameter::CallStateMode => callstate_mode(args.params[0] as u32)?,
                    _ => return None,
                };
                too_new(family, u32::try_from(args.params[index]).ok()?, version)
            }),
        };
        let breach = newer.map(|(name, since)| {
            format!("{} with {name}, which came with {since}; {version} was negotiated", known.name)
        });
        judgement.note(at, breach);
    }
}

fn errors_are_known(story: &Story<'_>, judgement: &mut Judgement) {
    let families = ["LINEERR", "PHONEERR"].map(crate::tspi::family);
    for one in story.invocations.iter().filter(|one| is_old(one.version)) {
        let Some(outcome) = story.outcome(one).filter(|outcome| !outcome.succeeded()) else {
            continue;
        };
        let newer = families
            .iter()
            .flatten()
            .find_map(|family| too_new(family, outcome.result as u32, one.version));
        // The negotiation itself has no version yet.
        if outcome.result == constant_value("LINEERR_INCOMPATIBLEAPIVERSION") as i32 {
            continue;
        }
        let breach = newer.map(|(name, since)| {
            let negotiated = one.version;
            format!("{} failed with {name}, which came with {since}; {negotiated} was negotiated", one.function.name)
        });
        judgement.note(outcome.at, breach);
    }
}
