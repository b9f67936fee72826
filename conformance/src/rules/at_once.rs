//! Rules about functions that are called at the same time.

use super::Level::Must;
use super::judging::{Said, kept};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{Group, Mode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/providerInit/5",
        page: "nf-tspi-tspi_providerinit.md",
        level: Must,
        requirement: "Without LINETSPIOPTION_NONREENTRANT a provider withstands calls into several of its functions, and into the same one, at \
                      the same time: what it answers then is what it answers before and after.",
        why: "TAPI calls for several applications from threads of its own. What fails or mixes up answers only when two meet is found by \
              customers, and seldom twice.",
        mend: "Guard what functions share with locks, keep what belongs to one call out of static memory, or set LINETSPIOPTION_NONREENTRANT \
               while the provider is developed.",
        broken_by: "refuses-second-caller",
        exercises: &["at-once"],
        judge: |story| alike_at_once(story, false),
    },
    Rule {
        id: "tspi/providerInit/9",
        page: "nf-tspi-tspi_providerinit.md",
        level: Must,
        requirement: "Functions that show a dialog (TUISPI_lineConfigDialog, TUISPI_lineConfigDialogEdit, TUISPI_phoneConfigDialog, \
                      TUISPI_providerConfig, TUISPI_providerInstall, TUISPI_providerRemove) are called beside others in any case, also with \
                      LINETSPIOPTION_NONREENTRANT: they and the others answer what they answer before and after.",
        why: "A user who looks at the settings disturbs the calls of all applications, or sees an error instead of the settings.",
        mend: "Guard what the dialog and the provider share, TSPI_providerGenericDialogData above all, and hold no lock while a dialog is shown.",
        broken_by: "dialog-data-alone",
        exercises: &["interface-at-once"],
        judge: |story| alike_at_once(story, true),
    },
];

/// Functions that ask and change nothing, and those that show a dialog and leave all as it is.
fn asks(one: &Invocation<'_>) -> bool {
    let name = one.function.name;
    let query = name.starts_with("TSPI_lineGet") || name.starts_with("TSPI_phoneGet");
    query && one.function.mode == Mode::Sync || one.function.group == Group::Ui && name != "TUISPI_providerGenericDialog"
}

/// Whether two invocations are the same question.
fn same_question(one: &Invocation<'_>, other: &Invocation<'_>) -> bool {
    one.function.name == other.function.name && one.asked_alike(other)
}

/// Whether they were answered alike.
fn same_answer(one: &Invocation<'_>, other: &Invocation<'_>) -> bool {
    match (one.returned, other.returned) {
        (Some(one), Some(other)) => one.result == other.result && (one.result != 0 || one.outs == other.outs),
        _ => false,
    }
}

/// What is asked at once is answered as it was alone before and is alone after, where these two are alike: then nothing has
/// changed in between.
fn alike_at_once(story: &Story<'_>, beside_dialogs: bool) -> Judgement {
    let mut judgement = Judgement::default();
    let together: Vec<usize> = story.at_once.iter().flatten().copied().collect();
    let alone = |place: &usize| !together.contains(place);
    for group in story.at_once.iter().filter(|group| group.len() > 1) {
        let of_ui = |place: &usize| story.invocations[*place].function.group == Group::Ui;
        if group.iter().any(of_ui) != beside_dialogs {
            continue;
        }
        let (Some(first), Some(last)) = (group.iter().min(), group.iter().max()) else { continue };
        for place in group {
            let one = &story.invocations[*place];
            let alike = |place: &usize| alone(place) && same_question(one, &story.invocations[*place]);
            let before = (0..*first).rev().find(alike).map(|place| &story.invocations[place]);
            let after = (last + 1..story.invocations.len()).find(alike).map(|place| &story.invocations[place]);
            let (Some(before), Some(after)) = (before, after) else { continue };
            if one.returned.is_none() || !asks(one) || !same_answer(before, after) {
                continue;
            }
            judgement.say(one.at(), judged(one, before, after));
        }
    }
    judgement
}

fn judged(one: &Invocation<'_>, before: &Invocation<'_>, after: &Invocation<'_>) -> Option<Said> {
    let (result, alone) = (one.result()?, before.result()?);
    let said = kept(same_answer(one, before), || {
        let name = one.function.name;
        match result == alone {
            true => format!("{name}, called at once with others, gave other contents than before and after"),
            false => format!("{name}, called at once with others, gave {}, and {} before and after", render_result(result), render_result(alone)),
        }
    });
    said.map(|said| said.with([before.at(), after.at()]))
}
