//! The CSTA server as its clients see it.

mod bench;
mod features;
mod life;
mod phase1;
mod properties;
mod routeing;
mod services;
