//! The record of a run: one closed [`Event`] type, the recorder that every lane writes to, and the one
//! rendering that people read and snapshots compare.

mod event;
mod lanes;
mod normalize;
mod recorder;
mod render;

pub use event::{CallbackArgs, Census, Event, HostNote, Party, What};
pub use lanes::{Lane, lanes, same_lanes};
pub use normalize::{Names, short_numbers};
pub use recorder::{Recorder, Waited};
pub use render::{render, render_only};
