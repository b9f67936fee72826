//! The app side: what a scenario's steps call. Plays TAPI's server towards the provider, and stands the
//! scenario's exchange, modems and ports behind it.

mod act;
mod applications;
mod arguments;
mod at_once;
mod attend;
mod backdrop;
mod cast;
mod devices;
mod expect;
mod handles;
mod hardware;
mod made;
mod needs;
mod office;
mod ownership;
mod prepare;
mod reported;
mod shared;
mod stage;
mod station;
mod steps;
mod stop;
mod tapi;
mod whom;

pub use backdrop::{Backdrop, PortAssignment};
pub use cast::{Cast, CastError, Library};
pub use needs::{device as needs_device, lacking};
pub use office::{Behind, OfficeDevice, OfficeError};
pub(crate) use shared::{Shared, may_share};
pub use stage::{Stage, StageError, try_ports};
pub use steps::play;
pub use stop::{Failure, Stop};
use tapi::Reusable;
pub use tapi::{Invoked, PROVIDER_ID, Tapi};
