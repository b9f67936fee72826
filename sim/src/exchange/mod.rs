//! The exchange: lines with numbers, and the calls between them. The only owner of call truth.

mod config;
mod event;

pub use config::{CallerId, ExchangeConfig, StationBehaviour, WallClock};
pub use event::{CallId, ExchangeEvent};
