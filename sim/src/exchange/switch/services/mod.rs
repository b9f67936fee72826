//! The services: one method each, named as ECMA-269 names them.

mod answer;
mod associated;
mod clear;
mod complete;
mod consult;
mod divert;
mod hold;
mod merge;
mod originate;
mod park;
mod single_step;
mod split;

use std::sync::Arc;

use super::{CallId, Switch};

pub use merge::Merged;

/// What a client may send with a call that it makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// The calling device is prompted, and the call goes on its way once it goes off-hook.
    pub prompt: bool,
    /// Correlator data.
    pub correlator: Option<Arc<[u8]>>,
    /// User data.
    pub user_data: Option<Arc<[u8]>>,
    /// The account to charge.
    pub account: Option<Arc<str>>,
}

super::coded::coded_enum! {
    /// How a device takes part in a call that it is added to.
    Participation {
        Silent = 0 "silent",
        Active = 1 "active",
        None = 2 "none",
    }
}

impl Switch {
    /// Notes what travels with a call; what the options do not name stays as it is.
    fn attach(&mut self, call: CallId, options: &CallOptions) {
        if let Some(call) = self.calls.get_mut(&call) {
            let info = &mut call.info;
            info.correlator = options.correlator.clone().or(info.correlator.take());
            info.user_data = options.user_data.clone().or(info.user_data.take());
            info.account = options.account.clone().or(info.account.take());
        }
    }
}
