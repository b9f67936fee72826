//! Requests for calls back: each is taken back by its identifier, and once more when it is gone.

use super::{call, finish, with_each};
use crate::app::{Stage, Stop};
use crate::trace::What;

/// Takes back each request that has been made.
pub(in crate::rules) fn take_back(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let mut taken = Vec::new();
        for one in story.invocations_of("TSPI_lineCompleteCall") {
            let What::Call { seq, .. } = &story.events[one.called].what else {
                continue;
            };
            let succeeded = story.outcome(one).is_some_and(|outcome| outcome.succeeded());
            let line = story
                .call_of(one, "hdCall")
                .and_then(|call| story.line(call.line?));
            let (true, Some(line)) = (succeeded, line) else {
                continue;
            };
            // The identifier may be written as late as with the completion.
            let memory = tapi.kept(*seq)?;
            let id = memory.first().and_then(|(_, bytes)| bytes.first_chunk().copied());
            taken.extend(id.map(|id| (line.hd, u32::from_le_bytes(id))));
        }
        for (line, id) in taken.iter().chain(&taken) {
            let back = call("TSPI_lineUncompleteCall")?.handle("hdLine", *line);
            finish(tapi, back.dword("dwCompletionID", *id))?;
        }
        Ok(())
    })
}
