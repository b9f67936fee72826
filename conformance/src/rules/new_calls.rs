//! Rules about calls that a provider announces: what it does where TAPI gives no handle, and which it keeps to itself.

use super::Level::{Must, Should};
use super::judging::{Said, kept};
use super::{Judgement, Origin, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::{constant_value, render_constant, render_event};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_NEWCALL/10",
        page: "line-newcall.md",
        level: Must,
        requirement: "Where TAPI writes NULL to the place of LINE_NEWCALL, the provider sends nothing more about that call until a later \
                      LINE_NEWCALL of it has got a handle.",
        why: "TAPI was short of memory and knows no such call: the messages are lost, or taken for those of another one.",
        mend: "Look at the handle after each LINE_NEWCALL. Where it is NULL, drop the call, or announce it again a little later, with the state \
               that it is in then.",
        broken_by: "tells-of-refused-calls",
        exercises: &["new-call-refused", "new-call-refused-beside"],
        judge: nothing_of_refused_calls,
    },
    Rule {
        id: "tspi/LINE_NEWCALL/12",
        page: "line-newcall.md",
        level: Must,
        requirement: "A LINE_NEWCALL that was refused with NULL is repeated after a delay in which the provider yields the processor, here of a \
                      millisecond at least, and not in a tight loop.",
        why: "TAPI has to work off what it has before it can take the call; a provider that asks again and again keeps it from that.",
        mend: "Announce the call again from a timer, some ten milliseconds later.",
        broken_by: "announces-in-a-loop",
        exercises: &["new-call-refused", "new-call-refused-beside"],
        judge: refused_calls_wait,
    },
    Rule {
        id: "tspi/unowned-calls/1",
        page: "unowned-calls.md",
        level: Should,
        requirement: "A call of a media mode that no application waits for, by what TAPI has last said with TSPI_lineSetDefaultMediaDetection, is \
                      not announced. A call whose mode is not known yet is, and so are all where none is waited for, since monitors are \
                      shown them.",
        why: "TAPI drops a call that nobody takes, and with it a fax or a conversation that was none of its business.",
        mend: "Compare the call's media mode with those of TSPI_lineSetDefaultMediaDetection before LINE_NEWCALL, and announce a call that was left \
               out when they change.",
        broken_by: "announces-any-media",
        exercises: &["call-of-other-media"],
        judge: only_wanted_calls_are_announced,
    },
];

/// Announcements that TAPI refused with NULL: index and arguments.
fn refused<'s>(story: &'s Story<'_>) -> impl Iterator<Item = (usize, &'s CallbackArgs)> {
    let message = constant_value("LINE_NEWCALL");
    let refused = move |args: &CallbackArgs| args.msg == message && args.params[1] != 0 && args.new_call.is_none();
    story.callbacks.iter().filter(move |(_, args)| refused(args)).map(|(at, args)| (*at, *args))
}

/// The next announcement of the same call, if it comes.
fn next_announcement<'s>(story: &'s Story<'_>, at: usize, refused: &CallbackArgs) -> Option<(usize, &'s CallbackArgs)> {
    let same = |args: &CallbackArgs| args.msg == refused.msg && args.device == refused.device && args.params[0] == refused.params[0];
    let mut later = story.callbacks.iter().filter(|(later, args)| *later > at && same(args));
    later.next().map(|(at, args)| (*at, *args))
}

fn nothing_of_refused_calls(story: &Story<'_>) -> Judgement {
    const OF_CALLS: [&str; 7] = [
        "LINE_CALLSTATE",
        "LINE_CALLINFO",
        "LINE_MONITORDIGITS",
        "LINE_MONITORMEDIA",
        "LINE_MONITORTONE",
        "LINE_GATHERDIGITS",
        "LINE_GENERATE",
    ];
    let of_calls = OF_CALLS.map(constant_value);
    let mut judgement = Judgement::default();
    for (at, announced) in refused(story) {
        let until = next_announcement(story, at, announced).map_or(usize::MAX, |(next, _)| next);
        // TAPI has no handle of the call, nor has the provider one to send: what it sends is of none.
        let nameless = |args: &CallbackArgs| args.device == announced.device && args.call == 0 && of_calls.contains(&args.msg);
        let mut between = story.callbacks.iter().filter(|(later, _)| *later > at && *later < until);
        let told = between.find(|(_, args)| nameless(args));
        judgement.say(at, kept(told.is_none(), || {
            let text = told.map_or(String::new(), |(_, args)| render_event(args.msg, args.params));
            format!("LINE_NEWCALL was refused with NULL, and {text} came for the call")
        }).map(|said| said.with(told.map(|(at, _)| *at))));
    }
    judgement
}

/// The least time between two announcements of a call, in microseconds of the provider's process.
const DELAY_MICROS: u64 = 1000;

fn refused_calls_wait(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, announced) in refused(story) {
        let Some((next, again)) = next_announcement(story, at, announced) else { continue };
        let waited = again.micros.saturating_sub(announced.micros);
        judgement.say(next, kept(waited >= DELAY_MICROS, || {
            format!("LINE_NEWCALL was refused with NULL, and came again after {waited} microseconds")
        }).map(|said| said.with([at])));
    }
    judgement
}

fn only_wanted_calls_are_announced(story: &Story<'_>) -> Judgement {
    let unknown = constant_value("LINEMEDIAMODE_UNKNOWN");
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let Origin::Announced(at) = call.origin else { continue };
        let offered = call.states.first().is_some_and(|seen| seen.state == constant_value("LINECALLSTATE_OFFERING"));
        let info = story.answers("LINECALLINFO").find(|info| info.call == Some(call.ht));
        let media = info.and_then(|info| info.number("dwMediaMode"));
        let wanted = call.line.and_then(|line| story.media_mask(line, at));
        let said = match (media, wanted) {
            (Some(media), Some(wanted)) if offered && wanted != 0 && media & unknown == 0 => said_of(media, wanted),
            _ => None,
        };
        judgement.say(at, said);
    }
    judgement
}

fn said_of(media: u32, wanted: u32) -> Option<Said> {
    kept(media & wanted != 0, || {
        let words = |modes| render_constant("LINEMEDIAMODE", modes);
        format!("a call of {} was announced, and {} is waited for", words(media), words(wanted))
    })
}
