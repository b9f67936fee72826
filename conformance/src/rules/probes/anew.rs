//! Ending the providers and starting them anew.

use crate::app::{Stage, Stop};

/// Shuts each provider down and initializes it again.
pub(in crate::rules) fn restart(stage: &mut Stage) -> Result<(), Stop> {
    stage.providers.iter_mut().try_for_each(|tapi| tapi.restart())
}
