//! The parent's side of the provider's child process: starts it, asks it, and says what became of it.
//!
//! [`Child`] is the whole of it for a caller; [`HostBinary`] says what kind of child, [`artifact`] finds or builds
//! the program, [`wine`] keeps Wine prefixes.

pub mod artifact;
mod asking;
mod child;
mod ending;
mod error;
mod launch;
mod listen;
mod mailbox;
mod options;
mod printed;
mod registry;
mod settings;
pub mod wine;

pub use asking::Heard;
pub use child::{Child, Replied};
pub use error::{Death, Fault, HostError};
pub use mailbox::Asked;
pub use options::{ChildOptions, HostBinary, RegistrySetting};
pub use printed::Printed;
pub use wine::WinePrefix;
