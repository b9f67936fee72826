//! The Windows side of Offhook: TSPI described once, scenarios, the app side that plays them, the child that holds
//! the provider, the trace of everything, the rules that judge it, and reports.
//!
//! Read in this order: [`tspi`] (the table), [`scenario`] (what is asked), [`app`] (who asks), [`host`] (whom),
//! [`trace`] (what happened), [`rules`] (what should have), [`run`] (all together).

pub mod app;
pub mod cleanup;
pub mod exit;
pub mod host;
pub mod inspect;
pub mod judge;
mod parallel;
pub mod report;
pub mod rules;
pub mod run;
pub mod scenario;
pub mod selftest;
pub mod setup;
pub mod snapshot;
pub mod trace;
pub mod tspi;
pub mod verdict;
