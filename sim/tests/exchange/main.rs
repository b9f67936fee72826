//! The switch, service by service and feature by feature, in virtual time.

mod basic;
mod desk;
mod divert;
mod merge;
mod properties;
