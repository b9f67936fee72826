//! The CSTA server as its clients see it.

mod bench;
mod corpus;
#[path = "../csta_values/mod.rs"]
mod csta_values;
mod features;
mod life;
mod phase1;
mod properties;
mod refusals;
mod routeing;
mod services;
