//! What the scenario language does not say, done after the steps of an exercise: ranges of versions, sizes, NULL,
//! identifiers and handles of nothing. A probe only calls; the same judges read its trace that read every other.

pub(super) mod anew;
pub(super) mod announced;
pub(super) mod classes;
pub(super) mod completions;
pub(super) mod configurations;
pub(super) mod cycles;
pub(super) mod hostile;
pub(super) mod limits;
pub(super) mod phones;
pub(super) mod places;
pub(super) mod sessions;
pub(super) mod short;
pub(super) mod versions;

use super::Story;
use crate::app::{Invoked, Stage, Stop, Tapi};
use crate::tspi::marshal::Call;
use crate::tspi::{Decoded, Kind, Version, decode};

/// A call of a function that is known to exist.
pub(super) fn call(function: &str) -> Result<Call, Stop> {
    Call::new(function).map_err(|error| Stop::Bug(error.to_string()))
}

/// Calls a function, if the provider exports it.
pub(super) fn try_call(tapi: &mut Tapi, call: Call) -> Result<Option<Invoked>, Stop> {
    let function = call.function();
    match tapi.missing(&[function.name])?.is_empty() {
        true => tapi.invoke(call).map(Some),
        false => Ok(None),
    }
}

/// Calls a function, if the provider exports it, and waits until its request completes; how it ended.
pub(super) fn finish(tapi: &mut Tapi, call: Call) -> Result<Option<i32>, Stop> {
    let Some(invoked) = try_call(tapi, call)? else {
        return Ok(None);
    };
    if invoked.result <= 0 || invoked.request == 0 {
        return Ok(Some(invoked.result));
    }
    tapi.completion(invoked.request, invoked.from, tapi.timeout())
        .map(Some)
}

/// What a structure holds that a query filled, where the query succeeded.
pub(super) fn filled(tapi: &mut Tapi, call: Call, version: Version) -> Result<Option<Decoded>, Stop> {
    let function = call.function();
    if !tapi.missing(&[function.name])?.is_empty() {
        return Ok(None);
    }
    let invoked = tapi.invoke_at(call, version)?;
    if invoked.result != 0 {
        return Ok(None);
    }
    let out = function.args.iter().find_map(|arg| match arg.kind {
        Kind::OutStruct(structure) => Some((structure, invoked.out(arg.name)?)),
        _ => None,
    });
    Ok(out.map(|(structure, bytes)| decode(structure, bytes, version)))
}

/// Does something with each provider of a stage, and what it has been told so far.
pub(super) fn with_each(
    stage: &mut Stage,
    mut act: impl FnMut(&mut Tapi, &Story<'_>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let events = stage.recorder.events();
    for tapi in &mut stage.providers {
        let story = Story::read(&events, &tapi.party());
        act(tapi, &story)?;
    }
    Ok(())
}
