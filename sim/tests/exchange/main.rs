//! The switch, service by service and feature by feature, in virtual time.

mod basic;
mod desk;
mod divert;
mod groups;
mod lines;
mod merge;
mod parts;
mod pbx;
mod properties;
mod trunks;
mod verbs;
