//! Rules about what is attached to a call: data, parameters, quality of service, treatment, user-user information.

use super::Level::Must;
use super::judging::{call_was_given_time, each_answer, each_outcome, kept, refuses, takes};
use super::{Answer, CallLife, Invocation, Judgement, Outcome, Rule, Story};
use crate::tspi::structures::LINEDIALPARAMS;
use crate::tspi::{Value, constant_value, decode, family, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineSetCallData/4",
        page: "nf-tspi-tspi_linesetcalldata.md",
        level: Must,
        requirement: "After TSPI_lineSetCallData has succeeded, LINECALLINFO holds exactly these bytes as call data, in place of all that was \
                      there before, however long; with dwSize 0 it holds none. They are a copy: TAPI's memory is gone by then.",
        why: "A call centre shows the notes of another caller.",
        mend: "Copy dwSize bytes before returning, and replace what the call had.",
        broken_by: "appends-call-data",
        exercises: &["call-data"],
        judge: call_data_are_kept,
    },
    Rule {
        id: "tspi/lineSetAppSpecific/5",
        page: "nf-tspi-tspi_linesetappspecific.md",
        level: Must,
        requirement: "dwAppSpecific is the application's alone: TSPI_lineSetAppSpecific takes every value.",
        why: "Applications put pointers and flags of any value there.",
        mend: "Store the DWORD and look at it no further.",
        broken_by: "limits-app-specific",
        exercises: &["call-data"],
        judge: |story| {
            takes(story, "TSPI_lineSetAppSpecific", |one| {
                story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called))
            })
        },
    },
    Rule {
        id: "tspi/lineSetCallParams/5",
        page: "nf-tspi-tspi_linesetcallparams.md",
        level: Must,
        requirement: "dwBearerMode of TSPI_lineSetCallParams is exactly one LINEBEARERMODE_ constant: any other value is refused.",
        why: "TAPI leaves the check to the provider.",
        mend: "Return LINEERR_INVALBEARERMODE for 0 and for several bits.",
        broken_by: "takes-two-bearers",
        exercises: &["call-data"],
        judge: |story| {
            refuses(story, "TSPI_lineSetCallParams", &[], |one| {
                let mode = one.dword("dwBearerMode");
                let named = family("LINEBEARERMODE").is_some_and(|family| family.name_of(mode).is_some());
                // The high 16 bits are open to a device's own bearers.
                !named && (mode & 0xFFFF != 0 || mode.count_ones() != 1)
            })
        },
    },
    Rule {
        id: "tspi/lineSetCallParams/7",
        page: "nf-tspi-tspi_linesetcallparams.md",
        level: Must,
        requirement: "Where dwMinRate equals dwMaxRate, TSPI_lineSetCallParams succeeds only with exactly this rate, which LINECALLINFO.dwRate then \
                      holds.",
        why: "An application that needs one rate is given another.",
        mend: "Return LINEERR_RATEUNAVAIL where the rate cannot be had.",
        broken_by: "rate-of-its-own",
        exercises: &["call-data"],
        judge: |story| {
            let exact = |one: &Invocation<'_>| one.dword("dwMinRate") == one.dword("dwMaxRate") && one.dword("dwMaxRate") != 0;
            each_set(story, "TSPI_lineSetCallParams", exact, |one, info| {
                let (wanted, rate) = (one.dword("dwMaxRate"), info.number("dwRate")?);
                kept(rate == wanted, || format!("exactly {wanted} was set, and LINECALLINFO.dwRate is {rate}"))
            })
        },
    },
    Rule {
        id: "tspi/lineSetCallParams/10",
        page: "nf-tspi-tspi_linesetcallparams.md",
        level: Must,
        requirement: "lpDialParams of TSPI_lineSetCallParams gives the call new dialling parameters, brought into the range of LINEDEVCAPS, 0 being \
                      the default; NULL leaves them as they are.",
        why: "Digits go out too fast for the far end.",
        mend: "Keep the dialling parameters with the call, and fill LINECALLINFO.DialParams from there.",
        broken_by: "forgets-dial-params",
        exercises: &["call-data"],
        judge: dialling_parameters_are_kept,
    },
    Rule {
        id: "tspi/lineSetCallQualityOfService/5",
        page: "nf-tspi-tspi_linesetcallqualityofservice.md",
        level: Must,
        requirement: "After TSPI_lineSetCallQualityOfService has succeeded, LINECALLINFO holds the new flow specifications.",
        why: "Applications go by the quality that was in force before.",
        mend: "Copy both flow specifications, as long as their sizes say, and fill LINECALLINFO from there.",
        broken_by: "forgets-quality",
        exercises: &["call-data"],
        judge: |story| {
            each_set(story, "TSPI_lineSetCallQualityOfService", |_| true, |one, info| {
                for (parameter, part) in [("lpSendingFlowspec", "SendingFlowspec"), ("lpReceivingFlowspec", "ReceivingFlowspec")] {
                    let wanted = one.bytes_in(parameter).unwrap_or_default();
                    let held = part_of(info, part)?;
                    if held != wanted {
                        return kept(false, || format!("{} bytes were set, and {part} of LINECALLINFO holds {} others", wanted.len(), held.len()));
                    }
                }
                kept(true, String::new)
            })
        },
    },
    Rule {
        id: "tspi/lineSetCallQualityOfService/6",
        page: "nf-tspi-tspi_linesetcallqualityofservice.md",
        level: Must,
        requirement: "After TSPI_lineSetCallQualityOfService has succeeded, LINE_CALLINFO with LINECALLINFOSTATE_QOS comes.",
        why: "Other applications go on with the former quality.",
        mend: "Send LINE_CALLINFO when the quality of service has changed.",
        broken_by: "quality-unsaid",
        exercises: &["call-data"],
        judge: |story| super::judging::changes_info(story, "TSPI_lineSetCallQualityOfService", "LINECALLINFOSTATE_QOS", |_| true),
    },
    Rule {
        id: "tspi/lineSetCallTreatment/8",
        page: "nf-tspi-tspi_linesetcalltreatment.md",
        level: Must,
        requirement: "TSPI_lineSetCallTreatment takes every treatment that LINEADDRESSCAPS lists for the address of the call.",
        why: "Applications offer the list to the user, and the choice fails.",
        mend: "List only treatments that there are, and accept all that are listed.",
        broken_by: "refuses-treatment",
        exercises: &["call-data"],
        judge: listed_treatments_are_taken,
    },
    Rule {
        id: "tspi/lineSetCallHubTracking/4",
        page: "nf-tspi-tspi_linesetcallhubtracking.md",
        level: Must,
        requirement: "TSPI_lineSetCallHubTracking does not depend on the states of calls, and what it sets with success, \
                      TSPI_lineGetCallHubTracking gives. The page says that the structure is filled, which is that of the query.",
        why: "TAPI takes tracking for on that is off.",
        mend: "Keep the mode with the line, and answer with it.",
        broken_by: "forgets-tracking",
        exercises: &["call-data"],
        judge: tracking_is_kept,
    },
    Rule {
        id: "tspi/lineReleaseUserUserInfo/5",
        page: "nf-tspi-tspi_linereleaseuseruserinfo.md",
        level: Must,
        requirement: "User-user information that arrives on a call is reported by LINE_CALLINFO with LINECALLINFOSTATE_USERUSERINFO once it can be \
                      read: where the other end is a line of the provider too, all that it sends while none waits.",
        why: "Nobody reads what the other end has sent.",
        mend: "Put what the network delivers into LINECALLINFO and report it.",
        broken_by: "user-info-unsaid",
        exercises: &["user-user-queue", "user-user-info"],
        judge: user_user_information_arrives,
    },
    Rule {
        id: "tspi/lineReleaseUserUserInfo/7",
        page: "nf-tspi-tspi_linereleaseuseruserinfo.md",
        level: Must,
        requirement: "User-user information stays in LINECALLINFO until TSPI_lineReleaseUserUserInfo is called, however often it is read, and newer \
                      information does not overwrite it.",
        why: "The application that comes second reads another message, or none.",
        mend: "Keep messages in a queue; show the first until it is released.",
        broken_by: "user-info-overwritten",
        exercises: &["user-user-queue"],
        judge: user_user_information_stays,
    },
    Rule {
        id: "tspi/lineReleaseUserUserInfo/8",
        page: "nf-tspi-tspi_linereleaseuseruserinfo.md",
        level: Must,
        requirement: "User-user information that arrived before the release of an earlier message can be read after it, which LINE_CALLINFO reports.",
        why: "A message between the two ends is lost.",
        mend: "After a release, show the next message of the queue and send LINE_CALLINFO.",
        broken_by: "user-info-lost",
        exercises: &["user-user-queue"],
        judge: waiting_information_comes_next,
    },
    Rule {
        id: "tspi/lineSendUserUserInfo/6",
        page: "nf-tspi-tspi_linesenduseruserinfo.md",
        level: Must,
        requirement: "Where LINEDEVCAPS.dwUUISendUserUserInfoSize is 0, user-user information is not sent: TSPI_lineSendUserUserInfo fails.",
        why: "The application is told that something was sent which the network does not carry.",
        mend: "State the size that the network carries, and refuse where there is none.",
        broken_by: "no-room-for-user-info",
        exercises: &["user-user-info"],
        judge: |story| {
            refuses(story, "TSPI_lineSendUserUserInfo", &[], |one| {
                let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
                let sends = one.bytes_in("lpsUserUserInfo").is_some_and(|bytes| !bytes.is_empty());
                sends && caps.and_then(|caps| caps.number("dwUUISendUserUserInfoSize")) == Some(0)
            })
        },
    },
];

/// The bytes of a variable part; none where it is absent, `None` where the version has none.
fn part_of<'a>(info: &'a Answer, part: &str) -> Option<&'a [u8]> {
    match info.decoded.get(part)? {
        Value::Bytes(bytes) => Some(bytes),
        Value::Absent => Some(&[]),
        _ => None,
    }
}

/// Judges each successful setting of a call by the `LINECALLINFO` that is read next, if nothing was set anew in between.
fn each_set(
    story: &Story<'_>,
    function: &str,
    of_interest: impl Fn(&Invocation<'_>) -> bool,
    judge: impl Fn(&Invocation<'_>, &Answer) -> Option<super::judging::Said>,
) -> Judgement {
    each_outcome(story, function, |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded() && of_interest(one))?;
        let info = story.answers("LINECALLINFO").find(|info| info.call == Some(call.ht) && info.at > outcome.at)?;
        let again = story.taken_on(function, call).any(|other| other.called > one.called && other.called < info.at);
        if again {
            return None;
        }
        judge(one, info).map(|said| said.with([info.at]))
    })
}

fn call_data_are_kept(story: &Story<'_>) -> Judgement {
    each_set(story, "TSPI_lineSetCallData", |_| true, |one, info| {
        // The data of a call are those of both its ends.
        let call = story.call(info.call?)?;
        let other = story.other_end(call).is_some_and(|other| {
            story.taken_on("TSPI_lineSetCallData", other).any(|set| set.called > one.called && set.called < info.at)
        });
        if other {
            return None;
        }
        let wanted = match one.dword("dwSize") {
            0 => &[],
            _ => one.bytes_in("lpCallData")?,
        };
        let held = part_of(info, "CallData")?;
        kept(held == wanted, || format!("{wanted:02x?} was set, and the call data of LINECALLINFO are {held:02x?}"))
    })
}

const DIAL: [&str; 4] = ["dwDialPause", "dwDialSpeed", "dwDigitDuration", "dwWaitForDialtone"];

fn dialling(of: &Answer, member: &str) -> Option<[u32; 4]> {
    let Value::Struct(members) = of.decoded.get(member)? else { return None };
    let number = |name: &str| members.iter().find(|(of, _)| *of == name)?.1.number();
    let [pause, speed, duration, wait] = DIAL.map(number);
    Some([pause?, speed?, duration?, wait?])
}

fn dialling_parameters_are_kept(story: &Story<'_>) -> Judgement {
    each_set(story, "TSPI_lineSetCallParams", |_| true, |one, info| {
        let is = dialling(info, "DialParams")?;
        let Some(bytes) = one.bytes_in("lpDialParams") else {
            let earlier = story.answers("LINECALLINFO").filter(|other| other.call == info.call && other.at < one.called).last()?;
            let was = dialling(earlier, "DialParams")?;
            return kept(is == was, || format!("lpDialParams was NULL, and DialParams changed from {was:?} to {is:?}"));
        };
        let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
        let bounds = ["MinDialParams", "MaxDialParams", "DefaultDialParams"].map(|member| dialling(caps, member));
        let [Some(least), Some(most), Some(default)] = bounds else { return None };
        let given = decode(&LINEDIALPARAMS, bytes, one.version);
        for (index, member) in DIAL.iter().enumerate() {
            let asked = given.get(member)?.number()?;
            let wanted = match asked {
                0 => default[index],
                asked => asked.max(least[index]).min(most[index].max(least[index])),
            };
            // Where 0 is in range, it may be meant as it is.
            if is[index] != wanted && !(asked == 0 && is[index] == 0) {
                return kept(false, || format!("{member} {asked} was set, and DialParams of LINECALLINFO has {}", is[index]));
            }
        }
        kept(true, String::new)
    })
}

fn listed_treatments_are_taken(story: &Story<'_>) -> Judgement {
    takes(story, "TSPI_lineSetCallTreatment", |one| {
        let caps = story.device_of(one).and_then(|device| story.caps("LINEADDRESSCAPS", device, one.called));
        let listed = |caps: &Answer| match caps.decoded.get("CallTreatmentList") {
            Some(Value::List(entries)) => entries.iter().any(|entry| match entry {
                Value::Struct(members) => members.first().and_then(|(_, id)| id.number()) == Some(one.dword("dwTreatment")),
                _ => false,
            }),
            _ => false,
        };
        let can = |caps: &Answer| caps.has("dwCallFeatures", "LINECALLFEATURE_SETTREATMENT");
        let living = story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called));
        living && caps.is_some_and(|caps| can(caps) && listed(caps))
    })
}

fn tracking_is_kept(story: &Story<'_>) -> Judgement {
    let mut all = super::judging::never_fails_with(story, "TSPI_lineSetCallHubTracking", &["LINEERR_INVALCALLSTATE"], |_| true);
    all.join(each_outcome(story, "TSPI_lineSetCallHubTracking", |one, outcome| {
        let line = story.line_by_hd(one.value("hdLine")?, one.called).filter(|_| outcome.succeeded())?;
        let given = decode(&crate::tspi::structures::LINECALLHUBTRACKINGINFO, one.bytes_in("lpTrackingInfo")?, one.version);
        let wanted = given.get("dwCurrentTracking")?.number()?;
        let answer = story.answers("LINECALLHUBTRACKINGINFO").find(|answer| answer.device == Some(line.device) && answer.at > outcome.at)?;
        let again = story.invocations_of("TSPI_lineSetCallHubTracking").any(|other| other.called > one.called && other.called < answer.at);
        let is = answer.number("dwCurrentTracking").filter(|_| !again)?;
        let shown = |mode| render_constant("LINECALLHUBTRACKING", mode);
        kept(is == wanted, || format!("{} was set, and dwCurrentTracking is {}", shown(wanted), shown(is))).map(|said| said.with([answer.at]))
    }));
    all
}

/// Messages that were sent to a call from its other end, in order: the call that gets them, what was sent, when it was done.
fn sent<'s>(story: &'s Story<'_>) -> impl Iterator<Item = (&'s CallLife, &'s [u8], Outcome)> {
    story.invocations_of("TSPI_lineSendUserUserInfo").filter_map(|one| {
        let outcome = story.outcome(one).filter(|outcome| outcome.succeeded())?;
        let gets = story.other_end(story.call_of(one, "hdCall")?)?;
        let bytes = one.bytes_in("lpsUserUserInfo").filter(|bytes| !bytes.is_empty())?;
        gets.was(&["LINECALLSTATE_CONNECTED"], one.called).then_some((gets, bytes, outcome))
    })
}

fn reported(story: &Story<'_>, call: &CallLife, from: usize, to: usize) -> bool {
    let (message, bit) = (constant_value("LINE_CALLINFO"), u64::from(constant_value("LINECALLINFOSTATE_USERUSERINFO")));
    let mut reports = story.callbacks.iter().filter(|(at, args)| (from..to).contains(at) && args.call == call.ht && args.msg == message);
    reports.any(|(_, args)| args.params[0] & bit != 0)
}

/// How many messages wait on a call at an event: sent by then, and not released.
fn waiting(story: &Story<'_>, call: &CallLife, at: usize) -> Vec<Vec<u8>> {
    let came = sent(story).filter(|(gets, _, outcome)| gets.ht == call.ht && outcome.at < at);
    let released = story.taken_on("TSPI_lineReleaseUserUserInfo", call).filter(|one| one.called < at).count();
    came.skip(released).map(|(_, bytes, _)| bytes.to_vec()).collect()
}

fn user_user_information_arrives(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (gets, _, outcome) in sent(story) {
        if !waiting(story, gets, outcome.at).is_empty() {
            continue;
        }
        let begun = outcome.at.saturating_sub(4);
        let told = reported(story, gets, begun, usize::MAX);
        if told || call_was_given_time(story, gets, outcome.at) {
            judgement.say(outcome.at, kept(told, || {
                "the other end sent user-user information, and LINE_CALLINFO with LINECALLINFOSTATE_USERUSERINFO never came".to_owned()
            }));
        }
    }
    judgement
}

fn user_user_information_stays(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let before = story.answers("LINECALLINFO").filter(|other| other.call == info.call && other.at < info.at).last()?;
        let was = part_of(before, "UserUserInfo").filter(|was| !was.is_empty())?;
        let released = story.taken_on("TSPI_lineReleaseUserUserInfo", call).any(|one| one.at() > before.at && one.called < info.at);
        // Information of other messages, such as that of the answer, comes with the state.
        let moved = call.states.iter().any(|seen| seen.at > before.at && seen.at < info.at);
        if released || moved {
            return None;
        }
        let is = part_of(info, "UserUserInfo")?;
        kept(is == was, || format!("user-user information was {was:02x?}, nothing released it, and it is {is:02x?}"))
            .map(|said| said.with([before.at]))
    })
}

fn waiting_information_comes_next(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineReleaseUserUserInfo", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let next = waiting(story, call, one.called).get(1)?.clone();
        let told = reported(story, call, one.called, usize::MAX);
        let info = story.answers("LINECALLINFO").find(|info| info.call == Some(call.ht) && info.at > outcome.at);
        let held = info.and_then(|info| part_of(info, "UserUserInfo"));
        if info.is_none() && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(told && held.is_none_or(|held| held == next), || match told {
            false => "another message waited at the release, and LINE_CALLINFO never came for it".to_owned(),
            true => format!("{next:02x?} waited at the release, and LINECALLINFO has {:02x?}", held.unwrap_or_default()),
        })
    })
}
