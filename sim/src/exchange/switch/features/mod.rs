//! Features of devices: what they do with calls without being told by a service.

mod agent;
mod group;
mod physical;
mod routeing;
mod station;
mod trunk;
mod voice_mail;

pub use agent::Agent;
pub use group::{Distribution, GroupSettings};

pub use physical::{Apparatus, Button};
pub use trunk::{TrunkGroupId, TrunkSettings};

pub(super) use group::Group;
pub(super) use routeing::{Dialogue, RouteingDevice};
pub(super) use trunk::{Progress, TrunkGroup};
