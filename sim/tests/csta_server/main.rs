//! The CSTA server as its clients see it.

mod bench;
mod life;
mod properties;
mod services;
